"""Does each method hold what it says? Bias, coverage and false alarms of every estimator, in simulated studies.

    .venv/bin/python benchmarks/calibration.py [--share 1.0] [--seed 20261122] [--part "MMRM"] [--write]

Studies are drawn with the truth known, under no trouble and under what usually goes wrong; each method is asked as a report
asks it. Every row has a generator of its own, so that a new row changes no other. ``--share`` runs a part of the studies.
``--write`` puts the tables into docs/methods/calibration.md. The command fails where a method doesn't hold what it says and
nobody has written down why.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

from calibrating.groups import group_cases
from calibrating.measuring import Calibration, Case, Rate, calibrate
from calibrating.persons import PART as PERSONS
from calibrating.persons import person_cases, person_rates
from calibrating.places import PART_CHARTS, PART_FAMILIES, place_cases, place_rates
from calibrating.shares import share_cases
from calibrating.table import explained, page_text
from calibrating.trials import trial_cases

PAGE = Path(__file__).resolve().parent.parent / "docs" / "methods" / "calibration.md"
BEGIN, END = "<!-- calibration -->", "<!-- end of calibration -->"
SEED = 20261122


def every_case() -> list[Case]:
    """All that is simulated with an interval, in the order of the page."""
    return [*trial_cases(), *share_cases(), *group_cases(), *place_cases(), *person_cases()]


def run(seed: int, *, share: float = 1.0, part: str | None = None) -> list[Calibration | Rate]:
    """Every row, or those of one part; ``share`` of the studies."""
    rows: list[Calibration | Rate] = []
    began = time.perf_counter()
    for case in every_case():
        if part in {None, case.part}:
            rows += calibrate(case, seed, share=share)
            print(
                f"{time.perf_counter() - began:5.0f} s  {case.part}, {case.circumstances}", file=sys.stderr, flush=True
            )
    if part in {None, PART_CHARTS, PART_FAMILIES}:
        rows += [row for row in place_rates(seed, share=share) if part in {None, row.part}]
    if part in {None, PERSONS}:
        rows += person_rates(seed, share=share)
    return rows


def put_into_page(text: str) -> None:
    """Replace what stands between the page's marks."""
    block = f"{BEGIN}\n\n{text}\n\n{END}"
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(re.sub(f"{BEGIN}.*{END}", lambda _: block, page, flags=re.DOTALL), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--share", type=float, default=1.0, help="part of the studies to run")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--part", help="only this group of methods")
    parser.add_argument("--write", action="store_true", help="put the tables into the documentation")
    options = parser.parse_args()
    if options.write and (options.part or options.share != 1.0):
        parser.error("only a whole run can be written into the documentation")
    rows = run(options.seed, share=options.share, part=options.part)
    text = f"{page_text(rows)}\n\nSeed {options.seed}."
    print(text)
    if options.write:
        put_into_page(text)
    return 1 if any(explained(row) == "NOT EXPLAINED" for row in rows if not row.as_meant) else 0


if __name__ == "__main__":
    sys.exit(main())
