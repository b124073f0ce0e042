"""The own curve: the answered measure in the answered episode, for whoever sent it, and nothing beside it."""

from __future__ import annotations

import pytest

from outcomes.services.show_own_curve import show_own_curve
from tests.integration.builders import add_case, add_course, add_tenant, answer, get_ticket, small_instrument

pytestmark = pytest.mark.database

WELL = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4}


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def case(runtime, tenant):
    return add_case(runtime, add_course(runtime, tenant))


def own_points(runtime, ticket, answers):
    """Answer, and look at the curve: the only one there may be."""
    receipt = answer(runtime, ticket, answers)
    (curve,) = show_own_curve(runtime, ticket, response_id=receipt.response_id)
    return [value for _, value in curve.points]


def test_a_citizen_sees_the_course_of_what_they_answered(runtime, case):
    answer(runtime, get_ticket(runtime, case), WELL)
    runtime.now.go_to(2026, 4, 2)
    assert own_points(runtime, get_ticket(runtime, case, "month-1"), {**WELL, "hope": 3}) == [75.0, 70.0]


def test_another_measure_and_another_course_of_help_stay_out_of_it(runtime, tenant, case):
    """Whoever answers through a link that isn't theirs learns nothing about the rest of the person's life."""
    other_measure = add_course(runtime, tenant, slug="andet", instrument=small_instrument())
    answer(
        runtime,
        get_ticket(runtime, add_case(runtime, other_measure, citizen_id=case.citizen_id)),
        {"mood": 1, "pain": 2},
    )
    other_help = add_course(runtime, tenant, slug="tredje")
    answer(runtime, get_ticket(runtime, add_case(runtime, other_help, citizen_id=case.citizen_id)), {**WELL, "hope": 0})
    assert own_points(runtime, get_ticket(runtime, case), WELL) == [75.0]


def test_others_than_the_citizen_see_only_what_they_sent_themselves(runtime, case):
    """The link before may have been another parent's."""
    answer(runtime, get_ticket(runtime, case), {**WELL, "hope": 0})
    answer(runtime, get_ticket(runtime, case, respondent_kind="parent"), WELL)
    runtime.now.go_to(2026, 4, 2)
    ticket = get_ticket(runtime, case, "month-1", respondent_kind="parent")
    assert own_points(runtime, ticket, {**WELL, "hope": 3}) == [70.0]


def test_an_answer_without_a_number_still_shows_the_course_before(runtime, case):
    answer(runtime, get_ticket(runtime, case), WELL)
    runtime.now.go_to(2026, 4, 2)
    assert own_points(runtime, get_ticket(runtime, case, "month-1"), {"hope": 3}) == [75.0]
