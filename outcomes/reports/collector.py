"""Letting Python's collector of cycles rest while a report is made.

A report holds rows, boxes and words by the hundred thousand until it is finished; going through all of them again and again
to find nothing that can be let go takes more than a third of the time. What is let go of by count is let go of all the same.
"""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_at_rest = 0
_wake = False


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """No collection within, whichever thread it would come from. Nested and from several threads: till the last is done."""
    global _at_rest, _wake  # noqa: PLW0603 - the collector is the process's own
    with _lock:
        if not _at_rest:
            _wake = gc.isenabled()
            gc.disable()
        _at_rest += 1
    try:
        yield
    finally:
        with _lock:
            _at_rest -= 1
            if not _at_rest and _wake:
                gc.enable()
