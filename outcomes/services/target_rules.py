"""What a target may be: every rule that it is held against before anything is stored, each with its own sentence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE
from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.reports.parts import Points
from outcomes.services.decide_protocol import plain_words
from outcomes.services.gather_outcomes import Period
from outcomes.services.judge_targets import TargetNames, read_target_names
from outcomes.services.read_targets import AUTHORITY
from outcomes.services.read_written import one_line, written_day, written_number
from outcomes.services.settle_period import find_whole_period, refuse_parted
from outcomes.store import interventions, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import Organisation, OutcomeTarget

SLUG = re.compile("[a-z0-9][a-z0-9-]{0,99}")
LIMITS = {"share": (0.0, 1.0), "points": (-1000.0, 1000.0), "standardised": (-5.0, 5.0)}
"""Least and most that a threshold can be, by the indicator's unit."""


@dataclass(frozen=True, slots=True)
class TargetText:
    """A target as it is written in the form. ``threshold``: a share in per cent, else in the indicator's unit;
    ``provider``: an id, or empty; ``ends``: ``yes`` where this version ends it."""

    title: str = ""
    indicator: str = ""
    intervention: str = ""
    provider: str = ""
    target_group: str = ""
    legal_section: str = ""
    threshold: str = ""
    first_day: str = ""
    last_day: str = ""
    minimum_n: str = ""
    reason: str = ""
    decided_by: str = ""
    ends: str = ""


def clean_target(
    session: Session, organisation: Organisation, written: TargetText, versions: Sequence[OutcomeTarget], today: date
) -> dict[str, Any]:
    """What is stored. Raises ``AnswerError`` with every fault; each place is the field's name."""
    national = organisation.kind == AUTHORITY
    names, sections = read_target_names(session), targets.list_legal_sections(session)
    first, last = written_day(written.first_day), written_day(written.last_day)
    faults = [
        *_word_faults(written, versions),
        *_whom_faults(written, names, sections, national=national),
        *_number_faults(written),
        *_day_faults(first, last),
    ]
    if not faults and not national and not written.ends and first and last:
        parted = refuse_parted(find_whole_period(session, written.intervention), Period(first, last))
        faults += [Fault("first_day", parted)] if parted else []
        faults += [] if parted else _never_reached(session, written, Period(first, last), today)
    if faults:
        raise AnswerError(Sentence("The target was not set."), faults)
    indicator, threshold = INDICATORS[written.indicator], written_number(written.threshold)
    assert threshold is not None  # noqa: S101 - looked at above
    intervention = None if national else interventions.find_intervention(session, slug=written.intervention)
    return {
        "indicator": written.indicator,
        "level": "national" if national else "provider" if written.provider else "municipal",
        "intervention_id": intervention.id if intervention else None,
        "intervention_slug": written.intervention,
        "provider_id": UUID(written.provider) if written.provider else None,
        "target_group": written.target_group or None,
        "legal_section": written.legal_section or None,
        "threshold": threshold / 100 if indicator.unit == "share" else threshold,
        "direction": "at_least" if indicator.higher_is_better else "at_most",
        "first_day": first,
        "last_day": last,
        "minimum_n": int(written.minimum_n.strip()),
    }


def _word_faults(written: TargetText, versions: Sequence[OutcomeTarget]) -> list[Fault]:
    faults = []
    if not one_line(written.title):
        faults.append(Fault("title", Sentence("Write what is to be reached, in one line.")))
    if written.indicator not in INDICATORS:
        faults.append(
            Fault(
                "indicator",
                Sentence(
                    "There is no such indicator. Choose one of those in the list: all of them are outcomes for citizens."
                ),
            )
        )
    if versions and not plain_words(written.reason):
        faults.append(
            Fault("reason", Sentence("Write why the target is changed. Both versions are shown side by side."))
        )
    if not one_line(written.decided_by):
        faults.append(Fault("decided_by", Sentence("Write who has decided this.")))
    return faults


def _whom_faults(written: TargetText, names: TargetNames, sections: Sequence[str], *, national: bool) -> list[Fault]:
    if national:
        known = bool(SLUG.fullmatch(written.intervention)) and not (written.provider or written.legal_section)
        short = Sentence("Write the intervention's short name as the municipalities have it, such as bostoette.")
        faults = [] if known else [Fault("intervention", short)]
        if written.target_group:
            everybody = Sentence(
                "A national target is about everybody in the intervention: municipalities publish no indicators of one group."
            )
            faults.append(Fault("target_group", everybody))
        return faults
    faults = []
    if written.intervention not in names.interventions:
        faults.append(
            Fault("intervention", Sentence("There is no such intervention. Choose one of those in the list."))
        )
    if written.provider and written.provider not in map(str, names.providers):
        faults.append(Fault("provider", Sentence("There is no such provider. Choose one of those in the list.")))
    if written.target_group and written.target_group not in names.groups:
        faults.append(
            Fault("target_group", Sentence("There is no such target group. Choose one of those in the list."))
        )
    if written.legal_section and written.legal_section not in sections:
        faults.append(
            Fault("legal_section", Sentence("There is no such law and section. Choose one of those in the list."))
        )
    return faults


def _number_faults(written: TargetText) -> list[Fault]:
    faults = []
    threshold, indicator = written_number(written.threshold), INDICATORS.get(written.indicator)
    unit = indicator.unit if indicator else "points"
    low, high = LIMITS[unit]
    value = None if threshold is None else float(threshold) / (100 if unit == "share" else 1)
    if value is None or not low <= value <= high:
        sentence = (
            Sentence("Write the threshold as per cent, from 0 to 100.")
            if unit == "share"
            else Sentence(
                "Write the threshold as a number from %(low)s to %(high)s.", low=Points(low, 0), high=Points(high, 0)
            )
        )
        faults.append(Fault("threshold", sentence))
    least = written.minimum_n.strip()
    if not re.fullmatch("[0-9]{1,6}", least) or int(least) < MINIMUM_ESTIMATE:
        faults.append(
            Fault(
                "minimum_n",
                Sentence(
                    "Write a whole number, at least %(least)s: fewer people are never shown.", least=MINIMUM_ESTIMATE
                ),
            )
        )
    return faults


def _day_faults(first: date | None, last: date | None) -> list[Fault]:
    sentence = Sentence("Write the day as year-month-day, such as 2026-03-31.")
    faults = [Fault(place, sentence) for place, day in (("first_day", first), ("last_day", last)) if day is None]
    if first is None or last is None:
        return faults
    if first > last:
        return [Fault("first_day", Sentence("The first day must come before the last."))]
    if Period(first, last) != Period(first, last).in_whole_quarters():
        whole = Period(first, last).in_whole_quarters()
        return [
            Fault(
                "first_day",
                Sentence(
                    "The days must be whole quarters, so that nobody can be singled out: %(first)s to %(last)s.",
                    first=whole.from_date, last=whole.to_date,
                ),
            )
        ]  # fmt: skip
    return []


def _never_reached(session: Session, written: TargetText, period: Period, today: date) -> list[Fault]:
    """Where more people are asked for than have begun in any time as long as this: it could never be said."""
    starts = targets.list_first_starts(
        session,
        intervention=written.intervention,
        provider_id=UUID(written.provider) if written.provider else None,
        target_group=written.target_group or None,
        legal_section=written.legal_section or None,
    )
    most = most_begun(starts, period, today)
    # In whole tens: whoever tries one number after the other learns no count that could be held against another one.
    shown = None if most is None else -(-most // 10) * 10
    if most is None or shown is None or (most >= MINIMUM_ESTIMATE and int(written.minimum_n.strip()) <= shown):
        return []
    if most < MINIMUM_ESTIMATE:
        return [
            Fault(
                "minimum_n",
                Sentence("So many are never reached: fewer than %(least)s have begun in any time as long as this."
                         " Choose a longer time or more people.", least=MINIMUM_ESTIMATE),
            )
        ]  # fmt: skip
    return [
        Fault(
            "minimum_n",
            Sentence("So many are never reached: at most %(most)s have begun in any time as long as this."
                     " Write fewer, or choose a longer time.", most=shown),
        )
    ]  # fmt: skip


def most_begun(starts: Sequence[date], period: Period, today: date) -> int | None:
    """The most that have begun in any time as long as the period; None where nothing as long has passed yet.

    ``starts`` are the days that people began, oldest first. A period that is over is looked at itself, and alone.
    """
    if period.to_date < today:
        return sum(period.from_date <= day <= period.to_date for day in starts)
    length = period.to_date - period.from_date + timedelta(days=1)
    if not starts or starts[0] + length > today:
        return None
    end, most = 0, 0
    for begin, day in enumerate(starts):
        while end < len(starts) and starts[end] < day + length:
            end += 1
        most = max(most, end - begin)
    return most
