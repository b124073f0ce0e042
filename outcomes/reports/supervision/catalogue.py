"""The catalogue of evidence: each datum that an authority may ask a provider for, once, with its one source.

An authority's theme names data by their keys; it never holds a value. What is measured or stands in the register isn't
entered at all; what only the provider knows is entered once, with its day and source, for every authority that asks.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from outcomes.errors import Sentence

if TYPE_CHECKING:
    from collections.abc import Mapping


class Origin(StrEnum):
    """Where a datum comes from."""

    OUTCOME = "outcome"  # worked out from citizens' answers
    REGISTER = "register"  # stands in the register of offers
    FACT = "fact"  # entered once about the provider


class FactKind(StrEnum):
    """What is written where a fact is entered."""

    TEXT = "text"
    NUMBER = "number"  # zero or more
    SHARE = "share"  # per cent, 0 to 100
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A datum: its key, what it is called, where it comes from, how it is entered (facts) and what to write.

    ``unit``: what a number counts. ``counts_events``: events and not people, so shown however few. ``about_staff``: of so few
    staff that it may tell of one of them, unless they are many.
    """

    key: str
    title: Sentence
    origin: Origin
    kind: FactKind = FactKind.TEXT
    hint: Sentence | None = None
    unit: Sentence | None = None
    counts_events: bool = False
    about_staff: bool = False


def _facts() -> tuple[Evidence, ...]:
    fact, share, number, day = Origin.FACT, FactKind.SHARE, FactKind.NUMBER, FactKind.DAY
    events, days = Sentence("in the last twelve months"), Sentence("days per full-time post and year")
    per_year, percent = Sentence("How many in the last twelve months."), Sentence("In per cent, from 0 to 100.")
    return (
        Evidence("methods", Sentence("Methods that are used, and why"), fact),
        Evidence("aims", Sentence("How aims are agreed with the citizen and followed up"), fact),
        Evidence("user_council", Sentence("How citizens take part in decisions about the place"), fact),
        Evidence("health_help", Sentence("How people get help with health"), fact),
        Evidence(
            "education_and_work", Sentence("How people come into education, work or something to do by day"), fact
        ),
        Evidence("incidents", Sentence("Unintended incidents with medicine"), fact, number, per_year, events, True),
        Evidence("violence", Sentence("Episodes of threats or violence"), fact, number, per_year, events, True),
        Evidence("work_accidents", Sentence("Work accidents reported"), fact, number, per_year, events, True),
        Evidence("workplace_assessment", Sentence("Latest workplace assessment"), fact, day),
        Evidence("leadership", Sentence("Who leads, and with what training"), fact),
        Evidence("guidance", Sentence("Professional guidance of the staff"), fact),
        Evidence(
            "turnover", Sentence("Staff who left in the last twelve months"), fact, share, percent, about_staff=True
        ),
        Evidence(
            "sickness_absence",
            Sentence("Sickness absence"),
            fact,
            number,
            Sentence("Days per full-time post and year."),
            days,
            about_staff=True,
        ),
        Evidence("trained_staff", Sentence("Staff with training for the task"), fact, share, percent, about_staff=True),
        Evidence("occupancy", Sentence("Places in use"), fact, share, percent),
        Evidence(
            "equity_ratio",
            Sentence("Equity of total assets"),
            fact,
            share,
            Sentence("In per cent, from 0 to 100, by the latest accounts."),
        ),
        Evidence("accounts_day", Sentence("Latest audited accounts"), fact, day),
        Evidence("rooms", Sentence("Rooms, access and surroundings"), fact),
        Evidence("fire_plan", Sentence("Latest fire and evacuation drill"), fact, day),
        Evidence("medicine_handling", Sentence("How medicine is handled, and who is responsible"), fact),
        Evidence("health_records", Sentence("How health matters are recorded"), fact),
    )


def _found() -> tuple[Evidence, ...]:
    outcome, register = Origin.OUTCOME, Origin.REGISTER
    return (
        Evidence("people", Sentence("People who have begun, and how many are known"), outcome),
        Evidence("change", Sentence("What happens to people"), outcome),
        Evidence("progression", Sentence("Better, unchanged and worse"), outcome),
        Evidence("goals", Sentence("People's own goals reached"), outcome),
        Evidence("experience", Sentence("How people experience the help and their say in it"), outcome),
        Evidence("signals", Sentence("Statistical signals, and what was said about them"), outcome),
        Evidence("interventions", Sentence("Interventions, and the law they rest on"), register),
        Evidence("target_groups", Sentence("Whom it is for"), register),
        Evidence("owner", Sentence("Who owns it"), register),
        Evidence("capacity", Sentence("Places"), register),
        Evidence("staffing", Sentence("Full-time posts"), register),
        Evidence("competences", Sentence("Competences"), register),
        Evidence("address", Sentence("With or without an address of its own"), register),
    )


CATALOGUE: Mapping[str, Evidence] = MappingProxyType({each.key: each for each in (*_found(), *_facts())})
"""Every datum by its key; what is known without asking comes first."""

AUTHORITIES: Mapping[str, Sentence] = MappingProxyType(
    {
        "socialtilsyn": Sentence("Social supervision"),
        "arbejdstilsyn": Sentence("Working Environment Authority"),
        "styrelsen-for-patientsikkerhed": Sentence("Patient Safety Authority"),
    }
)
"""Who asks, by the name in the files of themes."""
