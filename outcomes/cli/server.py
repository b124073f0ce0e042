"""The web server: gunicorn, with an application of its own in each process."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from gunicorn.app.base import BaseApplication
from gunicorn.arbiter import Arbiter

from outcomes import create_app
from outcomes.cli.logs import configure_logs
from outcomes.cli.web_worker import PatientWorker
from outcomes.errors import OutcomesError
from outcomes.services.runtime import open_runtime_later

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask

    from outcomes.services.open_database import DatabaseAddress
    from outcomes.settings import Settings

THREADS = 16
RUN = "from outcomes.cli import main; main()"
SECONDS_BETWEEN_LOOKS = 0.25
SECONDS_BEFORE_JOBS = 1.5
SECONDS_BEFORE_AGAIN = 5.0
SECONDS_TO_STOP = 22.0

log = structlog.get_logger("outcomes.server")


class StoppingArbiter(Arbiter):  # type: ignore[misc]
    """Stops when its terminal is closed, where gunicorn would start anew and stay behind with the database."""

    def handle_hup(self) -> None:
        self.handle_term()


class Server(BaseApplication):  # type: ignore[misc]
    """Serves one instance. No access log: addresses of personal links are secrets until they are used."""

    def __init__(self, settings: Settings, database_url: str, options: dict[str, Any]) -> None:
        self.settings, self.database_url, self.options = settings, database_url, options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called in each web process: connections aren't shared across a fork."""
        configure_logs(self.settings.log_level)
        app = create_app(open_runtime_later(self.settings, self.database_url))
        gc.collect()
        gc.freeze()  # what is there from the start stays: no request waits while the collector goes through it again
        return app

    def run(self) -> None:
        StoppingArbiter(self).run()


def run_server(settings: Settings, address: DatabaseAddress, *, bind: str, workers: int = 2) -> None:
    """Serve until told to stop (Ctrl-C, SIGTERM). An embedded database that dies is started again."""
    options = {
        "bind": bind,
        "workers": workers,
        "worker_class": PatientWorker,
        "threads": THREADS,
        "timeout": 120,
        "graceful_timeout": 10,
        "accesslog": None,
        "loglevel": "warning",
        "limit_request_line": 2048,
        "control_socket_disable": True,
    }
    if address.revive is not None:
        threading.Thread(target=look_after, args=(address,), daemon=True, name="database").start()
    with jobs_beside():
        Server(settings, address.app_url, options).run()


@contextmanager
def jobs_beside() -> Iterator[None]:
    """A worker for the jobs in a process of its own, as long as the web is served; one that dies is started again."""
    stopping = threading.Event()
    keeper = threading.Thread(target=keep_worker, args=(stopping,), name="jobs")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def keep_worker(stopping: threading.Event) -> None:
    """Start a worker, again where it ends, until told to stop; then it stops in order, or is cut off.

    The first waits a moment: whoever opens a page goes before.
    """
    wait = SECONDS_BEFORE_JOBS
    while not stopping.wait(wait):
        worker = subprocess.Popen([sys.executable, "-P", "-c", RUN, "work", "--parent", str(os.getpid())])  # noqa: S603
        while worker.poll() is None and not stopping.wait(SECONDS_BETWEEN_LOOKS):
            pass
        if not stopping.is_set():
            log.warning("worker started again")
            wait = SECONDS_BEFORE_AGAIN
            continue
        worker.terminate()
        try:
            worker.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()


def look_after(address: DatabaseAddress) -> None:
    """Look now and then whether the embedded database is there, and start it again where it isn't."""
    while address.revive is not None:
        threading.Event().wait(SECONDS_BETWEEN_LOOKS)
        try:
            if address.revive():
                log.warning("database started again")
        except OutcomesError as error:
            log.warning("database can't be started", kind=type(error).__name__)
