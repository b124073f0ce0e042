"""The overview's rows under headings, and what can be chosen of each kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.reports.overview_page import Choice, Chooser, Grouping, OverviewGroup, OverviewQuestion, OverviewRow
from outcomes.reports.parts import LocalText, local_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from outcomes.analysis.population import Population

GROUPING_WORDS = {
    Grouping.INTERVENTION: Sentence("Intervention"),
    Grouping.PROVIDER: Sentence("Provider"),
    Grouping.TARGET_GROUP: Sentence("Target group"),
    Grouping.LEGAL_SECTION: Sentence("Law and section"),
}
NO_SECTION = Sentence("No law and section")


@dataclass(frozen=True, slots=True)
class Titles:
    """What providers (by id) and target groups (by code) are called, and the law and section of each intervention."""

    providers: Mapping[UUID, LocalText]
    groups: Mapping[str, LocalText]
    sections: Mapping[str, str | None]

    def of(self, grouping: Grouping, population: Population) -> tuple[str, LocalText | None]:
        """Key and title of the group that a population's row stands in; None where it stands in none."""
        if grouping is Grouping.PROVIDER and population.provider_id is not None:
            key = population.provider_id
            return str(key), self.providers.get(key, local_text(str(key)))
        if grouping is Grouping.TARGET_GROUP and population.target_group is not None:
            code = population.target_group
            return code, self.groups.get(code, local_text(code))
        section = self.sections.get(population.intervention)
        if grouping is Grouping.LEGAL_SECTION and section is not None:
            return section, local_text(section)
        return "", None


def group_rows(rows: Sequence[OverviewRow], grouping: Grouping, titles: Titles) -> tuple[OverviewGroup, ...]:
    """Groups and the rows in them with what needs attention first, then by name. No order tells how large a change is."""
    found: dict[str, tuple[LocalText | None, list[OverviewRow]]] = {}
    for row in sorted(rows, key=lambda row: (row.attention, row.intervention_id, row.population.key)):
        key, title = titles.of(grouping, row.population)
        found.setdefault(key, (title, []))[1].append(row)
    groups = [OverviewGroup(key, title, tuple(own)) for key, (title, own) in found.items()]
    return tuple(sorted(groups, key=_order))


def _order(group: OverviewGroup) -> tuple[bool, int, tuple[str, ...]]:
    return group.title is None, min(row.attention for row in group.rows), sort_key(str(group.title or ""))


def choose(question: OverviewQuestion, populations: Sequence[Population], titles: Titles) -> tuple[Chooser, ...]:
    """What the page can be asked: how its rows are grouped, and whom it looks at. One of a kind is no choice."""
    providers = {
        str(each.provider_id): titles.of(Grouping.PROVIDER, each)[1] for each in populations if each.provider_id
    }
    groups = {each.target_group: titles.of(Grouping.TARGET_GROUP, each)[1] for each in populations if each.target_group}
    sections = {text: local_text(text) for text in titles.sections.values() if text}
    choosers = [
        Chooser(
            "gruppering",
            Sentence("Show by"),
            tuple(Choice(each.value, words, each is question.grouping) for each, words in GROUPING_WORDS.items()),
        ),
        _chooser(Grouping.PROVIDER, providers, str(question.provider_id or ""), Sentence("All providers")),
        _chooser(Grouping.TARGET_GROUP, groups, question.target_group or "", Sentence("All target groups")),
        _chooser(Grouping.LEGAL_SECTION, sections, question.legal_section or "", Sentence("All laws and sections")),
    ]
    return tuple(each for each in choosers if len(each.choices) > 1 or any(choice.chosen for choice in each.choices))


def _chooser(grouping: Grouping, found: Mapping[str, LocalText | None], chosen: str, nothing: Sentence) -> Chooser:
    choices = _sorted((value, label) for value, label in found.items() if label is not None)
    return Chooser(
        grouping.value,
        GROUPING_WORDS[grouping],
        tuple(Choice(value, label, value == chosen) for value, label in choices),
        nothing,
    )


def _sorted(found: Iterable[tuple[str, LocalText]]) -> list[tuple[str, LocalText]]:
    return sorted(found, key=lambda each: sort_key(str(each[1])))
