"""Workers as real processes: they stop in order, and what one that was killed had at hand is done by the next."""

from __future__ import annotations

import base64
import hashlib
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import text

from outcomes.services import run_worker as module
from outcomes.services.check_messages import check_messages
from outcomes.services.jobs import JOBS, PERIODIC, defer_job, run_job
from outcomes.services.queue_message import queue_message
from outcomes.services.run_worker import give_back_stalled, make_app
from outcomes.store import queue
from outcomes.store.database import Scope
from tests.conftest import DATA_KEY, LOOKUP_KEY, hold_maker
from tests.integration.builders import add_tenant
from tests.integration.outbox import outbox, queued_jobs, reachable_case, with_servers
from tests.integration.post_offices import mail_server, silent_server, wait_until

pytestmark = pytest.mark.database

COMMAND = str(Path(sys.executable).parent / "outcomes")
SECRET_KEY = "a-key-for-tests-that-nobody-else-uses-0123456789"


@contextmanager
def worker(database, tmp_path, mail, *options):
    """``outcomes work`` as an administrator starts it; stopped at the end, where it still runs."""
    environment = {
        **os.environ,
        "OUTCOMES_HOME": str(tmp_path),
        "DATABASE_URL": database.app_url,
        "SECRET_KEY": SECRET_KEY,
        "DATA_KEYS": f"test:{base64.b64encode(DATA_KEY).decode()}",
        "LOOKUP_KEY": base64.b64encode(LOOKUP_KEY).decode(),
        "MAIL_URL": mail,
        "MAIL_FROM": "svar@nordby.example",
    }
    log = (tmp_path / "worker.log").open("a+", encoding="utf-8")
    process = subprocess.Popen([COMMAND, "work", *options], env=environment, stdout=log, stderr=log)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)
        log.seek(0)
        assert "Traceback" not in log.read()
        log.close()


def send_codes(runtime, case, count, *, begin=0):
    """Messages that go at any hour, each to be told from the others."""
    with runtime.database.transaction(case.tenant.scope) as session:
        for number in range(begin, begin + count):
            queue_message(
                runtime, session, organisation_id=case.tenant.organisation_id, kind="login_code", channel="mail",
                cause=f"login_code:{number}", locale="da", citizen_id=case.citizen_id, secret=f"{number:06d}",
            )  # fmt: skip
        session.commit()


def called_for_nothing(runtime, case):
    """The same case with nothing to be invited to, so that these tests say the same at any hour of the day."""
    with runtime.database.transaction(case.tenant.scope) as session:
        session.execute(text("UPDATE occasion SET state = 'declined'"))
        session.commit()
    return case


def connections(database):
    with database.admin() as connection:
        return connection.scalar(
            text("SELECT count(*) FROM pg_stat_activity WHERE datname = :name AND pid <> pg_backend_pid()"),
            {"name": database.name},
        )


@pytest.fixture
def instance(database, open_runtime_on):
    """An instance whose time is now, with someone who can be written to."""
    runtime = open_runtime_on(database)
    object.__setattr__(runtime, "now", lambda: datetime.now(UTC))
    return runtime, called_for_nothing(runtime, reachable_case(runtime)), database


def states(runtime, case):
    return {each.state for each in outbox(runtime, case.tenant)}


def test_two_workers_send_each_message_once_and_leave_nothing_behind(instance, tmp_path):
    runtime, case, database = instance
    runtime.database.dispose()
    before = connections(database)
    with mail_server() as server, worker(database, tmp_path, server.url) as one, worker(database, tmp_path, server.url):
        send_codes(runtime, case, 5)
        wait_until(lambda: states(runtime, case) == {"sent"})
        assert sorted(mail.get_content().split()[3] for mail in server.taken) == [f"{n:06d}" for n in range(5)]
        one.send_signal(signal.SIGTERM)
        assert one.wait(20) == 0
        send_codes(runtime, case, 1, begin=9)
        wait_until(lambda: states(runtime, case) != {"sent", "queued"})
    runtime.database.dispose()
    wait_until(lambda: connections(database) == before, seconds=5)
    assert queued_jobs(runtime) == []
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM queue.procrastinate_workers")) == 0


def test_what_a_killed_worker_had_at_hand_is_done_by_the_next_within_a_minute(instance, tmp_path):
    runtime, case, database = instance
    with silent_server() as silence, worker(database, tmp_path, silence) as killed:
        send_codes(runtime, case, 1)
        wait_until(lambda: [each.fault for each in outbox(runtime, case.tenant)] == ["handing_over"])
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    begun = time.monotonic()
    with mail_server() as server, worker(database, tmp_path, server.url):
        wait_until(lambda: states(runtime, case) == {"sent"}, seconds=60)
        assert time.monotonic() - begun < 60
        assert len(server.taken) == 1


def test_a_database_that_goes_away_and_comes_back_finds_the_worker_there(tmp_path, settings, clock):
    """On a server of its own, which is stopped at once in the middle of work."""
    from outcomes.services.runtime import Runtime  # noqa: PLC0415
    from outcomes.store.database import Database  # noqa: PLC0415
    from outcomes.vault import Vault  # noqa: PLC0415

    with hold_maker(tmp_path / "server") as maker:
        database = maker()
        runtime = Runtime(settings, Database(database.app_url), Vault(settings.data_keys, settings.lookup_key))
        case = called_for_nothing(runtime, reachable_case(runtime))
        with mail_server() as server, worker(database, tmp_path, server.url) as process:
            send_codes(runtime, case, 1)
            wait_until(lambda: states(runtime, case) == {"sent"})
            database.server._control("stop", "-m", "immediate", "-w")
            database.server._start()
            runtime.database.dispose()
            send_codes(runtime, case, 3, begin=1)
            wait_until(lambda: states(runtime, case) == {"sent"}, seconds=60)
            assert process.poll() is None
            assert len(server.taken) == 4
        runtime.database.dispose()


def test_a_worker_whose_parent_is_gone_stops(instance, tmp_path):
    _, _, database = instance
    with worker(database, tmp_path, "smtp://127.0.0.1:1", "--parent", "1") as process:
        assert process.wait(20) == 0


def test_a_job_of_a_dead_worker_is_given_back_once_and_not_for_ever(runtime):
    tenant = add_tenant(runtime)
    with runtime.database.transaction(tenant.scope) as session:
        defer_job(session, "send_message", organisation_id=tenant.organisation_id, message_id=tenant.unit_id)
        session.execute(text("UPDATE queue.procrastinate_jobs SET status = 'doing'"))
        session.commit()
    assert [give_back_stalled(runtime) for _ in range(3)] == [1, 0, 0]
    for _ in range(module.MOST_WORKERS):
        with runtime.database.transaction(tenant.scope) as session:
            session.execute(text("UPDATE queue.procrastinate_jobs SET status = 'doing' WHERE status = 'todo'"))
            session.commit()
        give_back_stalled(runtime)
    with runtime.database.transaction(Scope()) as session:
        assert queue.count_jobs(session) == {"failed": 1}


def test_a_living_workers_job_is_left_to_it(runtime):
    with runtime.database.transaction(Scope()) as session:
        defer_job(session, "send_message")
        session.execute(text("INSERT INTO queue.procrastinate_workers DEFAULT VALUES"))
        session.execute(
            text("UPDATE queue.procrastinate_jobs SET status = 'doing', worker_id ="
                 " (SELECT id FROM queue.procrastinate_workers)")
        )  # fmt: skip
        session.commit()
    assert give_back_stalled(runtime) == 0


def test_jobs_hold_ids_and_nothing_else(runtime):
    case = reachable_case(runtime)
    send_codes(runtime, case, 2)
    for name, arguments in queued_jobs(runtime):
        assert name in JOBS
        for value in arguments.values():
            assert len(value) == 36 and value.count("-") == 4, value  # noqa: PT018
    with runtime.database.transaction(case.tenant.scope) as session:
        with pytest.raises(TypeError):
            defer_job(session, "send_message", name="Karen")  # type: ignore[arg-type]
        with pytest.raises(KeyError):
            defer_job(session, "nothing_of_ours")


def test_a_job_queued_by_a_larger_statement_is_the_same_job(runtime):
    tenant = add_tenant(runtime)
    statement = queue.defer_sql(
        "send_message", "organisation", organisation_id="organisation.id", message_id="organisation.id"
    )
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text(f"WITH job AS ({statement}) SELECT 1"))
        session.commit()
    ids = str(tenant.organisation_id)
    assert queued_jobs(runtime) == [("send_message", {"organisation_id": ids, "message_id": ids})]


def test_every_job_there_is_can_be_run_again_and_again(runtime, clock):
    tenant = add_tenant(runtime)
    for _ in range(2):
        for name in PERIODIC:
            run_job(runtime, name, {"timestamp": int(clock().timestamp())})
        for name in ("send_message", "signal_raised"):
            key = "message_id" if name == "send_message" else "signal_id"
            run_job(runtime, name, {"organisation_id": str(tenant.organisation_id), key: str(tenant.unit_id)})


def test_the_worker_knows_every_job_and_when_the_periodic_ones_are_due(runtime, database):
    app = make_app(runtime, database.app_url)
    assert {*JOBS, *PERIODIC} <= set(app.tasks)
    assert {name for name, _ in app.periodic_registry.periodic_tasks} == set(PERIODIC)


def test_the_librarys_schema_is_the_one_that_the_migration_applied():
    """A newer library with another schema needs a migration of its own: this is where it shows."""
    shipped = SchemaManager.get_schema().encode()
    assert hashlib.sha256(shipped).hexdigest() == "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"


def test_a_job_that_fails_says_its_kind_and_no_more(runtime, monkeypatch, capsys):
    monkeypatch.setattr(module, "run_job", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        module._job(runtime, "send_message")(organisation_id="x")
    assert "division" not in capsys.readouterr().out


def test_a_worker_without_a_queue_says_what_is_missing_and_begins_anew(instance, tmp_path):
    """What the library says is only that its query failed."""
    _, _, database = instance
    with database.admin() as connection:
        connection.execute(text("ALTER SCHEMA queue RENAME TO elsewhere"))
        connection.commit()
    said = tmp_path / "worker.log"
    with worker(database, tmp_path, "smtp://127.0.0.1:1", "--parent", str(os.getpid())):
        wait_until(lambda: said.exists() and said.read_text().count("worker_begins_anew") >= 2)
        with database.admin() as connection:
            connection.execute(text("ALTER SCHEMA elsewhere RENAME TO queue"))
            connection.commit()
        wait_until(lambda: "UndefinedTable" in said.read_text())
    assert "ConnectorException" not in said.read_text()


def test_messages_without_a_server_wait_and_none_is_lost(runtime):
    runtime = with_servers(runtime)
    case = reachable_case(runtime)
    send_codes(runtime, case, 1)
    for name, arguments in queued_jobs(runtime):
        run_job(runtime, name, arguments)
    assert states(runtime, case) == {"queued"}


def test_whoever_looks_after_the_instance_sees_what_waits_and_why(runtime):
    case = reachable_case(with_servers(runtime))
    send_codes(runtime, case, 2)
    found = check_messages(runtime)
    assert found.messages == {("mail", "queued"): 2}
    assert found.jobs == {"todo": 2}
    assert [sentence.message for sentence in found.concerns] == ["%(count)s mails wait: set MAIL_URL and MAIL_FROM."]
    assert check_messages(with_servers(runtime, mail="smtp://127.0.0.1:1")).concerns == ()
