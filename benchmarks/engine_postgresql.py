"""From rows in PostgreSQL to the national model, for benchmarks/engine.py: measured in a process that never sees a row.

    python benchmarks/engine_postgresql.py load HOME CITIZENS GROUPS       the country into an embedded server's tables
    python benchmarks/engine_postgresql.py measure HOME CITIZENS GROUPS    GROUP BY -> sums -> model, from two tables
    python benchmarks/engine_postgresql.py own HOME CITIZENS GROUPS        the same by our own tables and stored aggregates

Two tables: episode (id, municipality, intervention) and score (episode, wave, value), with primary keys. Our own: every
citizen, episode, occasion, response and score of 98 organisations as the product stores them, with row-level security.
"""

from __future__ import annotations

import json
import resource
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

sys.path.insert(0, str(Path(__file__).parent))

from country import MONTHS, Country, simulate_country

from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import LongitudinalSums, add_sums, sum_cells
from outcomes.store import migrate
from outcomes.store.aggregates import refresh_aggregates
from outcomes.store.database import Database, Scope
from outcomes.store.embedded import EmbeddedPostgres

WAVES = len(MONTHS)
OCCASIONS = tuple(str(int(month)) for month in MONTHS)
CODES = tuple(f"month-{int(month):02d}" for month in MONTHS)
TODAY = date(2026, 11, 22)
STARTED = date(2023, 1, 1)
ROUNDS = 3

PLACES = range(WAVES)
PIVOT = ", ".join(f"max(value) FILTER (WHERE wave = {place}) AS y{place}" for place in PLACES)
SUMS = ", ".join(f"sum(y{place})" for place in PLACES)
PRODUCTS = ", ".join(f"sum(y{row} * y{place})" for row in PLACES for place in range(row + 1))
GROUPED = f"""
SELECT e.intervention, p.pattern, count(*), {SUMS}, {PRODUCTS}
FROM (SELECT episode, sum(1 << wave) AS pattern, {PIVOT} FROM score GROUP BY episode) p
JOIN episode e ON e.id = p.episode GROUP BY e.intervention, p.pattern
"""


def design(n_groups: int) -> tuple[np.ndarray, tuple[str, ...], MmrmDesign]:
    """The distinct rows of columns, their names, and the model: each intervention with its own course."""
    rows = np.hstack([np.ones((n_groups, 1)), np.eye(n_groups)[:, 1:]])
    names = ("Intercept", *(f"group[{number}]" for number in range(1, n_groups)))
    return rows, names, MmrmDesign("wave", crossed=names[1:])


def peak_megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def server_megabytes(process: int) -> float:
    """The most memory that one process of the server's has had, shared buffers with it."""
    status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def from_two_tables(connection: psycopg.Connection, n_groups: int) -> dict[str, Any]:
    """One GROUP BY, sums and national model. The first of several runs also imports; their median is what is told."""
    begun = time.perf_counter()
    found = connection.execute(GROUPED).fetchall()
    grouped = time.perf_counter()
    rows, names, model = design(n_groups)
    lower = np.tril_indices(WAVES)
    cells = []
    for intervention, pattern, count, *numbers in found:
        observed = [place for place in PLACES if pattern >> place & 1]
        products = np.zeros((WAVES, WAVES))
        products[lower] = [value or 0.0 for value in numbers[WAVES:]]
        products.T[lower] = products[lower]
        totals = np.array([value or 0.0 for value in numbers[:WAVES]])
        cells.append((tuple(observed), intervention, count, totals[observed], products[np.ix_(observed, observed)]))
    fit = fit_mmrm(sum_cells(rows, cells, occasions=OCCASIONS, names=names, origin=0.0), model)
    done = time.perf_counter()
    return {
        "seconds": done - begun, "grouping": grouped - begun, "rows": len(found), "log_likelihood": fit.log_likelihood,
    }  # fmt: skip


def measure(server: EmbeddedPostgres, n_groups: int) -> dict[str, Any]:
    with psycopg.connect(server.admin_url("two").replace("+psycopg", "")) as connection:
        process = connection.info.backend_pid
        runs = [from_two_tables(connection, n_groups) for _ in range(ROUNDS)]
        seconds = statistics.median(run["seconds"] for run in runs)
        return {**runs[0], "seconds": seconds, "peak_mb": peak_megabytes(), "server_mb": server_megabytes(process)}


def load_two_tables(server: EmbeddedPostgres, country: Country) -> None:
    server.create_database("two")
    with psycopg.connect(server.admin_url("two").replace("+psycopg", "")) as connection:
        connection.execute("DROP TABLE IF EXISTS episode, score")
        connection.execute(
            "CREATE TABLE episode (id integer PRIMARY KEY, municipality smallint, intervention smallint)"
        )
        connection.execute("CREATE TABLE score (episode integer, wave smallint, value double precision)")
        with connection.cursor().copy("COPY episode FROM STDIN") as copy:
            for row in zip(range(country.n), country.municipality.tolist(), country.group.tolist(), strict=True):
                copy.write_row(row)
        citizen, wave = np.nonzero(~np.isnan(country.scores))
        with connection.cursor().copy("COPY score FROM STDIN") as copy:
            for row in zip(citizen.tolist(), wave.tolist(), country.scores[citizen, wave].tolist(), strict=True):
                copy.write_row(row)
        connection.execute("ALTER TABLE score ADD PRIMARY KEY (episode, wave)")
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def key(kind: int, number: int) -> UUID:
    """An id that says what it is of: ours are random, these are cheap."""
    return UUID(int=(kind << 96) | number)


def load_own_tables(server: EmbeddedPostgres, country: Country) -> None:
    """As the product stores it; past its triggers, since a million rows' audit isn't what is measured."""
    server.create_database("own")
    migrate.upgrade(server.owner_url("own"))
    instrument = json.dumps({"scales": [{"key": "total"}]})
    with psycopg.connect(server.admin_url("own").replace("+psycopg", "")) as connection:
        connection.execute("SET session_replication_role = replica")
        for number in range(98):
            owner = key(1, number)
            connection.execute(
                "INSERT INTO organisation (id, slug, name, kind) VALUES (%s, %s, %s, 'municipality')",
                (owner, f"m{number}", f"M{number}"),
            )
            connection.execute(
                "INSERT INTO instrument_version (organisation_id, id, key, version, definition, checksum)"
                " VALUES (%s, %s, 'wellbeing', '1', %s, %s)",
                (owner, key(2, 0), instrument, bytes(32)),
            )
            connection.cursor().executemany(
                "INSERT INTO intervention (organisation_id, id, slug, title) VALUES (%s, %s, %s, '{}')",
                [(owner, key(3, each), f"i{each}") for each in range(country.n_groups)],
            )
        copy_people(connection, country)
        connection.commit()
        connection.autocommit = True
        connection.execute("VACUUM ANALYZE")


def copy_people(connection: psycopg.Connection, country: Country) -> None:
    owners = [key(1, number) for number in country.municipality.tolist()]
    groups, scores = country.group.tolist(), country.scores
    version, plan = key(2, 0), key(4, 0)
    with connection.cursor().copy("COPY citizen (organisation_id, id, number) FROM STDIN") as copy:
        for number, owner in enumerate(owners):
            copy.write_row((owner, key(5, number), number + 1))
    columns = "organisation_id, id, citizen_id, intervention_id, plan_id, started_on"
    with connection.cursor().copy(f"COPY episode ({columns}) FROM STDIN") as copy:
        for number, owner in enumerate(owners):
            started = STARTED + timedelta(days=number % 360)
            copy.write_row((owner, key(6, number), key(5, number), key(3, groups[number]), plan, started))
    columns = (
        "organisation_id, id, episode_id, step_id, instrument_version_id, code, sequence, months, planned_on, opens_on,"
        " due_on, closes_on"
    )
    with connection.cursor().copy(f"COPY occasion ({columns}) FROM STDIN") as copy:
        for number, owner in enumerate(owners):
            for wave, months in enumerate(MONTHS):
                day = STARTED + timedelta(days=number % 360 + round(30.4 * months))
                copy.write_row((owner, key(7, number * WAVES + wave), key(6, number), plan, version, CODES[wave], wave,
                                months, day, day, day, day))  # fmt: skip
    citizen, wave_of = np.nonzero(~np.isnan(scores))
    given = list(zip(citizen.tolist(), wave_of.tolist(), strict=True))
    at = datetime(2025, 1, 1, tzinfo=UTC)
    columns = (
        "organisation_id, id, occasion_id, instrument_version_id, mode, locale, answers, submission_key,"
        " answered_at, late"
    )
    with connection.cursor().copy(f"COPY response ({columns}) FROM STDIN") as copy:
        for number, wave in given:
            place = number * WAVES + wave
            copy.write_row((owners[number], key(8, place), key(7, place), version, "imported", "da", "{}", key(8, place),
                            at, False))  # fmt: skip
    with connection.cursor().copy(
        "COPY score (organisation_id, id, response_id, scale, value, n_items) FROM STDIN"
    ) as copy:
        for number, wave in given:
            place = number * WAVES + wave
            copy.write_row((owners[number], key(9, place), key(8, place), "total", float(scores[number, wave]), 5))


STORED = "SELECT intervention_id, answered, n, sums, products FROM score_aggregate WHERE organisation_id = %s"


def read_stored(connection: psycopg.Connection, owner: UUID, n_groups: int) -> LongitudinalSums:
    """The sums of one organisation from its stored aggregates."""
    rows, names, _ = design(n_groups)
    number = {key(3, each): each for each in range(n_groups)}
    cells = []
    for intervention, answered, n, sums, products in connection.execute(STORED, (owner,)):
        if answered:
            square = np.zeros((len(answered), len(answered)))
            lower = np.tril_indices(len(answered))
            square[lower] = products
            square.T[lower] = square[lower]
            cells.append(
                (tuple(CODES.index(code) for code in answered), number[intervention], n, np.array(sums), square)
            )
    return sum_cells(rows, cells, occasions=OCCASIONS, names=names, origin=0.0)


def own(server: EmbeddedPostgres, n_groups: int) -> dict[str, Any]:
    """Every organisation refreshed on its own; then the national model from what is stored."""
    database = Database(server.app_url("own"))
    refreshing, written = [], 0
    for number in range(98):
        begun = time.perf_counter()
        with database.transaction(Scope(key(1, number), actor="command:aggregates")) as session:
            written += refresh_aggregates(session, today=TODAY).rows
            session.commit()
        refreshing.append(time.perf_counter() - begun)
    database.dispose()
    runs = [from_stored(server, n_groups) for _ in range(ROUNDS)]
    return {
        "refresh_all": sum(refreshing), "refresh_median": statistics.median(refreshing), "refresh_most": max(refreshing),
        "rows": written, "seconds": statistics.median(seconds for seconds, _ in runs), "log_likelihood": runs[0][1],
        "peak_mb": peak_megabytes(),
    }  # fmt: skip


def from_stored(server: EmbeddedPostgres, n_groups: int) -> tuple[float, float]:
    """Seconds from every organisation's stored sums to the national model, and its log-likelihood."""
    begun = time.perf_counter()
    with psycopg.connect(server.app_url("own").replace("+psycopg", "")) as connection:
        parts = []
        for number in range(98):
            connection.execute("SELECT set_config('app.organisation', %s, true)", (str(key(1, number)),))
            parts.append(read_stored(connection, key(1, number), n_groups))
    fit = fit_mmrm(add_sums(parts), design(n_groups)[2])
    return time.perf_counter() - begun, fit.log_likelihood


def main() -> None:
    """Run one part."""
    part, home, citizens, groups = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    with EmbeddedPostgres(home) as server:
        if part == "load":
            country = simulate_country(citizens, n_groups=groups)
            load_two_tables(server, country)
            print(json.dumps({}))
        elif part == "load-own":
            load_own_tables(server, simulate_country(citizens, n_groups=groups))
            print(json.dumps({}))
        else:
            print(json.dumps(measure(server, groups) if part == "measure" else own(server, groups)))


if __name__ == "__main__":
    main()
