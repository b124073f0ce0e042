"""What a schema can't say: references, ranges, languages, formulas. Every fault at once, each with its path.

The checks work on what the file says, well-formed or not: a part of the wrong form is the schema's business and is
passed over here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.instruments.checks.items import item_faults
from outcomes.instruments.checks.scales import scale_faults
from outcomes.instruments.checks.whole import whole_faults
from outcomes.instruments.checks.wordings import wording_faults

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from outcomes.errors import Sentence
    from outcomes.instruments.document import Path_


def cross_faults(data: Mapping[str, Any]) -> Iterator[tuple[Path_, Sentence]]:
    """Every fault that the schema can't see, as (path, sentence)."""
    yield from whole_faults(data)
    yield from item_faults(data)
    yield from wording_faults(data)
    yield from scale_faults(data)


__all__ = ["cross_faults"]
