"""Codes, links, handing over and relations: whom they open to, and when they stop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, ConflictError, LinkError, NotFoundError, OutcomesError, TooManyAttemptsError
from outcomes.models import Attempt
from outcomes.services import recall_instrument
from outcomes.services.give_code import ALPHABET, LENGTH, give_code, normal_code
from outcomes.services.give_link import give_link
from outcomes.services.hand_over import hand_over
from outcomes.services.limit_attempts import spend_attempt
from outcomes.services.open_asking import open_asking
from outcomes.services.open_link import open_link
from outcomes.services.read_visit import read_visit
from outcomes.services.redeem_code import ALL_LIMIT, PLACE_LIMIT, redeem_code
from outcomes.services.relate_person import NewRelation, add_person, end_person, list_people
from outcomes.services.save_answers import save_answer
from outcomes.services.sign_in import find_actor, issue_sign_in_link, sign_in
from outcomes.services.submit_response import submit_response
from outcomes.store.database import Scope
from tests.integration.builders import add_case, add_course, add_staff, add_tenant, answer
from tests.integration.relatives import Family, add_family

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.open_link import Ticket
    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase

HERE = "192.0.2.1"


@pytest.fixture
def family(runtime: Runtime) -> Family:
    return add_family(runtime)


def ticket_for(runtime: Runtime, family: Family, relation_id: UUID | None = None) -> Ticket:
    case = family.case
    given = give_link(runtime, family.worker, case.citizen_id, case.occasions["start"], relation_id=relation_id)
    return open_link(runtime, given.url.rsplit("/", 1)[1])


def code_for(runtime: Runtime, family: Family, relation_id: UUID | None = None) -> str:
    case = family.case
    return give_code(runtime, family.worker, case.citizen_id, case.occasions["start"], relation_id=relation_id).code


def test_a_code_opens_once_however_it_is_typed(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    code = code_for(runtime, family)
    assert len(code) == LENGTH
    assert not set(code) - set(ALPHABET)
    with database.admin() as connection:
        stored = connection.scalar(text("SELECT code_hash FROM personal_link WHERE code_hash IS NOT NULL"))
        assert code.encode() not in bytes(stored)
    ticket = redeem_code(runtime, f" {code[:3].lower()} - {code[3:]} ", place=HERE)
    assert read_visit(runtime, ticket).opened.occasion_id == family.case.occasions["start"]
    with pytest.raises(AnswerError):
        redeem_code(runtime, code, place=HERE)
    assert read_visit(runtime, ticket).response_id is None, "whoever is in stays in"


def test_every_code_that_opens_nothing_gets_the_same_answer(runtime: Runtime, family: Family, clock: Clock) -> None:
    replaced, used = code_for(runtime, family), code_for(runtime, family, family.mother_id)
    old = code_for(runtime, family)
    redeem_code(runtime, used, place=HERE)
    clock.travel(hours=25)
    said = set()
    for wrong in (replaced, used, old, "CDFGHJ", "", "æøå", "A" * 10_000, "\x00", "CDFGH\u0660"):
        with pytest.raises(AnswerError) as refused:
            redeem_code(runtime, wrong, place=HERE)
        said.add((str(refused.value), refused.value.sentence))
    assert len(said) == 1


def test_a_code_opens_to_one_of_many_who_type_it_at_once(runtime: Runtime, family: Family) -> None:
    code = code_for(runtime, family)

    def try_code(number: int) -> bool:
        try:
            redeem_code(runtime, code, place=f"192.0.2.{number}")
        except AnswerError:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(try_code, range(8))) == 1


def test_guessing_is_stopped_at_one_place_and_everywhere(runtime: Runtime, family: Family, clock: Clock) -> None:
    for _ in range(PLACE_LIMIT):
        with pytest.raises(AnswerError):
            redeem_code(runtime, "CDFGHJ", place=HERE)
    with pytest.raises(TooManyAttemptsError):
        redeem_code(runtime, code_for(runtime, family), place=HERE)
    redeem_code(runtime, code_for(runtime, family), place="192.0.2.2")
    clock.travel(minutes=11)
    redeem_code(runtime, code_for(runtime, family), place=HERE)
    everywhere = runtime.vault.lookup_hash("everywhere", kind="attempt:tablet-code")
    with runtime.database.transaction(Scope()) as session:  # as if at many other places, all but one
        session.add_all(Attempt(subject=everywhere, at=clock()) for _ in range(ALL_LIMIT - PLACE_LIMIT - 1))
        session.commit()
    spend_attempt(runtime, "tablet-code", "everywhere", limit=ALL_LIMIT, window=timedelta(hours=1))
    with pytest.raises(TooManyAttemptsError):
        redeem_code(runtime, code_for(runtime, family), place="192.0.2.3")


def test_a_code_that_opens_is_no_guess(runtime: Runtime, family: Family, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("outcomes.services.redeem_code.PLACE_LIMIT", 2)
    for _ in range(4):
        redeem_code(runtime, code_for(runtime, family), place=HERE)
    with pytest.raises(AnswerError):
        redeem_code(runtime, "CDFGHJ", place=HERE)
    redeem_code(runtime, code_for(runtime, family), place=HERE)
    with pytest.raises(AnswerError):
        redeem_code(runtime, "CDFGHJ", place=HERE)
    with pytest.raises(TooManyAttemptsError):
        redeem_code(runtime, code_for(runtime, family), place=HERE)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("cdf ghj", "CDFGHJ"), ("CDF-GHJ", "CDFGHJ"), ("CDFGH", ""), ("CDFGHA", ""), ("CDFGHJK", ""), ("", "")],
)
def test_what_counts_as_a_code(typed: str, code: str) -> None:
    assert normal_code(typed) == code


def test_parent_and_child_never_see_each_others(runtime: Runtime, family: Family) -> None:
    """Neither drafts nor responses, nor one parent the other's."""
    child, mother, father = (ticket_for(runtime, family, who) for who in (None, family.mother_id, family.father_id))
    save_answer(runtime, child, item_id="mood", value=0)
    save_answer(runtime, mother, item_id="mood", value=2)
    for ticket, own in ((child, {"mood": 0}), (mother, {"mood": 2}), (father, {})):
        visit = read_visit(runtime, ticket)
        assert dict(visit.answers) == own
        assert dict(visit.kept) == own, "also not as answered elsewhere"
    sent = submit_response(runtime, mother, submission_key=uuid4(), locale="da")
    for ticket in (child, father):
        visit = read_visit(runtime, ticket)
        assert visit.response_id is None
        assert visit.answered_at is None
    assert read_visit(runtime, mother).response_id == sent.response_id


def test_both_parents_and_the_child_are_three_responses_and_the_worker_sees_whose(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    answer(runtime, ticket_for(runtime, family), {"mood": 0})
    answer(runtime, ticket_for(runtime, family, family.mother_id), {"mood": 1})
    answer(runtime, ticket_for(runtime, family, family.father_id), {"mood": 2})
    with database.admin() as connection:
        rows = connection.execute(
            text("SELECT respondent_kind, relation_id, answers ->> 'mood' AS mood FROM response ORDER BY mood")
        )
        assert [tuple(row) for row in rows] == [
            ("citizen", None, "0"), ("parent", family.mother_id, "1"), ("parent", family.father_id, "2"),
        ]  # fmt: skip
    view = open_asking(runtime, family.worker, family.case.citizen_id, family.case.occasions["start"])
    said = {each.who.name: (each.given.answers if each.given else None) for each in view.respondents}
    assert said == {"Barn Prøvesen": {"mood": 0}, "Mor Prøvesen": {"mood": 1}, "Far Prøvesen": {"mood": 2}}


def test_an_ended_relation_opens_nothing_from_that_moment(runtime: Runtime, family: Family) -> None:
    ticket, code = ticket_for(runtime, family, family.mother_id), code_for(runtime, family, family.mother_id)
    save_answer(runtime, ticket, item_id="mood", value=1)
    end_person(runtime, family.worker, family.case.citizen_id, family.mother_id)
    with pytest.raises(LinkError):
        read_visit(runtime, ticket)
    with pytest.raises(LinkError):
        read_visit(runtime, redeem_code(runtime, code, place=HERE))
    with pytest.raises(NotFoundError):
        ticket_for(runtime, family, family.mother_id)
    assert read_visit(runtime, ticket_for(runtime, family, family.father_id)).response_id is None
    people = list_people(runtime, family.worker, family.case.citizen_id).people
    assert [(each.name, each.live) for each in people] == [("Mor Prøvesen", False), ("Far Prøvesen", True)]


def test_what_somebody_answered_before_their_relation_ended_still_says_whose_it_is(
    runtime: Runtime, family: Family
) -> None:
    answer(runtime, ticket_for(runtime, family, family.mother_id), {"mood": 1})
    end_person(runtime, family.worker, family.case.citizen_id, family.mother_id)
    view = open_asking(runtime, family.worker, family.case.citizen_id, family.case.occasions["start"])
    assert [(each.who.name, each.ended, each.given is not None) for each in view.respondents] == [
        ("Barn Prøvesen", False, False), ("Far Prøvesen", False, False), ("Mor Prøvesen", True, True),
    ]  # fmt: skip


def test_only_whom_the_questionnaire_is_for_is_asked(runtime: Runtime) -> None:
    family = add_family(runtime, respondents=["citizen", "guardian"])
    view = open_asking(runtime, family.worker, family.case.citizen_id, family.case.occasions["start"])
    assert [each.who.name for each in view.respondents] == ["Barn Prøvesen"]
    with pytest.raises(NotFoundError):
        code_for(runtime, family, family.mother_id)


def test_nobody_is_asked_out_of_time_or_against_their_will(
    runtime: Runtime, family: Family, clock: Clock, database: ServerDatabase
) -> None:
    case = family.case
    with pytest.raises(ConflictError, match="can be asked from"):
        give_code(runtime, family.worker, case.citizen_id, case.occasions["month-1"])
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET stopped_on = :today"), {"today": runtime.today()})
    with pytest.raises(ConflictError, match="doesn't want to be asked"):
        code_for(runtime, family)
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET stopped_on = NULL"))
        connection.execute(text("UPDATE occasion SET state = 'declined'"))
    with pytest.raises(ConflictError, match="not asked any more"):
        ticket_for(runtime, family)
    with database.admin() as connection:
        connection.execute(text("UPDATE occasion SET state = 'planned'"))
    clock.travel(days=60)
    with pytest.raises(ConflictError, match="time to answer ended"):
        code_for(runtime, family)


def test_risk_questions_without_a_protocol_are_not_asked(runtime: Runtime, database: ServerDatabase) -> None:
    family = add_family(runtime)
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE instrument_version SET definition = jsonb_set(definition,"
                                " '{items,0,risk}', '{\"at_least\": 2}')"))  # fmt: skip
    recall_instrument._PARSED.clear()
    with pytest.raises(ConflictError, match="risk protocol"):
        code_for(runtime, family)


def test_handing_over_ends_the_workers_session_and_opens_the_questions(runtime: Runtime, family: Family) -> None:
    token = sign_in(runtime, issue_sign_in_link(runtime, organisation_slug="nordby", email="worker@example.org"))
    case = family.case
    with pytest.raises(ConflictError):
        hand_over(runtime, family.worker, token, case.citizen_id, case.occasions["month-1"])
    assert find_actor(runtime, token) is not None, "nothing was handed over"
    ticket = hand_over(
        runtime, family.worker, token, case.citizen_id, case.occasions["start"], relation_id=family.father_id
    )
    assert find_actor(runtime, token) is None
    assert read_visit(runtime, ticket).opened.relation_id == family.father_id


def test_nobody_else_asks_and_nobody_is_told_why(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    case = family.case
    nosy = add_staff(runtime, case.tenant)
    manager = add_staff(runtime, case.tenant, "manager")
    other = add_case(runtime, add_course(runtime, add_tenant(runtime, "sydby")))
    foreign = add_staff(runtime, other.tenant)
    occasion = case.occasions["start"]
    tries = [
        partial(act, who)
        for who in (nosy, manager, foreign)
        for act in (
            lambda actor: open_asking(runtime, actor, case.citizen_id, occasion),
            lambda actor: give_code(runtime, actor, case.citizen_id, occasion),
            lambda actor: list_people(runtime, actor, case.citizen_id),
            lambda actor: end_person(runtime, actor, case.citizen_id, family.mother_id),
            lambda actor: add_person(runtime, actor, case.citizen_id, NewRelation("parent", "Ukendt")),
        )
    ]
    tries += [
        lambda: open_asking(runtime, family.worker, case.citizen_id, other.occasions["start"]),
        lambda: open_asking(runtime, family.worker, case.citizen_id, uuid4()),
        lambda: open_asking(runtime, family.worker, uuid4(), occasion),
        lambda: give_code(runtime, family.worker, case.citizen_id, occasion, relation_id=uuid4()),
        lambda: end_person(runtime, family.worker, case.citizen_id, uuid4()),
    ]
    said = set()
    for each in tries:
        with pytest.raises(NotFoundError) as refused:
            each()
        said.add(str(refused.value))
    assert len(said) == 1
    with database.admin() as connection:
        readers = connection.scalars(text("SELECT DISTINCT user_id FROM access_entry")).all()
        assert readers == [family.worker.user_id]
        assert connection.scalar(text("SELECT count(*) FROM relation WHERE ended_on IS NOT NULL")) == 0


def test_each_look_is_logged_once(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    case = family.case
    with database.admin(unwatched=True) as connection:
        connection.execute(text("TRUNCATE access_entry"))
    open_asking(runtime, family.worker, case.citizen_id, case.occasions["start"])
    code_for(runtime, family)
    list_people(runtime, family.worker, case.citizen_id)
    with database.admin() as connection:
        purposes = connection.scalars(text("SELECT purpose FROM access_entry ORDER BY at")).all()
    assert purposes == ["asking", "asking", "relations"]


def test_names_and_contacts_of_relations_are_sealed(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    with database.admin() as connection:
        stored = b"".join(
            bytes(value)
            for row in connection.execute(text("SELECT name_sealed, phone_sealed, email_sealed FROM relation"))
            for value in row
            if value is not None
        )
    assert "Prøvesen".encode() not in stored
    assert b"22334455" not in stored
    mother = list_people(runtime, family.worker, family.case.citizen_id).people[0]
    assert (mother.name, mother.phone, mother.locale) == ("Mor Prøvesen", "+4522334455", "uk")


def test_everything_wrong_with_somebody_new_is_said_at_once(runtime: Runtime, family: Family) -> None:
    new = NewRelation("teacher", " \x00 ", phone="12", email="nobody", locale="xx", from_date="31-02-2026")
    with pytest.raises(AnswerError) as refused:
        add_person(runtime, family.worker, family.case.citizen_id, new)
    assert [fault.place for fault in refused.value.faults] == [
        "kind-parent", "name", "locale", "from_date", "phone", "email",
    ]  # fmt: skip
    assert len(list_people(runtime, family.worker, family.case.citizen_id).people) == 2


def test_somebody_from_a_later_day_is_not_asked_before(runtime: Runtime, family: Family, clock: Clock) -> None:
    later = runtime.today() + timedelta(days=3)
    relation_id = add_person(
        runtime, family.worker, family.case.citizen_id, NewRelation("parent", "Ny Forælder", from_date=str(later))
    )
    with pytest.raises(OutcomesError):
        ticket_for(runtime, family, relation_id)
    clock.travel(days=3)
    assert read_visit(runtime, ticket_for(runtime, family, relation_id)).opened.relation_id == relation_id
