"""Who may read a person, and that each reading is written down as it happens."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.instruments.kinds import NonAnswer
from outcomes.models import Coordinator, Provider, Unit
from outcomes.services.list_caseload import list_caseload
from outcomes.services.open_citizen import open_citizen
from outcomes.services.rate_goal import open_goal, rate_goal
from outcomes.services.save_answers import save_answer
from outcomes.store import episodes
from tests.integration.builders import (
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
    small_instrument,
)

pytestmark = pytest.mark.database

WELL = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def case(runtime, tenant):
    return add_case(runtime, add_course(runtime, tenant))


@pytest.fixture
def coordinator(runtime, tenant, case):
    actor = add_staff(runtime, tenant)
    add_coordinator(runtime, actor, case.citizen_id)
    return actor


@pytest.fixture
def goal_id(runtime, case):
    return add_goal(runtime, case)


@pytest.fixture
def log(database):
    """The log of readings: who, whom, what."""

    def read():
        with database.admin() as connection:
            query = "SELECT user_id, citizen_id, purpose FROM access_entry ORDER BY at"
            return [tuple(row) for row in connection.execute(text(query))]

    return read


def test_the_coordinator_opens_the_citizen_and_it_is_written_down_once(runtime, coordinator, case, goal_id, log):
    answer(runtime, get_ticket(runtime, case), WELL)
    view = open_citizen(runtime, coordinator, case.citizen_id)
    assert view.name == "Karen Prøvesen"
    assert (view.episode.provider, view.episode.coordinator) == ("Havnehuset", coordinator.name)
    assert [goal.wording for goal in view.goals] == ["Jeg vil handle ind selv"]
    assert [curve.points[0][1] for curve in view.curves] == [75.0]
    assert [str(occasion.status) for occasion in view.occasions] == ["planned", "planned", "planned", "answered"]
    assert view.latest.answers == WELL
    assert log() == [(coordinator.user_id, case.citizen_id, "citizen page")]


def test_opening_and_rating_a_goal_are_written_down_once_each(runtime, coordinator, case, goal_id, log):
    page = open_goal(runtime, coordinator, goal_id)
    assert (page.name, page.goal.latest) == ("Karen Prøvesen", None)
    assert log() == [(coordinator.user_id, case.citizen_id, "goal rating")]
    key = uuid4()
    for _ in range(2):
        assert (
            rate_goal(runtime, coordinator, goal_id, level=1, note=" Handler selv. ", submission_key=key)
            == case.citizen_id
        )
    rating = open_goal(runtime, coordinator, goal_id).goal.latest
    assert (rating.level, rating.note, rating.rated_on, rating.rated_by) == (
        1,
        "Handler selv.",
        date(2026, 3, 2),
        "worker",
    )
    assert rating.name == coordinator.name
    with runtime.database.transaction(coordinator.scope) as session:
        assert session.scalar(text("SELECT count(*) FROM goal_rating")) == 1, "the same post twice is one rating"


def test_a_key_that_was_used_for_another_rating_stores_nothing_and_says_so(runtime, tenant, coordinator, case, goal_id):
    """What is acknowledged is what is stored: the second of two tabs isn't told that it was saved."""
    key, colleague, other_goal = uuid4(), add_staff(runtime, tenant, in_team=True), add_goal(runtime, case, "Sove")
    rate_goal(runtime, coordinator, goal_id, level=1, note="Ja", submission_key=key)
    for actor, goal, level, note in (
        (coordinator, goal_id, 2, "Ja"),
        (coordinator, goal_id, 1, "Nej"),
        (coordinator, other_goal, 1, "Ja"),
        (colleague, goal_id, 1, "Ja"),
    ):
        with pytest.raises(ConflictError, match="Another rating was saved"):
            rate_goal(runtime, actor, goal, level=level, note=note, submission_key=key)
    with runtime.database.transaction(tenant.scope) as session:
        assert session.execute(text("SELECT goal_id, level, note FROM goal_rating")).all() == [(goal_id, 1, "Ja")]


def test_a_note_is_kept_without_control_characters(runtime, coordinator, goal_id):
    rate_goal(runtime, coordinator, goal_id, level=0, note="\x00En\x07 linje\r\nog en til\x1b ", submission_key=uuid4())
    assert open_goal(runtime, coordinator, goal_id).goal.latest.note == "En linje\nog en til"


def test_who_rated_and_left_keeps_their_name(runtime, tenant, coordinator, goal_id, case):
    rate_goal(runtime, coordinator, goal_id, level=1, note="", submission_key=uuid4())
    colleague = add_staff(runtime, tenant, in_team=True)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(
            text("UPDATE app_user SET ended_on = :day, name = 'Rejst Medarbejder' WHERE id = :id"),
            {"day": runtime.today(), "id": coordinator.user_id},
        )
        session.commit()
    (goal,) = open_citizen(runtime, colleague, case.citizen_id).goals
    assert goal.latest.name == "Rejst Medarbejder"


@pytest.mark.parametrize(("level", "note", "places"), [(None, "", ["level-1"]), (3, "x" * 2001, ["level-1", "note"])])
def test_a_rating_that_is_none_is_refused_with_every_fault(runtime, coordinator, goal_id, log, level, note, places):
    with pytest.raises(AnswerError) as refused:
        rate_goal(runtime, coordinator, goal_id, level=level, note=note, submission_key=uuid4())
    assert [fault.place for fault in refused.value.faults] == places
    with runtime.database.transaction(coordinator.scope) as session:
        assert session.scalar(text("SELECT count(*) FROM goal_rating")) == 0


def test_a_colleague_of_the_team_that_helps_needs_to_know(runtime, tenant, case, log):
    colleague = add_staff(runtime, tenant, in_team=True)
    assert open_citizen(runtime, colleague, case.citizen_id).citizen_id == case.citizen_id
    assert len(log()) == 1


def add_other_team(runtime, tenant):
    """Another team of the organisation, with a provider of its own and a colleague in it."""
    unit_id, provider_id = uuid4(), uuid4()
    organisation_id = tenant.organisation_id
    with runtime.database.transaction(tenant.scope) as session:
        session.add(Unit(organisation_id=organisation_id, id=unit_id, name="Team Skoven"))
        session.flush()
        session.add(Provider(organisation_id=organisation_id, id=provider_id, unit_id=unit_id, name="Skovhuset"))
        session.commit()
    other = replace(tenant, unit_id=unit_id, provider_id=provider_id)
    return other, add_staff(runtime, other, in_team=True)


def test_a_team_reads_the_episodes_that_it_delivers_and_no_others(runtime, tenant, coordinator, case, goal_id, log):
    """Goals, measurements, curves and answers of help that another team gives are not theirs to read."""
    other_team, stranger = add_other_team(runtime, tenant)
    own = add_staff(runtime, tenant, in_team=True)
    elsewhere = add_case(
        runtime,
        add_course(runtime, other_team, slug="skoven", instrument=small_instrument()),
        citizen_id=case.citizen_id,
    )
    other_goal = add_goal(runtime, elsewhere, own_words="Jeg vil sove bedre")
    answer(runtime, get_ticket(runtime, case), WELL)
    runtime.now.travel(minutes=1)
    answer(runtime, get_ticket(runtime, elsewhere), {"mood": 1, "pain": 3})

    seen = {}
    for actor in (own, stranger, coordinator):
        view = open_citizen(runtime, actor, case.citizen_id)
        seen[actor] = (
            view.episode.provider, {goal.wording for goal in view.goals}, {curve.key for curve in view.curves},
            len(view.occasions), set(view.latest.answers),
        )  # fmt: skip
    assert seen[own] == ("Havnehuset", {"Jeg vil handle ind selv"}, {"wellbeing-total"}, 4, set(WELL))
    assert seen[stranger] == ("Skovhuset", {"Jeg vil sove bedre"}, {"small-strain"}, 4, {"mood", "pain"})
    assert seen[coordinator][1:] == (
        {"Jeg vil handle ind selv", "Jeg vil sove bedre"}, {"wellbeing-total", "small-strain"}, 8, {"mood", "pain"},
    )  # fmt: skip

    logged = len(log())
    for actor, goal in ((own, other_goal), (stranger, goal_id)):
        with pytest.raises(NotFoundError):
            open_goal(runtime, actor, goal)
        with pytest.raises(NotFoundError):
            rate_goal(runtime, actor, goal, level=1, note="", submission_key=uuid4())
    assert len(log()) == logged
    assert open_goal(runtime, stranger, other_goal).goal.goal_id == other_goal


def test_a_team_reads_no_episode_that_has_ended(runtime, tenant, case, goal_id):
    colleague = add_staff(runtime, tenant, in_team=True)
    again = add_case(
        runtime, add_course(runtime, tenant, slug="igen", instrument=small_instrument()), citizen_id=case.citizen_id
    )
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(
            text("UPDATE episode SET ended_on = started_on, end_reason = 'completed' WHERE id = :id"),
            {"id": case.episode_id},
        )
        session.commit()
    view = open_citizen(runtime, colleague, case.citizen_id)
    assert view.goals == ()
    assert len(view.occasions) == len(again.occasions)
    with pytest.raises(NotFoundError):
        open_goal(runtime, colleague, goal_id)


def test_who_is_to_coordinate_later_reads_nothing_yet(runtime, tenant, case, goal_id, log):
    successor = add_staff(runtime, tenant)
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            Coordinator(
                organisation_id=tenant.organisation_id, citizen_id=case.citizen_id, user_id=successor.user_id,
                from_date=runtime.today() + timedelta(days=1),
            )
        )  # fmt: skip
        session.commit()
    refused(runtime, successor, case, goal_id)
    assert list_caseload(runtime, successor).n_citizens == 0
    assert log() == []
    runtime.now.travel(days=1)
    assert open_citizen(runtime, successor, case.citizen_id).goals
    assert list_caseload(runtime, successor).n_citizens == 1


def refused(runtime, actor, case, goal_id):
    sentences = set()
    for attempt in (
        lambda: open_citizen(runtime, actor, case.citizen_id),
        lambda: open_goal(runtime, actor, goal_id),
        lambda: rate_goal(runtime, actor, goal_id, level=1, note="", submission_key=uuid4()),
        lambda: open_citizen(runtime, actor, uuid4()),
        lambda: open_goal(runtime, actor, uuid4()),
    ):
        with pytest.raises(NotFoundError) as error:
            attempt()
        sentences.add(error.value.sentence)
    return sentences


def test_everybody_else_finds_nothing_and_nothing_is_logged(runtime, tenant, coordinator, case, goal_id, log):
    """What isn't there and what isn't theirs look the same, also to a manager of the same team."""
    strangers = [
        add_staff(runtime, tenant),
        add_staff(runtime, tenant, "manager", in_team=True),
        add_staff(runtime, tenant, "administrator", in_team=True),
        add_staff(runtime, add_tenant(runtime, "sydby"), in_team=True),
    ]
    sentences = set()
    for stranger in strangers:
        sentences |= refused(runtime, stranger, case, goal_id)
    assert len(sentences) == 1
    assert log() == []
    assert open_citizen(runtime, coordinator, case.citizen_id)


def test_need_to_know_ends_with_the_case(runtime, tenant, coordinator, case, goal_id, log):
    colleague = add_staff(runtime, tenant, in_team=True)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(text("UPDATE coordinator SET to_date = from_date"))
        session.execute(text("UPDATE episode SET ended_on = started_on, end_reason = 'completed'"))
        session.commit()
    refused(runtime, coordinator, case, goal_id)
    refused(runtime, colleague, case, goal_id)
    assert log() == []


def test_what_cannot_be_logged_is_not_shown(make_database, open_runtime_on):
    own = make_database()
    runtime = open_runtime_on(own)
    case = add_case(runtime, add_course(runtime, add_tenant(runtime)))
    actor = add_staff(runtime, case.tenant)
    add_coordinator(runtime, actor, case.citizen_id)
    goal_id = add_goal(runtime, case)
    with own.connect(own.owner_url) as connection:
        connection.execute(text("REVOKE INSERT ON access_entry FROM outcomes_app"))
    for attempt in (
        lambda: open_citizen(runtime, actor, case.citizen_id),
        lambda: open_goal(runtime, actor, goal_id),
        lambda: rate_goal(runtime, actor, goal_id, level=1, note="", submission_key=uuid4()),
        lambda: list_caseload(runtime, actor),
    ):
        with pytest.raises(ProgrammingError, match="permission denied for table access_entry"):
            attempt()
    with runtime.database.transaction(actor.scope) as session:
        assert session.scalar(text("SELECT count(*) FROM goal_rating")) == 0
        session.rollback()


def test_a_crash_after_the_page_was_made_shows_no_page_and_logs_nothing(runtime, coordinator, case, log, monkeypatch):
    """The log and the reading stand or fall in one transaction."""

    def crash(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("outcomes.services.open_citizen.gather_curves", crash)
    with pytest.raises(KeyboardInterrupt):
        open_citizen(runtime, coordinator, case.citizen_id)
    assert log() == []


def test_a_refusal_is_shown_as_what_it_is(runtime, tenant, coordinator, case):
    refused = NonAnswer.PREFER_NOT
    answer(runtime, get_ticket(runtime, case), WELL)
    runtime.now.travel(days=31)
    answer(runtime, get_ticket(runtime, case, "month-1"), dict.fromkeys(WELL, refused))
    latest = open_citizen(runtime, coordinator, case.citizen_id).latest
    assert latest.answers == dict.fromkeys(WELL, refused), "refusals alone are answers too"
    assert [item.id for item in latest.items] == list(WELL)


def test_the_latest_answers_are_the_latest_given(runtime, tenant, coordinator, case):
    answer(runtime, get_ticket(runtime, case), WELL)
    runtime.now.travel(days=31)
    answer(runtime, get_ticket(runtime, case, "month-1"), {**WELL, "hope": 0})
    view = open_citizen(runtime, coordinator, case.citizen_id)
    assert view.latest.answers["hope"] == 0
    assert list(view.curves[0].points) == [(date(2026, 3, 2), 75.0), (date(2026, 4, 2), 55.0)]


def test_the_caseload_is_the_coordinators_own_with_the_most_urgent_first(runtime, tenant):
    course = add_course(runtime, tenant)
    actor, other = add_staff(runtime, tenant), add_staff(runtime, tenant)
    today = runtime.today()
    started = {"Due": today, "Overdue": today - timedelta(days=10), "Missed": today - timedelta(days=16),
               "Coming": today + timedelta(days=9)}  # fmt: skip
    for name, day in started.items():
        case = add_case(runtime, course, citizen_id=add_citizen(runtime, tenant, name=name), started_on=day)
        add_coordinator(runtime, actor, case.citizen_id)
    elsewhere = add_case(runtime, course, citizen_id=add_citizen(runtime, tenant, name="Elsewhere"))
    add_coordinator(runtime, other, elsewhere.citizen_id)
    day = list_caseload(runtime, actor)
    assert [(entry.name, entry.reason) for entry in day.entries] == [("Overdue", "overdue"), ("Due", "due")]
    assert [entry.name for entry in day.coming] == ["Coming", "Missed"], "who missed one is asked again next time"
    assert day.n_citizens == 4
    assert [entry.name for entry in list_caseload(runtime, other).entries] == ["Elsewhere"]


def test_who_has_answered_leaves_the_list_or_has_news(runtime, tenant, coordinator, case):
    assert [entry.reason for entry in list_caseload(runtime, coordinator).entries] == ["due"]
    answer(runtime, get_ticket(runtime, case), WELL)
    assert [entry.reason for entry in list_caseload(runtime, coordinator).entries] == ["new_answer"]


def test_reading_the_list_is_written_down_once_for_each_person_and_day(
    runtime, tenant, coordinator, case, log, database
):
    course = add_course(runtime, tenant, slug="mere", instrument=small_instrument())
    second = add_case(runtime, course, citizen_id=add_citizen(runtime, tenant, name="Second"))
    not_listed = add_case(
        runtime, course, citizen_id=add_citizen(runtime, tenant, name="Later"),
        started_on=runtime.today() + timedelta(days=90),
    )  # fmt: skip
    for each in (second, not_listed):
        add_coordinator(runtime, coordinator, each.citizen_id)
    expected = {(coordinator.user_id, each.citizen_id, "caseload") for each in (case, second)}
    for _ in range(3):
        assert {entry.citizen_id for entry in list_caseload(runtime, coordinator).entries} == {
            case.citizen_id, second.citizen_id,
        }  # fmt: skip
        assert len(log()) == 2
        assert set(log()) == expected
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE access_entry SET created_at = created_at - interval '1 day'"))
    list_caseload(runtime, coordinator)
    assert len(log()) == 4


def test_an_answer_is_news_until_the_page_that_shows_it_was_opened(runtime, coordinator, case, goal_id):
    answer(runtime, get_ticket(runtime, case), WELL)
    list_caseload(runtime, coordinator)
    open_goal(runtime, coordinator, goal_id)
    assert [entry.reason for entry in list_caseload(runtime, coordinator).entries] == ["new_answer"]
    open_citizen(runtime, coordinator, case.citizen_id)
    assert list_caseload(runtime, coordinator).entries == ()


def test_what_a_parent_sends_stands_in_for_nobody(runtime, coordinator, case):
    """The citizen is still asked, and what their page doesn't show isn't announced."""
    parent = get_ticket(runtime, case, respondent_kind="parent")
    answer(runtime, parent, WELL)
    entries = list_caseload(runtime, coordinator).entries
    assert [entry.reason for entry in entries] == ["due"]
    assert open_citizen(runtime, coordinator, case.citizen_id).latest is None


def test_a_parents_draft_is_not_the_citizens(runtime, coordinator, case):
    save_answer(runtime, get_ticket(runtime, case, respondent_kind="parent"), item_id="hope", value=2)
    save_answer(runtime, get_ticket(runtime, case, respondent_kind="teacher"), item_id="hope", value=2)
    assert [entry.reason for entry in list_caseload(runtime, coordinator).entries] == ["due"]
    with runtime.database.transaction(coordinator.scope) as session:
        today = runtime.today()
        waiting = episodes.list_waiting_occasions(
            session, user_id=coordinator.user_id, opens_before=today, closes_from=today
        )
    assert [(row[0], row[2]) for row in waiting] == [(case.citizen_id, False)]
