"""Wishes about learning: trust instead of control, and what drives and hinders a roll-out."""

from __future__ import annotations

import json
from datetime import date

import pytest

from outcomes.models import LearningMeeting, LearningPoint
from outcomes.reports.plain import to_plain
from outcomes.services.begin_meeting import begin_meeting
from outcomes.services.read_learning import read_learning
from outcomes.services.write_point import PointText, write_point
from tests.integration.builders import add_case, add_citizen, add_coordinator, add_course, add_staff, add_tenant

pytestmark = pytest.mark.database


@pytest.fixture
def place(runtime):
    """An intervention that twelve people have begun, and two workers who coordinate six of them each."""
    tenant = add_tenant(runtime)
    course = add_course(runtime, tenant)
    workers = [add_staff(runtime, tenant, email=f"w{n}@example.org") for n in range(2)]
    for number in range(12):
        citizen_id = add_citizen(runtime, tenant, name=f"Borger {number}")
        add_coordinator(runtime, workers[number % 2], citizen_id)
        add_case(runtime, course, citizen_id=citizen_id, started_on=date(2026, 1, 3 + number))
    return workers


def test_a_learning_meeting_ranks_no_staff_and_names_nobody(runtime, place):
    """ "paradigme styret af tillid og kompetenceudvikling": no query returns a staff league table."""
    worker = place[0]
    begin_meeting(runtime, worker, "hverdag")
    write_point(runtime, worker, "hverdag", PointText("action", "Vi prøver en makkerordning"))
    said = json.dumps(to_plain(read_learning(runtime, worker.scope, intervention_slug="hverdag"), "da"))
    for actor in place:
        assert actor.name not in said
        assert str(actor.user_id) not in said
    assert "Borger" not in said
    # Neither meetings nor what is written down can be counted by person: only a name as free text stands with them.
    for model in (LearningMeeting, LearningPoint):
        assert not {column.name for column in model.__table__.columns} & {
            "user_id",
            "app_user_id",
            "coordinator_id",
            "citizen_id",
        }


def test_drivers_and_barriers_appear_beside_the_uptake_curve(runtime, place):
    """ "drivkræfter og barrierer": a form per roll-out; appears beside the uptake curve."""
    for kind, words in (("driver", "Fast makker til nye"), ("barrier", "Ingen biler om aftenen")):
        write_point(runtime, place[0], "hverdag", PointText(kind, words, observed_on="2026-02-01"))
    found = read_learning(runtime, place[0].scope, intervention_slug="hverdag").roll_out
    assert found.figure.table.rows[-1][3] == 12
    assert [(mark.number, mark.on, mark.helps) for mark in found.figure.chart.marks] == [
        (1, date(2026, 2, 1), True),
        (2, date(2026, 2, 1), False),
    ]
    noted = ", ".join(str(row[4]) for row in found.figure.table.rows if row[4])
    assert noted == "1, 2"
