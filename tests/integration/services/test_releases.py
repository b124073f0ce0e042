"""Publishing: what is out stays as it is, a correction is a new version, and nothing out tells of few people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outcomes.cli import main
from outcomes.cli import releases as releases_command
from outcomes.errors import AlteredError, ConflictError, DisclosureError, InputError, NotFoundError
from outcomes.services.draft_release import publish_draft, read_draft
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_releases import list_releases
from outcomes.services.publish_release import publish_release
from outcomes.services.read_release import read_release, read_release_data
from outcomes.services.release_ledger import CHANGE, PART, PERSON, TAG, ledger_key, open_ledger
from outcomes.services.runtime import Runtime
from outcomes.services.store_results import store_results
from outcomes.services.verify_releases import verify_releases
from outcomes.store.database import Database
from outcomes.vault import Vault
from tests.conftest import Clock, ServerDatabase
from tests.integration.builders import Case, Course, add_tenant
from tests.integration.steered import STARTED, add_score, add_scored, add_steered_course

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from outcomes.models import Release
    from outcomes.settings import Settings
    from tests.conftest import DatabaseMaker

YEAR = Period(STARTED, STARTED).in_whole_quarters()
N = 24


@dataclass(frozen=True)
class Filled:
    """24 people with answers at the start and after three months, whose time has come."""

    database: ServerDatabase
    course: Course
    cases: list[Case]


@pytest.fixture(scope="module")
def filled(make_database: DatabaseMaker, settings: Settings) -> Filled:
    """Made once, with nobody connected to it: each test has a copy."""
    database, clock = make_database(), Clock()
    application = Database(database.app_url)
    runtime = Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), clock)
    course = add_steered_course(runtime)
    cases = add_scored(runtime, course, [30.0 + row for row in range(N)], [44.0 + 2 * row % 17 for row in range(N)])
    clock.travel(days=150)
    store_results(runtime, course.tenant.scope)
    application.dispose()
    return Filled(database, course, cases)


@pytest.fixture
def database(filled: Filled, make_database: DatabaseMaker) -> ServerDatabase:
    return make_database(filled.database.name)


@pytest.fixture
def runtime(database: ServerDatabase, open_runtime_on: Callable[..., Runtime], clock: Clock) -> Runtime:
    clock.travel(days=150)
    return open_runtime_on(database)


@pytest.fixture
def course(filled: Filled) -> Course:
    return filled.course


@pytest.fixture
def cases(filled: Filled) -> list[Case]:
    return filled.cases


def publish(runtime: Runtime, course: Course, people: frozenset[UUID], **changes: Any) -> Release:
    values: dict[str, Any] = {
        "kind": "overview", "subject": "nordby", "first_day": YEAR.from_date, "last_day": YEAR.to_date,
        "content": {"mean": 12.4, "n": len(people)}, "populations": {ledger_key(course.slug): people}, "snapshot": "s",
        "for_authority": False, "reason": "", "by": "Lars",
    }  # fmt: skip
    return publish_release(runtime, course.tenant.scope, **(values | changes))


def publish_overview(runtime: Runtime, course: Course, reason: str = "", seen: str | None = None) -> UUID:
    return publish_draft(
        runtime, course.tenant.scope, kind="overview", subject="", period=YEAR, seen=seen, for_authority=False,
        reason=reason, by="Lars",
    )  # fmt: skip


def change_answers(database: ServerDatabase, cases: list[Case], by: float) -> None:
    """Their answers after three months are others than they were."""
    ids = [case.occasions["month-3"] for case in cases]
    with database.admin(unwatched=True) as connection:
        connection.execute(
            text(
                "UPDATE score SET value = value + :by FROM response r"
                " WHERE r.id = response_id AND r.occasion_id = ANY(:ids)"
            ),
            {"by": by, "ids": ids},
        )  # fmt: skip


def count(database: ServerDatabase, table: str) -> int:
    with database.admin() as connection:
        return int(connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0)


def test_an_overview_is_published_corrected_and_shown_side_by_side(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase
) -> None:
    scope = course.tenant.scope
    draft = read_draft(runtime, scope, kind="overview", subject="", period=YEAR)
    assert (draft.version, draft.empty, draft.left_out) == (1, False, ())
    first = publish_overview(runtime, course, seen=draft.seen)
    page = read_release(runtime, scope, first)
    assert page.document == draft.document  # exactly what was seen
    with pytest.raises(ConflictError, match="already, as version 1"):
        publish_overview(runtime, course)

    change_answers(database, cases[:9], 8.0)  # fewer than ten: the difference would tell of them
    store_results(runtime, scope)
    stuck = read_draft(runtime, scope, kind="overview", subject="", period=YEAR)
    assert stuck.empty
    assert "Fewer than 10 people" in str(stuck.left_out[0])
    with pytest.raises(ConflictError, match="nothing that can be published"):
        publish_overview(runtime, course, "A new count")

    change_answers(database, cases[9:12], 8.0)
    store_results(runtime, scope)
    assert read_draft(runtime, scope, kind="overview", subject="", period=YEAR).version == 2
    with pytest.raises(InputError) as refused:
        publish_overview(runtime, course)
    assert refused.value.faults[0].place == "reason"
    with pytest.raises(ConflictError, match="changed since you looked"):
        publish_overview(runtime, course, "Late answers", seen=draft.seen)
    second = publish_overview(runtime, course, "Late answers")
    corrected = read_release(runtime, scope, second)
    assert corrected.before == page.document
    assert corrected.differences
    assert corrected.line.reason == "Late answers"
    assert read_release(runtime, scope, first).document == page.document
    assert not read_release(runtime, scope, first).is_newest
    (figures,) = list_releases(runtime, scope).published
    assert [line.version for line in figures.versions] == [2, 1]


def test_a_report_is_published_as_people_see_it(runtime: Runtime, course: Course, cases: list[Case]) -> None:
    release_id = publish_draft(
        runtime, course.tenant.scope, kind="report", subject=course.slug, period=YEAR, seen=None, for_authority=False,
        reason="", by="Lars",
    )  # fmt: skip
    page = read_release(runtime, course.tenant.scope, release_id)
    assert page.document is not None
    assert {"flow", "course"} <= {table.key for table in page.document.tables} | {"flow", "course"}
    assert page.document.sections
    with pytest.raises(NotFoundError):
        read_draft(runtime, course.tenant.scope, kind="report", subject="unknown", period=YEAR)
    with pytest.raises(NotFoundError):
        read_draft(runtime, course.tenant.scope, kind="payment", subject="x", period=YEAR)


def test_the_attacker_gets_no_person_from_two_releases(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase
) -> None:
    """The mean before and after one person joins gives that person's score; so the second one isn't published."""
    people = frozenset(case.citizen_id for case in cases)
    scores = {case.citizen_id: 40.0 + row for row, case in enumerate(cases)}
    joins = cases[0].citizen_id
    before = [scores[person] for person in people - {joins}]
    means = sum(before) / len(before), sum(scores.values()) / N
    assert N * means[1] - (N - 1) * means[0] == pytest.approx(scores[joins])  # the attack works where both are out

    publish(runtime, course, people - {joins})
    with pytest.raises(DisclosureError) as refused:
        publish(runtime, course, people, kind="report", subject=course.slug)
    assert "10 people make the difference" in str(refused.value.faults[0].sentence)
    assert str(joins) not in str(refused.value)
    with pytest.raises(DisclosureError, match="few people"):
        publish(runtime, course, frozenset(list(people)[:9]), kind="targets")
    halves = frozenset(sorted(people)[:16])
    key = ledger_key(course.slug, "provider=a")
    with pytest.raises(DisclosureError):  # the rest, eight people, is the difference
        publish(runtime, course, people - {joins}, kind="targets", populations={key: halves})
    assert count(database, "release") == 1


def test_ten_who_have_just_begun_hide_no_new_answer(runtime: Runtime, course: Course) -> None:
    """Whoever has one answer alone is behind no change: ten of them don't let one new follow-up go out."""
    (late,) = add_scored(runtime, course, [40.0], [None])
    store_results(runtime, course.tenant.scope)
    publish_overview(runtime, course)
    add_score(runtime, course, late, "month-3", 90.0)
    add_scored(runtime, course, [40.0] * 10, [None] * 10)
    store_results(runtime, course.tenant.scope)
    stuck = read_draft(runtime, course.tenant.scope, kind="overview", subject="", period=YEAR)
    assert stuck.empty
    assert "Fewer than 10 people" in str(stuck.left_out[0])


def test_a_change_is_held_against_the_change_that_is_out(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase
) -> None:
    """Where a part's change alone is out, nine other answers after three months can't follow it."""
    people = frozenset(case.citizen_id for case in cases)
    with runtime.database.transaction(course.tenant.scope) as session:
        assert open_ledger(runtime, session, course.slug).count_changed(people) == N
    key = ledger_key(course.slug, "provider=a", "", CHANGE)
    publish(runtime, course, people, populations={key: people})
    change_answers(database, cases[:9], 8.0)
    with pytest.raises(DisclosureError, match="few people"):
        publish(runtime, course, people, kind="targets", populations={key: people})


def test_the_ledger_holds_no_ids_and_no_answers(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase
) -> None:
    people = frozenset(case.citizen_id for case in cases)
    publish(runtime, course, people)
    with database.admin() as connection:
        (marks,) = connection.scalars(text("SELECT people FROM release_ledger")).all()
    assert len(marks) == N
    assert {(len(mark) - PERSON) % (TAG + PART) for mark in marks} == {0}
    raw = b"".join(bytes(mark) for mark in marks)
    assert not any(person.bytes in raw or str(person).encode() in raw for person in people)


def test_content_that_points_at_a_person_is_refused(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase
) -> None:
    people = frozenset(case.citizen_id for case in cases)
    for poison in (
        {"who": str(cases[0].citizen_id)},
        {"who": cases[0].episode_id.hex},
        {"n": 4},
        {"cpr": "010190-1234"},
    ):
        with pytest.raises(InputError):
            publish(runtime, course, people, content=poison)
    for reason, place in (("for 010190-1234", "reason"), (f"see {cases[0].citizen_id}", "")):
        with pytest.raises(InputError) as refused:
            publish(runtime, course, people, reason=reason)
        assert refused.value.faults[0].place == place
    assert count(database, "release") == count(database, "release_ledger") == 0


def test_a_release_that_was_changed_behind_the_program_is_named_and_not_shown(
    runtime: Runtime, course: Course, cases: list[Case], database: ServerDatabase, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    scope = course.tenant.scope
    release = publish(runtime, course, frozenset(case.citizen_id for case in cases))
    assert verify_releases(runtime, scope).faults == ()
    with runtime.database.transaction(scope) as session, pytest.raises(DBAPIError, match="permission denied"):
        session.execute(text("UPDATE release SET reason = 'x'"))
    delete = f"SELECT set_config('app.organisation', '{release.organisation_id}', true); DELETE FROM release"
    with database.connect(database.owner_url) as connection, pytest.raises(DBAPIError, match="append-only"):
        connection.execute(text(delete))
    for change in ("content = jsonb_set(content, '{mean}', '99')", "reason = 'another'", "for_authority = true"):
        with database.admin(unwatched=True) as connection:
            connection.execute(text(f"UPDATE release SET {change}"))
        found = verify_releases(runtime, scope)
        assert found.looked_at == 1
        assert "version 1" in found.faults[0].place
        for read in (read_release, read_release_data):
            with pytest.raises(AlteredError, match="not what was published"):
                read(runtime, scope, release.id)
        with database.admin(unwatched=True) as connection:
            connection.execute(
                text("UPDATE release SET content = '{\"mean\": 12.4, \"n\": 24}', reason = '', for_authority = false")
            )
    assert verify_releases(runtime, scope).faults == ()
    assert b'"mean": 12.4' in read_release_data(runtime, scope, release.id)
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE release SET version = 2, reason = 'x'"))
    assert len(verify_releases(runtime, scope).faults) == 2
    urls = {"database_url": database.app_url, "database_owner_url": database.owner_url}
    monkeypatch.setattr(releases_command, "read_settings", lambda: settings.model_copy(update=urls))
    told = CliRunner().invoke(main, ["--language", "en", "releases", "verify", "--organisation", "nordby"])
    assert told.exit_code == 1
    assert "Not as published: 2" in told.output


def test_releases_of_others_are_not_there(runtime: Runtime, course: Course, cases: list[Case]) -> None:
    release = publish(runtime, course, frozenset(case.citizen_id for case in cases), for_authority=True)
    other = add_tenant(runtime, "sydby", "Sydby Kommune")
    for release_id in (release.id, None, course.intervention_id):
        with pytest.raises(NotFoundError):
            read_release(runtime, other.scope, release_id)
    assert list_releases(runtime, other.scope).published == ()
