"""A batch of reports: one file after the other, gone on with after any stop, what is done isn't made again."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest

from outcomes.errors import AnswerError, ConflictError, NotFoundError, Sentence, UnavailableError
from outcomes.models import BatchItem, ReportBatch
from outcomes.services import make_batch as module
from outcomes.services.build_report import ReportFile
from outcomes.services.clean_up import clean_up
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.make_batch import BatchWork, make_batch, make_next
from outcomes.services.read_batch import list_batches, read_batch, read_batch_file, zip_batch
from outcomes.services.start_batch import Asked, go_on, start_batch, stop_batch
from outcomes.store import batches
from tests.conftest import DATA_KEY, LOOKUP_KEY
from tests.integration.builders import add_tenant
from tests.integration.outbox import queued_jobs

pytestmark = pytest.mark.database

COMMAND = str(Path(sys.executable).parent / "outcomes")
JSON_ONLY = Asked(formats=("json",))


@pytest.fixture
def frozen(trial, trial_scope):
    """The trial with its plan frozen."""
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    return trial


@pytest.fixture
def quick(monkeypatch):
    """Files that are made in no time; ``quick`` lists what was made, and ``quick.fault`` is raised instead."""

    class Made(list):
        fault: BaseException | None = None

    made = Made()

    def render(context, file_format, locale):
        made.append((context, file_format, locale))
        if made.fault is not None:
            raise made.fault
        return ReportFile(f"{file_format} {locale}".encode(), f"outcomes-0-{locale}.{file_format}", "text/plain")

    monkeypatch.setattr(module, "render_batch_file", render)
    monkeypatch.setattr(module, "build_report", lambda *_, intervention_slug, period: (intervention_slug, period))
    return made


def work_at(runtime, scope, batch_id):
    make_batch(runtime, organisation_id=scope.organisation_id, batch_id=batch_id)


def states(runtime, scope, batch_id):
    return [item.state for item in read_batch(runtime, scope, batch_id).items]


def test_a_batch_holds_every_language_and_format_from_real_reports(frozen, trial_scope, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_AT_A_TIME", 300)
    batch_id = start_batch(frozen, trial_scope, Asked(formats=("json", "xlsx")), by="Test")
    assert [name for name, _ in queued_jobs(frozen)] == ["make_batch"]
    work_at(frozen, trial_scope, batch_id)
    page = read_batch(frozen, trial_scope, batch_id)
    assert (page.batch.state, page.batch.counts.done, page.batch.at_work) == ("done", 4, False)
    with zip_batch(frozen, trial_scope, batch_id).content as packed, zipfile.ZipFile(packed) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        report = json.loads(archive.read(next(name for name in names if name.endswith("en.json"))))
    assert len(set(names)) == 4
    assert "BtheB" in json.dumps(report) or "btheb" in json.dumps(report)
    assert read_batch_file(frozen, trial_scope, batch_id, 2).content[:2] in {b"PK", b"{\n"}


def test_whoever_is_stopped_in_the_middle_loses_one_file_at_most(frozen, trial_scope, quick):
    batch_id = start_batch(frozen, trial_scope, Asked(), by="Test")
    work = BatchWork(frozen, trial_scope, batch_id)
    assert [make_next(work), make_next(work)] == [1, 2]
    quick.fault = KeyboardInterrupt()
    with pytest.raises(KeyboardInterrupt):
        make_next(BatchWork(frozen, trial_scope, batch_id))
    quick.fault = None
    assert states(frozen, trial_scope, batch_id) == ["done"] * 2 + ["waiting"] * 4
    work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id) == ["done"] * 6
    asked = [each[1:] for each in quick]
    assert len(asked) == 7, "six files, and the one that was begun twice"
    work_at(frozen, trial_scope, batch_id)
    assert len(quick) == 7


def test_one_stretch_of_work_makes_a_few_and_queues_the_rest(frozen, trial_scope, quick, monkeypatch):
    monkeypatch.setattr(module, "SECONDS_AT_A_TIME", 0)
    batch_id = start_batch(frozen, trial_scope, Asked(), by="Test")
    work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id).count("done") == 1
    jobs = queued_jobs(frozen)
    assert len(jobs) == 2
    assert jobs[0] == jobs[1], "ids and nothing else"


def test_a_file_that_cannot_be_made_says_why_and_the_others_are_made(frozen, trial_scope, quick, caplog):
    batch_id = start_batch(frozen, trial_scope, Asked(), by="Test")
    work = BatchWork(frozen, trial_scope, batch_id)
    quick.fault = UnavailableError(Sentence("The report could not be made just now."))
    make_next(work)
    quick.fault = ValueError("the answers of #17")
    make_next(work)
    quick.fault = None
    work_at(frozen, trial_scope, batch_id)
    page = read_batch(frozen, trial_scope, batch_id)
    assert [item.state for item in page.items] == ["failed"] * 2 + ["done"] * 4
    assert "just now" in str(page.items[0].error)
    assert "#17" not in str(page.items[1].error) + caplog.text
    assert page.batch.state == "done"
    go_on(frozen, trial_scope, batch_id)
    work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id) == ["done"] * 6
    assert len(quick) == 8, "only what had failed was made again"


def test_a_file_that_takes_its_worker_along_is_given_up(frozen, trial_scope, quick):
    batch_id = start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    quick.fault = KeyboardInterrupt()
    for _ in range(module.TRIES):
        with pytest.raises(KeyboardInterrupt):
            work_at(frozen, trial_scope, batch_id)
    quick.fault = None
    work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id) == ["failed", "done"]


def test_the_database_going_away_is_no_fault_of_the_report(frozen, trial_scope, quick, monkeypatch):
    def away(*_, **__):
        raise UnavailableError(Sentence("The database can't be reached just now."))

    batch_id = start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    monkeypatch.setattr(module, "build_report", away)
    with pytest.raises(UnavailableError):
        work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id) == ["waiting"] * 2


def test_two_workers_never_make_the_same_file(frozen, trial_scope, quick):
    batch_id = start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    with frozen.database.transaction(trial_scope) as other:
        batches.hold_item(other, item_id=batches.next_item(other, batch_id=batch_id).id)
        work_at(frozen, trial_scope, batch_id)
        assert quick == []
    work_at(frozen, trial_scope, batch_id)
    assert len(quick) == 2


def test_a_stopped_batch_stands_still_until_somebody_goes_on(frozen, trial_scope, quick):
    batch_id = start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    stop_batch(frozen, trial_scope, batch_id)
    work_at(frozen, trial_scope, batch_id)
    assert quick == []
    assert read_batch(frozen, trial_scope, batch_id).batch.state == "stopped"
    go_on(frozen, trial_scope, batch_id)
    work_at(frozen, trial_scope, batch_id)
    assert states(frozen, trial_scope, batch_id) == ["done"] * 2


def test_what_cannot_be_asked_for_is_said_before_anything_is_stored(frozen, trial_scope, runtime):
    with pytest.raises(AnswerError) as refused:
        start_batch(frozen, trial_scope, Asked(("xx",), ()), by="Test")
    assert {fault.place for fault in refused.value.faults} == {"locale", "file_format"}
    with pytest.raises(ConflictError, match="nobody has begun"):
        start_batch(runtime, add_tenant(runtime).scope, Asked(), by="Test")
    start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    with pytest.raises(ConflictError, match="already"):
        start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    day = frozen.today()
    start_batch(frozen, trial_scope, Asked(formats=("json",), period=Period(day, day)), by="Test")
    assert len(list_batches(frozen, trial_scope).batches) == 2


def test_another_organisation_finds_nothing_of_it(frozen, trial_scope, quick):
    batch_id = start_batch(frozen, trial_scope, JSON_ONLY, by="Test")
    work_at(frozen, trial_scope, batch_id)
    stranger = add_tenant(frozen, "sydby").scope
    assert list_batches(frozen, stranger).batches == ()
    for ask in (
        lambda: read_batch(frozen, stranger, batch_id),
        lambda: zip_batch(frozen, stranger, batch_id),
        lambda: read_batch_file(frozen, stranger, batch_id, 1),
        lambda: go_on(frozen, stranger, batch_id),
        lambda: stop_batch(frozen, stranger, batch_id),
        lambda: read_batch_file(frozen, trial_scope, batch_id, 99),
    ):
        with pytest.raises(NotFoundError):
            ask()


def test_files_are_thrown_away_after_thirty_days(frozen, trial_scope, quick, clock):
    old = start_batch(frozen, trial_scope, JSON_ONLY, by="Test", queued=False)
    work_at(frozen, trial_scope, old)
    new = start_batch(frozen, trial_scope, JSON_ONLY, by="Test", queued=False)
    with frozen.database.transaction(trial_scope) as session:
        session.get_one(ReportBatch, (trial_scope.organisation_id, old)).created_at = clock() - timedelta(
            days=30, hours=1
        )
        session.get_one(ReportBatch, (trial_scope.organisation_id, new)).created_at = clock() - timedelta(days=29)
        session.commit()
    clean_up(frozen)
    assert [each.batch_id for each in list_batches(frozen, trial_scope).batches] == [new]
    with frozen.database.transaction(trial_scope) as session:
        assert session.query(BatchItem).count() == 2


def test_killed_in_the_middle_the_command_goes_on_where_it_was(frozen, trial_scope, trial_database, tmp_path):
    environment = {
        **os.environ, "OUTCOMES_HOME": str(tmp_path), "DATABASE_URL": trial_database.app_url,
        "SECRET_KEY": "a-key-for-tests-that-nobody-else-uses-0123456789",
        "DATA_KEYS": f"test:{base64.b64encode(DATA_KEY).decode()}", "LOOKUP_KEY": base64.b64encode(LOOKUP_KEY).decode(),
    }  # fmt: skip
    command = [COMMAND, "report-all", "--organisation", "btheb-trial", "--into", str(tmp_path / "out")]
    command += ["--format", "json"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    first = process.stdout.readline()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)  # the pipe ends with the last of its processes: nothing is left behind
    assert first.startswith("1/2 ")
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["1/2", "2/2"]
    assert len(list((tmp_path / "out").glob("btheb-*"))) == 2
    assert not list((tmp_path / "out").glob("*.part"))
    with frozen.database.transaction(trial_scope) as session:
        items = session.query(BatchItem).order_by(BatchItem.number).all()
        assert items[0].tries == 1, "what was done wasn't made again"
        assert session.query(ReportBatch).count() == 1
        assert items[1].content.startswith(b"{")
