"""A target in all its versions, side by side, so that a change can be seen for what it is."""

from __future__ import annotations

from dataclasses import dataclass

from outcomes.errors import Sentence
from outcomes.reports.targets import TargetView, whom


@dataclass(frozen=True, slots=True)
class VersionRow:
    """One fact of a target in each of its versions, the first one first; ``changed``: they aren't all the same."""

    label: Sentence
    cells: tuple[object, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class TargetPage:
    """A target in all its versions side by side, the newest one last."""

    versions: tuple[TargetView, ...]
    rows: tuple[VersionRow, ...]

    @property
    def newest(self) -> TargetView:
        """The version in force."""
        return self.versions[-1]


def side_by_side(versions: tuple[TargetView, ...]) -> tuple[VersionRow, ...]:
    """What each version says, fact by fact."""
    facts: tuple[tuple[Sentence, tuple[object, ...]], ...] = (
        (Sentence("Title"), tuple(each.title for each in versions)),
        (Sentence("Indicator"), tuple(each.indicator_title for each in versions)),
        (Sentence("To be reached"), tuple(each.wish for each in versions)),
        (Sentence("Intervention"), tuple(each.intervention_name for each in versions)),
        (Sentence("For whom"), tuple(whom(each) for each in versions)),
        (Sentence("First day"), tuple(each.first_day for each in versions)),
        (Sentence("Last day"), tuple(each.last_day for each in versions)),
        (Sentence("Least number of people"), tuple(each.minimum_n for each in versions)),
        (Sentence("Level"), tuple(each.level_words for each in versions)),
        (Sentence("In force"), tuple(Sentence("Ended") if each.ends else Sentence("Yes") for each in versions)),
        (Sentence("Reason"), tuple(each.reason or None for each in versions)),
        (Sentence("Decided by"), tuple(each.decided_by for each in versions)),
        (Sentence("Written down"), tuple(each.decided_at for each in versions)),
    )
    return tuple(VersionRow(label, cells, len(set(map(str, cells))) > 1) for label, cells in facts)
