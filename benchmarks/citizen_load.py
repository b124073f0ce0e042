"""Arrivals for the benchmark of the citizen's pages: a server, somebody who renders reports, and people who come steadily.

Each part is a process of its own, started by ``citizen.py``.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from citizen_world import DATABASE, SETTINGS

POST_EVERY = 5
"""One request in so many keeps an answer; the others look at a question."""
LINES_OF_REPORT = 4000


def serve(home: str, port: str) -> None:
    """The server as ``outcomes serve`` runs it, on the benchmark's database."""
    from outcomes.cli.server import run_server  # noqa: PLC0415
    from outcomes.services.open_database import DatabaseAddress  # noqa: PLC0415
    from outcomes.settings import Settings  # noqa: PLC0415
    from outcomes.store.embedded import EmbeddedPostgres  # noqa: PLC0415

    settings = Settings.model_validate({**SETTINGS, "OUTCOMES_HOME": home})
    with EmbeddedPostgres(Path(home) / "postgresql") as server:
        address = DatabaseAddress(server.app_url(DATABASE), server.owner_url(DATABASE))
        run_server(settings, address, bind=f"127.0.0.1:{port}")


def render() -> None:
    """One report after the other, until stopped, in the process that the product renders in."""
    from outcomes.reports.pdf import make_pdf  # noqa: PLC0415
    from outcomes.reports.render_process import render_process  # noqa: PLC0415

    rows = "".join(f"<tr><td>{number}</td><td>Svar nummer {number}</td></tr>" for number in range(LINES_OF_REPORT))
    html = (
        f"<html lang='da'><head><title>Rapport</title></head><body><h1>Rapport</h1><table>{rows}</table></body></html>"
    )
    while True:
        render_process.run(make_pdf, html)


async def ask(port: int, people: list[dict[str, Any]], number: int, due: float, found: dict[str, list[float]]) -> None:
    """One request, when it is due; its time counts from then."""
    who = people[number % len(people)]
    kind = "post" if number % POST_EVERY == 0 else "get"
    body = urlencode(who["form"]).encode() if kind == "post" else b""
    head = (
        f"{kind.upper()} /svar/3 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {who['cookie']}\r\nConnection: close\r\n"
        f"Accept-Language: da\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode() + body)
    answer = await reader.read()
    while not reader.at_eof():
        answer += await reader.read()
    writer.close()
    right = b" 303 " if kind == "post" else b" 200 "
    found[kind if right in answer[:20] else "wrong"].append(1000 * (time.perf_counter() - due))


async def arrive(port: int, people: list[dict[str, Any]], rate: int, seconds: float) -> dict[str, list[float]]:
    """``rate`` requests a second, evenly, whether or not the ones before are answered."""
    found: dict[str, list[float]] = {"get": [], "post": [], "wrong": []}
    start = time.perf_counter() + 0.2
    await asyncio.gather(
        *(ask(port, people, number, start + number / rate, found) for number in range(int(rate * seconds)))
    )
    return found


def load(port: str, people_file: str, rate: str, seconds: str) -> None:
    """Two seconds to warm up, and then those that count; prints the times in milliseconds."""
    people = json.loads(Path(people_file).read_text())
    asyncio.run(arrive(int(port), people, int(rate) // 2, 2))
    print(json.dumps(asyncio.run(arrive(int(port), people, int(rate), float(seconds)))))


if __name__ == "__main__":
    {"serve": serve, "render": render, "load": load}[sys.argv[1]](*sys.argv[2:])
