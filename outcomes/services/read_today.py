"""The worker's first page: what they are to look at, and who waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.services.list_caseload import Today, list_caseload
from outcomes.services.list_signals import SignalView, list_signals

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class WorkersDay:
    """Signals that nobody has handled, and the caseload. ``n_people``: how many people are behind both."""

    signals: tuple[SignalView, ...]
    caseload: Today

    @property
    def n_people(self) -> int:
        """Each person counted once."""
        return len(
            {signal.citizen_id for signal in self.signals} | {entry.citizen_id for entry in self.caseload.entries}
        )


def read_today(runtime: Runtime, actor: Actor) -> WorkersDay:
    """The worker's day. That the lists were read is written down for each person on them, once a day."""
    return WorkersDay(list_signals(runtime, actor), list_caseload(runtime, actor))
