"""Numbers and categories as columns of a design, named as the contract says: ``age``, ``Sex[Female]``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Codes, Numbers, Truths, complete_rows
from outcomes.services.analyse.request import Role
from outcomes.tables.cells import EXACT_WHOLE_NUMBERS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from outcomes.services.analyse.call import Call

MISSING_CODE = -1
CATEGORICAL = ":categorical"
NUMERIC = ":numeric"
SAME_EVERYWHERE = Sentence("The column has the same value everywhere, so it can't explain anything. Leave it out.")


@dataclass(frozen=True, slots=True, eq=False)
class Factor:
    """A column of categories: ``levels`` with the base first, ``codes`` per row (-1 where missing).

    ``values``: the levels as numbers, where all of them are; else empty.
    """

    name: str
    levels: tuple[str, ...]
    codes: Codes
    values: tuple[float, ...] = ()

    @property
    def known(self) -> Truths:
        return np.asarray(self.codes >= 0)

    def is_level(self, level: int) -> Truths:
        return np.asarray(self.codes == level)

    def term(self, level: int) -> str:
        """``Sex[Female]``."""
        return f"{self.name}[{self.levels[level]}]"

    def label(self, row: int) -> str:
        return self.levels[int(self.codes[row])]

    def taken(self, rows: NDArray[np.generic]) -> Factor:
        """The same categories on some of the rows."""
        return Factor(self.name, self.levels, self.codes[rows], self.values)


@dataclass(frozen=True, slots=True, eq=False)
class Predictor:
    """A covariate's columns: one for a number, one per level but the base for a category; NaN where missing.

    ``labels``: the levels row by row where it is a category (None where missing), else None.
    """

    name: str
    terms: tuple[str, ...]
    columns: Numbers
    labels: tuple[str | None, ...] | None = None

    def typical(self, rows: Truths) -> Numbers:
        """The columns' values for a marginal mean: a number's mean over ``rows``, and every level alike."""
        if self.labels is None:
            return np.atleast_1d(self.columns[rows].mean(axis=0))
        return np.full(len(self.terms), 1.0 / (len(self.terms) + 1))

    @property
    def known(self) -> Truths:
        return complete_rows(self.columns)


def number_label(value: float) -> str:
    """A number as a level's label: ``10``, ``2.5``."""
    return str(int(value)) if float(value).is_integer() and abs(value) < EXACT_WHOLE_NUMBERS else repr(float(value))


def read_factor(call: Call, column: str, *, reference: str | None = None, natural: bool = False) -> Factor:
    """``column`` as categories, sorted (as numbers where all are), the base ``reference`` or the first.

    ``natural``: text with numbers in it is sorted by them (``visit 2`` before ``visit 10``), as times are.
    """
    texts = call.texts(column)
    known = [text for text in texts if text is not None]
    if known and call.holds_numbers(column):
        return _number_factor(call, column, reference)
    if not known:
        call.add_general(column, Sentence("The column is empty. Name another, or fill it in."))
    levels = sorted(set(known), key=natural_key if natural else None)
    levels = _with_base(call, column, levels, reference)
    place = {level: code for code, level in enumerate(levels)}
    codes = np.array([MISSING_CODE if text is None else place[text] for text in texts], dtype=np.int64)
    return Factor(column, tuple(levels), codes)


def _number_factor(call: Call, column: str, reference: str | None) -> Factor:
    values = call.numbers(column)
    found = [float(value) for value in np.unique(values[~np.isnan(values)])]
    labels = [number_label(value) for value in found]
    if reference is not None and reference not in labels:
        wanted = [label for label, value in zip(labels, found, strict=True) if same_number(reference, value)]
        reference = wanted[0] if wanted else reference
    ordered = _with_base(call, column, labels, reference)
    by_label = dict(zip(labels, found, strict=True))
    place = {by_label[label]: code for code, label in enumerate(ordered)}
    codes = np.array([MISSING_CODE if np.isnan(value) else place[float(value)] for value in values], dtype=np.int64)
    return Factor(column, tuple(ordered), codes, tuple(by_label[label] for label in ordered))


def same_number(text: str, value: float) -> bool:
    """True where ``text`` writes ``value``, with a point or a comma."""
    try:
        return float(text.replace(",", ".")) == value
    except ValueError:
        return False


def _with_base(call: Call, column: str, levels: list[str], reference: str | None) -> list[str]:
    if reference is None or not levels:
        return levels
    if reference not in levels:
        sentence = Sentence(
            "Nobody has the base level “%(level)s” in the column %(column)s. The levels are: %(levels)s.",
            level=reference,
            column=column,
            levels=", ".join(levels),
        )
        call.add_general("--reference", sentence)
        return levels
    return [reference, *(level for level in levels if level != reference)]


def natural_key(text: str) -> list[tuple[int, float, str]]:
    """Order in which numbers inside text count as numbers."""
    return [
        (1, float(part), "") if part.replace(".", "", 1).isdigit() else (0, 0.0, part)
        for part in re.split(r"(\d+(?:\.\d+)?)", text)
        if part
    ]


def read_group(call: Call) -> Factor:
    """The group as categories: at least two, known on every row."""
    column = call.column(Role.GROUP)
    before = len(call.faults)
    factor = read_factor(call, column, reference=call.request.reference)
    if len(call.faults) == before:
        call.add_faults(~factor.known, column, Sentence("The group is missing. Fill it in, or leave the row out."))
        if len(factor.levels) == 1:
            sentence = Sentence(
                "All are in the group “%(level)s”, so there is nothing to compare. Leave --group out, or add the others.",
                level=factor.levels[0],
            )
            call.add_general(column, sentence)
    return factor


def group_columns(group: Factor | None) -> list[tuple[str, Numbers]]:
    """The group's columns with their terms: one per level but the base, none without a group."""
    levels = range(1, len(group.levels)) if group is not None else ()
    return [(group.term(level), group.is_level(level).astype(np.float64)) for level in levels] if group else []


def split_covariate(written: str) -> tuple[str, str | None]:
    """A covariate's column, and its kind where the user said it."""
    for ending in (CATEGORICAL, NUMERIC):
        if written.endswith(ending):
            return written.removesuffix(ending), ending[1:]
    return written, None


def read_predictor(call: Call, written: str) -> Predictor:
    """A covariate as columns: a category where the user says so or where its cells are text."""
    column, kind = split_covariate(written)
    if kind == "numeric" or (kind is None and call.holds_numbers(column)):
        values = call.numbers(column)
        if np.isnan(values).all():
            call.add_general(column, Sentence("The column is empty. Name another, or fill it in."))
        elif np.nanmin(values) == np.nanmax(values):
            call.add_general(column, SAME_EVERYWHERE)
        return Predictor(column, (column,), values[:, None])
    factor = read_factor(call, column)
    if len(factor.levels) == 1:
        call.add_general(column, SAME_EVERYWHERE)
    return factor_predictor(factor)


def factor_predictor(factor: Factor) -> Predictor:
    """The columns of a category: one per level but the base."""
    columns = np.column_stack(
        [np.zeros((factor.codes.size, 0)), *(factor.is_level(level) for level in range(1, len(factor.levels)))]
    ).astype(np.float64)
    columns[~factor.known] = np.nan
    terms = tuple(factor.term(level) for level in range(1, len(factor.levels)))
    labels = tuple(factor.levels[code] if code >= 0 else None for code in factor.codes.tolist())
    return Predictor(factor.name, terms, columns, labels)


def read_predictors(call: Call, extra: Sequence[str] = ()) -> list[Predictor]:
    """``extra`` columns and all covariates, in the order given."""
    return [read_predictor(call, written) for written in (*extra, *call.request.columns.get(Role.COVARIATE, ()))]


def read_indicator(call: Call, column: str) -> Numbers:
    """A column of yes and no as 1 and 0 (NaN where missing): 0/1, or words for true and false."""
    words = {"true": 1.0, "false": 0.0, "yes": 1.0, "no": 0.0, "ja": 1.0, "nej": 0.0, "1": 1.0, "0": 0.0}
    values = np.full(call.n_rows, np.nan)
    for row, text in enumerate(call.texts(column)):
        if text is None:
            continue
        value = words.get(text.casefold())
        if value is None and same_number(text, 1.0):
            value = 1.0
        if value is None and same_number(text, 0.0):
            value = 0.0
        if value is None:
            call.add_fault(row, column, Sentence("“%(value)s” is neither 0 nor 1.", value=text[:40]))
        else:
            values[row] = value
    return values


def read_labels(call: Call, column: str, sentence: Sentence) -> list[str]:
    """Text that must be there on every row; ``sentence`` says what is missing where it isn't."""
    texts = call.texts(column)
    for row, text in enumerate(texts):
        if text is None:
            call.add_fault(row, column, sentence)
    return [text or "" for text in texts]
