"""The results of calibration as text: one table per group of methods, and why a row isn't as it is meant to be."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from calibrating.measuring import Calibration, Rate
from calibrating.reasons import reason_for

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADS = (
    "| Method | Circumstances | Studies | Bias | Bias in SDs | Coverage, % | False alarms, % | 93-97 % |\n"
    "|---|---|---|---|---|---|---|---|"
)
RATE_HEADS = "| Method | Circumstances | Repetitions | Stated | Found | Near enough |\n|---|---|---|---|---|---|"


def page_text(rows: Sequence[Calibration | Rate]) -> str:
    """All rows, part by part in the order they come, estimates with intervals before stated rates."""
    blocks = []
    for part in dict.fromkeys(row.part for row in rows):
        estimates = [row for row in rows if row.part == part and isinstance(row, Calibration)]
        rates = [row for row in rows if row.part == part and isinstance(row, Rate)]
        lines = [f"### {part}"]
        if estimates:
            lines.append("\n".join([HEADS, *(estimate_line(row) for row in estimates)]))
        if rates:
            lines.append("\n".join([RATE_HEADS, *(rate_line(row) for row in rates)]))
        outside = [row for row in rows if row.part == part and not row.as_meant]
        if outside:
            lines.append("\n".join(["Why not:", "", *explanations(outside)]))
        blocks.append("\n\n".join(lines))
    return "\n\n".join(blocks)


def explanations(outside: Sequence[Calibration | Rate]) -> list[str]:
    """A line per reason, with the rows that it explains."""
    by_reason: dict[str, list[str]] = {}
    for row in outside:
        by_reason.setdefault(explained(row), []).append(f"{row.estimator} ({row.circumstances})")
    return [f"- {'; '.join(names)}: {reason}" for reason, names in by_reason.items()]


def explained(row: Calibration | Rate) -> str:
    """Why a row isn't as meant, and what to use instead; marked where nobody has explained it."""
    return reason_for(row.part, row.estimator, row.circumstances) or "NOT EXPLAINED"


def estimate_line(row: Calibration) -> str:
    """One method under one set of circumstances; Monte Carlo standard errors in brackets."""
    refused = f", {row.refused} refused" if row.refused else ""
    cells = (
        row.estimator,
        row.circumstances,
        f"{row.replications}{refused}",
        with_error(row.bias, row.bias_error),
        "-" if row.bias_in_spreads is None else f"{row.bias_in_spreads:.2f}",
        percent(row.coverage, row.coverage_error),
        percent(row.false_alarm, row.false_alarm_error),
        "-" if row.coverage is None else "yes" if row.as_meant else "**no**",
    )
    return f"| {' | '.join(cells)} |"


def rate_line(row: Rate) -> str:
    """One stated rate or run length, and what was found; Monte Carlo standard error in brackets."""
    as_share = row.stated < 1
    stated = f"{100 * row.stated:.3g} %" if as_share else f"{row.stated:.0f}"
    found = f"{percent(row.found, row.error)} %" if as_share else with_error(row.found, row.error)
    cells = (
        row.estimator,
        row.circumstances,
        str(row.replications),
        stated,
        found,
        "yes" if row.as_meant else "**no**",
    )
    return f"| {' | '.join(cells)} |"


def with_error(value: float | None, error: float | None) -> str:
    """A number with its error in brackets, to the error's second digit."""
    if value is None or error is None:
        return "-"
    decimals = 1 if error == 0 else max(0, 1 - math.floor(math.log10(error)))
    return f"{value:.{decimals}f} ({error:.{decimals}f})"


def percent(share: float | None, error: float | None) -> str:
    """A share as per cent with its error in brackets; two decimals where it is under one per cent."""
    if share is None or error is None:
        return "-"
    decimals = 2 if share < 0.01 else 1
    return f"{100 * share:.{decimals}f} ({100 * error:.{decimals}f})"
