"""The building blocks of a report context: tables of raw values and figures of raw numbers, with sentences around them.

Nothing here is formatted. A cell holds the number itself at full precision; page, PDF, Excel and JSON each write the
same cell in their own way, which is why they cannot disagree.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from outcomes.errors import Sentence
from outcomes.language import DEFAULT_LOCALE, current_locale, format_number

if TYPE_CHECKING:
    from collections.abc import Mapping


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"  # in the measure's own points
    SHARE = "share"  # between 0 and 1, written as per cent
    PROBABILITY = "probability"  # a p-value
    INTERVAL = "interval"  # two numbers, in points
    SHARE_INTERVAL = "share_interval"  # two shares
    DATE = "date"


@dataclass(frozen=True, slots=True)
class LocalText:
    """Wording that its owner wrote in several languages (an intervention's name, an instrument's title).

    ``str()`` gives it in the locale in force, else in Danish, else in the first language there is. The code is empty where
    nobody knows the language.
    """

    texts: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return self._chosen[1]

    @property
    def language(self) -> str:
        """The code of the language that ``str()`` gives it in."""
        return self._chosen[0]

    @property
    def _chosen(self) -> tuple[str, str]:
        found = dict(self.texts)
        wanted = (code for code in (current_locale(), DEFAULT_LOCALE, *found) if found.get(code))
        code = next(wanted, current_locale())
        return code, found.get(code, "")


def local_text(text: str | Mapping[str, str]) -> LocalText:
    """``{"da": ..., "en": ...}``, or one text for all languages, taken for Danish, as :class:`LocalText`."""
    texts = {DEFAULT_LOCALE: text} if isinstance(text, str) else text
    return LocalText(tuple(sorted(texts.items())))


def words_in(text: str, language: str | None) -> LocalText | str:
    """Words in a known language, or in one that nobody knows (an empty code); None: in that of the page."""
    return text if language is None else LocalText(((language, text),))


@dataclass(frozen=True, slots=True)
class Points:
    """A number inside a sentence with a fixed count of decimals; ``str()`` writes it as the locale in force does."""

    value: float
    decimals: int = 1

    def __str__(self) -> str:
        return format_number(self.value, self.decimals)


@dataclass(frozen=True, slots=True)
class Interval:
    """The two ends of a 95 per cent interval, in the unit of its column."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Withheld:
    """A number that isn't shown, and why; ``mark`` is what stands in its place in a table."""

    reason: Sentence
    mark: Sentence = Sentence("withheld")  # noqa: RUF009 - frozen


@dataclass(frozen=True, slots=True)
class Proportion:
    """A share between 0 and 1 in a column of other numbers: written as per cent."""

    value: float


Cell = Proportion | Sentence | LocalText | str | int | float | date | Interval | Withheld | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column: stable ``key`` for JSON, ``heading`` for people, ``kind``, and the decimals that people see.

    ``on_page`` False: for machines and statisticians, in Excel and JSON only.
    """

    key: str
    heading: Sentence
    kind: Kind = Kind.TEXT
    decimals: int = 1
    on_page: bool = True


MOST_NUMBERS, MOST_WITH_WORDS = 5, 2
"""Columns that a phone has room for: of numbers after the row's heading, and where there are words among them."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of raw values. The first column that people see is the row's heading.

    ``group``: key of the column whose equal neighbours stand under one heading on the page. ``on_page`` False: the
    table is in Excel and JSON only.
    """

    key: str
    caption: Sentence
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    group: str | None = None
    on_page: bool = True

    def __post_init__(self) -> None:
        width = len(self.columns)
        if any(len(row) != width for row in self.rows):
            msg = f"A row of table {self.key} doesn't have its {width} cells"
            raise ValueError(msg)

    @property
    def page_columns(self) -> tuple[Column, ...]:
        """The columns that people see; what the rows are grouped by stands in headings instead."""
        return tuple(column for column in self.columns if column.on_page and column.key != self.group)

    @property
    def too_wide_for_a_phone(self) -> bool:
        """Whether the columns that people see hold too many numbers, or words after the first, to stand side by side."""
        words = any(column.kind is Kind.TEXT for column in self.page_columns[1:])
        return len(self.page_columns) > (MOST_WITH_WORDS if words else MOST_NUMBERS)

    @property
    def page_groups(self) -> tuple[RowGroup, ...]:
        """The rows as people see them, under the heading of their group."""
        groups: list[RowGroup] = []
        for row in self.rows:
            cells = {column.key: cell for column, cell in zip(self.columns, row, strict=True)}
            heading = cells[self.group] if self.group else None
            shown = tuple((column, cells[column.key]) for column in self.page_columns)
            if groups and groups[-1].heading == heading:
                groups[-1] = RowGroup(heading, (*groups[-1].rows, shown))
            else:
                groups.append(RowGroup(heading, (shown,)))
        return tuple(groups)


@dataclass(frozen=True, slots=True)
class RowGroup:
    """Rows under one heading (``None``: a table without groups), as pairs of column and cell."""

    heading: Cell
    rows: tuple[tuple[tuple[Column, Cell], ...], ...]


class Chart(Protocol):
    """Numbers that can be drawn: ``spec`` gives the Vega-Lite specification in the locale in force, for ``width`` pixels."""

    def spec(self, width: int = ...) -> Mapping[str, object]: ...


@dataclass(frozen=True, slots=True)
class Figure:
    """A chart, what it says, and the table of the same numbers.

    ``title`` says the finding; ``subtitle`` measure, unit, n and period; ``description`` is the picture in words;
    ``caption`` gives source and method.
    """

    key: str
    title: Sentence
    subtitle: Sentence
    description: Sentence
    caption: Sentence
    chart: Chart
    table: Table

    @property
    def svg(self) -> str:
        """The chart drawn in the locale in force."""
        from outcomes.reports.charts.draw import draw  # noqa: PLC0415 - loads the renderer only where a chart is shown

        return draw(self.chart.spec())

    @property
    def source(self) -> str:
        """The drawn chart as a ``data:`` address for ``<img src>``."""
        return _address(self.svg)

    @property
    def narrow_source(self) -> str:
        """The same for a phone: drawn for its width, not scaled down to it."""
        from outcomes.reports.charts.draw import draw  # noqa: PLC0415 - loads the renderer only where a chart is shown
        from outcomes.reports.charts.theme import NARROW  # noqa: PLC0415 - as above

        return _address(draw(self.chart.spec(NARROW)))


def _address(svg: str) -> str:
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode()
