"""``outcomes instruments check``: is a file an instrument that can be used, and how easy is it to read?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import InstrumentError, Sentence
from outcomes.instruments import check_instrument_file, read_instrument
from outcomes.instruments.readability import HardQuestion, LanguageReadability, readability
from outcomes.reports.parts import local_text

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class CheckedInstrument:
    """An instrument in order: its title in the locale in force, and how easy each language is to read."""

    title: str
    readability: tuple[LanguageReadability, ...]


def check_instrument(path: Path) -> CheckedInstrument:
    """What can be said of the instrument in a file. Raises ``InstrumentError`` with every fault and its place."""
    faults = check_instrument_file(path)
    if faults:
        raise InstrumentError(
            Sentence("%(file)s can't be used as it stands. Put these things right:", file=path.name), faults
        )
    instrument = read_instrument(path)
    return CheckedInstrument(str(local_text(instrument.title)), readability(instrument))


__all__ = ["CheckedInstrument", "HardQuestion", "LanguageReadability", "check_instrument"]
