"""``outcomes instruments check``: is a file an instrument that can be used?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import InstrumentError, Sentence
from outcomes.instruments import check_instrument_file, read_instrument
from outcomes.reports.parts import local_text

if TYPE_CHECKING:
    from pathlib import Path


def check_instrument(path: Path) -> str:
    """The instrument's title, in the locale in force. Raises ``InstrumentError`` with every fault and its place."""
    faults = check_instrument_file(path)
    if faults:
        raise InstrumentError(
            Sentence("%(file)s can't be used as it stands. Put these things right:", file=path.name), faults
        )
    return str(local_text(read_instrument(path).title))
