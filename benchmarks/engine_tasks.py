"""One measurement each, for benchmarks/engine.py, which runs every one in a process of its own.

python benchmarks/engine_tasks.py TASK CITIZENS GROUPS    prints {"seconds", "log_likelihood", ...} as JSON
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from country import MONTHS, Country, simulate_country

from outcomes.analysis.mixed_model import CitizenDesign, fit_cells, fit_citizen_design
from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import sum_patterns

if TYPE_CHECKING:
    from collections.abc import Callable

OCCASIONS = tuple(str(int(month)) for month in MONTHS)
ROUNDS = 5
Result = dict[str, Any]


def median_seconds(work: Callable[[], Any], rounds: int = ROUNDS) -> tuple[float, Any]:
    """Median seconds of ``rounds`` runs, and what the last one gave."""
    seconds, given = [], None
    for _ in range(rounds):
        begun = time.perf_counter()
        given = work()
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds), given


def rows_of(country: Country) -> dict[str, np.ndarray]:
    """The country as rows: score, months, citizen, group, municipality, wave; whoever answered, citizen by citizen."""
    citizen, wave = np.nonzero(~np.isnan(country.scores))
    return {
        "y": country.scores[citizen, wave],
        "t": country.times[citizen, wave],
        "id": citizen.astype(np.int64),
        "g": country.group[citizen],
        "m": country.municipality[citizen],
        "w": wave.astype(np.int64),
    }


def group_design(rows: dict[str, np.ndarray], n_groups: int) -> tuple[CitizenDesign, tuple[str, ...]]:
    """Intercept, time, group and their interaction: a class per group, two functions of time."""
    others = np.arange(1, n_groups)
    indicators = (np.arange(n_groups)[:, None] == others).astype(np.float64)
    ones = np.ones((n_groups, 1))
    values = np.hstack([ones, ones, indicators, indicators])
    function_of = np.array([0, 1, *[0] * len(others), *[1] * len(others)])
    time_columns = np.column_stack([np.ones(rows["t"].size), rows["t"]])
    names = tuple(f"group[{number}]" for number in others)
    terms = ("Intercept", "time", *names, *(f"time:{name}" for name in names))
    return CitizenDesign(time_columns, values, function_of, rows["g"]), terms


def mixed_model(country: Country, random: str, *, outer: bool = False) -> Result:
    rows = rows_of(country)
    design, terms = group_design(rows, country.n_groups)

    def work() -> Any:
        return fit_citizen_design(
            rows["y"], design, terms, rows["id"], rows["t"], random=random, outer=rows["m"] if outer else None
        )

    seconds, fit = median_seconds(work)
    return {"seconds": seconds, "log_likelihood": fit.log_likelihood}


def mmrm(country: Country) -> Result:
    columns, names = country.columns, country.names
    design = MmrmDesign("wave", crossed=names[1:])
    making, sums = median_seconds(lambda: sum_patterns(country.scores, columns, occasions=OCCASIONS, names=names))
    fitting, fit = median_seconds(lambda: fit_mmrm(sums, design))
    return {
        "seconds": making + fitting,
        "sums": making,
        "fit": fitting,
        "log_likelihood": fit.log_likelihood,
        **estimates(country, fit),
    }


def estimates(country: Country, fit: Any) -> Result:
    """Change to month 12, everybody together, beside what simpler ways make of it and the truth."""
    weights = np.bincount(country.group, minlength=country.n_groups) / country.n
    names = country.names[1:]
    contrast = {"wave[12]": 1.0, **{f"wave[12]:{name}": float(w) for name, w in zip(names, weights[1:], strict=True)}}
    change = fit.estimate(contrast, "change to month 12")
    scores = country.scores
    whole = ~np.isnan(scores).any(axis=1)
    carried = scores.copy()
    for wave in range(1, scores.shape[1]):
        carried[:, wave] = np.where(np.isnan(scores[:, wave]), carried[:, wave - 1], scores[:, wave])
    return {
        "truth": country.true_change(3),
        "mmrm": change.estimate,
        "mmrm_se": change.std_error,
        "completers": float((scores[whole, 3] - scores[whole, 0]).mean()),
        "plain_means": float(np.nanmean(scores[:, 3]) - np.nanmean(scores[:, 0])),
        "carried_forward": float((carried[:, 3] - carried[:, 0]).mean()),
    }


def cells(country: Country) -> Result:
    rows = rows_of(country)
    columns = np.column_stack([np.ones(rows["y"].size), rows["t"]])
    cell = rows["m"] * country.n_groups + rows["g"]
    work = lambda: fit_cells(rows["y"], columns, ("Intercept", "time"), rows["id"], cell)  # noqa: E731
    seconds, fits = median_seconds(work)
    return {"seconds": seconds, "cells": int(np.unique(cell).size), "fitted": len(fits.labels)}


def floor(country: Country) -> Result:
    """What no fit can do without: one pass over the rows for each citizen's six sums."""
    rows = rows_of(country)
    y, t, citizen, n = rows["y"], rows["t"], rows["id"], country.n

    def work() -> Any:
        return [np.bincount(citizen, weights=each, minlength=n) for each in (None, t, t * t, y, t * y, y * y)]

    return {"seconds": median_seconds(work)[0]}


def statsmodels_mixed(country: Country) -> Result:
    import statsmodels.api as sm  # noqa: PLC0415 - its import is memory that no other task should count

    rows = rows_of(country)
    group = (rows["g"][:, None] == np.arange(1, country.n_groups)).astype(float)
    columns = np.column_stack([np.ones(rows["t"].size), rows["t"], group, group * rows["t"][:, None]])
    begun = time.perf_counter()
    fit = sm.MixedLM(rows["y"], columns, groups=rows["id"]).fit(reml=True)
    return {"seconds": time.perf_counter() - begun, "log_likelihood": float(fit.llf)}


def write_rows(country: Country, folder: Path) -> None:
    """The rows as raw numbers, for R's readBin."""
    for name, values in rows_of(country).items():
        values.astype("<f8" if name in "yt" else "<i4").tofile(folder / name)


TASKS: dict[str, Callable[[Country], Result]] = {
    "lmm intercept": lambda country: mixed_model(country, "intercept"),
    "lmm slope": lambda country: mixed_model(country, "slope"),
    "lmm municipality": lambda country: mixed_model(country, "intercept", outer=True),
    "mmrm": mmrm,
    "cells": cells,
    "floor": floor,
    "statsmodels": statsmodels_mixed,
}


def main() -> None:
    """Run one task."""
    task, citizens, groups = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    country = simulate_country(citizens, n_groups=groups)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    result = TASKS[task](country) if task in TASKS else write_rows(country, Path(task)) or {}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({**result, "scores": country.n_scores, "data_mb": before, "peak_mb": peak}))


if __name__ == "__main__":
    main()
