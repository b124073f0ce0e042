"""The commands as an administrator runs them: start, stop, start again, beside a running demo, and with bad input."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from outcomes.models import Response
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import write_new_settings
from tests.e2e.running import REPORT, free_port, run_outcomes

if TYPE_CHECKING:
    from tests.e2e.running import Demo, FirstDay

pytestmark = pytest.mark.database

WARM_SECONDS = 10
TRIAL = Path(__file__).parents[2] / "docs" / "examples" / "btheb"


def lasting(printed: str) -> dict[str, object]:
    """A printed report without the moment it was made."""
    return {key: value for key, value in json.loads(printed).items() if key != "generated_at"}


def test_starting_stopping_and_what_stays(demo: Demo, first_day: FirstDay) -> None:
    """A demo stops with its database, starts again in seconds with the same people, and reports while it is stopped what
    it reported while it ran. It was stopped by Ctrl-C; at the end of the run it is by the other signal."""
    assert first_day.database_ran
    assert first_day.database_stopped
    assert lasting(first_day.report_while_stopped) == lasting(first_day.report_while_running)
    assert first_day.seconds_to_start_again < WARM_SECONDS
    assert lasting(demo.command(*REPORT).stdout) == lasting(first_day.report_while_running)
    assert run_outcomes(demo.home, "audit", "--organisation", "solbjerg").returncode == 0


def test_a_port_in_use(tmp_path: Path) -> None:
    """A sentence and exit code 2, before anything is made."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        refused = run_outcomes(tmp_path / "home", "demo", "--port", str(port))
    assert refused.returncode == 2
    assert f"port {port}" in refused.stderr
    assert "--port" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "home" / "postgresql").exists()


def rows_of_trial(demo: Demo) -> list[tuple[object, ...]]:
    """Every answer of the trial, and when it was stored."""
    with demo.open() as runtime:
        _, scope = organisation_actor(runtime, "btheb-trial", "tests")
        with runtime.database.transaction(scope) as session:
            stored = select(Response.id, Response.answers, Response.created_at).order_by(Response.id)
            return [tuple(row) for row in session.execute(stored)]


def test_a_bad_table(demo: Demo, first_day: FirstDay, tmp_path: Path) -> None:
    """Every bad row is listed with line, column and reason; nothing is stored; the right one again changes nothing."""
    table, mapping = TRIAL / "long_with_baseline.csv", str(TRIAL / "mapping.yaml")
    before = rows_of_trial(demo)
    assert before
    header, *rows = table.read_text(encoding="utf-8").splitlines()
    rows[0] = rows[0].replace(",29,", ",mange,")
    rows[3] = '"4",0,"64","Ingen","No",">6m"'
    bad = tmp_path / "bad.csv"
    bad.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    refused = demo.command("import", str(bad), "--mapping", mapping)
    assert refused.returncode == 2
    for line, column, value in ((2, "bdi", "mange"), (5, "bdi", "64"), (5, "treatment", "Ingen")):
        assert any(
            str(line) in fault and column in fault and value in fault for fault in refused.stderr.splitlines()
        ), (line, column, refused.stderr)
    assert rows_of_trial(demo) == before

    again = demo.command("import", str(table), "--mapping", mapping)
    assert again.returncode == 0, again.stderr
    assert rows_of_trial(demo) == before
    assert lasting(demo.command(*REPORT).stdout) == lasting(first_day.report_while_running)


def test_a_bad_instrument_file(tmp_path: Path) -> None:
    """Every fault with its place, exit code 2, and no database needed."""
    file = tmp_path / "broken.yaml"
    file.write_text(
        "format: 1\nkey: broken\ntitle: {da: Ødelagt}\nitems:\n  - id: a\n    type: guess\n", encoding="utf-8"
    )
    refused = run_outcomes(tmp_path / "home", "instruments", "check", str(file))
    assert refused.returncode == 2
    assert refused.stderr.count("\n") >= 3, refused.stderr
    assert "items" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not (tmp_path / "home").exists()


def test_bad_settings(tmp_path: Path) -> None:
    """Missing settings stop a command with all of them named, and no value repeated."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "settings.env").write_text("SECRET_KEY=far-too-short\n", encoding="utf-8")
    refused = run_outcomes(home, *REPORT)
    assert refused.returncode == 2
    for name in ("SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY"):
        assert name in refused.stderr
    assert "far-too-short" not in refused.stderr


def test_a_folder_in_use(tmp_path: Path) -> None:
    """The demo never fills an instance that is somebody's own."""
    home = tmp_path / "home"
    write_new_settings(home)
    refused = run_outcomes(home, "demo", "--port", str(free_port()))
    assert refused.returncode == 2
    assert "OUTCOMES_HOME" in refused.stderr
