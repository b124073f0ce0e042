"""Rendering in a worker: errors come through, a dead worker is replaced, a slow one is ended."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from outcomes.errors import EstimateError, Sentence, UnavailableError
from outcomes.reports.render_process import NICER, RenderProcess, limited

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def process() -> Iterator[RenderProcess]:
    process = RenderProcess(time_limit_seconds=20)
    yield process
    process.stop()


def test_the_work_is_done_in_another_process_and_comes_back(process: RenderProcess) -> None:
    assert process.run(os.getpid) != os.getpid()
    assert process.run(sorted, [3, 1, 2], reverse=True) == [3, 2, 1]


def test_the_worker_stands_back_for_the_web(process: RenderProcess) -> None:
    assert process.run(os.nice, 0) == min(19, os.nice(0) + NICER)


def test_an_error_of_the_work_comes_back_as_itself(process: RenderProcess) -> None:
    with pytest.raises(ZeroDivisionError):
        process.run(divmod, 1, 0)


def test_a_worker_that_dies_is_replaced_and_in_the_end_the_error_says_so(process: RenderProcess) -> None:
    with pytest.raises(UnavailableError, match="Try again"):
        process.run(os._exit, 9)
    assert process.run(len, "abc") == 3


def test_a_worker_that_is_stopped_starts_again(process: RenderProcess) -> None:
    first = process.run(os.getpid)
    process.stop()
    assert process.run(os.getpid) != first


def test_work_that_takes_too_long_is_ended() -> None:
    process = RenderProcess(time_limit_seconds=1)
    started = time.monotonic()
    with pytest.raises(UnavailableError):
        process.run(time.sleep, 60)
    assert time.monotonic() - started < 30
    process.stop()


def test_the_limit_leaves_quick_work_alone() -> None:
    assert limited(30, lambda: "done") == "done"


def test_our_own_errors_survive_the_way_between_processes(process: RenderProcess) -> None:
    with pytest.raises(EstimateError) as caught:
        process.run(raise_estimate_error, 7)
    assert caught.value.sentence == Sentence("Only %(n)s people.", n=7)


def raise_estimate_error(n: int) -> None:
    raise EstimateError(Sentence("Only %(n)s people.", n=n))
