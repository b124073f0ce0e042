"""The demo's address is the one it is served on, whatever port an earlier start had."""

from __future__ import annotations

import socket
from contextlib import nullcontext
from types import SimpleNamespace

import pytest
from click.testing import CliRunner

from outcomes.cli import instance, main
from outcomes.services import demo
from outcomes.services.open_database import DatabaseAddress


class ReachedError(Exception):
    """The settings are read, and the database would be started now."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((instance.HOST, 0))
        return int(probe.getsockname()[1])


def test_links_of_the_demo_say_the_port_of_this_start(monkeypatch, tmp_path):
    seen = []

    def hold(settings):
        seen.append(settings.base_url)
        raise ReachedError

    monkeypatch.setattr(instance, "hold_database", hold)
    monkeypatch.setattr(instance, "stop_on_signals", lambda: None)
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    monkeypatch.delenv("OUTCOMES_DEMO", raising=False)
    ports = [free_port(), free_port()]
    for port in ports:
        monkeypatch.setenv("BASE_URL", "")
        result = CliRunner().invoke(main, ["demo", "--port", str(port)])
        assert isinstance(result.exception, ReachedError), result.output
    assert seen == [f"http://127.0.0.1:{port}" for port in ports]


def test_an_address_that_is_set_stands(monkeypatch, tmp_path):
    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    monkeypatch.setenv("BASE_URL", "https://demo.example")
    monkeypatch.setattr(instance, "stop_on_signals", lambda: None)

    def hold(settings):
        assert settings.base_url == "https://demo.example"
        raise ReachedError

    monkeypatch.setattr(instance, "hold_database", hold)
    result = CliRunner().invoke(main, ["demo", "--port", str(free_port())])
    assert isinstance(result.exception, ReachedError), result.output


@pytest.mark.parametrize(
    ("own_server", "broken_off", "over"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_only_a_demo_that_was_broken_off_is_made_anew_and_only_on_our_own_server(
    monkeypatch, tmp_path, own_server, broken_off, over
):
    address, done = DatabaseAddress("app", "owner", (lambda: True) if own_server else None), []

    def fill(_runtime, **_):
        raise ReachedError

    monkeypatch.setenv("OUTCOMES_HOME", str(tmp_path))
    monkeypatch.setenv("BASE_URL", "")
    monkeypatch.delenv("OUTCOMES_DEMO", raising=False)
    monkeypatch.setattr(instance, "stop_on_signals", lambda: None)
    monkeypatch.setattr(instance, "hold_database", lambda _settings: nullcontext(address))
    monkeypatch.setattr(instance, "require_demo", lambda *_, **__: None)
    monkeypatch.setattr(instance, "migrate_database", lambda _address: None)
    monkeypatch.setattr(instance, "make_runtime", lambda *_: SimpleNamespace())
    monkeypatch.setattr(instance, "start_database_over", done.append)
    monkeypatch.setattr(demo, "is_broken_off", lambda _runtime: broken_off)
    monkeypatch.setattr(demo, "fill_demo", fill)
    result = CliRunner().invoke(main, ["demo", "--port", str(free_port())])
    assert isinstance(result.exception, ReachedError), result.output
    assert done == ([address] if over else [])
