"""Understand a table by its mapping: every row becomes a person's score at a planned occasion, or a listed fault.

Nothing is repaired silently. A person's own facts (arm, background, start, name) may be left out on some of the
person's rows, never differ between them. An occasion without a row is an occasion without an answer.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeVar

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.tables.import_table import ImportScore, ImportSubject, ImportTable
from outcomes.tables.readings import Readings, mapped_columns, read_columns

if TYPE_CHECKING:
    from outcomes.tables.columns import ColumnReading
    from outcomes.tables.mapping import TableMapping
    from outcomes.tables.table import Table

Value = TypeVar("Value", bound=Hashable)
MOST_FAULTS_LISTED = 500


def interpret(
    table: Table,
    mapping: TableMapping,
    *,
    score_range: tuple[float, float],
    today: date | None = None,
    most_faults: int = MOST_FAULTS_LISTED,
) -> ImportTable:
    """The content of ``table`` as ``mapping`` explains it.

    ``score_range``: lowest and highest score of the instrument's scale, in points. ``today``: no date may be later.
    Raises ``ImportFileError`` with every fault, sorted by line; all are counted, the first ``most_faults`` listed.
    """
    _check_columns(table, mapping)
    readings = read_columns(table, mapping, score_range=score_range, latest=today)
    interpreter = _Interpreter(table, mapping, readings)
    subjects = interpreter.subjects()
    if interpreter.found:
        raise _failure(table, interpreter.found, most_faults)
    return ImportTable(mapping.source, mapping, subjects, len(table.rows))


def _check_columns(table: Table, mapping: TableMapping) -> None:
    faults = []
    for part, column in mapped_columns(mapping):
        if column not in table.columns:
            near = get_close_matches(column, table.columns, n=1)
            sentence = (
                Sentence(
                    "The table has no column “%(column)s”. Did you mean “%(near)s”? It has: %(columns)s.",
                    column=column,
                    near=near[0],
                    columns=", ".join(table.columns),
                )
                if near
                else Sentence(
                    "The table has no column “%(column)s”. It has: %(columns)s.",
                    column=column,
                    columns=", ".join(table.columns),
                )
            )
            faults.append(Fault(part, sentence))
    if faults:
        raise ImportFileError(
            Sentence(
                "The mapping names columns that “%(file)s” doesn't have. Nothing was imported.", file=table.source
            ),
            faults,
        )


def _failure(table: Table, found: list[tuple[int, int, Fault]], most: int) -> ImportFileError:
    faults = [fault for _line, _position, fault in sorted(found, key=lambda each: each[:2])]
    if len(faults) <= most:
        sentence = Sentence(
            "“%(file)s” has rows that can't be used (faults: %(count)s). Nothing was imported.",
            file=table.source,
            count=len(faults),
        )
    else:
        sentence = Sentence(
            "“%(file)s” has rows that can't be used (faults: %(count)s, of which the first %(shown)s are listed). "
            "Nothing was imported.",
            file=table.source,
            count=len(faults),
            shown=most,
        )
    return ImportFileError(sentence, faults[:most])


def natural_order(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts ``2`` before ``10``."""
    parts = re.findall(r"[0-9]+|[^0-9]+", text)
    return (*((0, int(part), part) if part.isdecimal() else (1, 0, part) for part in parts), (-1, 0, text))


class _Interpreter:
    """Puts rows together to people, collecting what is wrong on the way."""

    def __init__(self, table: Table, mapping: TableMapping, readings: Readings) -> None:
        self.table = table
        self.mapping = mapping
        self.readings = readings
        self.found: list[tuple[int, int, Fault]] = []
        for reading in readings.all():
            for index, sentence in reading.faults():
                self._complain(index, reading.name, sentence)

    def subjects(self) -> tuple[ImportSubject, ...]:
        """Everybody in the table, sorted by id. Only to be used where nothing was ``found``."""
        rows_of: dict[str, list[int]] = {}
        for index in range(len(self.table.rows)):
            subject = self.readings.subject.value(index)
            if subject is not None:
                rows_of.setdefault(subject, []).append(index)
            elif self.readings.subject.is_empty(index):
                self._complain(index, self.readings.subject.name, Sentence("The row doesn't say who it is about."))
        self._check_cprs_differ(rows_of)
        people = [self._subject(key, rows_of[key]) for key in sorted(rows_of, key=natural_order)]
        return tuple(person for person in people if person is not None)

    def _subject(self, key: str, rows: Sequence[int]) -> ImportSubject | None:
        readings = self.readings
        arm_label = self._same(rows, readings.arm, required=True)
        start = self._same(rows, readings.start, required=True) if readings.start else self.mapping.start.date
        background = {
            each.key: self._same(rows, readings.background[each.key], required=not each.may_be_missing)
            for each in self.mapping.background
        }
        name = self._same(rows, readings.name)
        cpr = key if self.mapping.columns.subject.kind == "cpr" else self._same(rows, readings.cpr)
        scores = self._scores(rows, start)
        if start is None:
            return None
        arm = self.mapping.columns.arm.values.get(arm_label or "") if self.mapping.columns.arm else "intervention"
        return ImportSubject(
            external_id=None if self.mapping.columns.subject.kind == "cpr" else key,
            cpr=cpr,
            name=name,
            arm=arm or "intervention",
            arm_label=arm_label,
            started_on=start,
            background=background,
            scores=scores,
        )

    def _same(
        self, rows: Sequence[int], reading: ColumnReading[Value] | None, *, required: bool = False
    ) -> Value | None:
        """The one value that the person's rows agree on. Missing on all rows is a fault where it is ``required``."""
        if reading is None:
            return None
        first: int | None = None
        for index in rows:
            value = reading.value(index)
            if value is not None and first is None:
                first = index
            elif value is not None and first is not None and value != reading.value(first):
                sentence = Sentence(
                    "The same person has another value elsewhere (%(place)s).",
                    place=self.table.place(self.table.rows[first].line),
                )
                self._complain(index, reading.name, sentence)
        if first is not None:
            return reading.value(first)
        if required and all(reading.is_empty(index) for index in rows):
            self._complain(rows[0], reading.name, Sentence("The value is missing on every row of this person."))
        return None

    def _scores(self, rows: Sequence[int], start: date | None) -> tuple[ImportScore, ...]:
        by_code: dict[str, ImportScore] = {}
        for index in rows:
            code = self._occasion(index, start)
            line = self.table.rows[index].line
            if code is None:
                continue
            if code in by_code:
                sentence = Sentence(
                    "The same person has a row for “%(occasion)s” already (%(place)s).",
                    occasion=code,
                    place=self.table.place(by_code[code].line or 0),
                )
                self._complain(index, self.readings.placing, sentence)
                continue
            day = self.readings.answered_on.value(index) if self.readings.answered_on else None
            by_code[code] = ImportScore(code, self.readings.score.value(index), day, line)
        return tuple(by_code.get(each.code) or ImportScore(each.code, None) for each in self.mapping.occasions)

    def _occasion(self, index: int, start: date | None) -> str | None:
        """Code of the occasion that the row belongs to; None, with a fault, where that is unclear."""
        if self.readings.occasion is not None:
            if self.readings.occasion.is_empty(index):
                self._complain(index, self.readings.placing, Sentence("The row doesn't say when it was."))
            return self.readings.occasion.value(index)
        day = self.readings.answered_on.value(index) if self.readings.answered_on else None
        if day is None or start is None:
            if self.readings.answered_on and self.readings.answered_on.is_empty(index):
                self._complain(index, self.readings.placing, Sentence("The row doesn't say when it was."))
            return None
        fitting = [
            each.code
            for each in self.mapping.occasions
            if (window := self.mapping.window_of(each))
            and each.planned_on(start) - timedelta(days=window.opens_days_before)
            <= day
            <= each.planned_on(start) + timedelta(days=window.closes_days_after)
        ]
        if len(fitting) == 1:
            return fitting[0]
        self._complain(index, self.readings.placing, _fits(day, fitting))
        return None

    def _check_cprs_differ(self, rows_of: dict[str, list[int]]) -> None:
        """Two people can't have one CPR number."""
        if self.readings.cpr is None:
            return
        owner: dict[str, tuple[str, int]] = {}
        for subject, rows in rows_of.items():
            for index in rows:
                cpr = self.readings.cpr.value(index)
                if cpr is not None and owner.setdefault(cpr, (subject, index))[0] != subject:
                    sentence = Sentence(
                        "Another person has this CPR number (%(place)s).",
                        place=self.table.place(self.table.rows[owner[cpr][1]].line),
                    )
                    self._complain(index, self.readings.cpr.name, sentence)

    def _complain(self, index: int, column: str, sentence: Sentence) -> None:
        line = self.table.rows[index].line
        self.found.append((line, self.table.position(column), Fault(self.table.place(line, column), sentence)))


def _fits(day: date, codes: Sequence[str]) -> Sentence:
    if not codes:
        return Sentence("The date %(day)s lies in no measurement's window for this person.", day=day)
    return Sentence(
        "The date %(day)s lies in several windows (%(occasions)s). Narrow the windows in the mapping.",
        day=day,
        occasions=", ".join(codes),
    )
