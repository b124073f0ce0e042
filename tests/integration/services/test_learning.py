"""A learning meeting from stored figures: what it sees is kept, what was agreed comes back, and nobody is in it."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from pypdf import PdfReader

from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.models import AppUser, LearningMeeting, LearningPoint
from outcomes.reports.plain import to_plain
from outcomes.services.begin_meeting import begin_meeting
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.list_learning import list_learning
from outcomes.services.print_learning import print_learning
from outcomes.services.read_learning import read_learning
from outcomes.services.sign_in import make_actor
from outcomes.services.store_results import store_results
from outcomes.services.write_point import PointText, follow_up_point, open_point, write_point
from tests.integration.builders import add_case, add_citizen, add_course, add_staff, add_tenant

pytestmark = pytest.mark.database


@pytest.fixture
def place(runtime):
    """A municipality with an intervention that seven people have begun, and a worker."""
    tenant = add_tenant(runtime)
    course = add_course(runtime, tenant)
    for number in range(7):
        add_case(runtime, course, citizen_id=add_citizen(runtime, tenant), started_on=date(2026, 1, 3 + number))
    return runtime, add_staff(runtime, tenant)


@pytest.fixture
def trial_leader(trial, trial_scope):
    """The trial with stored results, and a manager in it."""
    freeze_plan(trial, trial_scope, "btheb", by="Test")
    store_results(trial, trial_scope)
    user = AppUser(
        organisation_id=trial_scope.organisation_id, email="l@example.org", name="Lis", role="manager", locale="da"
    )  # fmt: skip
    with trial.database.transaction(trial_scope) as session:
        session.add(user)
        session.commit()
    return make_actor(user)


def read(runtime, actor, slug="hverdag"):
    return read_learning(runtime, actor.scope, intervention_slug=slug)


def write(runtime, actor, words="Vi ringer først", kind="action", **more):
    return write_point(runtime, actor, "hverdag", PointText(kind=kind, words=words, **more))


def test_the_page_and_the_paper_hold_the_figures_that_are_stored(trial, trial_leader):
    context = read(trial, trial_leader, "btheb")
    assert context.changed[0].withheld is None
    number = str(context.changed[0].number)
    assert "95 per cent interval" in number
    assert "people" in number
    assert any("haven't answered" in str(each) for each in context.unknown)
    file = print_learning(trial, trial_leader.scope, intervention_slug="btheb", locale="da")
    pages = PdfReader(io.BytesIO(file.content)).pages
    assert 1 <= len(pages) <= 3
    plain = json.dumps(to_plain(context, "en"))
    assert "Lis" not in plain
    with pytest.raises(NotFoundError):
        print_learning(trial, trial_leader.scope, intervention_slug="btheb", locale="xx")


def test_a_meeting_keeps_what_it_saw_and_is_one_a_day(trial, trial_leader, trial_scope, clock):
    first = begin_meeting(trial, trial_leader, "btheb")
    assert begin_meeting(trial, trial_leader, "btheb") == first
    with trial.database.transaction(trial_scope) as session:
        (meeting,) = session.query(LearningMeeting).all()
        assert meeting.seen["figures"]["snapshot"] == read(trial, trial_leader, "btheb").origin.snapshot
    assert read(trial, trial_leader, "btheb").met_today
    assert read(trial, trial_leader, "btheb").since is None, "nothing before today"
    clock.travel(days=90)
    later = read(trial, trial_leader, "btheb")
    assert not later.met_today
    assert later.since.held_on == date(2026, 3, 2)
    assert "No answers have come" in str(later.since.shifts[0].text)
    assert begin_meeting(trial, trial_leader, "btheb") != first
    (row,) = list_learning(trial, trial_scope)
    assert row.last_met_on == trial.today()


def test_what_was_agreed_comes_back_next_time_and_is_followed_up(place, clock):
    runtime, worker = place
    begin_meeting(runtime, worker, "hverdag")
    action = write(runtime, worker, due_on="2026-03-20", responsible="Teamet")
    thought = write(runtime, worker, "De nye kommer for sent i gang", "hypothesis")
    assert write(runtime, worker, due_on="2026-03-20") == action, "the same words twice are one"
    today = read(runtime, worker)
    assert {each.point_id for each in today.written} == {action, thought}
    assert today.to_follow_up == ()
    clock.travel(days=30)
    begin_meeting(runtime, worker, "hverdag")
    later = read(runtime, worker)
    assert [each.overdue for each in later.to_follow_up] == [True, False]
    follow_up_point(runtime, worker, "hverdag", thought, state="refuted", outcome="De kom i gang som de andre")
    follow_up_point(runtime, worker, "hverdag", thought, state="refuted", outcome="De kom i gang som de andre")
    with pytest.raises(ConflictError):
        follow_up_point(runtime, worker, "hverdag", thought, state="confirmed", outcome="")
    found = read(runtime, worker)
    assert [str(each.state_name) for each in found.followed_up] == ["does not hold"]
    assert [each.point_id for each in found.to_follow_up] == [action]
    assert open_point(runtime, worker.scope, "hverdag", thought).point.outcome == "De kom i gang som de andre"
    with runtime.database.transaction(worker.scope) as session:
        points = {each.id: each for each in session.query(LearningPoint).all()}
        assert points[thought].followed_up_at not in {None, points[thought].meeting_id}


@pytest.mark.parametrize(
    ("written", "places"),
    [
        (PointText(), {"kind", "words"}),
        (PointText("action", "Ring til 010190-1234"), {"words"}),
        (PointText("action", "x", responsible="0101901234"), {"responsible"}),
        (PointText("action", "x" * 1001), {"words"}),
        (PointText("barrier", "x", observed_on="i går", due_on="2020-01-01"), {"observed_on", "due_on"}),
        (PointText("driver", "x", observed_on="2026-03-03", due_on="x"), {"observed_on", "due_on"}),
    ],
)
def test_what_cannot_be_written_down_is_said_at_its_field(place, written, places):
    runtime, worker = place
    with pytest.raises(AnswerError) as refused:
        write_point(runtime, worker, "hverdag", written)
    assert {fault.place for fault in refused.value.faults} == places
    assert read(runtime, worker).written == ()


def test_a_follow_up_needs_an_end_that_fits(place):
    runtime, worker = place
    point = write(runtime, worker)
    for state in ("confirmed", "open", ""):
        with pytest.raises(AnswerError):
            follow_up_point(runtime, worker, "hverdag", point, state=state, outcome="")
    with pytest.raises(AnswerError):
        follow_up_point(runtime, worker, "hverdag", point, state="done", outcome="CPR 010190 1234")


def test_drivers_and_barriers_stand_beside_the_uptake(place):
    """WISHES: "drivkræfter og barrierer" - a form per roll-out that appears beside the uptake curve."""
    runtime, worker = place
    write(runtime, worker, "Fast makker til nye", "driver", observed_on="2026-01-15")
    write(runtime, worker, "Ingen biler om aftenen", "barrier")
    found = read(runtime, worker).roll_out
    assert "7 people" in str(found.finding)
    assert [each.words for each in found.drivers + found.barriers] == ["Fast makker til nye", "Ingen biler om aftenen"]
    rows = [[str(cell) for cell in row] for row in found.figure.table.rows]
    assert [row[2:] for row in rows] == [["7", "7", "1, 2"]] or [row[4] for row in rows] == ["1", "2"]
    marks = found.figure.chart.marks
    assert [(mark.number, mark.helps) for mark in marks] == [(1, True), (2, False)]
    assert found.figure.svg.startswith("<svg")


def test_nothing_is_shown_of_fewer_than_five_and_without_stored_figures(runtime):
    tenant = add_tenant(runtime)
    course = add_course(runtime, tenant)
    for _ in range(4):
        add_case(runtime, course, citizen_id=add_citizen(runtime, tenant))
    worker = add_staff(runtime, tenant)
    context = read(runtime, worker)
    assert context.roll_out.figure is None
    assert "Fewer than 5" in str(context.roll_out.finding)
    assert "worked out yet" in str(context.changed[0].withheld)
    begin_meeting(runtime, worker, "hverdag")
    assert " 4" not in json.dumps(to_plain(replace(context, slug=""), "en"))


def test_another_organisation_finds_nothing(place):
    runtime, worker = place
    point = write(runtime, worker)
    stranger = add_staff(runtime, add_tenant(runtime, "sydby"))
    for ask in (
        lambda: read(runtime, stranger),
        lambda: begin_meeting(runtime, stranger, "hverdag"),
        lambda: write(runtime, stranger),
        lambda: open_point(runtime, stranger.scope, "hverdag", point),
        lambda: open_point(runtime, worker.scope, "hverdag", stranger.user_id),
    ):
        with pytest.raises(NotFoundError):
            ask()
    assert list_learning(runtime, stranger.scope) == ()
