"""The kinds of arrays that columns are read into, and what is asked of them everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Truths = NDArray[np.bool_]
Codes = NDArray[np.int64]


def complete_rows(columns: Numbers) -> Truths:
    """Rows in which no column is missing."""
    return np.asarray(~np.isnan(columns).any(axis=1))


def answered_rows(columns: Numbers) -> Truths:
    """Rows in which some column is known."""
    return np.asarray((~np.isnan(columns)).any(axis=1))


def side_by_side(n_rows: int, parts: list[Numbers]) -> Numbers:
    """Columns beside each other, none where there are no parts."""
    return np.column_stack([np.zeros((n_rows, 0)), *parts])
