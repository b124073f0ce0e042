"""A paper form is typed in twice: what agrees is the response, what differs is chosen, and nobody overwrites anybody."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.instruments import NonAnswer
from outcomes.models.citizen import Citizen
from outcomes.services.key_paper import Typed, discard_keyings, key_sheet, settle_sheet
from outcomes.services.list_sheets import list_sheets
from outcomes.services.open_sheet import DAY, HELPER, LANGUAGE, SheetView, open_sheet
from outcomes.services.save_answers import save_answer
from outcomes.services.submit_response import submit_response
from tests.integration.builders import add_staff, add_tenant, get_ticket
from tests.integration.relatives import Family, add_family
from tests.integration.risk import risky_case

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime
    from tests.conftest import Clock, ServerDatabase

ANSWERS: dict[str, Any] = {"mood": 1, "pain": 7, "back": 3}


@pytest.fixture
def family(runtime: Runtime) -> Family:
    return add_family(runtime)


@pytest.fixture
def colleague(runtime: Runtime, family: Family) -> Actor:
    return add_staff(runtime, family.case.tenant, in_team=True)


def start(family: Family) -> UUID:
    return family.case.occasions["start"]


def look(runtime: Runtime, family: Family, *, by: Actor | None = None, of: UUID | None = None) -> SheetView:
    return open_sheet(runtime, by or family.worker, start(family), relation_id=of)


def key(runtime: Runtime, family: Family, answers: dict[str, Any], *, by: Actor | None = None, **changes: Any) -> None:
    values = {"keying": 1, "answered_on": runtime.today().isoformat(), "locale": "da", "helper_kind": None, **changes}
    of = values.pop("of", None)
    key_sheet(runtime, by or family.worker, start(family), Typed(answers=answers, **values), relation_id=of)


def count(database: ServerDatabase, table: str) -> int:
    with database.admin() as connection:
        return connection.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def stored(database: ServerDatabase) -> Any:
    with database.admin() as connection:
        return connection.execute(
            text("SELECT answers, hidden_answers, non_answers, mode, locale, entered_by, helper_kind, respondent_kind,"
                 " relation_id, late, answered_at AT TIME ZONE 'Europe/Copenhagen' AS answered_at FROM response")
        ).one()  # fmt: skip


def test_two_equal_keyings_are_the_response(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase, clock: Clock
) -> None:
    on = runtime.today()
    clock.travel(days=3)
    key(runtime, family, ANSWERS, answered_on=on.isoformat(), locale="en", helper_kind="interpreter")
    assert count(database, "response") == 0
    view = look(runtime, family, by=colleague)
    assert (view.keying, view.keyers, view.own_first) == (2, (family.worker.name,), False)
    key(runtime, family, ANSWERS, by=colleague, keying=2, answered_on=on.isoformat(), locale="en",
        helper_kind="interpreter")  # fmt: skip
    row = stored(database)
    assert row.answers == ANSWERS
    assert (row.mode, row.locale, row.helper_kind, row.entered_by) == ("paper", "en", "interpreter", colleague.user_id)
    assert (row.respondent_kind, row.relation_id, row.late) == ("citizen", None, False)
    assert (row.answered_at.date(), row.answered_at.hour) == (on, 12)
    assert count(database, "keyed_sheet") == 0
    with database.admin() as connection:
        assert connection.scalar(text("SELECT value FROM score")) == 10
        assert connection.scalar(text("SELECT locale FROM citizen")) is None, "the sheet's language isn't the citizen's"
    assert look(runtime, family).receipt is not None


def test_every_difference_is_shown_and_each_is_decided(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase
) -> None:
    today = runtime.today()
    key(runtime, family, {"mood": 1, "pain": 7, "back": 3})
    key(runtime, family, {"mood": 2, "pain": 7}, by=colleague, keying=2, locale="en", helper_kind="other",
        answered_on=(today - timedelta(days=1)).isoformat())  # fmt: skip
    view = look(runtime, family)
    assert view.keying == 0
    assert [(each.place, each.number, each.first, each.second) for each in view.differences] == [
        ("mood", 1, 1, 2),
        ("back", 3, 3, None),
        (LANGUAGE, None, "da", "en"),
        (HELPER, None, None, "other"),
        (DAY, None, today, today - timedelta(days=1)),
    ]
    with pytest.raises(AnswerError) as refused:
        settle_sheet(runtime, family.worker, start(family), chosen={"mood": 2, "back": 3}, token=view.token)
    assert [fault.place for fault in refused.value.faults] == ["back", LANGUAGE, HELPER, DAY]
    assert count(database, "response") == 0
    chosen = {"mood": 2, "back": 2, LANGUAGE: 1, HELPER: 2, DAY: 2}
    settle_sheet(runtime, family.worker, start(family), chosen=chosen, token=view.token)
    row = stored(database)
    assert row.answers == {"mood": 2, "pain": 7}
    assert row.non_answers == {"back": "skipped"}
    assert (row.locale, row.helper_kind, row.answered_at.date()) == ("da", "other", today - timedelta(days=1))
    assert count(database, "keyed_sheet") == 0


def test_an_answer_of_the_second_time_can_be_chosen_where_the_first_had_none(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1})
    key(runtime, family, {"mood": 1, "pain": 0}, keying=2)
    settle_sheet(runtime, family.worker, start(family), chosen={"pain": 2}, token=look(runtime, family).token)
    assert stored(database).answers == {"mood": 1, "pain": 0}


def test_what_stands_in_a_question_that_was_not_to_be_answered_is_kept_and_not_scored(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    answers = {"mood": 1, "pain": 2, "back": 9}
    key(runtime, family, answers)
    key(runtime, family, answers, keying=2)
    row = stored(database)
    assert (row.answers, row.hidden_answers) == ({"mood": 1, "pain": 2}, {"back": 9})


def test_what_is_said_in_place_of_an_answer_is_kept_as_that(runtime: Runtime, database: ServerDatabase) -> None:
    family = add_family(runtime, no_answer=["dont_know", "prefer_not"])
    answers = {"mood": NonAnswer.PREFER_NOT, "pain": 1}
    key(runtime, family, answers)
    key(runtime, family, answers, keying=2)
    assert stored(database).non_answers == {"mood": "prefer_not"}


def test_a_button_pressed_twice_is_not_the_second_time(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase
) -> None:
    key(runtime, family, ANSWERS)
    key(runtime, family, ANSWERS)
    assert (count(database, "keyed_sheet"), count(database, "response")) == (1, 0)
    key(runtime, family, ANSWERS, by=colleague, keying=2)
    key(runtime, family, ANSWERS, by=colleague, keying=2)
    assert (count(database, "keyed_sheet"), count(database, "response")) == (0, 1)
    with pytest.raises(ConflictError):
        key(runtime, family, {"mood": 0}, by=colleague, keying=2)
    assert stored(database).answers == ANSWERS


def test_two_first_times_at_once_are_one_and_the_other_is_told(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase
) -> None:
    barrier, refused = threading.Barrier(2), []

    def work(actor: Actor) -> None:
        barrier.wait()
        try:
            key(runtime, family, ANSWERS, by=actor)
        except ConflictError as error:
            refused.append(str(error.sentence))

    threads = [threading.Thread(target=work, args=(actor,)) for actor in (family.worker, colleague)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert "press once more" in refused[0]
    assert (count(database, "keyed_sheet"), count(database, "response")) == (1, 0)


def test_choosing_twice_at_once_is_one_response(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    key(runtime, family, {"mood": 1})
    key(runtime, family, {"mood": 2}, keying=2)
    token, refused = look(runtime, family).token, []

    def work(side: int) -> None:
        try:
            settle_sheet(runtime, family.worker, start(family), chosen={"mood": side}, token=token)
        except ConflictError:
            refused.append(side)

    threads = [threading.Thread(target=work, args=(side,)) for side in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 1
    assert stored(database).answers == {"mood": 3 - refused[0]}


def test_somebody_who_has_answered_meanwhile_is_not_overwritten(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1})
    ticket = get_ticket(runtime, family.case)
    save_answer(runtime, ticket, item_id="mood", value=2)
    assert look(runtime, family).begun
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    with pytest.raises(ConflictError):
        key(runtime, family, {"mood": 1}, keying=2)
    with pytest.raises(ConflictError):
        discard_keyings(runtime, family.worker, start(family), token=look(runtime, family).token)
    assert stored(database).answers == {"mood": 2}


def test_a_sheet_counts_before_what_was_begun_elsewhere(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    save_answer(runtime, get_ticket(runtime, family.case), item_id="mood", value=2)
    key(runtime, family, {"pain": 1})
    key(runtime, family, {"pain": 1}, keying=2)
    assert stored(database).answers == {"pain": 1}
    assert count(database, "response_draft") == 0


def test_the_wrong_sheet_is_thrown_away_by_whoever_has_seen_it(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1})
    token = look(runtime, family).token
    key(runtime, family, {"mood": 2}, keying=2)
    with pytest.raises(ConflictError):
        discard_keyings(runtime, family.worker, start(family), token=token)
    with pytest.raises(ConflictError):
        settle_sheet(runtime, family.worker, start(family), chosen={"mood": 1}, token=token)
    discard_keyings(runtime, family.worker, start(family), token=look(runtime, family).token)
    assert (count(database, "keyed_sheet"), look(runtime, family).keying) == (0, 1)
    with pytest.raises(ConflictError):
        key(runtime, family, {"mood": 2}, keying=2)


def test_a_parents_sheet_is_the_parents(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1}, of=family.mother_id)
    assert look(runtime, family).keying == 1, "the child's own sheet isn't touched"
    assert look(runtime, family, of=family.mother_id).keying == 2
    key(runtime, family, {"mood": 1}, keying=2, by=colleague, of=family.mother_id)
    row = stored(database)
    assert (row.respondent_kind, row.relation_id) == ("parent", family.mother_id)


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"answered_on": ""}, DAY),
        ({"answered_on": "i går"}, DAY),
        ({"answered_on": "01-01-2020"}, DAY),
        ({"answered_on": "31-12-2099"}, DAY),
        ({"locale": "tlh"}, LANGUAGE),
        ({"answers": {}}, ""),
        ({"answers": {"mood": None}}, ""),
        ({"answers": {"pain": 11}}, "pain"),
        ({"answers": {"mood": 7}}, "mood"),
        ({"answers": {"nothing": 1}}, "nothing"),
    ],
)
def test_what_can_not_stand_on_a_sheet_is_refused_with_its_place(
    runtime: Runtime, family: Family, database: ServerDatabase, changes: dict[str, Any], place: str
) -> None:
    with pytest.raises(AnswerError) as refused:
        key(runtime, family, **{"answers": {"mood": 1}, **changes})
    assert [fault.place for fault in refused.value.faults] == [place]
    assert count(database, "keyed_sheet") == 0


def test_the_day_on_the_sheet_says_whether_it_is_late_not_the_day_it_is_typed_in(
    runtime: Runtime, family: Family, database: ServerDatabase, clock: Clock
) -> None:
    closes_on = runtime.today() + timedelta(days=14)
    clock.travel(days=60)
    with pytest.raises(AnswerError):
        key(runtime, family, {"mood": 1}, answered_on=(closes_on + timedelta(days=15)).isoformat())
    key(runtime, family, {"mood": 1}, answered_on=closes_on.isoformat())
    key(runtime, family, {"mood": 1}, answered_on=(closes_on + timedelta(days=1)).isoformat(), keying=2)
    settle_sheet(runtime, family.worker, start(family), chosen={DAY: 2}, token=look(runtime, family).token)
    assert stored(database).late


def test_a_sheet_from_after_the_citizen_said_stop_is_not_stored(runtime: Runtime, family: Family, clock: Clock) -> None:
    today = runtime.today()
    with runtime.database.transaction(family.case.tenant.scope) as session:
        session.query(Citizen).filter_by(id=family.case.citizen_id).update({"stopped_on": today})
        session.commit()
    with pytest.raises(AnswerError) as refused:
        key(runtime, family, {"mood": 1})
    assert [fault.place for fault in refused.value.faults] == [DAY]
    key(runtime, family, {"mood": 1}, answered_on=(today - timedelta(days=1)).isoformat())


def test_a_sheet_is_stored_at_noon_but_never_in_the_future(
    runtime: Runtime, family: Family, database: ServerDatabase, clock: Clock
) -> None:
    clock.at = clock.at.replace(hour=7)
    key(runtime, family, {"mood": 1})
    key(runtime, family, {"mood": 1}, keying=2)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT answered_at FROM response")) == clock.at


def test_a_risk_answer_is_signalled_the_first_time_and_once(
    runtime: Runtime, database: ServerDatabase, clock: Clock
) -> None:
    tenant = add_tenant(runtime)
    worker = add_staff(runtime, tenant, email="worker@example.org")
    case = risky_case(runtime, tenant, owner="worker@example.org")
    typed = {"answered_on": runtime.today().isoformat(), "locale": "da", "helper_kind": None, "answers": {"life": 2}}
    clock.travel(days=2)
    key_sheet(runtime, worker, case.occasions["start"], Typed(keying=1, **typed))
    view = open_sheet(runtime, worker, case.occasions["start"])
    assert view.help.risk is not None
    assert view.help.risk.due_at == clock.at + timedelta(hours=24), "counted from when it is known"
    key_sheet(runtime, worker, case.occasions["start"], Typed(keying=2, **typed))
    assert count(database, "signal WHERE kind = 'risk_answer'") == 1


def test_nobody_else_sees_or_types_in_a_sheet_and_every_look_is_logged(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1})
    stranger, other = add_staff(runtime, family.case.tenant), add_family(runtime, "sydby")
    for actor in (stranger, other.worker):
        for occasion_id in (start(family), uuid4()):
            with pytest.raises(NotFoundError) as refused:
                open_sheet(runtime, actor, occasion_id)
            assert str(refused.value.sentence) == "There is no such page, or it is not yours to see."
        with pytest.raises(NotFoundError):
            key(runtime, family, {"mood": 1}, by=actor, keying=2)
    with pytest.raises(NotFoundError):
        open_sheet(runtime, family.worker, start(family), relation_id=other.mother_id)
    with database.admin() as connection:
        looks = (
            connection.execute(text("SELECT user_id FROM access_entry WHERE purpose = 'paper keyed'")).scalars().all()
        )
    assert looks == [family.worker.user_id]


def test_the_first_time_is_nowhere_in_what_the_second_one_sees(
    runtime: Runtime, family: Family, colleague: Actor
) -> None:
    key(runtime, family, {"mood": 2})
    view = look(runtime, family, by=colleague)
    assert (view.keying, view.differences) == (2, ())
    assert "mood" not in repr({name: getattr(view, name) for name in ("token", "keyers", "help", "begun")})


def test_a_sheet_that_is_nobodys_can_be_of_those_who_have_not_answered(
    runtime: Runtime, family: Family, colleague: Actor, database: ServerDatabase
) -> None:
    key(runtime, family, {"mood": 1}, of=family.father_id)
    listed = list_sheets(runtime, family.worker, key="small", version="1.0")
    assert [(each.name, each.who.name, each.keyed) for each in listed.sheets] == [
        ("Barn Prøvesen", "Barn Prøvesen", 0),
        ("Barn Prøvesen", "Far Prøvesen", 1),
        ("Barn Prøvesen", "Mor Prøvesen", 0),
    ]
    key(runtime, family, {"mood": 1}, keying=2, of=family.father_id)
    assert {each.who.name for each in list_sheets(runtime, colleague, key="small", version="1.0").sheets} == {
        "Barn Prøvesen",
        "Mor Prøvesen",
    }
    assert list_sheets(runtime, add_staff(runtime, family.case.tenant), key="small", version="1.0").sheets == ()
    with pytest.raises(NotFoundError):
        list_sheets(runtime, family.worker, key="small", version="9")
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM access_entry WHERE purpose = 'caseload'")) == 2
