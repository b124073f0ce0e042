"""What the rule for thin patterns costs: the simulated country's estimates with and without it.

python benchmarks/protection.py          the table of docs/methods/federation.md
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from country import MONTHS, Country, simulate_country

from outcomes.analysis.federation import (
    Aggregate,
    Column,
    ColumnKind,
    Measure,
    Study,
    add_aggregates,
    make_aggregate,
    write_aggregate,
)
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import sum_patterns

OCCASIONS = tuple(str(int(month)) for month in MONTHS)
STUDY = Study(Measure("wellbeing", "total", "points", 0.0, 100.0), "all", "2024-01-01", "2024-12-31", (("group", "0"),))


def aggregates(country: Country, least: int) -> list[Aggregate]:
    """One per municipality."""
    described = (
        Column(country.names[0], ColumnKind.INDICATOR),
        *(Column(name, ColumnKind.INDICATOR, "group", name) for name in country.names[1:]),
    )
    return [
        make_aggregate(
            country.scores[country.municipality == each], country.columns[country.municipality == each],
            occasions=OCCASIONS, described=described, organisation=f"m{each}", study=STUDY, least=least,
        )
        for each in np.unique(country.municipality)
    ]  # fmt: skip


def compare(country: Country, least: int) -> tuple[str, ...]:
    """Loss, size of the files, and how far estimates of change move, in standard errors."""
    columns = tuple(name for name in country.names[1:])
    design = MmrmDesign("wave", crossed=columns)
    alone = fit_mmrm(sum_patterns(country.scores, country.columns, occasions=OCCASIONS, names=country.names), design)
    parts = aggregates(country, least)
    total = add_aggregates(parts)
    pooled = fit_mmrm(total.sums, design)
    terms = [term for term in alone.terms if term.term.startswith("wave[")]
    moved = [abs(pooled.term(term.term).estimate - term.estimate) / term.std_error for term in terms]
    weights = np.bincount(country.group, minlength=country.n_groups) / country.n
    change = {"wave[12]": 1.0} | {f"wave[12]:{n}": float(w) for n, w in zip(columns, weights[1:], strict=True)}
    one, other = alone.estimate(change, "change"), pooled.estimate(change, "change")
    size = sorted(len(write_aggregate(part)) for part in parts)
    return (
        f"{country.n_groups} groups, at least {least}",
        f"{100 * (1 - total.sums.n_subjects / country.n):.2f} %",
        f"{100 * (1 - total.sums.n_observations / country.n_scores):.2f} %",
        f"{one.estimate:.3f} ({one.std_error:.3f})",
        f"{other.estimate:.3f} ({other.std_error:.3f})",
        f"{np.median(moved):.2g}",
        f"{max(moved):.2g}",
        f"{size[len(size) // 2] / 1024:.0f} kB",
    )


def main() -> None:
    """Print the table."""
    head = ("Columns and rule", "People lost", "Answers lost", "Change to month 12, all people (SE)", "Under the rule (SE)",
            "Terms moved, median SE", "most", "File, median")  # fmt: skip
    print("| " + " | ".join(head) + " |\n|" + "---|" * len(head))
    for n_groups in (1, 8, 50):
        country = simulate_country(n_groups=n_groups)
        for least in (1, 10):
            print("| " + " | ".join(compare(country, least)) + " |", flush=True)


if __name__ == "__main__":
    main()
