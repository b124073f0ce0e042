"""The manager's overview from stored results, beside the same figures estimated anew for each look, in the same run.

    python benchmarks/overview.py            measures, prints, and writes its section of docs/engine-speed.md

Two organisations: the demo's, and a simulated one of 20,000 citizens in 12 interventions (benchmarks/country.py), stored as
the product stores it. A request is one through the whole web application, signed in as manager. "Anew" is what the overview
would do without stored results: the report of each intervention, from its rows.
"""

from __future__ import annotations

import json
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
from sqlalchemy import event

sys.path.insert(0, str(Path(__file__).parent))

from country import simulate_country
from engine_postgresql import CODES, copy_people, key

from outcomes import create_app
from outcomes.models import AppUser, Intervention, Organisation
from outcomes.services.demo import content, fill_demo, staff
from outcomes.services.freeze_plan import add_plan, freeze_plan, make_definition
from outcomes.services.install_instrument import add_shipped_instrument
from outcomes.services.runtime import Runtime
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.services.store_results import store_results
from outcomes.settings import Settings
from outcomes.store import migrate, organisations
from outcomes.store.database import Database, Scope
from outcomes.store.embedded import EmbeddedPostgres
from outcomes.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.testing import FlaskClient

PAGE = Path(__file__).parent.parent / "docs" / "engine-speed.md"
BEGIN, END = "<!-- begin: made by benchmarks/overview.py -->", "<!-- overview end -->"
CITIZENS, INTERVENTIONS = 20_000, 12
PROVIDERS, TARGET_GROUPS = 8, 3
BY_PROVIDER = "/indsatser?gruppering=udbyder"
LOOKS = 15
GOAL = 0.5
HEAVY = ("pandas", "statsmodels", "scipy.stats")
TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OWNER = key(1, 0)
SLUG, MAIL = "simulated", "manager@example.org"


def make_runtime(server: EmbeddedPostgres, name: str, home: Path) -> Runtime:
    server.create_database(name)
    migrate.upgrade(server.owner_url(name))
    return reopen(server, name, home)


def reopen(server: EmbeddedPostgres, name: str, home: Path) -> Runtime:
    values = {
        "OUTCOMES_HOME": home, "SECRET_KEY": "x" * 64, "DATA_KEYS": {"a": bytes(range(32))},
        "LOOKUP_KEY": bytes(range(32, 64)),
    }  # fmt: skip
    settings = Settings.model_validate(values)
    vault = Vault(settings.data_keys, settings.lookup_key)
    return Runtime(settings, Database(server.app_url(name)), vault, lambda: NOW)


def fill_simulated(server: EmbeddedPostgres, runtime: Runtime) -> Scope:
    """One organisation with everybody in it; past the triggers, since a million rows' audit isn't what is measured."""
    scope = Scope(OWNER, actor="command:benchmark")
    with runtime.database.transaction(scope) as session:
        session.add(Organisation(id=OWNER, slug=SLUG, name="Simulated", kind="municipality"))
        session.flush()
        version = add_shipped_instrument(session, scope, key="wellbeing").id
        session.add(
            AppUser(organisation_id=OWNER, email=MAIL, name="Manager", title="", role="manager", locale="en")
        )  # fmt: skip
        analysis = {
            "measure": {"instrument": "wellbeing", "scale": "total", "direction": "higher_is_better", "minimum": 0,
                        "maximum": 100},
            "design": "none", "baseline": CODES[0], "follow_up": list(CODES[1:]), "primary_occasion": CODES[3],
        }  # fmt: skip
        for number in range(INTERVENTIONS):
            each = Intervention(id=key(3, number), organisation_id=OWNER, slug=f"i{number:02d}",
                                title={"da": f"Indsats {number}"})  # fmt: skip
            session.add(each)
            session.flush()
            add_plan(session, scope, each, make_definition({**analysis, "intervention": each.slug}))
        session.commit()
    for number in range(INTERVENTIONS):
        freeze_plan(runtime, scope, f"i{number:02d}", by="Benchmark")
    country = simulate_country(CITIZENS, n_groups=INTERVENTIONS)
    with psycopg.connect(server.admin_url("simulated").replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("UPDATE instrument_version SET id = %s WHERE id = %s", (key(2, 0), version))
        copy_people(connection, replace(country, municipality=country.municipality * 0))
        place_people(connection)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")
    return scope


def place_people(connection: psycopg.Connection) -> None:
    """Everybody at one of the providers, and in one of the target groups."""
    for number in range(PROVIDERS):
        connection.execute(
            "INSERT INTO provider (organisation_id, id, name) VALUES (%s, %s, %s)",
            (OWNER, key(10, number), f"Provider {number}"),
        )
    for number in range(TARGET_GROUPS):
        connection.execute(
            "INSERT INTO target_group (organisation_id, id, code, title, valid_from)"
            " VALUES (%s, %s, %s, '{}', '2020-01-01')",
            (OWNER, key(11, number), f"group-{number}"),
        )
    for column, kind, count in (("provider_id", 10, PROVIDERS), ("target_group_id", 11, TARGET_GROUPS)):
        keys = [key(kind, number) for number in range(count)]
        connection.execute(
            f"UPDATE episode SET {column} = (%s::uuid[])[1 + mod(number / {INTERVENTIONS}, {count})] FROM citizen"
            " WHERE citizen.id = episode.citizen_id",
            (keys,),
        )


@contextmanager
def counted(runtime: Runtime) -> Iterator[list[float]]:
    """Seconds of each SQL statement inside the ``with`` block."""
    spent: list[float] = []
    begun: list[float] = []
    engine = runtime.database.engine

    def before(*_: object) -> None:
        begun.append(time.perf_counter())

    def after(*_: object) -> None:
        spent.append(time.perf_counter() - begun.pop())

    event.listen(engine, "before_cursor_execute", before)
    event.listen(engine, "after_cursor_execute", after)
    try:
        yield spent
    finally:
        event.remove(engine, "before_cursor_execute", before)
        event.remove(engine, "after_cursor_execute", after)


def sign_in(runtime: Runtime, slug: str, mail: str) -> FlaskClient:
    client = create_app(runtime).test_client()
    address = f"/log-ind/{issue_sign_in_link(runtime, organisation_slug=slug, email=mail)}"
    token = TOKEN.search(client.get(address).get_data(as_text=True))
    client.post(address, data={"csrf_token": token.group(1) if token else ""})
    return client


def look(runtime: Runtime, slug: str, mail: str) -> dict[str, Any]:
    """The overview's request, again and again: median and slowest second, statements and their seconds."""
    client, seconds, statements = sign_in(runtime, slug, mail), [], []
    for _ in range(LOOKS):
        with counted(runtime) as spent:
            begun = time.perf_counter()
            answer = client.get("/indsatser")
            seconds.append(time.perf_counter() - begun)
        statements.append((len(spent), sum(spent)))
        assert answer.status_code == 200, answer.status
    page = answer.get_data(as_text=True)
    by_provider = []
    for _ in range(LOOKS):
        begun = time.perf_counter()
        answer = client.get(BY_PROVIDER)
        by_provider.append(time.perf_counter() - begun)
        assert answer.status_code == 200, answer.status
    return {
        "by_provider": statistics.median(by_provider), "by_provider_slowest": max(by_provider),
        "seconds": statistics.median(seconds), "first": seconds[0], "slowest": max(seconds[1:]),
        "statements": statements[-1][0], "sql": statistics.median(each for _, each in statements[1:]),
        "rows": page.count("<article"), "rows_by_provider": answer.get_data(as_text=True).count("<article"),
        "numbers": page.count("interval-plot"),
        "heavy": [name for name in HEAVY if name in sys.modules],
    }  # fmt: skip


def anew(runtime: Runtime, scope: Scope) -> dict[str, Any]:
    """The report of each intervention from its rows, none of them kept from before."""
    from outcomes.services.build_report import build_report, read_period  # noqa: PLC0415
    from outcomes.store import interventions  # noqa: PLC0415

    with runtime.database.transaction(scope) as session:
        slugs = [each.slug for each in interventions.list_interventions(session)]
    period = read_period(runtime, scope).in_whole_quarters()
    with counted(runtime) as spent:
        begun = time.perf_counter()
        for slug in slugs:
            build_report(runtime, scope, intervention_slug=slug, period=period)
        first = time.perf_counter() - begun
    statements, sql = len(spent), sum(spent)
    begun = time.perf_counter()
    for slug in slugs:
        build_report(runtime, scope, intervention_slug=slug, period=period)
    again = time.perf_counter() - begun
    return {"seconds": first, "again": again, "statements": statements, "sql": sql, "peak_mb": peak_megabytes()}


def refresh(runtime: Runtime, scope: Scope) -> dict[str, Any]:
    """Everything worked out, and then found to be as it was."""
    seconds = []
    for _ in range(2):
        begun = time.perf_counter()
        store_results(runtime, scope)
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds[0], "again": seconds[1], "peak_mb": peak_megabytes()}


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def part(name: str, what: str, home: Path) -> dict[str, Any]:
    """One thing of one organisation, in this process."""
    with EmbeddedPostgres(home / "postgresql") as server:
        if what == "fill":
            runtime = make_runtime(server, name, home)
            if name == "demo":
                fill_demo(runtime)
                forget(server, name)
            else:
                fill_simulated(server, runtime)
            runtime.database.dispose()
            return {}
        runtime = reopen(server, name, home)
        slug, mail = (content.SLUG, staff.MANAGER.email) if name == "demo" else (SLUG, MAIL)
        with runtime.database.transaction(Scope(slug=slug)) as session:
            found = organisations.find_organisation(session, slug=slug)
        assert found is not None
        scope = Scope(found.id, actor="command:benchmark")
        done = look(runtime, slug, mail) if what == "look" else {"anew": anew, "refresh": refresh}[what](runtime, scope)
        runtime.database.dispose()
        return done


def forget(server: EmbeddedPostgres, name: str) -> None:
    """The demo as if its results had never been stored."""
    with psycopg.connect(server.admin_url(name).replace("+psycopg", "")) as connection:
        connection.execute("DELETE FROM stored_result")


def in_own_process(name: str, what: str, home: Path) -> dict[str, Any]:
    """Each part in a process of its own: what one has loaded or kept is no help to another."""
    command = [sys.executable, __file__, name, what, str(home)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def measure(name: str, home: Path) -> dict[str, dict[str, Any]]:
    found = {}
    for what in ("fill", "refresh", "look", "anew"):
        print(f"{name}: {what} ...", file=sys.stderr)
        found[what] = in_own_process(name, what, home)
    return found


def as_markdown(found: dict[str, dict[str, dict[str, Any]]]) -> str:
    titles = {"demo": "The demo", "simulated": f"Simulated, {CITIZENS:,} citizens"}
    lines = [
        "| Organisation | Interventions | The overview's request, median (slowest) | its SQL | By provider: rows, median "
        "(slowest) | Anew, first look | its SQL | Anew, kept in memory | Anew / stored | Kept in memory / stored "
        "| Goal: under 500 ms |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, parts in found.items():
        seen, old = parts["look"], parts["anew"]
        met = "met" if max(seen["slowest"], seen["first"], seen["by_provider_slowest"]) < GOAL else "not met"
        lines.append(
            f"| {titles[name]} | {seen['rows']} | {1000 * seen['seconds']:.0f} ms ({1000 * seen['slowest']:.0f} ms; the"
            f" first {1000 * seen['first']:.0f} ms) | {seen['statements']} statements, {1000 * seen['sql']:.0f} ms"
            f" | {seen['rows_by_provider']}; {1000 * seen['by_provider']:.0f} ms"
            f" ({1000 * seen['by_provider_slowest']:.0f} ms)"
            f" | {old['seconds']:.1f} s | {old['statements']} statements, {old['sql']:.1f} s | {old['again']:.2f} s"
            f" | {old['seconds'] / seen['seconds']:,.0f} | {old['again'] / seen['seconds']:,.0f} | {met} |"
        )
    lines += [
        "",
        "| Every night | Worked out | Nothing has changed | Memory |",
        "| --- | --- | --- | --- |",
        *(
            f"| {titles[name]} | {parts['refresh']['seconds']:.1f} s | {parts['refresh']['again']:.1f} s"
            f" | {parts['refresh']['peak_mb']:.0f} MB |"
            for name, parts in found.items()
        ),
    ]
    heavy = sorted({each for parts in found.values() for each in parts["look"]["heavy"]})
    loaded = ", ".join(heavy) if heavy else "none of " + ", ".join(HEAVY)
    return "\n".join([*lines, "", f"Loaded by the process that answers the request: {loaded}."])


HEADING = "## The overview"
WORDS = """
What a manager opens first is read from stored results: each is the report's own, worked out once
([every night](operations.md#every-night)). The same requests, and the same figures estimated anew from everybody's rows,
measured in one run by `python benchmarks/overview.py`:
"""


def write_page(text: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    section = f"{BEGIN}\n{text}\n{END}"
    if BEGIN in page:
        page = page[: page.index(BEGIN)] + section + page[page.index(END) + len(END) :]
    else:
        page = f"{page.rstrip()}\n\n{HEADING}\n{WORDS}\n{section}\n"
    PAGE.write_text(page, encoding="utf-8")


def main() -> None:
    """Measure both organisations, or one part."""
    if len(sys.argv) > 1:
        print(json.dumps(part(sys.argv[1], sys.argv[2], Path(sys.argv[3]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        found = {name: measure(name, Path(folder)) for name in ("demo", "simulated")}
    text = as_markdown(found)
    print(text)
    write_page(text)


if __name__ == "__main__":
    main()
