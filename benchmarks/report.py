"""The whole effect report of an intervention with 20,000 citizens: CPU seconds from its rows in PostgreSQL to page and file.

    python benchmarks/report.py            measures, prints, and writes its section of docs/engine-speed.md

The same organisation as benchmarks/overview.py, with everybody in one intervention at 40 providers. Each step is measured in
this process, one thread, nothing kept from before; PDF is made in this process too, charts and all.
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg

sys.path.insert(0, str(Path(__file__).parent))

import overview
from engine_postgresql import key

from outcomes.services.build_report import build_report
from outcomes.store.embedded import EmbeddedPostgres

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

PAGE = Path(__file__).parent.parent / "docs" / "engine-speed.md"
BEGIN, END = "<!-- begin: made by benchmarks/report.py -->", "<!-- report end -->"
GOAL = 10.0
PROVIDERS = 40
LOADING = "Loading, once in a process's life"


def place_people(server: EmbeddedPostgres, owner: UUID) -> None:
    """Everybody at one of the providers, by their number."""
    with psycopg.connect(server.admin_url("simulated").replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        for number in range(PROVIDERS):
            connection.execute(
                "INSERT INTO provider (organisation_id, id, name) VALUES (%s, %s, %s)",
                (owner, key(9, number), f"Provider {number:02d}"),
            )
        connection.execute(
            "UPDATE episode SET provider_id = (ARRAY(SELECT id FROM provider WHERE organisation_id = %s ORDER BY name))"
            "[1 + mod(abs(hashtext(citizen_id::text)), %s)]",
            (owner, PROVIDERS),
        )
        connection.commit()


def load() -> None:
    """What a process loads once, whatever it then makes."""
    import pandas as pd  # noqa: PLC0415 - measured
    import scipy.optimize  # noqa: PLC0415
    import scipy.special  # noqa: PLC0415
    import scipy.stats  # noqa: F401, PLC0415

    from outcomes.reports.charts.draw import draw  # noqa: PLC0415
    from outcomes.reports.pdf import make_pdf  # noqa: PLC0415

    draw({"data": {"values": [{"a": 1}]}, "mark": "point", "encoding": {}})
    pd.DataFrame({"a": [1.0]}).groupby("a").first()
    make_pdf('<html lang="en"><title>a</title><body><p>a</p></body></html>')


def timed(what: Callable[[], Any]) -> tuple[Any, float, float]:
    """A result, its CPU seconds in this process, and its seconds by the clock."""
    cpu, clock = time.process_time(), time.perf_counter()
    made = what()
    return made, time.process_time() - cpu, time.perf_counter() - clock


def measure(runtime: Runtime, scope: Scope, slug: str) -> list[tuple[str, float, float, str]]:
    """Each step with its CPU seconds, seconds by the clock, and what came of it."""
    from outcomes.reports.effect_report import (  # noqa: PLC0415 - loading is part of what is measured
        render_archive_pdf,
        render_committee_pdf,
        render_html,
        render_pdf,
        to_json,
        write_workbook,
    )

    found = []
    _, cpu, clock = timed(load)
    found.append((LOADING, cpu, clock, "pandas, scipy, the renderers of charts and PDF"))
    context, cpu, clock = timed(lambda: build_report(runtime, scope, intervention_slug=slug))
    people = context.estimate.n_started
    found.append(("From the rows to the context", cpu, clock, f"{people:,} citizens, {len(context.sections)} parts"))
    again = timed(lambda: build_report(runtime, scope, intervention_slug=slug))
    found.append(("The same again, estimates kept in memory", again[1], again[2], ""))
    steps: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("PDF/UA-1 with its charts", lambda: render_pdf(context, "da")),
        ("HTML, the same charts", lambda: render_html(context, "da")),
        ("PDF/A-3 with the figures attached", lambda: render_archive_pdf(context, "da")),
        ("One page for the committee", lambda: render_committee_pdf(context, "da")),
        ("Excel", lambda: write_workbook(context, "da")),
        ("JSON", lambda: to_json(context, "da")),
    )
    for name, step in steps:
        made, cpu, clock = timed(step)
        size = f"{len(made) // 1024:,} kB" if isinstance(made, bytes | str) else ""
        found.append((name, cpu, clock, size))
    return found


def as_markdown(found: list[tuple[str, float, float, str]]) -> str:
    """The table, and whether the goal is met: from the rows to the PDF, in a process that has loaded what it needs."""
    rows = {name: cpu for name, cpu, _clock, _what in found}
    total = rows["From the rows to the context"] + rows["PDF/UA-1 with its charts"]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    lines = ["| Step | CPU | Clock | |", "| --- | --- | --- | --- |"]
    lines += [f"| {name} | {cpu:.2f} s | {clock:.2f} s | {what} |" for name, cpu, clock, what in found]
    met = "met" if total < GOAL else "not met"
    lines += [
        "",
        f"From the rows to the finished PDF: {total:.1f} s of CPU, {total + rows[LOADING]:.1f} s with loading; goal under"
        f" {GOAL:.0f} s: {met}. Memory at most {peak} MB.",
    ]
    return "\n".join(lines)


def write(text: str) -> None:
    """Put the section in its place on the page, or at its end."""
    page = PAGE.read_text(encoding="utf-8")
    section = f"{BEGIN}\n{text}\n{END}"
    if BEGIN in page:
        head, rest = page.split(BEGIN, 1)
        page = head + section + rest.split(END, 1)[1]
    else:
        page = f"{page.rstrip()}\n\n## The whole report of one intervention\n\n{section}\n"
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    """Fill, measure, print, write."""
    overview.INTERVENTIONS = 1
    with tempfile.TemporaryDirectory() as folder, EmbeddedPostgres(Path(folder) / "postgresql") as server:
        runtime = overview.make_runtime(server, "simulated", Path(folder))
        scope = overview.fill_simulated(server, runtime)
        place_people(server, overview.OWNER)
        text = as_markdown(measure(runtime, scope, "i00"))
        runtime.database.dispose()
    print(text)
    write(text)


if __name__ == "__main__":
    main()
