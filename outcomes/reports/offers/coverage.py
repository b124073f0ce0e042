"""Whether there are places for those who need them: by target group and legal section, with what isn't known said.

Places are those that offers for the group and section have between them: at least those of offers for nobody else, at most
all of them, and no end to it where an offer's number isn't known. People are those in an intervention and those on a
waiting list for one. Whoever needs help and was never referred is in no register, and no number here counts them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import hide_lines, may_show_cell, may_show_gap
from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.reports.parts import LocalText, Withheld

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from outcomes.reports.offers.register import Names, OfferNow

Pair = tuple[str | None, str | None]
"""A target group's code and a legal section; None where it isn't known."""

FEW = Withheld(Sentence("So few people stand here that the number isn't shown, or would give away another one."))
GROUP_UNKNOWN = Sentence("Target group not known")
SECTION_UNKNOWN = Sentence("Legal section not known")


@dataclass(frozen=True, slots=True)
class Needing:
    """How many people are in an intervention, and how many wait for one (None: no waiting list is kept)."""

    active: int = 0
    waiting: int | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """Places of ``n_offers`` offers: ``least`` for nobody else, ``most`` shared with others too; ``n_unknown`` don't say."""

    least: int
    most: int
    n_offers: int
    n_unknown: int


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """One target group and section. ``verdict``: see :data:`FINDINGS`.

    ``people``: known to need a place, those in an intervention and those who wait together; None: no intervention here is
    for them, so that nobody counts them. ``active`` and ``waiting`` are None where no waiting list is kept.
    """

    pair: Pair
    group: LocalText | Sentence | str
    section: str | Sentence
    places: Places
    active: int | Withheld | None
    waiting: int | Withheld | None
    people: int | Withheld | None
    verdict: str
    finding: Sentence


@dataclass(frozen=True, slots=True)
class Coverage:
    """The page: a row per target group and section on a day, and everybody together."""

    organisation_name: str
    day: date
    rows: tuple[CoverageRow, ...]
    people: int | Withheld | None


def count_places(offers: Sequence[OfferNow], pair: Pair) -> Places:
    """The places of the offers for a target group and section."""
    least = most = n_offers = n_unknown = 0
    for offer in offers:
        pairs = _pairs_of(offer)
        if pair not in pairs:
            continue
        n_offers += 1
        if offer.capacity is None:
            n_unknown += 1
            continue
        most += offer.capacity
        least += offer.capacity if len(pairs) == 1 else 0
    return Places(least, most, n_offers, n_unknown)


def _pairs_of(offer: OfferNow) -> frozenset[Pair]:
    groups: tuple[str | None, ...] = offer.target_groups or (None,)
    sections: tuple[str | None, ...] = offer.legal_sections or (None,)
    return frozenset((group, section) for group in groups for section in sections)


def build_coverage(
    offers: Sequence[OfferNow], needing: Mapping[Pair, Needing], names: Names, *, organisation_name: str, day: date
) -> Coverage:
    """The page. Numbers of people are withheld where they, or those that they are made of, are of too few."""
    offered = {pair for offer in offers if offer.recorded for pair in _pairs_of(offer)} - {(None, None)}
    pairs = sorted({*needing, *offered}, key=lambda pair: _order(pair, names))
    shown = _protect({pair: needing[pair] for pair in pairs if pair in needing})
    return Coverage(
        organisation_name,
        day,
        tuple(_row(pair, count_places(offers, pair), shown, names) for pair in pairs),
        people=shown.get((None, "people")),
    )


def _order(pair: Pair, names: Names) -> tuple[object, ...]:
    group, section = pair
    return (group is None, sort_key(str(names.groups.get(group or "", group or ""))), section is None, section or "")


def _protect(needing: Mapping[Pair, Needing]) -> dict[tuple[Pair | None, str], int | Withheld]:
    """Every number of people on the page by row (None: the total) and column.

    A line is shown where neither those in an intervention nor those who wait are few: reports tell of the first, and would
    give away the others; and no line is hidden alone, since reports tell of all together. Everybody together is shown where
    every line is, for else the lines that are would tell of the rest.
    """
    shown: dict[tuple[Pair | None, str], int | Withheld] = {}
    active = {str(pair): need.active for pair, need in needing.items() if may_show_gap(need.waiting or 0)}
    few = {
        str(pair)
        for pair, need in needing.items()
        if not (may_show_gap(need.active) and may_show_cell(need.active + (need.waiting or 0)))
    }
    hidden = hide_lines(active, hidden=few & active.keys()) | few
    for pair, need in needing.items():
        people = need.active + (need.waiting or 0)
        whole = str(pair) not in hidden and may_show_gap(need.waiting or 0)
        both = whole and may_show_cell(need.active) and may_show_cell(need.waiting or 0)
        shown[pair, "people"] = people if whole else FEW
        if need.waiting is not None:
            shown[pair, "active"] = need.active if both else FEW
            shown[pair, "waiting"] = need.waiting if both else FEW
    lines = [value for (_, column), value in shown.items() if column == "people"]
    counts = [value for value in lines if not isinstance(value, Withheld)]
    if lines:
        shown[None, "people"] = sum(counts) if len(counts) == len(lines) else FEW
    return shown


def _row(
    pair: Pair, places: Places, shown: Mapping[tuple[Pair | None, str], int | Withheld], names: Names
) -> CoverageRow:
    group, section = pair
    people = shown.get((pair, "people"))
    verdict = judge(places, people)
    return CoverageRow(
        pair=pair,
        group=names.groups.get(group, group) if group else GROUP_UNKNOWN,
        section=section or SECTION_UNKNOWN,
        places=places,
        active=shown.get((pair, "active")),
        waiting=shown.get((pair, "waiting")),
        people=people,
        verdict=verdict,
        finding=FINDINGS[verdict],
    )


FINDINGS = {
    "enough": Sentence("There are places for all who are known to need one."),
    "short": Sentence("More people are known to need a place than there are places."),
    "cannot_say": Sentence("Can't be said: some places are shared with others, or their number isn't known."),
    "none": Sentence("No offer is registered for them."),
    "withheld": Sentence("Too few people to say without pointing at somebody."),
    "uncounted": Sentence("No intervention that is measured is for them, so how many need a place isn't known."),
}


def judge(places: Places, people: int | Withheld | None) -> str:
    """Whether the places are enough for the people: what can be said whatever the unknown is."""
    if people is None:
        return "uncounted"
    if isinstance(people, Withheld):
        return "withheld"
    if places.n_offers == 0:
        return "none"
    if places.least >= people:
        return "enough"
    return "cannot_say" if places.n_unknown or places.most >= people else "short"
