"""Sample variables for the pages of targets and of process requirements."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.analysis.disclosure import too_few_for_estimate
from outcomes.analysis.indicator_definitions import DEFINITIONS
from outcomes.analysis.indicators import INDICATORS, IndicatorValue
from outcomes.errors import Sentence
from outcomes.reports.parts import local_text
from outcomes.reports.requirements import (
    LAW_WORDS,
    NOT_COVERED,
    SOURCE_WORDS,
    STATE_WORDS,
    STEP_WORDS,
    EntryView,
    Freed,
    RequirementBook,
    RequirementView,
    State,
    StepView,
)
from outcomes.reports.target_versions import TargetPage, side_by_side
from outcomes.reports.targets import LEVEL_WORDS, TargetView, make_board, stand, wish_words
from outcomes.services.describe_indicators import describe_indicators

DAY = date(2026, 1, 1)
LAST = date(2026, 12, 31)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
ERRORS = [Thing(target=target, message=POLYGLOT) for target in ("title", "indicator", "step-heard", "on_day", "")]


def make_target(indicator: str = "share_better", ends: tuple[float, float] = (0.3, 0.5), n: int = 40) -> TargetView:
    """A target of an indicator whose interval has these ends."""
    value = IndicatorValue(indicator, sum(ends) / 2, *ends, n, 0.8)
    standing = stand(value, threshold=0.25, direction="at_least", minimum_n=30, snapshot="abc")
    return TargetView(
        code="bedre", version=1, title=local_text(POLYGLOT), own=True, level="municipal",
        level_words=LEVEL_WORDS["municipal"], indicator=indicator, indicator_title=INDICATORS[indicator].title,
        unit=INDICATORS[indicator].unit, intervention="bostoette", intervention_name=local_text("Bostøtte"),
        provider_id=None, provider=POLYGLOT, target_group="x", target_group_title=local_text("Voksne"),
        legal_section="Serviceloven § 85", threshold=0.25, direction="at_least",
        wish=wish_words(indicator, "at_least", 0.25), first_day=DAY, last_day=LAST, minimum_n=30, reason="",
        decided_by=POLYGLOT, decided_at=MOMENT, ends=False, standing=standing,
    )  # fmt: skip


MET = make_target()
NOT_MET = make_target("mean_change", (-1.0, 0.1))
OPEN = replace(make_target("standardised_change", (0.1, 0.4)), code="aaben")
FEW = make_target(n=12)
HIDDEN = replace(
    MET,
    own=False,
    standing=stand(too_few_for_estimate(), threshold=0.1, direction="at_most", minimum_n=10, snapshot=""),
)
ENDED = replace(MET, version=2, ends=True, standing=None, reason=POLYGLOT)
BOARD = make_board(POLYGLOT, (MET, NOT_MET, OPEN, FEW, HIDDEN, ENDED), for_authority=False, as_of=DAY)


def make_requirement(state: State = State.IN_FORCE, **changes: Any) -> RequirementView:
    """A requirement where it stands."""
    values: dict[str, Any] = {
        "code": "status", "title": local_text(POLYGLOT), "source_kind": SOURCE_WORDS["local_rule"], "source": POLYGLOT,
        "law_bound": False, "minutes": 12.5, "minutes_source": POLYGLOT, "interventions": (local_text(POLYGLOT),),
        "replaced_by": "share_better", "replaced_by_name": INDICATORS["share_better"].title,
        "replacement": local_text(POLYGLOT), "state": state, "state_words": STATE_WORDS[state],
        "since": None if state is State.IN_FORCE else DAY, "steps": (), "freed": None,
    }  # fmt: skip
    return RequirementView(**{**values, **changes})


STEP = StepView(1, "proposed", STEP_WORDS["proposed"], DAY, POLYGLOT, POLYGLOT, MOMENT)
TOO_FEW = too_few_for_estimate()
BOOK = RequirementBook(
    organisation_name=POLYGLOT,
    as_of=LAST,
    since=DAY,
    finding=Sentence("Nothing has been retired yet."),
    rows=(
        make_requirement(State.RETIRED, freed=Freed(((DAY, LAST),), 100, 900.5, 180.2)),
        make_requirement(State.RETIRED, freed=Freed(((DAY, LAST),), TOO_FEW, TOO_FEW, TOO_FEW)),
        make_requirement(State.RETIRED),
        make_requirement(State.HEARD),
        make_requirement(law_bound=True, state_words=LAW_WORDS, replaced_by_name=None, replacement=local_text("")),
    ),
    hours=180.2,
    entry=(
        EntryView(Sentence("Citizens and relatives, on their own"), False, 100, 90, 2.5, 1.5, 3.5, 4.2),
        EntryView(Sentence("Staff who ask and write down"), True, *(TOO_FEW,) * 6),
    ),
    net=176.0,
    not_covered=NOT_COVERED,
)
TEXT = {
    "title": POLYGLOT, "source_kind": "law", "source": POLYGLOT, "law_bound": "yes", "minutes": "x",
    "minutes_source": "", "interventions": ("bostoette",), "replaced_by": "share_better", "replacement": POLYGLOT,
}  # fmt: skip
NAMES = {"bostoette": local_text(POLYGLOT)}
TWICE = (*DEFINITIONS, replace(DEFINITIONS[0], version=2, change=Sentence("It was unclear")))

TARGET_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/targets/board.html": {"board": BOARD, "here": "/maaltal"},
    "pages/targets/target.html": {"page": TargetPage((MET, ENDED), side_by_side((MET, ENDED))), "here": POLYGLOT},
    "pages/targets/definitions.html": {"indicators": describe_indicators(TWICE), "back": None},
    "pages/targets/form.html": {
        "form": Thing(version=1, for_authority=False, interventions=NAMES, providers=NAMES, groups=NAMES, sections=["§"]),
        "text": {
            **dict.fromkeys(("provider", "target_group", "legal_section", "reason", "ends", "decided_by"), ""),
            "title": POLYGLOT, "indicator": "share_better", "intervention": "bostoette", "threshold": "x",
            "first_day": "2026-01-01", "last_day": POLYGLOT, "minimum_n": "30",
        },
        "code": "bedre",
        "indicators": describe_indicators(),
        "errors": ERRORS,
    },
    "pages/requirements/register.html": {"book": BOOK},
    "pages/requirements/requirement.html": {
        "page": Thing(requirement=make_requirement(State.HEARD, steps=(STEP,)), number=1),
        "text": {"step": "", "on_day": "", "reason": POLYGLOT, "by": POLYGLOT},
        "errors": ERRORS,
    },
    "pages/requirements/form.html": {
        "text": TEXT,
        "choices": Thing(interventions=NAMES, indicators=NAMES, instruments=NAMES),
        "errors": ERRORS,
    },
}  # fmt: skip
