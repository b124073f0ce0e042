"""Arrivals for the benchmark of the citizen's pages: a server, somebody who renders reports, and people who come steadily.

Each part is a process of its own, started by ``citizen.py``.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from citizen_world import DATABASE, SETTINGS

POST_EVERY = 5
"""One request in so many keeps an answer; the others look at a question."""
LINES_OF_REPORT = 4000
WARM_SECONDS = 8.0
BLOCK_BYTES = 8192


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


@dataclass(slots=True)
class Asking:
    """One request on its way: when it was due, what there is to say, and how the answer begins."""

    kind: str
    due: float
    words: bytes
    heard: bytes = b""


def words_of(who: dict[str, Any], kind: str) -> bytes:
    """The whole request of one citizen."""
    body = urlencode(who["form"]).encode() if kind == "post" else b""
    head = (
        f"{kind.upper()} /svar/3 HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {who['cookie']}\r\nConnection: close\r\n"
        f"Accept-Language: da\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Arrivals:
    """Requests at their times, each on a connection of its own; nothing between the sockets and this loop to wait for."""

    def __init__(self, port: int, asked: list[Asking]) -> None:
        self.port, self.asked = port, asked
        self.selector = selectors.DefaultSelector()
        self.found: dict[str, list[float]] = {"get": [], "post": [], "wrong": []}
        self.open = 0

    def run(self) -> dict[str, list[float]]:
        """All of them; gives the times in milliseconds from when each was due."""
        waiting = iter(self.asked)
        following = next(waiting, None)
        while following or self.open:
            now = time.perf_counter()
            if following and following.due <= now:
                self.begin(following)
                following = next(waiting, None)
                continue
            for key, _ in self.selector.select(max(0.0, following.due - now) if following else 1.0):
                assert isinstance(key.fileobj, socket.socket)
                self.go_on(key.fileobj, key.data)
        return self.found

    def begin(self, asking: Asking) -> None:
        """Connect, and say it as soon as there is a connection."""
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(("127.0.0.1", self.port))
        self.selector.register(client, selectors.EVENT_WRITE, asking)
        self.open += 1

    def go_on(self, client: socket.socket, asking: Asking) -> None:
        """Say it, or hear more of the answer, to its end."""
        try:
            if asking.words:
                asking.words = asking.words[client.send(asking.words) :]
                if not asking.words:
                    self.selector.modify(client, selectors.EVENT_READ, asking)
                return
            more = client.recv(1 << 17)
        except OSError:
            more, asking.heard = b"", b""
        if more:
            asking.heard = asking.heard or more
            return
        right = b" 303 " if asking.kind == "post" else b" 200 "
        self.found[asking.kind if right in asking.heard[:20] else "wrong"].append(
            1000 * (time.perf_counter() - asking.due)
        )
        self.selector.unregister(client)
        client.close()
        self.open -= 1


def arrive(port: int, people: list[dict[str, Any]], rate: int, seconds: float) -> dict[str, list[float]]:
    """``rate`` requests a second, evenly, whether or not the ones before are answered."""
    kinds = ["get" if number % POST_EVERY else "post" for number in range(int(rate * seconds))]
    words = [words_of(people[number % len(people)], kind) for number, kind in enumerate(kinds)]
    start = time.perf_counter() + 0.2
    return Arrivals(port, [Asking(kind, start + n / rate, words[n]) for n, kind in enumerate(kinds)]).run()


def load(port: str, people_file: str, rate: str, seconds: str) -> None:
    """Some seconds until every process has begun and made its pages, and then those that count; prints milliseconds."""
    people = json.loads(Path(people_file).read_text())
    arrive(int(port), people, int(rate) // 2, WARM_SECONDS)
    print(json.dumps(arrive(int(port), people, int(rate), float(seconds))))


def disk(folder: str, seconds: str) -> None:
    """What a durable write of one block costs meanwhile, ten times a second: no commit is quicker. Prints milliseconds.

    The file is as long from its beginning as it will be, as the database's log is: one that grows would make the file
    system write its own journal each time, and everybody wait for that.
    """
    found, until = [], time.perf_counter() + float(seconds)
    with (Path(folder) / "disk").open("wb", buffering=0) as file:
        file.write(bytes(BLOCK_BYTES * int(10 * float(seconds) + 1)))
        os.fsync(file.fileno())
        file.seek(0)
        while time.perf_counter() < until:
            time.sleep(0.1)
            begun = time.perf_counter()
            file.write(bytes(BLOCK_BYTES))
            os.fdatasync(file.fileno())
            found.append(1000 * (time.perf_counter() - begun))
    print(json.dumps(found))


if __name__ == "__main__":
    {"serve": serve, "render": render, "load": load, "disk": disk}[sys.argv[1]](*sys.argv[2:])
