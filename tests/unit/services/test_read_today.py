"""Each person stands once on the worker's first page, whatever they wait for."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.services.list_caseload import CaseloadEntry, Today
from outcomes.services.list_signals import SignalView
from outcomes.services.read_today import WorkersDay

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDA, BO, EVA = (UUID(int=number) for number in (1, 2, 3))
SAID = Sentence("Wants somebody to call")


def signal(citizen_id, number, *, overdue=False):
    name, signal_id = f"name {citizen_id}", UUID(int=100 + number)
    return SignalView(signal_id, citizen_id, name, "wants_contact", SAID, SAID, None, AT, overdue)


def entry(citizen_id):
    return CaseloadEntry(citizen_id, f"name {citizen_id}", "due", SAID, date(2026, 3, 2))


def test_everybody_stands_once_with_all_that_they_wait_for():
    first, second, third = signal(IDA, 1), signal(BO, 2, overdue=True), signal(IDA, 3)
    day = WorkersDay((first, second, third), Today((entry(BO), entry(EVA)), (), 3))
    ida, bo = day.to_look_at
    assert (ida.citizen_id, ida.signals, ida.entry, ida.overdue) == (IDA, (first, third), None, False)
    assert (bo.citizen_id, bo.signals, bo.entry, bo.overdue) == (BO, (second,), entry(BO), True)
    assert [each.citizen_id for each in day.others] == [EVA]
    assert day.n_people == 3
