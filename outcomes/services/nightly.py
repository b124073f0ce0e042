"""What is done once every night, at a quiet hour."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.services.sending_times import is_nightly

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.services.runtime import Runtime

HOUR, MINUTE = 2, 10


def refresh_results(runtime: Runtime, at: datetime) -> None:
    """Store the results and sums anew, at the one of the day's 24 calls that is at 02:10 in Denmark."""
    if not is_nightly(at, hour=HOUR, minute=MINUTE):
        return
    from outcomes.services.refresh_everything import refresh_everything  # noqa: PLC0415 - heavy, and once a day

    refresh_everything(runtime)
