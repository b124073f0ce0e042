"""Does the mapping make sense? Checks across its parts, once each part has the right shape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.tables.yaml_file import Steps

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from outcomes.tables.mapping import TableMapping, WindowPart

Finding = tuple[Steps, Sentence]


def check_mapping(mapping: TableMapping) -> list[Finding]:
    """Everything that contradicts itself in ``mapping``, with the way to it. Empty when all is well."""
    checks: tuple[Callable[[TableMapping], Iterator[Finding]], ...] = (
        _check_organisation,
        _check_placing,
        _check_start,
        _check_arms,
        _check_design,
        _check_occasions,
        _check_windows,
        _check_columns,
        _check_background,
    )
    return [finding for check in checks for finding in check(mapping)]


def _check_organisation(mapping: TableMapping) -> Iterator[Finding]:
    is_municipality = mapping.organisation.kind == "municipality"
    if is_municipality and mapping.organisation.municipality_code is None:
        yield ("organisation", "municipality_code"), Sentence("A municipality needs its code of three digits.")
    if not is_municipality and mapping.organisation.municipality_code is not None:
        yield ("organisation", "municipality_code"), Sentence("Only a municipality has a municipality code.")


def _check_placing(mapping: TableMapping) -> Iterator[Finding]:
    columns = mapping.columns
    if columns.time and columns.occasion:
        yield ("columns", "time"), Sentence("Give “time” or “occasion”, not both.")
    if not (columns.time or columns.occasion or columns.date):
        yield ("columns",), Sentence("Say which column places a row in time: “time”, “occasion” or “date”.")


def _check_start(mapping: TableMapping) -> Iterator[Finding]:
    if (mapping.start.column is None) == (mapping.start.date is None):
        yield ("start",), Sentence("Give either a “column” with start dates, or one “date” for all.")
    if mapping.start.column is not None and not mapping.start.known:
        yield ("start", "known"), Sentence("The dates of a column are known. Leave “known” out.")


def _check_arms(mapping: TableMapping) -> Iterator[Finding]:
    arms = set(mapping.columns.arm.values.values()) if mapping.columns.arm else {"intervention"}
    if "intervention" not in arms:
        yield ("columns", "arm", "values"), Sentence("No value stands for “intervention”.")
    if "comparison" in arms and mapping.comparison is None:
        yield ("comparison",), Sentence("Some people are in the comparison; describe it here (kind and name).")
    if "comparison" not in arms and mapping.comparison is not None:
        yield (
            ("comparison",),
            Sentence("Nobody is in the comparison: give “columns.arm” with a value that stands for “comparison”."),
        )


def _check_design(mapping: TableMapping) -> Iterator[Finding]:
    """The plan may claim less than how people came into their arms allows, never more."""
    design = (mapping.analysis_plan or {}).get("design")
    if design not in CLAIMS:
        return
    steps: Steps = ("analysis_plan", "design")
    if mapping.comparison is None:
        yield steps, Sentence("The design “%(design)s” needs a comparison; describe it (kind and name).", design=design)
    elif mapping.comparison.kind != design:
        yield (
            steps,
            Sentence(
                "The design “%(design)s” needs a comparison of that kind; the mapping says “%(kind)s”.",
                design=design,
                kind=mapping.comparison.kind,
            ),
        )


def _check_occasions(mapping: TableMapping) -> Iterator[Finding]:
    baselines = [occasion for occasion in mapping.occasions if occasion.baseline]
    if len(baselines) != 1:
        yield ("occasions",), Sentence("Mark exactly one occasion as the baseline (baseline: true).")
    for number, occasion in enumerate(mapping.occasions):
        if occasion.baseline != (occasion.months == 0):
            yield (
                ("occasions", number, "months"),
                Sentence("The baseline is at month 0, and every other occasion is later."),
            )
    codes = [[occasion.code] for occasion in mapping.occasions]
    for number in _repeats(codes):
        yield ("occasions", number, "code"), Sentence("Another occasion has this code already.")
    for number in _repeats([[occasion.months] for occasion in mapping.occasions]):
        yield ("occasions", number, "months"), Sentence("Another occasion is at this month already.")
    for number in _repeats([{occasion.code, *occasion.values} for occasion in mapping.occasions]):
        if codes[number] not in codes[:number]:
            yield ("occasions", number, "values"), Sentence("Another occasion is called this in the table already.")


def _check_windows(mapping: TableMapping) -> Iterator[Finding]:
    windows: list[tuple[Steps, WindowPart | None]] = [(("window",), mapping.window)]
    windows += [(("occasions", number, "window"), each.window) for number, each in enumerate(mapping.occasions)]
    for steps, window in windows:
        if window is not None and window.closes_days_after < window.due_days_after:
            yield (*steps, "closes_days_after"), Sentence("A measurement can't close before it is due.")


def _check_columns(mapping: TableMapping) -> Iterator[Finding]:
    columns = mapping.columns
    if columns.subject.kind == "cpr" and columns.cpr:
        yield ("columns", "cpr"), Sentence("The subject column is the CPR number already. Leave “cpr” out.")
    used: list[tuple[Steps, str | None]] = [
        (("columns", "subject"), columns.subject.column),
        (("columns", "score"), columns.score),
        (("columns", "time"), columns.time),
        (("columns", "occasion"), columns.occasion),
        (("columns", "date"), columns.date),
        (("columns", "arm"), columns.arm.column if columns.arm else None),
        (("columns", "name"), columns.name),
        (("columns", "cpr"), columns.cpr),
        (("start", "column"), mapping.start.column),
        *((("background", number, "column"), each.column) for number, each in enumerate(mapping.background)),
    ]
    seen: set[str] = set()
    for steps, column in used:
        if column is not None and column in seen:
            yield steps, Sentence("The column “%(column)s” is used for something else already.", column=column)
        elif column is not None:
            seen.add(column)


def _check_background(mapping: TableMapping) -> Iterator[Finding]:
    for number in _repeats([[each.key] for each in mapping.background]):
        yield ("background", number, "key"), Sentence("Another background column has this key already.")
    for number, each in enumerate(mapping.background):
        if each.type == "number" and each.categories is not None:
            yield ("background", number, "categories"), Sentence("A number has no categories. Leave them out.")
        if each.categories == {}:
            yield ("background", number, "categories"), Sentence("This may not be empty.")
        if each.key in RESERVED_KEYS:
            yield (
                ("background", number, "key"),
                Sentence("“%(key)s” means something else in the analysis. Choose another key.", key=each.key),
            )


CLAIMS = frozenset({"randomised", "waiting_list"})
"""Designs that say how people came into their arms."""
RESERVED_KEYS = frozenset({"subject", "occasion", "time", "score", "due", "arm", "baseline"})
"""Names that the analysis gives to its own columns."""


def _repeats(groups: Iterable[Iterable[object]]) -> Iterator[int]:
    """Numbers of the groups that hold something that an earlier group holds."""
    seen: set[object] = set()
    for number, group in enumerate(groups):
        members = set(group)
        if seen & members:
            yield number
        seen |= members
