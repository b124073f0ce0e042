"""What the tests of federation share: the simulated country, two published data sets, and ways to split people."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.analysis.federation import Aggregate, Column, ColumnKind, Measure, Study, make_aggregate

if TYPE_CHECKING:
    from outcomes.analysis.pattern_sums import LongitudinalSums

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference"
STUDY = Study(
    Measure("wellbeing", "total", "points", 0.0, 100.0), "everyday", "2024-01-01", "2025-12-31", (("group", "0"),)
)
FREE = Study(Measure("measure", "total"), "course", "2024-01-01", "2025-12-31", (("group", "0"),))


def load_country() -> Any:
    """benchmarks/country.py, which isn't part of the package."""
    name = "benchmarks_country"
    if name not in sys.modules:
        specification = importlib.util.spec_from_file_location(name, ROOT / "benchmarks" / "country.py")
        assert specification is not None
        assert specification.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(specification)
        specification.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def described(names: tuple[str, ...] | list[str]) -> tuple[Column, ...]:
    """The intercept and ``factor[level]`` are indicators, the rest are numbers."""
    return tuple(
        Column(name, ColumnKind.INDICATOR, *name[:-1].split("["))
        if "[" in name
        else Column(name, ColumnKind.INDICATOR if name == "Intercept" else ColumnKind.NUMBER)
        for name in names
    )


def split(
    scores: np.ndarray, columns: np.ndarray, place: np.ndarray, *, occasions: tuple[str, ...], names: tuple[str, ...],
    least: int = 1, study: Study = FREE,
) -> list[Aggregate]:  # fmt: skip
    """One aggregate per place."""
    return [
        make_aggregate(
            scores[place == each], columns[place == each], occasions=occasions, described=described(names),
            organisation=f"m{each}", study=study, least=least,
        )
        for each in np.unique(place)
    ]  # fmt: skip


def read_wide(
    path: Path, *, person: str, time: str, score: str, facts: tuple[str, ...]
) -> tuple[np.ndarray, list[dict[str, str]], tuple[str, ...]]:
    """Scores people x occasions, one row of facts per person, and the occasions, from a long table."""
    with path.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    people = list(dict.fromkeys(row[person] for row in rows))
    occasions = tuple(sorted({row[time] for row in rows}, key=lambda label: (len(label), label)))
    scores = np.full((len(people), len(occasions)), np.nan)
    known: dict[str, dict[str, str]] = {}
    for row in rows:
        if row[score] not in ("", "NA"):
            scores[people.index(row[person]), occasions.index(row[time])] = float(row[score])
        known[row[person]] = {fact: row[fact] for fact in facts}
    return scores, [known[each] for each in people], occasions


def same_bits(one: LongitudinalSums, other: LongitudinalSums) -> bool:
    """Are two sums the same to the last bit, the sign of zero too?"""
    if (one.occasions, one.columns, len(one.patterns)) != (other.occasions, other.columns, len(other.patterns)):
        return False
    pairs = [(np.float64(one.origin), np.float64(other.origin)), (one.column_origins, other.column_origins)]
    for a, b in zip(one.patterns, other.patterns, strict=True):
        if (a.observed, a.n) != (b.observed, b.n):
            return False
        pairs += [(a.xx, b.xx), (a.xy, b.xy), (a.yy, b.yy)]
    return all(np.ascontiguousarray(a).tobytes() == np.ascontiguousarray(b).tobytes() for a, b in pairs)
