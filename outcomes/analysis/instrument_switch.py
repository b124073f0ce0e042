"""Instrument switch: whose answers within an episode come from more than one instrument, or version of one?

Question: may all of a person's scores be put on one line?
Formula: none: per episode the instruments, and per instrument the versions, that it was answered with, in order of time.
Rule: scores of two instruments are never put on one line, and those of two versions only where the instrument says that they
score alike. What is found is named; nothing is converted.
Assumptions: none. Units: episodes (people).
Missing data: an answer without instrument or version is an error with its row: nobody can tell then whether it switched.
Small numbers: a count under 5 isn't shown; the sentence says "fewer than 5".
Errors: :class:`~outcomes.errors.EstimateError` for lists of different lengths, times that aren't finite, and empty names.
Source: METHODS.md sections 1 and 4. Checked: tests/unit/analysis/test_instrument_switch.py.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_CELL, may_show_cell
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

FINDING = "instrument_switch"


@dataclass(frozen=True, slots=True)
class InstrumentSwitch:
    """One episode's first change: from ``before`` to ``after`` at ``time`` (the later answer's, in the unit given).

    ``before`` and ``after``: instrument and version. ``instrument``: the instrument itself changed, not only its version.
    """

    episode: str
    time: float
    before: tuple[str, str]
    after: tuple[str, str]
    instrument: bool


@dataclass(frozen=True, slots=True)
class InstrumentSwitches:
    """Switches in ``n_episodes`` episodes, by episode. ``applies``: there is one. ``warnings``: a sentence for each kind."""

    finding: str
    n_episodes: int
    switches: tuple[InstrumentSwitch, ...]
    applies: bool
    warnings: tuple[Sentence, ...]

    @property
    def episodes(self) -> frozenset[str]:
        """Episodes whose scores may not stand on one line as they are."""
        return frozenset(switch.episode for switch in self.switches)


def find_instrument_switches(
    episodes: Sequence[object], times: Sequence[float], instruments: Sequence[str], versions: Sequence[str]
) -> InstrumentSwitches:
    """Episodes that were answered with more than one instrument or version; an argument's values are one per answer."""
    if len({len(episodes), len(times), len(instruments), len(versions)}) > 1:
        raise EstimateError(Sentence("Each answer needs an episode, a time, an instrument and a version."))
    answers: dict[str, list[tuple[float, tuple[str, str]]]] = {}
    for row, (episode, time, instrument, version) in enumerate(
        zip(episodes, times, instruments, versions, strict=True), start=1
    ):
        if not (math.isfinite(time) and str(instrument).strip() and str(version).strip()):
            raise EstimateError(
                Sentence(
                    "The answer in row %(row)s lacks its time, instrument or version. Fill it in, or leave the answer out.",
                    row=row,
                )
            )
        answers.setdefault(str(episode), []).append((float(time), (str(instrument).strip(), str(version).strip())))
    found = [
        switch for episode, given in sorted(answers.items()) if (switch := _first_switch(episode, given)) is not None
    ]
    return InstrumentSwitches(FINDING, len(answers), tuple(found), bool(found), _warnings(found, len(answers)))


def _first_switch(episode: str, given: list[tuple[float, tuple[str, str]]]) -> InstrumentSwitch | None:
    """The first change of instrument, or else the first of version."""
    ordered = sorted(given)
    steps = [
        InstrumentSwitch(episode, time, before, after, before[0] != after[0])
        for (_, before), (time, after) in pairwise(ordered)
        if before != after
    ]
    return next((step for step in steps if step.instrument), steps[0] if steps else None)


def _warnings(found: list[InstrumentSwitch], whole: int) -> tuple[Sentence, ...]:
    warnings = []
    instruments = sum(switch.instrument for switch in found)
    if instruments:
        warnings.append(
            Sentence(
                "%(count)s of %(whole)s people answered with more than one instrument. Their scores are never put on one"
                " line: each instrument's answers are shown for themselves.",
                count=_count(instruments),
                whole=whole,
            )
        )
    if len(found) > instruments:
        warnings.append(
            Sentence(
                "%(count)s of %(whole)s people answered with more than one version of the same instrument. Their scores stand"
                " on one line only where the instrument says that its versions score alike.",
                count=_count(len(found) - instruments),
                whole=whole,
            )
        )
    return tuple(warnings)


def _count(people: int) -> int | Sentence:
    return people if may_show_cell(people) else Sentence("Fewer than %(minimum)s", minimum=MINIMUM_CELL)
