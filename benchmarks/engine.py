"""How fast the models are, beside R's and statsmodels' in the same run, on a simulated country of 190,000 citizens.

    python benchmarks/engine.py [--quick] [--write]

Every measurement has a process of its own and one thread. Ours are medians of several runs and include the grouping of
the rows by citizen or pattern; R's and statsmodels' are one run each, without reading the rows. ``--quick`` takes 20,000
citizens; ``--write`` puts the tables into docs/engine-speed.md. Goals are those of the methods' specification.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "engine-speed.md"
BEGIN, END = "<!-- begin: made by benchmarks/engine.py -->", "<!-- end -->"
ONE_THREAD = dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"), "1")
SMALL = 20_000
LARGE = 190_000
STAND_IN = 1_000
STATSMODELS_AT = 5_000
PATIENCE = 1_500
LEAST_GAIN_OVER_LME4, LEAST_GAIN_OVER_MMRM = 100, 1_000
SLACK = 1e-6  # of a log-likelihood
CURVE = (20_000, 47_500, 95_000, 190_000)
GROUPS = {"S": 8, "L": 50}


@dataclass
class Book:
    """What was measured and whether goals were met."""

    comparisons: list[tuple[str, ...]] = field(default_factory=list)
    goals: list[tuple[str, ...]] = field(default_factory=list)

    def goal(self, what: str, found: str, wanted: str, *, met: bool | None) -> None:
        said = "-" if met is None else "met" if met else "not met"
        self.goals.append((what, found, wanted, said))
        print(f"{what}: {found} (goal {wanted}): {said}", flush=True)


def run(command: list[str], *, patience: float = PATIENCE) -> str | None:
    """What a command prints; None where it fails or takes longer than ``patience`` seconds."""
    try:
        done = subprocess.run(
            command, env={**os.environ, **ONE_THREAD}, capture_output=True, text=True, timeout=patience, check=False
        )
    except subprocess.TimeoutExpired:
        return None
    if done.returncode:
        print(done.stderr[-2000:], file=sys.stderr, end="")
        return None
    return done.stdout


def ours(task: str, citizens: int, groups: int) -> dict[str, Any]:
    said = run([sys.executable, str(HERE / "engine_tasks.py"), task, str(citizens), str(groups)])
    if said is None:
        raise SystemExit(f"{task} failed")
    found: dict[str, Any] = json.loads(said)
    return found


def postgresql(part: str, home: Path, citizens: int, groups: int) -> dict[str, Any]:
    said = run([sys.executable, str(HERE / "engine_postgresql.py"), part, str(home), str(citizens), str(groups)])
    if said is None:
        raise SystemExit(f"{part} failed")
    found: dict[str, Any] = json.loads(said)
    return found


def in_r(model: str, citizens: int, groups: int) -> tuple[float, float] | None:
    """Seconds and log-likelihood by R; None where it isn't there, fails or takes too long."""
    if shutil.which("Rscript") is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        ours(folder, citizens, groups)
        said = run(["Rscript", str(HERE / "engine.R"), folder, model])
    if said is None:
        return None
    seconds, log_likelihood = said.split()[-2:]
    return float(seconds), float(log_likelihood)


def has_r_package(name: str) -> bool:
    return shutil.which("Rscript") is not None and (
        run(["Rscript", "-e", f"quit(status = !requireNamespace('{name}', quietly = TRUE))"]) is not None
    )


def compare(book: Book, task: str, shape: str, citizens: int, other: str, model: str) -> float | None:
    """Our fit beside another program's of the same rows; gives how many times faster ours is."""
    groups = GROUPS[shape]
    mine, floor = ours(task, citizens, groups), ours("floor", citizens, groups)
    theirs = in_r(model, citizens, groups)
    ratio = theirs[0] / mine["seconds"] if theirs else None
    better = mine["log_likelihood"] - theirs[1] if theirs else None
    row = (
        f"{task}, {citizens:,} {shape}", f"{mine['seconds']:.3f}", f"{mine['seconds'] / floor['seconds']:.1f}", other,
        f"{theirs[0]:.1f}" if theirs else "-", f"{ratio:,.0f}" if ratio else "-",
        f"{better:+.1e}" if better is not None else "-", f"{mine['peak_mb']:.0f}",
    )  # fmt: skip
    book.comparisons.append(row)
    print(" | ".join(row), flush=True)
    if better is not None:
        book.goal(
            f"log-likelihood, {task}, {citizens:,} {shape}", f"{better:+.1e}", f"at least {other}'s - 1e-6",
            met=better >= -SLACK,
        )  # fmt: skip
    return ratio


def compare_mixed(book: Book, sizes: list[int], large: int) -> None:
    for citizens in sizes:
        for shape, groups in GROUPS.items():
            for task in ("lmm intercept", "lmm slope", "lmm municipality"):
                if shape == "L" and task == "lmm municipality":  # lme4 needs over half an hour for it
                    mine = ours(task, citizens, groups)
                    book.comparisons.append(
                        (f"{task}, {citizens:,} {shape}", f"{mine['seconds']:.3f}", "-", "-", "-", "-", "-",
                         f"{mine['peak_mb']:.0f}")
                    )  # fmt: skip
                    continue
                ratio = compare(book, task, shape, citizens, "lme4", task)
                if citizens == large and task != "lmm municipality":
                    book.goal(
                        f"{task} against lme4, {citizens:,} {shape}", f"{ratio:,.0f} times" if ratio else "-",
                        f"{LEAST_GAIN_OVER_LME4} times", met=None if ratio is None else ratio >= LEAST_GAIN_OVER_LME4,
                    )  # fmt: skip


def compare_mmrm(book: Book, large: int) -> None:
    if has_r_package("mmrm"):
        ratio = compare(book, "mmrm", "S", large, "mmrm", "mmrm")
        met = None if ratio is None else ratio >= LEAST_GAIN_OVER_MMRM
        book.goal(
            "mmrm against R's mmrm", f"{ratio:,.0f} times" if ratio else "-", f"{LEAST_GAIN_OVER_MMRM} times", met=met
        )
    else:
        compare(book, "mmrm", "S", STAND_IN, "nlme gls", "gls")
        book.goal("mmrm against R's mmrm", "mmrm isn't installed", f"{LEAST_GAIN_OVER_MMRM} times", met=None)
    for shape, groups in GROUPS.items():
        mine = ours("mmrm", large, groups)
        book.comparisons.append(
            (f"mmrm, {large:,} {shape}", f"{mine['seconds']:.3f}",
             f"{mine['seconds'] / ours('floor', large, groups)['seconds']:.1f}", "-", "-", "-", "-", f"{mine['peak_mb']:.0f}")
        )  # fmt: skip
        if shape == "S":
            book.goal(
                "change to month 12", f"{mine['mmrm']:.2f} (standard error {mine['mmrm_se']:.3f})",
                f"the true {mine['truth']:.2f} within 2 standard errors",
                met=abs(mine["mmrm"] - mine["truth"]) < 2 * mine["mmrm_se"],
            )  # fmt: skip
            print(f"completers {mine['completers']:.2f}, plain means {mine['plain_means']:.2f}, last observation carried"
                  f" forward {mine['carried_forward']:.2f}", flush=True)  # fmt: skip


def compare_statsmodels(book: Book) -> None:
    mine = ours("lmm intercept", STATSMODELS_AT, GROUPS["S"])
    said = run(
        [sys.executable, str(HERE / "engine_tasks.py"), "statsmodels", str(STATSMODELS_AT), str(GROUPS["S"])],
        patience=600,
    )
    theirs = json.loads(said) if said else None
    book.comparisons.append(
        (f"lmm intercept, {STATSMODELS_AT:,} S", f"{mine['seconds']:.3f}", "-", "statsmodels MixedLM",
         f"{theirs['seconds']:.1f}" if theirs else "over 600",
         f"{theirs['seconds'] / mine['seconds']:,.0f}" if theirs else "-",
         f"{mine['log_likelihood'] - theirs['log_likelihood']:+.1e}" if theirs else "-", f"{mine['peak_mb']:.0f}")
    )  # fmt: skip


def measure_cells(book: Book, large: int) -> None:
    found = ours("cells", large, GROUPS["L"])
    book.goal(
        f"{found['fitted']:,} intervention x municipality models at once (of {found['cells']:,} cells)",
        f"{found['seconds']:.2f} s", "under 1 s", met=found["seconds"] < 1,
    )  # fmt: skip


def measure_curve(book: Book, large: int) -> None:
    sizes = [size for size in CURVE if size <= large] or [large]
    sizes = sizes if len(sizes) > 1 else [large // 4, large]
    for task in ("lmm intercept", "mmrm"):
        seconds = [ours(task, size, GROUPS["S"])["seconds"] for size in sizes]
        rise = statistics.linear_regression(
            [math.log(size) for size in sizes], [math.log(each) for each in seconds]
        ).slope
        book.goal(
            f"time against citizens, {task}, {sizes[0]:,} to {sizes[-1]:,}",
            f"power {rise:.2f}",
            "at most 1.1",
            met=rise <= 1.1,
        )


def measure_postgresql(book: Book, large: int) -> None:
    for shape, groups in GROUPS.items():
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "pg"
            postgresql("load", home, large, groups)
            found = postgresql("measure", home, large, groups)
            memory = found["peak_mb"] + found["server_mb"]
            book.goal(
                f"PostgreSQL (two tables) by GROUP BY ({found['rows']:,} rows out) to the national mmrm, {large:,} {shape}",
                f"{found['seconds']:.2f} s, {memory:.0f} MB",
                "under 3 s and 500 MB", met=found["seconds"] < 3 and memory < 500,
            )  # fmt: skip
            if shape == "S":
                postgresql("load-own", home, large, groups)
                own = postgresql("own", home, large, groups)
                book.goal(
                    "our own tables: 98 organisations' sums stored anew, each with audit",
                    f"{own['refresh_all']:.1f} s in all, {own['refresh_median']:.2f} s an organisation (median),"
                    f" {own['refresh_most']:.2f} s the largest", "none: once a night", met=None,
                )  # fmt: skip
                book.goal(
                    f"{own['rows']:,} stored sums to the national mmrm", f"{own['seconds']:.2f} s, {own['peak_mb']:.0f} MB",
                    "under 3 s and 500 MB", met=own["seconds"] < 3 and own["peak_mb"] < 500,
                )  # fmt: skip


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_markdown(book: Book, large: int) -> str:
    compared = table(
        ("Model", "Ours, s", "x floor", "Beside", "Theirs, s", "Times faster", "Log-likelihood above", "Peak MB"),
        book.comparisons,
    )
    goals = table(("What", "Measured", "Goal", ""), book.goals)
    return f"{large:,} citizens.\n\n{compared}\n\n{goals}\n"


def main() -> None:
    """Measure everything, print it, and write it down where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="20,000 citizens in place of 190,000")
    parser.add_argument("--write", action="store_true", help="put the tables into docs/engine-speed.md")
    chosen = parser.parse_args()
    large = SMALL if chosen.quick else LARGE
    book = Book()
    compare_mixed(book, [SMALL] if chosen.quick else [SMALL, LARGE], large)
    compare_mmrm(book, large)
    compare_statsmodels(book)
    measure_cells(book, large)
    measure_curve(book, large)
    measure_postgresql(book, large)
    tables = as_markdown(book, large)
    print("\n" + tables)
    if chosen.write:
        page = PAGE.read_text(encoding="utf-8")
        before, after = page.split(BEGIN)[0], page.split(END)[1]
        PAGE.write_text(f"{before}{BEGIN}\n{tables}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
