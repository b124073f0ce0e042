"""Rendering in a process of its own, so that no web process carries its memory or waits on its computing.

One worker, started when first needed and replaced after a hundred reports, since the PDF renderer's memory grows. An
error in the worker comes back as itself; a worker that dies is replaced and the work tried once more. It stands back for
the web processes: whoever answers questions doesn't wait for somebody's report.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing import connection
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from outcomes.errors import Sentence, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

REPORTS_PER_WORKER = 100
TIME_LIMIT_SECONDS = 120
ATTEMPTS = 2
NICER = 10
"""How far the worker stands back; 19 is the most."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def limited(seconds: int, work: Callable[[], Result]) -> Result:
    """``work()`` in the worker, which the alarm ends where it takes longer than ``seconds``."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds)
    try:
        return work()
    finally:
        signal.alarm(0)


def begin_worker() -> None:
    """What a worker does first: stand back, and watch whoever started it. One whose parent was killed would wait for ever."""
    os.nice(NICER)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)


class RenderProcess:
    """One render worker. Work and results cross by pickle; the function must be importable by name."""

    def __init__(self, time_limit_seconds: int = TIME_LIMIT_SECONDS) -> None:
        self._time_limit_seconds = time_limit_seconds
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def _executor(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    max_workers=1,
                    mp_context=multiprocessing.get_context("spawn"),
                    max_tasks_per_child=REPORTS_PER_WORKER,
                    initializer=begin_worker,
                )
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False, cancel_futures=True)

    def stop(self) -> None:
        """End the worker; the next call starts another."""
        if self._pool is not None:
            self._discard(self._pool)

    def run(
        self, function: Callable[Parameters, Result], *args: Parameters.args, **kwargs: Parameters.kwargs
    ) -> Result:
        """``function(*args, **kwargs)`` computed in the worker.

        Errors raised by the function are raised here. Raises :class:`~outcomes.errors.UnavailableError` where the
        worker died, or ran out of time, twice.
        """
        for _attempt in range(ATTEMPTS):
            pool = self._executor()
            try:
                return pool.submit(limited, self._time_limit_seconds, partial(function, *args, **kwargs)).result()
            except BrokenProcessPool:
                self._discard(pool)
        raise UnavailableError(Sentence("The report could not be made just now. Try again in a few minutes."))


render_process = RenderProcess()
atexit.register(render_process.stop)
