"""A batch of reports made one after the other: seconds for each, and whether the memory grows.

Memory is the resident size of the process that makes the batch and of its render process, which is replaced after a
hundred reports. The demo's reports are made anew again and again, each time as a new batch, until ``count`` are made.

    python benchmarks/batch.py [count]
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from outcomes.reports.render_process import render_process
from outcomes.services.clean_up import clean_up
from outcomes.services.demo import content
from outcomes.services.demo.fill_demo import fill_demo
from outcomes.services.gather_material import _estimates
from outcomes.services.make_batch import BatchWork, make_next
from outcomes.services.runtime import Runtime, make_runtime
from outcomes.services.sign_in import organisation_actor
from outcomes.services.start_batch import Asked, start_batch
from outcomes.settings import Settings
from outcomes.store import migrate
from outcomes.store.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from outcomes.store.database import Scope

COUNT = 500
FIRST = 20
"""Files until everything is loaded: memory is compared from there on."""
MOST_GROWTH = 0.10
"""How much more memory the last files may take than the first."""
KEY = bytes(32)


def resident_mb(pid: int) -> float:
    """Resident memory of a process in MB; 0 where it has gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except FileNotFoundError:
        return 0.0
    line = next((each for each in status.splitlines() if each.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) / 1024


def children() -> list[int]:
    """Processes that this one has started."""
    found = Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text(encoding="utf-8")
    return [int(pid) for pid in found.split()]


def run(runtime: Runtime, scope: Scope, server: EmbeddedPostgres, count: int) -> list[tuple[float, float, float]]:
    """Seconds, own MB and render MB for each of ``count`` files."""
    before = set(children())
    made: list[tuple[float, float, float]] = []
    while len(made) < count:
        _estimates.clear()  # every batch works its estimates out, as for data that have changed
        with psycopg.connect(server.admin_url("demo").replace("+psycopg", "")) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("DELETE FROM batch_item")
            connection.execute("DELETE FROM report_batch")
        work = BatchWork(runtime, scope, start_batch(runtime, scope, Asked(), by="Benchmark", queued=False))
        begun = time.perf_counter()
        while len(made) < count and make_next(work):
            seconds, begun = time.perf_counter() - begun, time.perf_counter()
            render = max((resident_mb(pid) for pid in set(children()) - before), default=0.0)
            made.append((seconds, resident_mb(os.getpid()), render))
            print(f"{len(made)}: {seconds:.1f} s, {made[-1][1]:.0f} MB, render {render:.0f} MB", file=sys.stderr)
    return made


def main() -> None:
    """Print what was measured; exit code 1 where memory grows."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else COUNT
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgresql") as server:
        server.create_database("demo")
        migrate.upgrade(server.owner_url("demo"))
        settings = Settings.model_validate(
            {"OUTCOMES_HOME": folder, "SECRET_KEY": "benchmark" * 6, "DATA_KEYS": {"b": KEY}, "LOOKUP_KEY": KEY,
             "OUTCOMES_DEMO": True}
        )  # fmt: skip
        runtime = make_runtime(settings, server.app_url("demo"))
        fill_demo(runtime)
        _, scope = organisation_actor(runtime, content.SLUG, "benchmark")
        made = run(runtime, scope, server, count)
        clean_up(runtime)
        render_process.stop()
        runtime.database.dispose()
    seconds, own, render = (list(column) for column in zip(*made, strict=True))
    start = min(FIRST, count // 4)
    head, tail = statistics.median(own[start : 2 * start + 1]), statistics.median(own[-start - 1 :])
    print(
        f"{count} files: median {statistics.median(seconds):.2f} s, slowest {max(seconds):.1f} s, all {sum(seconds):.0f} s"
    )
    print(f"memory of the process: first {own[0]:.0f} MB, file {start} {own[start]:.0f} MB, last {own[-1]:.0f} MB")
    print(f"memory of the render process: most {max(render):.0f} MB, last {render[-1]:.0f} MB")
    growth = tail / head - 1
    print(f"growth after the first {start}: {100 * growth:.1f} per cent (goal: under {100 * MOST_GROWTH:.0f})")
    sys.exit(growth > MOST_GROWTH)


if __name__ == "__main__":
    main()
