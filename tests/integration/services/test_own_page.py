"""What a citizen sees and decides on their own page: everything of theirs, nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, ConflictError, LinkError, NotFoundError
from outcomes.models import record
from outcomes.services.add_correction import add_correction
from outcomes.services.list_caseload import list_caseload
from outcomes.services.open_citizen import open_citizen
from outcomes.services.rate_goal import open_goal, rate_goal
from outcomes.services.rate_own_goal import open_own_goal, rate_own_goal
from outcomes.services.read_own_page import (
    PURPOSES,
    read_corrections,
    read_goals,
    read_home,
    read_looks,
    read_readers,
    read_responses,
)
from outcomes.services.read_visit import read_visit
from outcomes.services.share_access import redeem_share, share_access
from outcomes.services.sign_in_citizen import SignedInCitizen
from outcomes.services.stop_asking import ask_again, stop_asking
from tests.integration.builders import (
    Case,
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
)

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime
    from tests.conftest import Clock, ServerDatabase

pytestmark = pytest.mark.database
ANSWERS = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}


@pytest.fixture
def case(runtime: Runtime) -> Case:
    tenant = add_tenant(runtime)
    return add_case(runtime, add_course(runtime, tenant))


@pytest.fixture
def worker(runtime: Runtime, case: Case) -> Actor:
    actor = add_staff(runtime, case.tenant, email="worker@example.org")
    add_coordinator(runtime, actor, case.citizen_id)
    return actor


@pytest.fixture
def me(case: Case) -> SignedInCitizen:
    return signed_in(case)


@pytest.fixture
def stranger(runtime: Runtime, case: Case) -> SignedInCitizen:
    """Another citizen of the same organisation."""
    return SignedInCitizen(case.tenant.organisation_id, add_citizen(runtime, case.tenant, "Bent Fremmed"), "token")


def signed_in(case: Case) -> SignedInCitizen:
    return SignedInCitizen(case.tenant.organisation_id, case.citizen_id, "token")


def test_my_answers_are_mine_and_not_those_of_a_relative(
    runtime: Runtime, case: Case, me: SignedInCitizen, stranger: SignedInCitizen
) -> None:
    answer(runtime, get_ticket(runtime, case), ANSWERS)
    answer(runtime, get_ticket(runtime, case, respondent_kind="parent"), {**ANSWERS, "hope": 0})
    responses, curves = read_responses(runtime, me)
    assert [dict(response.answers) for response in responses] == [ANSWERS]
    assert [item.id for item in responses[0].items] == list(ANSWERS)
    assert [len(curve.points) for curve in curves] == [1]
    assert read_responses(runtime, stranger) == ((), ())
    assert read_home(runtime, me).n_answered == 1


def test_another_organisations_scope_shows_nothing(runtime: Runtime, case: Case, me: SignedInCitizen) -> None:
    """Row-level security alone: the same citizen's id in another organisation."""
    answer(runtime, get_ticket(runtime, case), ANSWERS)
    add_goal(runtime, case)
    elsewhere = replace(me, organisation_id=add_tenant(runtime, "sydby").organisation_id)
    assert read_responses(runtime, elsewhere) == ((), ())
    assert read_goals(runtime, elsewhere) == ()
    assert read_looks(runtime, elsewhere) == ()


def test_i_rate_my_goal_beside_the_worker_and_my_words_stay(
    runtime: Runtime, case: Case, me: SignedInCitizen, stranger: SignedInCitizen, worker: Actor, clock: Clock
) -> None:
    goal_id = add_goal(runtime, case)
    rate_goal(runtime, worker, goal_id, level=-1, note="", submission_key=uuid4())
    clock.travel(days=1)
    key = uuid4()
    for _ in range(2):
        rate_own_goal(runtime, me, goal_id, level=1, note=" Jeg gik selv. ", submission_key=key)
    with pytest.raises(ConflictError):
        rate_own_goal(runtime, me, goal_id, level=2, note="", submission_key=key)
    with pytest.raises(AnswerError):
        rate_own_goal(runtime, me, goal_id, level=None, note="x" * 2001, submission_key=uuid4())
    (goal,) = read_goals(runtime, me)
    assert goal.goal.wording == "Jeg vil handle ind selv"
    assert goal.goal.latest is not None
    assert (goal.goal.latest.level, goal.goal.latest.rated_by, goal.goal.latest.note) == (1, "citizen", "Jeg gik selv.")
    seen = open_goal(runtime, worker, goal_id).goal.latest
    assert seen is not None
    assert seen.rated_by == "citizen"
    for what in (open_own_goal, lambda *a: rate_own_goal(*a, level=1, note="", submission_key=uuid4())):
        with pytest.raises(NotFoundError):
            what(runtime, stranger, goal_id)


def test_a_correction_stands_beside_what_it_is_about_and_the_worker_sees_it(
    runtime: Runtime, case: Case, me: SignedInCitizen, stranger: SignedInCitizen, worker: Actor
) -> None:
    goal_id = add_goal(runtime, case)
    answer(runtime, get_ticket(runtime, case), ANSWERS)
    ((response,), _) = read_responses(runtime, me)
    key = uuid4()
    for _ in range(2):
        add_correction(
            runtime, me, words="Jeg ramte ved siden af.", response_id=response.response_id, submission_key=key
        )
    add_correction(runtime, me, words="Målet er et andet nu.", goal_id=goal_id, submission_key=uuid4())
    add_correction(runtime, me, words="Jeg er flyttet.\r\n\x00Til byen.", submission_key=uuid4())
    ((response,), _) = read_responses(runtime, me)
    assert [each.words for each in response.corrections] == ["Jeg ramte ved siden af."]
    assert dict(response.answers) == ANSWERS
    assert [each.words for each in read_goals(runtime, me)[0].corrections] == ["Målet er et andet nu."]
    assert [each.words for each in read_corrections(runtime, me)] == ["Jeg er flyttet.\nTil byen."]
    shown = open_citizen(runtime, worker, case.citizen_id).corrections
    assert [(each.words, each.about is None) for each in shown].count(("Jeg er flyttet.\nTil byen.", True)) == 1
    assert len(shown) == 3
    with pytest.raises(ConflictError):
        add_correction(runtime, me, words="Andre ord", submission_key=key)
    for about in ({"goal_id": goal_id}, {"response_id": response.response_id}, {"goal_id": uuid4()}):
        with pytest.raises(NotFoundError):
            add_correction(runtime, stranger, words="Ikke mit", submission_key=uuid4(), **about)
    for words in ("", " \n ", "x" * 2001):
        with pytest.raises(AnswerError):
            add_correction(runtime, me, words=words, submission_key=uuid4())


def test_a_teammate_sees_no_correction_of_what_they_may_not_read(
    runtime: Runtime, case: Case, me: SignedInCitizen, worker: Actor
) -> None:
    elsewhere = add_course(runtime, case.tenant, slug="andet")
    other = add_case(runtime, elsewhere, citizen_id=case.citizen_id)
    with runtime.database.transaction(case.tenant.scope) as session:
        session.execute(text("UPDATE episode SET provider_id = NULL WHERE id = :id"), {"id": other.episode_id})
        session.commit()
    add_correction(runtime, me, words="Ikke for alle", goal_id=add_goal(runtime, other), submission_key=uuid4())
    teammate = add_staff(runtime, case.tenant, in_team=True)
    assert open_citizen(runtime, teammate, case.citizen_id).corrections == ()
    assert len(open_citizen(runtime, worker, case.citizen_id).corrections) == 1


def test_who_has_looked_is_told_by_name_and_in_plain_words(
    runtime: Runtime, case: Case, me: SignedInCitizen, stranger: SignedInCitizen, worker: Actor
) -> None:
    goal_id = add_goal(runtime, case)
    list_caseload(runtime, worker)
    open_citizen(runtime, worker, case.citizen_id)
    open_goal(runtime, worker, goal_id)
    looks = read_looks(runtime, me)
    assert {look.name for look in looks} == {"Test worker"}
    assert [str(look.why) for look in looks] == [
        "Looked at one of your goals", "Looked at your page to help you", "Looked at the list of people they help",
    ]  # fmt: skip
    assert read_looks(runtime, stranger) == ()


def test_each_purpose_has_words_of_its_own() -> None:
    ours = {value for name, value in vars(record).items() if name.isupper() and isinstance(value, str)}
    assert ours == set(PURPOSES), "say in PURPOSES of read_own_page.py what the citizen reads"
    assert len({str(words) for words in PURPOSES.values()}) == len(PURPOSES)


def test_who_can_see_me_now_is_who_really_can(runtime: Runtime, case: Case, me: SignedInCitizen, worker: Actor) -> None:
    teammate = add_staff(runtime, case.tenant, in_team=True)
    add_staff(runtime, case.tenant, "manager", in_team=True)
    stranger = add_staff(runtime, case.tenant)
    redeem_share(runtime, stranger, share_access(runtime, me, days=3))
    share_access(runtime, me, days=5)
    readers = read_readers(runtime, me)
    assert readers.coordinator is not None
    assert [reader.name for reader in (readers.coordinator, *readers.team)] == [worker.name, teammate.name]
    assert sorted((share.name, share.days) for share in readers.shares) == [("", 5), ("Test worker", 3)]
    for actor in (worker, teammate, stranger):
        assert open_citizen(runtime, actor, case.citizen_id)


def test_dont_ask_me_any_more_withdraws_what_is_open_and_keeps_what_was_answered(
    runtime: Runtime, case: Case, me: SignedInCitizen, database: ServerDatabase, clock: Clock
) -> None:
    answer(runtime, get_ticket(runtime, case), ANSWERS)
    ticket = get_ticket(runtime, case, "month-1")
    for _ in range(2):
        stop_asking(runtime, me)
    assert read_home(runtime, me).stopped_on == runtime.today()
    assert states(database) == {
        "start": "planned",
        "month-1": "withdrawn",
        "month-2": "withdrawn",
        "month-3": "withdrawn",
    }
    clock.travel(days=30)
    with pytest.raises(LinkError):
        read_visit(runtime, ticket)
    assert len(read_responses(runtime, me)[0]) == 1
    clock.travel(days=30)
    ask_again(runtime, me)
    ask_again(runtime, me)
    assert read_home(runtime, me).stopped_on is None
    assert states(database) == {"start": "planned", "month-1": "withdrawn", "month-2": "planned", "month-3": "planned"}


def test_stopping_changes_nobody_elses(
    runtime: Runtime, case: Case, stranger: SignedInCitizen, database: ServerDatabase
) -> None:
    stop_asking(runtime, stranger)
    assert set(states(database).values()) == {"planned"}


def states(database: ServerDatabase) -> dict[str, str]:
    with database.admin() as connection:
        rows = connection.execute(text("SELECT code, state FROM occasion")).all()
    return {row.code: row.state for row in rows}
