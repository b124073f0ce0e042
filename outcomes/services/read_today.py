"""The worker's first page: what they are to look at, and who waits for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.services.list_caseload import CaseloadEntry, Today, list_caseload
from outcomes.services.list_signals import SignalView, list_signals

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class ToLookAt:
    """A person with everything that they wait for: their signals, most urgent first, and their reason on the caseload."""

    citizen_id: UUID
    name: str
    signals: tuple[SignalView, ...]
    entry: CaseloadEntry | None

    @property
    def overdue(self) -> bool:
        """Whether somebody should have looked already."""
        return any(signal.overdue for signal in self.signals)


@dataclass(frozen=True, slots=True)
class WorkersDay:
    """Signals that nobody has handled, and the caseload. ``n_people``: how many people are behind both."""

    signals: tuple[SignalView, ...]
    caseload: Today

    @property
    def to_look_at(self) -> tuple[ToLookAt, ...]:
        """Everybody with a signal, each once, in the order of their most urgent one."""
        entries = {entry.citizen_id: entry for entry in self.caseload.entries}
        of: dict[UUID, list[SignalView]] = {}
        for signal in self.signals:
            of.setdefault(signal.citizen_id, []).append(signal)
        return tuple(ToLookAt(key, own[0].name, tuple(own), entries.get(key)) for key, own in of.items())

    @property
    def others(self) -> tuple[CaseloadEntry, ...]:
        """Those who wait and have no signal, as the caseload orders them."""
        named = {signal.citizen_id for signal in self.signals}
        return tuple(entry for entry in self.caseload.entries if entry.citizen_id not in named)

    @property
    def n_people(self) -> int:
        """Each person counted once."""
        return len(
            {signal.citizen_id for signal in self.signals} | {entry.citizen_id for entry in self.caseload.entries}
        )


def read_today(runtime: Runtime, actor: Actor) -> WorkersDay:
    """The worker's day. That the lists were read is written down for each person on them, once a day."""
    return WorkersDay(list_signals(runtime, actor), list_caseload(runtime, actor))
