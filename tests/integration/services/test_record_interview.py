"""A worker writes down what somebody says: the same rules as alone, and nobody's own answers shown to anybody else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.errors import (
    AnswerChangedError,
    AnswerError,
    ConflictError,
    DifferentAnswersError,
    MoreQuestionsError,
    NotFoundError,
)
from outcomes.instruments import NonAnswer
from outcomes.models import RiskProtocol
from outcomes.services.read_visit import read_visit
from outcomes.services.record_interview import (
    InterviewView,
    Spoken,
    keep_interview,
    open_interview,
    record_interview,
)
from outcomes.services.save_answers import save_answer
from outcomes.services.submit_response import submit_response
from tests.integration.builders import add_staff, get_ticket
from tests.integration.relatives import Family, add_family

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime
    from outcomes.services.submit_response import Receipt
    from tests.conftest import Clock, ServerDatabase


@pytest.fixture
def family(runtime: Runtime) -> Family:
    return add_family(runtime)


def look(runtime: Runtime, family: Family, *, of: UUID | None = None, by: Actor | None = None) -> InterviewView:
    case = family.case
    return open_interview(runtime, by or family.worker, case.citizen_id, case.occasions["start"], relation_id=of)


def keep(runtime: Runtime, family: Family, view: InterviewView, answers: dict[str, Any], **more: Any) -> bool:
    case = family.case
    return keep_interview(
        runtime, more.get("by") or family.worker, case.citizen_id, case.occasions["start"], answers=answers,
        seen={item: view.seen[item] for item in answers}, relation_id=view.who.relation_id,
    )  # fmt: skip


def send(runtime: Runtime, family: Family, view: InterviewView, answers: dict[str, Any], **more: Any) -> Receipt:
    case = family.case
    spoken = Spoken(more.get("key") or uuid4(), more.get("locale", "da"), more.get("mode", "phone"))
    return record_interview(
        runtime, family.worker, case.citizen_id, case.occasions["start"], answers=answers,
        seen={item: view.seen[item] for item in more.get("looked_at", answers)}, spoken=spoken,
        relation_id=view.who.relation_id,
    )  # fmt: skip


def stored(database: ServerDatabase) -> Any:
    with database.admin() as connection:
        return connection.execute(
            text("SELECT answers, hidden_answers, non_answers, mode, locale, entered_by, respondent_kind, relation_id, late"
                 " FROM response")
        ).one()  # fmt: skip


def test_an_interview_is_the_citizens_response_and_says_who_wrote_it(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    view = look(runtime, family)
    receipt = send(runtime, family, view, {"mood": 1, "pain": 7, "back": 3}, locale="en")
    row = stored(database)
    assert row.answers == {"mood": 1, "pain": 7, "back": 3}
    assert (row.mode, row.locale, row.entered_by) == ("phone", "en", family.worker.user_id)
    assert (row.respondent_kind, row.relation_id, row.late) == ("citizen", None, False)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT value FROM score")) == 10
        assert connection.scalar(text("SELECT locale FROM citizen")) is None, "a worker's choice isn't the citizen's"
        purposes = connection.scalars(text("SELECT purpose FROM access_entry WHERE purpose = 'interview'")).all()
        assert len(purposes) == 2
        assert connection.scalar(text("SELECT count(*) FROM personal_link")) == 0
    after = look(runtime, family)
    assert after.receipt == receipt
    assert dict(after.answers) == {}


def test_the_same_again_is_one_response_and_anything_else_is_told(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    view, answers = look(runtime, family), {"mood": 1, "pain": 2}
    receipt = send(runtime, family, view, answers)
    assert send(runtime, family, view, answers) == receipt
    with pytest.raises(DifferentAnswersError):
        send(runtime, family, view, {"mood": 2, "pain": 2})
    with pytest.raises(ConflictError):
        keep(runtime, family, view, {"mood": 2})
    assert stored(database).answers == answers


def test_what_the_citizen_answered_counts_and_is_never_shown(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    ticket = get_ticket(runtime, family.case)
    save_answer(runtime, ticket, item_id="mood", value=2)
    view = look(runtime, family)
    assert dict(view.answers) == {}
    assert list(view.elsewhere) == ["mood"]
    assert "2" not in repr(view.elsewhere) or "elsewhere" not in repr(view), "not in a log either"
    keep(runtime, family, view, {"pain": 1})
    assert dict(look(runtime, family).answers) == {"pain": 1}
    visit = read_visit(runtime, ticket)
    assert dict(visit.answers) == {"mood": 2}
    assert visit.answered_elsewhere == {"pain"}
    send(runtime, family, look(runtime, family), {"pain": 1})
    assert stored(database).answers == {"mood": 2, "pain": 1}


def test_a_colleague_does_not_see_what_was_written_down(runtime: Runtime, family: Family) -> None:
    keep(runtime, family, look(runtime, family), {"mood": 1})
    colleague = add_staff(runtime, family.case.tenant, in_team=True)
    view = look(runtime, family, by=colleague)
    assert dict(view.answers) == {}
    assert list(view.elsewhere) == ["mood"]


def test_nothing_is_overwritten_unseen(runtime: Runtime, family: Family) -> None:
    view = look(runtime, family)
    save_answer(runtime, get_ticket(runtime, family.case), item_id="mood", value=2)
    for act in (keep, send):
        with pytest.raises(AnswerChangedError) as refused:
            act(runtime, family, view, {"mood": 0, "pain": 1})
        assert [fault.place for fault in refused.value.faults] == ["mood"]
    keep(runtime, family, look(runtime, family), {"mood": 0, "pain": 1})
    assert dict(look(runtime, family).answers) == {"mood": 0, "pain": 1}


def test_somebody_who_has_sent_meanwhile_is_not_asked_again(runtime: Runtime, family: Family) -> None:
    view = look(runtime, family)
    ticket = get_ticket(runtime, family.case)
    save_answer(runtime, ticket, item_id="mood", value=2)
    submit_response(runtime, ticket, submission_key=uuid4(), locale="da")
    with pytest.raises(ConflictError):
        send(runtime, family, view, {"mood": 0})


def test_questions_that_an_answer_brings_are_asked_before_it_is_sent(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    view = look(runtime, family)
    with pytest.raises(MoreQuestionsError):
        send(runtime, family, view, {"mood": 1, "pain": 8})
    send(runtime, family, view, {"mood": 1, "pain": 8, "back": None})
    row = stored(database)
    assert row.answers == {"mood": 1, "pain": 8}
    assert row.non_answers == {"back": "skipped"}


def test_a_hidden_answer_is_kept_apart_and_not_scored(
    runtime: Runtime, family: Family, database: ServerDatabase
) -> None:
    keep(runtime, family, look(runtime, family), {"pain": 8, "back": 9})
    send(runtime, family, look(runtime, family), {"mood": None, "pain": 2})
    row = stored(database)
    assert (row.answers, row.hidden_answers) == ({"pain": 2}, {"back": 9})


def test_dont_know_and_wont_say_are_stored_as_what_they_are(runtime: Runtime, database: ServerDatabase) -> None:
    words = {"da": "?", "en": "?"}
    asked = {"type": "scale_0_10", "wording": words, "ends": {"low": words, "high": words}}
    items = [
        {"id": "mood", "no_answer": ["dont_know", "prefer_not"], **asked},
        {"id": "pain", "no_answer": ["dont_know"], **asked},
    ]
    scale = {"key": "strain", "title": words, "items": ["mood", "pain"], "range": [0, 20]}
    missing = {"missing": {"min_answered": 1, "fill": "prorate"}, "direction": "lower_is_better"}
    family = add_family(runtime, items=items, scales=[{**scale, **missing}])
    view = look(runtime, family)
    send(runtime, family, view, {"mood": NonAnswer.PREFER_NOT, "pain": NonAnswer.DONT_KNOW})
    assert stored(database).non_answers == {"mood": "prefer_not", "pain": "dont_know"}


def test_a_parent_can_be_asked_by_phone(runtime: Runtime, family: Family, database: ServerDatabase) -> None:
    view = look(runtime, family, of=family.mother_id)
    assert view.who.name == "Mor Prøvesen"
    assert view.language == "da", "there are no Ukrainian words in this questionnaire"
    send(runtime, family, view, {"mood": 1, "pain": 0})
    row = stored(database)
    assert (row.respondent_kind, row.relation_id) == ("parent", family.mother_id)
    assert look(runtime, family).receipt is None


@pytest.mark.parametrize(
    "answers", [{"mood": 3}, {"mood": "1"}, {"pain": 11}, {"pain": True}, {"unknown": 1}, {"mood": NonAnswer.DONT_KNOW}]
)
def test_what_is_no_answer_is_refused(
    runtime: Runtime, family: Family, answers: dict[str, Any], database: ServerDatabase
) -> None:
    case = family.case
    place = (runtime, family.worker, case.citizen_id, case.occasions["start"])
    with pytest.raises((AnswerError, ConflictError)):
        keep_interview(*place, answers=answers, seen={})
    with pytest.raises((AnswerError, ConflictError)):
        record_interview(*place, answers=answers, seen={}, spoken=Spoken(uuid4(), "da", "phone"))
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM response_draft")) == 0


@pytest.mark.parametrize(("mode", "locale"), [("kiosk", "da"), ("imported", "da"), ("phone", "xx")])
def test_the_way_and_the_language_are_ones_that_there_are(
    runtime: Runtime, family: Family, mode: str, locale: str
) -> None:
    with pytest.raises(AnswerError):
        send(runtime, family, look(runtime, family), {"mood": 1, "pain": 1}, mode=mode, locale=locale)


def test_nothing_at_all_is_not_sent(runtime: Runtime, family: Family) -> None:
    with pytest.raises(AnswerError, match="nothing to send"):
        send(runtime, family, look(runtime, family), {"mood": None, "pain": None})


def test_late_is_taken_and_marked(runtime: Runtime, family: Family, clock: Clock, database: ServerDatabase) -> None:
    clock.travel(days=20)
    send(runtime, family, look(runtime, family), {"mood": 1, "pain": 1})
    assert stored(database).late


def test_a_stranger_and_another_tenant_ask_nobody(runtime: Runtime, family: Family) -> None:
    stranger = add_staff(runtime, family.case.tenant)
    foreign = add_family(runtime, "sydby").worker
    for actor in (stranger, foreign):
        with pytest.raises(NotFoundError):
            look(runtime, family, by=actor)
    with pytest.raises(NotFoundError):
        look(runtime, family, of=uuid4())


def test_a_risk_answer_raises_its_signal_when_it_is_kept(runtime: Runtime, database: ServerDatabase) -> None:
    family = add_family(runtime)
    with runtime.database.transaction(family.case.tenant.scope) as session:
        session.add(
            RiskProtocol(
                organisation_id=family.case.tenant.organisation_id, instrument_key="small", version=1,
                help_lines=[{"name": {"da": "Livlinje"}, "phone": "70000000"}], act_within_hours=4, decided_by="Test",
            )
        )  # fmt: skip
        session.commit()
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE instrument_version SET definition ="
                                " jsonb_set(definition, '{items,1,risk}', '{\"at_least\": 9}')"))  # fmt: skip
    view = look(runtime, family)
    assert view.help.risk is None
    assert keep(runtime, family, view, {"pain": 9})
    told = look(runtime, family)
    assert told.help.risk is not None
    assert told.help.risk.name == "Test worker"
    assert [line.phone for line in told.help.lines] == ["70000000"]
    send(runtime, family, told, {"pain": 9, "mood": 1, "back": 1})
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM signal")) == 1


ANSWERS = st.fixed_dictionaries(
    {"mood": st.sampled_from([None, 0, 1, 2]), "pain": st.none() | st.integers(0, 10)},
    optional={"back": st.none() | st.integers(0, 10)},
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=ANSWERS)
def test_what_was_said_is_what_is_stored_and_shown_again(
    runtime: Runtime, family: Family, database: ServerDatabase, answers: dict[str, Any]
) -> None:
    with database.admin(unwatched=True) as connection:
        for table in ("score", "response", "response_draft"):
            connection.execute(text(f"DELETE FROM {table}"))
    view = look(runtime, family)
    keep(runtime, family, view, answers)
    assert dict(look(runtime, family).answers) == answers
    shows_back = (answers["pain"] or 0) >= 5
    said = {item: value for item, value in answers.items() if value is not None and (item != "back" or shows_back)}
    again = look(runtime, family)
    looked_at = [*answers, "back"]
    if not any(value is not None for value in answers.values()):
        with pytest.raises(AnswerError):
            send(runtime, family, again, answers, looked_at=looked_at)
        return
    send(runtime, family, again, answers, looked_at=looked_at)
    row = stored(database)
    assert row.answers == said
    hidden = {"back": answers["back"]} if answers.get("back") is not None and not shows_back else {}
    assert row.hidden_answers == hidden
