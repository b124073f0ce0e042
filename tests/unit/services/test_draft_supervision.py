"""What is published of supervision: who is counted as compared, as unknown, and where a signal stands."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

import pytest

from outcomes.errors import Sentence
from outcomes.reports.supervision.context import ProviderLine
from outcomes.services import draft_supervision as drafted
from outcomes.store.database import Scope

FIRST, SECOND = Thing(id=UUID(int=1), title={"da": "Støtte"}), Thing(id=UUID(int=2), title={"da": "Støtte"})
DAY = date(2026, 9, 30)


def look(charts: tuple[str, ...], compared: tuple[str, ...] = ()) -> Any:
    rows = {"charts": [{"provider": each} for each in charts], "compared": [{"provider": each} for each in compared]}
    return Thing(content={"providers": 9, "not_compared": ["x"], "list_false_alarms": 0.0001, **rows}, until=DAY)


@pytest.fixture
def material(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two interventions of one title, and providers: followed, with too few, and without anybody."""
    lines = ((0, 1, 1, 0), (0, 0, 0, 1), (0, 0, 0, 0))
    providers = tuple(ProviderLine(UUID(int=n), "x", *line) for n, line in enumerate(lines))
    context = Thing(
        providers=providers, signals=(), closed=(), organisation="Nordby", false_alarms=Sentence("x"),
        looks=[Thing(until=DAY)],
    )  # fmt: skip
    looks = [(look(("a", "a"), ("a", "b")), FIRST), (look(("c",)), SECOND)]
    signals = [
        (Thing(state="open"), Thing(id=UUID(int=7)), FIRST),
        (Thing(state="open"), Thing(id=UUID(int=7)), FIRST),
        (Thing(state="in_dialogue"), Thing(id=UUID(int=7)), SECOND),
    ]
    monkeypatch.setattr(drafted, "read_supervision", lambda _runtime, _scope: context)
    monkeypatch.setattr(drafted.supervision, "list_looks", lambda _session: looks)
    monkeypatch.setattr(drafted.supervision, "list_signals", lambda _session: signals)
    runtime: Any = Thing(database=Thing(transaction=lambda _scope: nullcontext()), today=lambda: DAY)
    nothing: Any = None
    return drafted.draft_supervision(runtime, Scope(), "", nothing)


def test_a_provider_that_nobody_was_sent_to_is_not_unknown(material: Any) -> None:
    figures = material.document.figures["supervision"]
    assert (figures["providers"], figures["compared"], figures["unknown"]) == (3, 1, 1)


def test_interventions_of_one_title_are_counted_apart_and_by_those_compared(material: Any) -> None:
    rows = material.document.sections[0].tables[0].rows
    assert [row[1:] for row in rows] == [(2, 1, 1, 0, 0), (1, 1, 0, 1, 0)]
