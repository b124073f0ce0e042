"""Whose tablet it is: said where it is known, and missed by nobody where it isn't."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

import pytest
from flask import Flask, g

from outcomes.errors import Sentence, UnavailableError

tablet = import_module("outcomes.views.tablet")  # the package calls its blueprint the same
BEFORE = UUID(int=1)
NAMES = {BEFORE: "Nordby", "sydby": "Sydby"}


def ask(monkeypatch: pytest.MonkeyPatch, query: str, *, away: bool = False) -> Any:
    """Who is named on a tablet that Nordby's questions were answered on, at an address."""

    def read(_runtime: Any, *, organisation_id: UUID | None, slug: str) -> Any:
        if away:
            raise UnavailableError(Sentence("Gone"))
        name = NAMES.get(organisation_id or slug)
        return Thing(organisation_name=name, contact=None) if name else None

    monkeypatch.setattr(tablet, "read_sender", read)
    monkeypatch.setattr(tablet, "runtime", lambda: None)
    with Flask(__name__).test_request_context(f"/tablet{query}", headers={"Cookie": f"{tablet.COOKIE}={BEFORE}"}):
        tablet._say_who_asks()
        return g.get("sender", [None])[0]


@pytest.mark.parametrize(("query", "name"), [("?hos=sydby", "Sydby"), ("?hos=nowhere", "Nordby"), ("", "Nordby")])
def test_a_tablet_that_was_moved_says_whose_it_is_now(monkeypatch: pytest.MonkeyPatch, query: str, name: str) -> None:
    assert ask(monkeypatch, query) == name


def test_nobody_is_named_where_the_database_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    assert ask(monkeypatch, "?hos=sydby", away=True) is None
