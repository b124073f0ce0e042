"""Nobody is helped, and people start because they are low: how often is that called an effect?

    .venv/bin/python benchmarks/null_effect.py [--studies 1500] [--seed 20261122] [--write]

Every study draws its people from a population where nothing changes anybody: a person's level stays what it is, and each
answer is that level and an error. Only people whose first answer is low are let in, so their later answers rise by
themselves (regression to the mean). Who gets the intervention is decided as each design says, more answers are lost among
those who fared badly, and the whole estimate is made by the frozen plan, exactly as a report makes it. "Called an effect" is:
the design label allows the word, and the interval leaves out zero. For the waiting list and for lots that may happen in 5 %
of studies; for every other design never. The last line breaks what a waiting list rests on, to show that it matters.

``--write`` puts the table into docs/methods/design-label.md. The suite runs a short version of the same.
"""

from __future__ import annotations

import argparse
import math
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.plan import AnalysisPlan, parse_analysis_plan
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import COMPARISON, INTERVENTION, TermEstimate

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

PAGE = Path(__file__).resolve().parent.parent / "docs" / "methods" / "design-label.md"
BEGIN, END = "<!-- null simulation -->", "<!-- end of null simulation -->"
POPULATION_MEAN, LEVEL_SD, ERROR_SD = 55.0, 14.0, 9.0
LOW = 45.0
OCCASIONS = (("start", 0.0), ("m3", 3.0), ("m6", 6.0))
MOST_CALLED = 0.05


@dataclass(frozen=True, slots=True)
class NullDesign:
    """``design`` of the plan; ``order``: who gets the intervention first, "lots", "low score" or "judgement" (of how the
    person really is, which no score holds). ``part``: studies, as a part of those asked for."""

    name: str
    design: str
    order: str = "lots"
    part: float = 1.0


DESIGNS = (
    NullDesign("nobody to compare with", "none", part=0.1),
    NullDesign("against an expected course", "expected", part=0.1),
    NullDesign("against people who weren't low, adjusted", "adjusted", part=0.1),
    NullDesign("staggered roll-out by the mixed model", "staggered", part=0.1),
    NullDesign("waiting list", "waiting_list"),
    NullDesign("waiting list, lowest score first", "waiting_list", order="low score", part=0.5),
    NullDesign("lots", "randomised"),
    NullDesign("waiting list ordered by a judgement of need", "waiting_list", order="judgement", part=0.1),
)


@dataclass(frozen=True, slots=True)
class NullResult:
    """Of ``studies`` of one design: in how many the main number's interval leaves out zero (``excluded``), and how many of
    these may be called an effect (``called``)."""

    design: NullDesign
    studies: int
    excluded: int
    called: int


def null_plan(design: NullDesign) -> AnalysisPlan:
    """A frozen plan of the ``design``; what the comparison is called is all that differs."""
    code = design.design
    mapping = {
        "measure": {
            "instrument": "wellbeing", "scale": "total", "direction": "higher_is_better", "minimum": 0, "maximum": 100,
        },
        "design": code,
        "intervention": "new",
        "comparison": None if code in {"none", "expected"} else "usual",
        "arm": "help",
        "baseline": "start",
        "follow_up": ["m3", "m6"],
        "primary_occasion": "m6",
        "expected_change": {"points": 0, "source": "nothing changes anybody"} if code == "expected" else None,
        "randomised_evidence": "drawn by the simulation's generator" if code == "randomised" else None,
    }  # fmt: skip
    return parse_analysis_plan({key: value for key, value in mapping.items() if value is not None})


def null_study(design: NullDesign, random: Generator, *, people: int = 120) -> pd.DataFrame:
    """A tidy frame of ``people`` let in because their first answer is low, where nobody is helped."""
    level, start = _low_starters(random, people, usual=design.design == "adjusted")
    arm = np.full(people, INTERVENTION)
    if design.design == "adjusted":  # the comparison are ordinary people, who were never selected
        arm[people // 2 :] = COMPARISON
    elif design.design not in {"none", "expected"}:
        order = {"lots": random.random(people), "low score": start, "judgement": level}[design.order]
        arm[np.argsort(order)[people // 2 :]] = COMPARISON
    scores = [start]
    for _ in OCCASIONS[1:]:
        scores.append(_later(level, scores[-1], random))
    rows = [
        pd.DataFrame({"subject": np.arange(people).astype(str), "occasion": code, "time": months, "score": score})
        for (code, months), score in zip(OCCASIONS, scores, strict=True)
    ]
    table = pd.concat(rows, ignore_index=True)
    table["due"] = True
    table["arm"] = np.tile(arm, len(OCCASIONS))
    return table


def _later(level: NDArray[np.float64], last: NDArray[np.float64], random: Generator) -> NDArray[np.float64]:
    """The next answers; those whose last was low are lost oftener, and nobody who was lost comes back."""
    later = np.clip(level + random.normal(0, ERROR_SD, level.size), 0, 100)
    lost = random.random(level.size) < 1 / (1 + np.exp((last - 25) / 10))
    return np.where(lost | np.isnan(last), np.nan, later)


def _low_starters(random: Generator, people: int, *, usual: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Levels and first answers; with ``usual`` the second half is anybody instead of low starters."""
    pool = 40 * people
    level = random.normal(POPULATION_MEAN, LEVEL_SD, pool)
    start = np.clip(level + random.normal(0, ERROR_SD, pool), 0, 100)
    chosen = np.flatnonzero(start < LOW)[:people]
    if usual:
        chosen = np.concatenate([chosen[: people // 2], np.arange(pool - people + people // 2, pool)])
    return level[chosen], start[chosen]


def run(design: NullDesign, studies: int, random: Generator) -> NullResult:
    """``studies`` studies of one design, each by the whole estimate."""
    plan = null_plan(design)
    excluded = called = 0
    for _ in range(studies):
        estimate = estimate_effect(null_study(design, random), plan, with_sensitivity=False)
        main = estimate.effect if isinstance(estimate.effect, TermEstimate) else estimate.main_change
        away = isinstance(main, TermEstimate) and not main.includes_zero
        excluded += away
        called += away and estimate.label.causal
    return NullResult(design, studies, excluded, called)


def table(results: list[NullResult]) -> str:
    """The results as a Markdown table, shares with their 95 % Monte Carlo interval."""
    lines = [
        "| Design | Studies | Interval leaves out zero | Called an effect | 95 % interval of the latter |",
        "|---|---|---|---|---|",
    ]
    for result in results:
        share = estimate_share(result.called, result.studies)
        lines.append(
            f"| {result.design.name} | {result.studies} | {100 * result.excluded / result.studies:.1f} % |"
            f" {100 * share.share:.1f} % | {100 * share.ci_low:.1f} to {100 * share.ci_high:.1f} % |"
        )
    return "\n".join(lines)


def within_limit(result: NullResult) -> bool:
    """Whether at most 5 % were called an effect, give or take three Monte Carlo standard errors."""
    allowed = MOST_CALLED + 3 * math.sqrt(MOST_CALLED * (1 - MOST_CALLED) / result.studies)
    return result.called / result.studies <= allowed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--studies", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--write", action="store_true", help="put the table into the documentation")
    options = parser.parse_args()
    began, results = time.perf_counter(), []
    for index, design in enumerate(DESIGNS):
        studies = max(10, round(options.studies * design.part))
        results.append(run(design, studies, np.random.default_rng([options.seed, index])))
        print(f"{time.perf_counter() - began:5.0f} s  {results[-1]}", flush=True)
    text = f"{table(results)}\n\nSeed {options.seed}."
    print(f"\n{text}")
    if options.write:
        page = PAGE.read_text(encoding="utf-8")
        block = f"{BEGIN}\n\n{text}\n\n{END}"
        PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, page, flags=re.DOTALL), encoding="utf-8")
    return 0 if all(within_limit(result) for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
