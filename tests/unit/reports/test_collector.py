"""The collector of cycles rests while a report is made, and is as it was afterwards."""

from __future__ import annotations

import gc
import threading
from typing import TYPE_CHECKING

import pytest

from outcomes.reports.collector import collector_at_rest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    yield
    gc.enable()


def test_it_rests_within_and_wakes_after_the_last() -> None:
    with collector_at_rest():
        assert not gc.isenabled()
        with collector_at_rest():
            assert not gc.isenabled()
        assert not gc.isenabled()
    assert gc.isenabled()


def test_it_wakes_after_an_error() -> None:
    with pytest.raises(ValueError, match="broken"), collector_at_rest():
        raise ValueError("broken")
    assert gc.isenabled()


def test_one_that_somebody_has_stopped_stays_stopped() -> None:
    gc.disable()
    with collector_at_rest():
        pass
    assert not gc.isenabled()


def test_two_threads_wait_for_each_other() -> None:
    begun, leave = threading.Event(), threading.Event()

    def rest() -> None:
        with collector_at_rest():
            begun.set()
            leave.wait(10)

    with collector_at_rest():
        thread = threading.Thread(target=rest)
        thread.start()
        assert begun.wait(10)
    assert not gc.isenabled()  # the other is still at it
    leave.set()
    thread.join()
    assert gc.isenabled()
