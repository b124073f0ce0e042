"""What was asked for: a file, a method, the columns and their parts, and options of the method's own."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """The part that a column plays; its value is the word on the command line."""

    SCORE = "score"
    SUBJECT = "subject"
    TIME = "time"
    GROUP = "group"
    BASELINE = "baseline"
    COVARIATE = "covariate"
    CLUSTER = "cluster"
    WEIGHT = "weight"


@dataclass(frozen=True, slots=True)
class AnalysisRequest:
    """One call of ``outcomes analyse``. ``columns``: for each part the columns named, in the order given.

    ``reference``: the group's base level. ``options``: pairs ``name=value`` as they were written.
    """

    path: Path
    method: str
    columns: dict[Role, tuple[str, ...]]
    reference: str | None = None
    options: tuple[str, ...] = ()

    def first(self, role: Role) -> str | None:
        """The column that plays ``role``; None where none was named."""
        named = self.columns.get(role, ())
        return named[0] if named else None
