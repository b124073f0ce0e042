"""Simulated people for the parts of a report: scores at the start and later, with what is known of each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from outcomes.analysis.breakdown import PersonFacts
from outcomes.analysis.frame import StudyData, read_frame
from outcomes.analysis.plan import AnalysisPlan, Covariate, CovariateKind, Design, Direction, Measure

if TYPE_CHECKING:
    from collections.abc import Callable

PROVIDERS = ("Birk", "Eg", "Lind", "Pil", "Røn")


def make_plan(design: Design = Design.NONE, *, maximum: float = 100.0) -> AnalysisPlan:
    """A plan with an age that isn't adjusted for and a way to live that is."""
    return AnalysisPlan(
        measure=Measure("wellbeing", "total", Direction.HIGHER, 0.0, maximum),
        design=design,
        intervention_label="Help",
        comparison_label="Waiting list" if design.has_comparison_arm else None,
        baseline_occasion="start",
        follow_up=("month-6", "month-12"),
        primary_occasion="month-12",
        covariates=(
            Covariate("age", CovariateKind.NUMBER, None, adjusted=False),
            Covariate("living", CovariateKind.CATEGORY, "alone"),
        ),
    )


def simulate_people(
    n: int,
    *,
    seed: int = 5,
    extra: Callable[[PersonFacts, float], float] = lambda _facts, _age: 0.0,
    arms: bool = False,
) -> tuple[pd.DataFrame, dict[str, PersonFacts]]:
    """``n`` people at five providers over four years; ``extra``: points of change beside the common 5."""
    rng = np.random.default_rng(seed)
    rows, facts = [], {}
    for number in range(n):
        subject, age = str(number), float(rng.integers(20, 80))
        started = date(2022, 1, 1) + timedelta(days=1460 * number // n)
        facts[subject] = PersonFacts(
            PROVIDERS[number % 5], "a" if number % 3 else "b", started, "going_on" if number % 4 else "completed"
        )
        start = rng.normal(45, 12)
        change = 5 + extra(facts[subject], age)
        for occasion, months, share in (("start", 0.0, 0.0), ("month-6", 6.0, 0.5), ("month-12", 12.0, 1.0)):
            rows.append(
                {
                    "subject": subject, "occasion": occasion, "time": months,
                    "score": float(np.clip(round(start + share * change + rng.normal(0, 6)), 0, 100)), "due": True,
                    "arm": "comparison" if arms and number % 2 else "intervention", "age": age,
                    "living": "alone" if rng.random() < 0.6 else "others" if months == 0 else None,
                }
            )  # fmt: skip
    frame = pd.DataFrame(rows)
    frame["living"] = frame.groupby("subject")["living"].transform(lambda values: values.iloc[0])
    return frame, facts


def read_people(frame: pd.DataFrame, design: Design = Design.NONE) -> StudyData:
    """The frame by the plan of :func:`make_plan`."""
    return read_frame(frame, make_plan(design))
