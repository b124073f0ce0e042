"""What an indicator column says of a person, as data: names of columns are for readers only.

Question: which columns belong to one category, and what does each of them say?
Formula: a category (factor) with levels a, b, c has a column for each level but its base: 1 of people at that level, 0 of
others. A column that no :class:`FactorLevel` speaks of is a number, whatever it is called (``wt [kg]``, ``a:b``).
Assumptions: every person is at one level of a category. Units: none. Missing data: none.
Errors: none raised here. Source: none but the coding itself.
Checked: tests/unit/analysis/test_mmrm.py, test_mixed_model_optimise.py, test_federation_protection.py (names with ``[``,
``]``, ``:`` and spaces).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FactorLevel:
    """The column called ``column`` is 1 of people at ``level`` of ``factor``, else 0."""

    column: str
    factor: str
    level: str
