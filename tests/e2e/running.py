"""A demo that runs as a user starts it: the command, what it prints, and ways in beside it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from outcomes.services.open_database import open_runtime
from outcomes.settings import read_settings
from outcomes.store.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.services.runtime import Runtime

START_SECONDS = 180
STOP_SECONDS = 30
REPORT = ("report", "--organisation", "btheb-trial", "--intervention", "btheb", "--format", "json")
WHO = ("citizen", "parent", "worker", "manager", "administrator", "authority", "trial_manager")
"""Whom the printed links are for, in the order in which they are printed."""


@dataclass(frozen=True)
class Demo:
    """Address, folder and links of a demo; ``pid``: its main process."""

    url: str
    home: Path
    pid: int
    links: dict[str, str]

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``outcomes`` beside it, on the same database."""
        return run_outcomes(self.home, *arguments)

    @contextmanager
    def open(self) -> Iterator[Runtime]:
        """The instance at work, on the demo's own database."""
        with open_runtime(read_settings(surroundings(self.home))) as runtime:
            yield runtime


@dataclass
class FirstDay:
    """What a demo's first start and stop looked like; reports as they were printed."""

    report_while_running: str
    report_while_stopped: str
    database_ran: bool
    database_stopped: bool
    seconds_to_start_again: float = 0.0


def spend_first_day(home: Path) -> FirstDay:
    """Start a demo for the first time, ask it for a report, stop it by Ctrl-C, and ask again."""
    with running_demo(home, stop_with=signal.SIGINT) as demo:
        while_running = demo.command(*REPORT)
        database_ran = EmbeddedPostgres(demo.home / "postgresql").alive()
    stopped = run_outcomes(home, *REPORT)
    for report in (while_running, stopped):
        assert report.returncode == 0, report.stderr
    database_stopped = not EmbeddedPostgres(home / "postgresql").alive()
    return FirstDay(while_running.stdout, stopped.stdout, database_ran, database_stopped)


def surroundings(home: Path) -> dict[str, str]:
    """The environment of a command on the embedded database below ``home``, in Danish as it ships."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DATABASE_")}
    return {**kept, "OUTCOMES_HOME": str(home), "LANG": "C.UTF-8"}


def run_outcomes(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """One ``outcomes`` command, to its end."""
    return subprocess.run(
        [outcomes_command(), *arguments],
        env=surroundings(home),
        capture_output=True,
        check=False,
        text=True,
        timeout=START_SECONDS,
    )


def outcomes_command() -> str:
    """The installed command of the environment that runs the tests."""
    return str(Path(sys.executable).parent / "outcomes")


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_demo(home: Path, *, stop_with: signal.Signals = signal.SIGTERM) -> Iterator[Demo]:
    """A demo on a port of its own, stopped at the end as a user stops it; then nothing of it may be left."""
    port, log = free_port(), home.with_suffix(".log")
    with log.open("w", encoding="utf-8") as output:
        process = subprocess.Popen(
            [outcomes_command(), "demo", "--port", str(port)],
            env={**surroundings(home), "PYTHONUNBUFFERED": "1"},
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
        )
    try:
        links = wait_for_links(process, log, port)
        yield Demo(f"http://127.0.0.1:{port}", home, process.pid, links)
        process.send_signal(stop_with)
        assert process.wait(timeout=STOP_SECONDS) == 0, log.read_text(encoding="utf-8")
        assert not is_served(port), "something still answers"
        assert not EmbeddedPostgres(home / "postgresql").alive(), "the database still runs"
        assert "Traceback" not in log.read_text(encoding="utf-8")
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def wait_for_links(process: subprocess.Popen[str], log: Path, port: int) -> dict[str, str]:
    """The links that the demo prints, once it answers."""
    for _ in range(START_SECONDS * 10):
        printed = log.read_text(encoding="utf-8")
        assert process.poll() is None, f"the demo stopped before it was ready:\n{printed}"
        if "Ctrl-C" in printed and is_served(port):
            return dict(zip(WHO, re.findall(r"http://\S+", printed), strict=True))
        time.sleep(0.1)
    raise AssertionError(f"the demo never answered:\n{log.read_text(encoding='utf-8')}")


def is_served(port: int) -> bool:
    """Whether something listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0
