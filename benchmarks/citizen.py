"""What a citizen's page costs, beside the least that such a page can cost, in the same run; and how long one waits.

Floors, rebuilt here: for a question, a plain Flask route with a form token, one query by SQLAlchemy Core, and a page by
Jinja around a question that was made before; for an answer, the same with the one statement that keeps it; for sending,
with the one statement that writes the same rows (response, score, audit, job, no more draft). CPU is that of the web
process (``process_time``) per request: the least of several rounds in turn; the share of the floor is the middle of the
rounds' own. Statements are what reaches the server,
``set_config`` included, BEGIN and COMMIT not. Then requests arrive steadily at a server as ``outcomes serve`` runs it while
reports render, and the time is counted from when each one was due, not from when it was let in: once with the database
on disk, beside what that disk alone takes in the same seconds, and once with it in memory, which leaves what is ours.

    python benchmarks/citizen.py [--quick] [--write]
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import psycopg
from citizen_load import WARM_SECONDS
from citizen_world import (
    CHOICES,
    DATABASE,
    QUESTIONS,
    Citizen,
    add_citizens,
    environ,
    form_token,
    open_world,
    sending_form,
    settings_environment,
)
from flask import Flask, redirect, render_template, request
from flask_wtf.csrf import CSRFProtect
from jinja2 import DictLoader
from psycopg.types.json import Jsonb
from sqlalchemy import create_engine, text

from outcomes import create_app
from outcomes.store import answering

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from outcomes.services.runtime import Runtime

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "citizen-speed.md"
BEGIN, END = "<!-- begin: made by benchmarks/citizen.py -->", "<!-- end -->"
LEAST_GET, LEAST_POST = 0.5, 0.33
MOST_GET, MOST_POST = 2, 3
GET_MS, POST_MS = 25, 50
RATE = 200
BUSY_LOAD = 0.7
MEMORY = Path("/dev/shm")

FLOOR_PAGE = """<!doctype html><html lang="da"><head><meta charset="utf-8"><title>{{ title }}</title></head><body>
<header><p>{{ name }}</p></header><main><p>Spørgsmål {{ number }} af {{ total }}</p><form method="post">
<input type="hidden" name="csrf_token" value="{{ csrf_token() }}">
{{ block }}
<button type="submit" name="action" value="next">Næste</button></form></main></body></html>"""
FLOOR_QUERY = text(
    "SELECT o.instrument_version_id, o.opens_on, o.closes_on, d.answers, g.name FROM personal_link l"
    " JOIN occasion o ON o.organisation_id = l.organisation_id AND o.id = l.occasion_id"
    " JOIN organisation g ON g.id = l.organisation_id"
    " LEFT JOIN response_draft d ON d.organisation_id = l.organisation_id AND d.occasion_id = l.occasion_id"
    " WHERE l.organisation_id = :organisation AND l.id = :link AND l.expires_at > now() AND l.revoked_at IS NULL"
)


@dataclass
class Cost:
    """CPU per request in microseconds, round by round; statements per request, and what came back."""

    rounds_us: list[float]
    statements: float
    status: set[str]

    @property
    def cpu_us(self) -> float:
        """The least of the rounds."""
        return min(self.rounds_us)

    def share_of(self, dearer: Cost) -> float:
        """This cost as a share of a dearer one: the middle of the rounds, each of which took both in the same seconds."""
        return median(ours / theirs for ours, theirs in zip(self.rounds_us, dearer.rounds_us, strict=True))


class Counter:
    """Counts what psycopg sends, BEGIN and COMMIT not."""

    def __init__(self) -> None:
        self.sent = 0

    def __enter__(self) -> Counter:
        self._execute = psycopg.Cursor.execute

        def execute(cursor: Any, *arguments: Any, **options: Any) -> Any:
            self.sent += 1
            return self._execute(cursor, *arguments, **options)

        psycopg.Cursor.execute = execute  # type: ignore[method-assign]
        return self

    def __exit__(self, *_: object) -> None:
        psycopg.Cursor.execute = self._execute  # type: ignore[method-assign]


def call(app: Flask, request_environ: dict[str, Any]) -> str:
    """One request through the application; gives the status."""
    status: list[str] = []
    body = app.wsgi_app(request_environ, lambda line, _headers, _fault=None: status.append(line))
    for _ in body:
        pass
    body.close()  # type: ignore[attr-defined]
    return status[0][:3]


def measure(app: Flask, requests: Iterator[dict[str, Any]], number: int) -> Cost:
    """The CPU of ``number`` requests, one after the other."""
    prepared = [next(requests) for _ in range(number)]
    gc.collect()
    begun = time.process_time()
    status = {call(app, each) for each in prepared}
    return Cost([1e6 * (time.process_time() - begun) / number], 0, status)


def floor_app(admin_url: str, key: str, block: str, citizens: dict[str, Citizen]) -> Flask:
    """The least that serves the same: no rights, no languages, no settings of reading, no second look."""
    app = Flask("floor")
    app.config.update(SECRET_KEY=key, SESSION_COOKIE_NAME="outcomes", WTF_CSRF_TIME_LIMIT=None)
    app.jinja_loader = DictLoader({"page.html": FLOOR_PAGE})
    CSRFProtect(app)
    engine = create_engine(admin_url)
    from markupsafe import Markup  # noqa: PLC0415

    made = Markup(block)

    @app.get("/<link>")
    def question(link: str) -> str:
        ticket = citizens[link].ticket
        with engine.connect() as connection:
            row = connection.execute(
                FLOOR_QUERY, {"organisation": ticket.organisation_id, "link": ticket.link_id}
            ).one()
        return render_template("page.html", title="Spørgsmål", name=row.name, number=3, total=QUESTIONS, block=made)

    @app.post("/<link>")
    def send(link: str) -> Any:
        citizen, key = citizens[link], request.form["submission_key"]
        sql, values = SENDING(citizen, key)
        with engine.begin() as connection:
            connection.exec_driver_sql(sql, values)
        return redirect("/")

    @app.post("/<link>/keep")
    def keep(link: str) -> Any:
        citizen = citizens[link]
        values = {
            **citizen.visit.opened.respondent, "known": Jsonb(citizen.visit.opened.draft),
            "answers": Jsonb({"q2": int(request.form["answer_q2"])}), "answered_by": Jsonb({"q2": "x"}),
        }  # fmt: skip
        with engine.begin() as connection:
            connection.exec_driver_sql(answering.KEEP, values)
        return redirect("/")

    return app


def SENDING(citizen: Citizen, key: str) -> tuple[str, dict[str, Any]]:  # noqa: N802 - reads as the statement it is
    """The one statement that writes the rows of a sent questionnaire."""
    opened = citizen.visit.opened
    return answering.SEND, {
        **opened.respondent, "id": uuid4(), "version": opened.version_id, "mode": "own_device", "locale": "da",
        "answers": Jsonb(opened.draft), "hidden_answers": Jsonb({}), "non_answers": Jsonb({}), "helper_kind": None,
        "entered_by": None, "key": key, "answered_at": "now", "late": False, "known": Jsonb(opened.draft),
        "from_draft": True, "own_language": True, "scales": ["total"], "values": [20.0], "n_answered": [10],
        "n_items": [10],
    }  # fmt: skip


def costs(runtime: Runtime, admin_url: str, rounds: int, number: int) -> dict[str, Cost]:
    """Ours and the floors, in turn."""
    app = create_app(runtime)
    citizens = add_citizens(runtime, 2 * (rounds + 1) * number, app)
    ours, theirs = citizens[::2], citizens[1::2]
    with app.test_request_context():
        from outcomes.views.blocks import question_block  # noqa: PLC0415

        visit = ours[0].visit
        block = question_block(visit, visit.items[2], heading="h1", answer=None)
    by_link = {citizen.ticket.link_id.hex: citizen for citizen in theirs}
    floor = floor_app(admin_url, str(app.secret_key), block, by_link)
    token = form_token(app)

    def answer(citizen: Citizen) -> dict[str, str]:
        seen = citizen.visit.seen("q2")
        return {"csrf_token": token, "item": "q2", "seen": seen, "answer_q2": str(2 % CHOICES), "action": "next"}

    def place(citizen: Citizen) -> str:
        return f"/{citizen.ticket.link_id.hex}"

    kinds: dict[str, tuple[Flask, Callable[[Citizen], dict[str, Any]], list[Citizen]]] = {
        "question": (app, lambda each: environ("/svar/3", each.cookie), ours),
        "question, floor": (floor, lambda each: environ(place(each), each.cookie), theirs),
        "answer": (app, lambda each: environ("/svar/3", each.cookie, answer(each)), ours),
        "answer, floor": (floor, lambda each: environ(f"{place(each)}/keep", each.cookie, answer(each)), theirs),
        "send": (app, lambda each: environ("/svar/gennemse", each.cookie, sending_form(app, each)), ours),
        "send, floor": (floor, lambda each: environ(place(each), each.cookie, sending_form(app, each)), theirs),
    }
    found: dict[str, Cost] = {}
    for turn in range(rounds + 1):  # the first turn warms up
        for name, (served, make, people) in kinds.items():
            some = people[turn * number : (turn + 1) * number]
            cost = measure(served, map(make, some), number)
            if turn == 1:
                found[name] = cost
            elif turn:
                found[name].rounds_us += cost.rounds_us
                found[name].status |= cost.status
    spare = iter(add_citizens(runtime, 8, app))
    for name in ("question", "answer", "send"):
        make, one = kinds[name][1], next(spare)
        call(app, kinds["question"][1](one))
        with Counter() as counter:
            status = call(app, make(one))
        found[name].statements = counter.sent
        found[name].status |= {status}
    return found


def arrivals(runtime: Runtime, home: Path, seconds: float) -> dict[str, list[float]]:
    """Times in milliseconds of requests that arrive steadily while a report renders."""
    app = create_app(runtime)
    token = form_token(app)
    people = [
        {
            "cookie": citizen.cookie,
            "form": {
                "csrf_token": token, "item": "q2", "seen": citizen.visit.seen("q2"), "answer_q2": str(2 % CHOICES),
                "action": "next",
            },
        }
        for citizen in add_citizens(runtime, 200, app)
    ]  # fmt: skip
    file = home / "people.json"
    file.write_text(json.dumps(people))
    port = free_port()
    part = [sys.executable, str(HERE / "citizen_load.py")]
    quiet = {**os.environ, **settings_environment(home), "OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen([*part, "serve", str(home), str(port)], env=quiet)
    renderer = subprocess.Popen([*part, "render"], env=quiet)
    disk = None
    try:
        until_served(port)
        disk = subprocess.Popen(
            [*part, "disk", str(home), str(WARM_SECONDS + seconds)], env=quiet, stdout=subprocess.PIPE, text=True
        )
        said = subprocess.run(
            [*part, "load", str(port), str(file), str(RATE), str(seconds)], capture_output=True, check=True, text=True
        )
        found: dict[str, list[float]] = json.loads(said.stdout)
        found["disk"] = json.loads(disk.communicate()[0])
    finally:
        for process in (renderer, server, disk):
            if process is not None:
                process.terminate()
                process.wait()
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_served(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("the server doesn't answer")


def at(share: float, times: list[float]) -> float:
    """The time that this share of the requests stayed within."""
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def tables(found: dict[str, Cost], times: dict[str, dict[str, list[float]]]) -> str:
    """What stands on the page."""
    lines = ["| Request | CPU, us | Floor, us | Of the floor | Goal | Statements | Most |", "| --- |" + " ---: |" * 6]
    goals = {"question": (LEAST_GET, MOST_GET), "answer": (LEAST_POST, MOST_POST), "send": (LEAST_POST, MOST_POST)}
    for name, (least, most) in goals.items():
        ours, floor = found[name], found[f"{name}, floor"]
        lines.append(
            f"| {name} | {ours.cpu_us:.0f} | {floor.cpu_us:.0f} | {floor.share_of(ours):.2f} | {least} |"
            f" {ours.statements:.0f} | {most} |"
        )
    lines += [
        "",
        f"{RATE} requests a second while a report renders; {sum(len(each['wrong']) for each in times.values())} went wrong.",
        "",
        "| Database | Request | Number | Half within, ms | 95 % | 99 % | Goal for 99 % |",
        "| --- | --- |" + " ---: |" * 5,
    ]
    named = (("GET", "get", GET_MS), ("POST", "post", POST_MS), ("nothing but 8 kB written durably", "disk", ""))
    for storage, found_there in times.items():
        for name, kind, goal in named:
            each = found_there[kind]
            spread = " | ".join(f"{at(share, each):.1f}" for share in (0.5, 0.95, 0.99))
            lines.append(f"| {storage} | {name} | {len(each)} | {spread} | {goal} |")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds and five seconds of arrivals")
    parser.add_argument("--write", action="store_true", help=f"put the tables into {PAGE.name}")
    arguments = parser.parse_args()
    rounds, number, seconds = (3, 40, 5.0) if arguments.quick else (7, 100, 20.0)
    busy = os.getloadavg()[0] > BUSY_LOAD
    with tempfile.TemporaryDirectory() as folder, open_world(Path(folder)) as (server, runtime):
        found = costs(runtime, server.admin_url(DATABASE), rounds, number)
        times = {"on disk": arrivals(runtime, Path(folder), seconds)}
    if MEMORY.is_dir():
        with tempfile.TemporaryDirectory(dir=MEMORY) as folder, open_world(Path(folder)) as (_, runtime):
            times["in memory"] = arrivals(runtime, Path(folder), seconds)
    wrong = {name: cost.status for name, cost in found.items() if not cost.status <= {"200", "302", "303"}}
    if wrong:
        raise SystemExit(f"not measured: {wrong}")
    text_of_page = tables(found, times)
    if busy:
        text_of_page += "\n\nTaken while the machine was busy with other work: times are longer than on a quiet one."
    print(text_of_page)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        before, rest = page.split(BEGIN, 1)
        PAGE.write_text(f"{before}{BEGIN}\n{text_of_page}\n{END}{rest.split(END, 1)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
