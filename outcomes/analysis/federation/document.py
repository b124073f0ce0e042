"""Sums as a file: one JSON document, the same digits read as were written.

Question: how do sums travel between municipalities so that they arrive as they left, or are refused?
Formula: every number in the shortest form that reads back to the same bits. Of symmetric matrices the upper triangle row
by row; of ``xy`` the rows one after the other. The SHA-256 of everything else stands in ``checksum``.
Assumptions: none. The checksum finds damage; that a file comes from who it says, is for the way that it travels.
Units: those of the sums; ``origin`` and the columns' ``origin`` were taken off before summing.
Missing data: none; a number that isn't there, NaN and infinity are faults.
Errors: :class:`~outcomes.errors.InputError` listing every fault with its place (``patterns[2].xy``).
Source: our own format, described in docs/methods/federation.md; JSON by RFC 8259; Steele & White 1990,
doi:10.1145/93542.93559 (shortest digits that read back).
Checked: tests/unit/analysis/test_federation_document.py (bit for bit; every part taken out, changed and retyped in turn).
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.analysis.federation.aggregate import (
    Aggregate,
    Column,
    ColumnKind,
    Measure,
    Protection,
    Study,
    families_of,
)
from outcomes.analysis.federation.document_reading import Reader
from outcomes.analysis.federation.possible import impossible_places
from outcomes.analysis.federation.protection import thin_places
from outcomes.analysis.pattern_sums import INTERCEPT, MAX_OCCASIONS, LongitudinalSums, PatternSums
from outcomes.errors import Fault, InputError, Sentence

if TYPE_CHECKING:
    from outcomes.analysis.pattern_sums import Matrix

FORMAT = "outcomes aggregate"
VERSION = 1
WHOLE_FROM = 2**53
MOST_COLUMNS = 500


def write_aggregate(aggregate: Aggregate) -> str:
    """The document, without spaces."""
    study, sums, columns = aggregate.study, aggregate.sums, aggregate.columns
    content: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "organisations": list(aggregate.organisations),
        "measure": {
            "instrument": study.measure.instrument,
            "scale": study.measure.scale,
            "unit": study.measure.unit,
            "minimum": study.measure.minimum,
            "maximum": study.measure.maximum,
        },
        "intervention": study.intervention,
        "period": {"first_day": study.first_day, "last_day": study.last_day},
        "bases": dict(study.bases),
        "protection": {
            "least": aggregate.protection.least,
            "people_withheld": aggregate.protection.people_withheld,
            "answers_left_out": aggregate.protection.answers_left_out,
        },
        "occasions": list(sums.occasions),
        "due": None if aggregate.due is None else list(aggregate.due),
        "columns": [
            {
                "name": column.name,
                "kind": column.kind.value,
                "level": None if column.factor is None else [column.factor, column.level],
                "origin": _number(origin),
            }
            for column, origin in zip(columns, sums.column_origins.tolist(), strict=True)
        ],
        "origin": _number(sums.origin),
        "patterns": [
            {
                "observed": list(pattern.observed),
                "n": pattern.n,
                "xx": _packed(pattern.xx),
                "xy": [_number(value) for value in pattern.xy.ravel().tolist()],
                "yy": _packed(pattern.yy),
            }
            for pattern in sums.patterns
        ],
    }
    return json.dumps({**content, "checksum": _checksum(content)}, ensure_ascii=False, separators=(",", ":"))


def read_aggregate(text: str) -> Aggregate:
    """The aggregate of a document. Raises ``InputError`` with every fault named by its place."""
    content = _parse(text)
    reader = Reader()
    aggregate = _read(reader, content)
    if aggregate is not None and not reader.faults:
        reader.faults.extend(impossible_places(aggregate.sums, aggregate.columns, aggregate.study.measure))
        reader.faults.extend([] if reader.faults else _thin_faults(aggregate))
    if not reader.faults and content["checksum"] != _checksum({k: v for k, v in content.items() if k != "checksum"}):
        reader.fault("checksum", Sentence("The file was changed after it was written, or damaged on its way."))
    if reader.faults or aggregate is None:
        raise InputError(
            Sentence("The file of sums can't be used. Ask whoever made it to make it anew."), reader.faults
        )
    return aggregate


def _parse(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_refuse_twice)
    except (ValueError, RecursionError) as error:
        raise InputError(Sentence("The file isn't JSON as RFC 8259 has it. Ask for the file again.")) from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise InputError(Sentence("The file isn't a file of sums. Make one with: outcomes aggregates export"))
    if content.get("version") != VERSION or isinstance(content["version"], bool):
        raise InputError(
            Sentence(
                "The file of sums has version %(found)s; this program reads version %(known)s.",
                found=str(content.get("version")),
                known=VERSION,
            )
        )
    return content


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a name that stands twice, two readers could believe different values."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise InputError(Sentence("The same name stands twice in one object of the file. Ask for the file again."))
    return found


def _read(reader: Reader, content: dict[str, Any]) -> Aggregate | None:
    top = reader.mapping(
        "",
        content,
        ("format", "version", "organisations", "measure", "intervention", "period", "bases", "protection", "occasions", "due",
         "columns", "origin", "patterns", "checksum"),
    )  # fmt: skip
    if top is None:
        return None
    organisations = reader.names("organisations", top["organisations"])
    study = _read_study(reader, top)
    protection = _read_protection(reader, top["protection"])
    occasions = reader.names("occasions", top["occasions"], most=MAX_OCCASIONS)
    columns, origins = _read_columns(reader, top["columns"])
    due = None if top["due"] is None else reader.counts("due", top["due"], len(occasions))
    origin = reader.number("origin", top["origin"])
    reader.text("checksum", top["checksum"])
    patterns = _read_patterns(reader, top["patterns"], len(occasions), len(columns))
    sums = LongitudinalSums(
        occasions, tuple(column.name for column in columns), origin, np.array(origins, dtype=np.float64), patterns
    )
    return Aggregate(organisations, study, columns, sums, due, protection)


def _read_study(reader: Reader, top: dict[str, Any]) -> Study:
    period = reader.mapping("period", top["period"], ("first_day", "last_day")) or {}
    first, last = (_read_day(reader, f"period.{name}", period.get(name)) for name in ("first_day", "last_day"))
    if first > last:
        reader.fault("period.last_day", Sentence("The period ends before it begins."))
    intervention = reader.text("intervention", top["intervention"])
    return Study(_read_measure(reader, top["measure"]), intervention, first, last, reader.texts("bases", top["bases"]))


def _read_measure(reader: Reader, value: Any) -> Measure:
    found = reader.mapping("measure", value, ("instrument", "scale", "unit", "minimum", "maximum")) or {}
    instrument, scale, unit = (
        reader.text(f"measure.{name}", found.get(name)) for name in ("instrument", "scale", "unit")
    )
    low, high = (
        None if found.get(name) is None else reader.number(f"measure.{name}", found[name])
        for name in ("minimum", "maximum")
    )
    if low is not None and high is not None and low >= high:
        reader.fault("measure.maximum", Sentence("The scale's highest value must be above its lowest."))
    return Measure(instrument, scale, unit, low, high)


def _read_day(reader: Reader, place: str, value: Any) -> str:
    text = reader.text(place, value)
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        reader.fault(place, Sentence("This must be a day, as 2026-03-31."))
        return ""


def _read_protection(reader: Reader, value: Any) -> Protection:
    names = ("least", "people_withheld", "answers_left_out")
    found = reader.mapping("protection", value, names) or dict.fromkeys(names, 0)
    least, people, answers = (reader.count(f"protection.{name}", found[name]) for name in names)
    if least < 1:
        reader.fault("protection.least", Sentence("The fewest people behind a sum must be a whole number from 1."))
    return Protection(least, people, answers)


def _read_columns(reader: Reader, value: Any) -> tuple[tuple[Column, ...], list[float]]:
    columns, origins = [], []
    for place, each in enumerate(reader.sequence("columns", value, most=MOST_COLUMNS)):
        where = f"columns[{place}]"
        found = reader.mapping(where, each, ("name", "kind", "level", "origin"))
        if found is None:
            continue
        kind = reader.choice(f"{where}.kind", found["kind"], [kind.value for kind in ColumnKind])
        said = () if found["level"] is None else reader.factor_level(f"{where}.level", found["level"])
        if said and kind != ColumnKind.INDICATOR:
            reader.fault(f"{where}.level", Sentence("Only an indicator has a level."))
        columns.append(Column(reader.text(f"{where}.name", found["name"]), ColumnKind(kind), *said))
        origins.append(reader.number(f"{where}.origin", found["origin"]))
        if kind == ColumnKind.INDICATOR and origins[-1] != 0.0:
            reader.fault(f"{where}.origin", Sentence("An indicator's origin must be 0."))
    names = [column.name for column in columns]
    if len(set(names)) < len(names):
        reader.fault("columns", Sentence("The same name stands here twice."))
    if not columns or columns[0] != Column(INTERCEPT, ColumnKind.INDICATOR):
        reader.fault("columns[0]", Sentence("The first column must be the indicator %(name)s.", name=INTERCEPT))
    return tuple(columns), origins


def _read_patterns(reader: Reader, value: Any, n_occasions: int, n_columns: int) -> tuple[PatternSums, ...]:
    patterns: list[PatternSums] = []
    for place, each in enumerate(reader.sequence("patterns", value)):
        where = f"patterns[{place}]"
        found = reader.mapping(where, each, ("observed", "n", "xx", "xy", "yy"))
        if found is None:
            continue
        observed = reader.places(f"{where}.observed", found["observed"], n_occasions)
        n = reader.count(f"{where}.n", found["n"])
        if n < 1:
            reader.fault(f"{where}.n", Sentence("A pattern has at least one person."))
        if patterns and observed <= patterns[-1].observed:
            reader.fault(f"{where}.observed", Sentence("Every pattern must stand once, in ascending order."))
        k = len(observed)
        xx = reader.numbers(f"{where}.xx", found["xx"], n_columns * (n_columns + 1) // 2)
        xy = reader.numbers(f"{where}.xy", found["xy"], n_columns * k)
        yy = reader.numbers(f"{where}.yy", found["yy"], k * (k + 1) // 2)
        patterns.append(PatternSums(observed, n, _unpacked(xx, n_columns), xy.reshape(n_columns, k), _unpacked(yy, k)))
    if not patterns and not reader.faults:
        reader.fault("patterns", Sentence("There are no people in the file."))
    return tuple(patterns)


def _thin_faults(aggregate: Aggregate) -> list[Fault]:
    """A file that says it follows a rule follows it."""
    measure, families = aggregate.study.measure, families_of(aggregate.columns)
    ends = (measure.minimum, measure.maximum)
    return [
        Fault(
            f"patterns[{place}]", Sentence("This pattern breaks the rule of protection that the file says it follows.")
        )
        for place in thin_places(aggregate.sums, families, aggregate.protection.least, ends)
    ]


def _number(value: float) -> float | int:
    """A whole number is written without decimals; zero keeps its sign."""
    whole = value.is_integer() and abs(value) < WHOLE_FROM and str(value) != "-0.0"
    return int(value) if whole else value


def _packed(matrix: Matrix) -> list[float | int]:
    return [_number(value) for value in matrix[np.triu_indices(len(matrix))].tolist()]


def _unpacked(values: Matrix, size: int) -> Matrix:
    matrix = np.zeros((size, size))
    upper = np.triu_indices(size)
    matrix[upper] = values
    matrix.T[upper] = values
    return matrix


def _checksum(content: dict[str, Any]) -> str:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
