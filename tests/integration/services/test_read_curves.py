"""A person's curves from what is stored: one per scale and version of its questions."""

from __future__ import annotations

import pytest

from outcomes.instruments import parse_instrument
from outcomes.services.read_curves import gather_curves
from tests.integration.builders import add_case, add_course, add_tenant, answer, get_ticket, small_instrument

pytestmark = pytest.mark.database


def reworded(version):
    """The small instrument in a version that asks about pain in other words."""
    mapping = small_instrument(version=version).to_mapping()
    mapping["items"][1]["wording"] = {"da": "Hvor ondt?", "en": "How much pain?"}
    return parse_instrument(mapping)


def test_a_version_that_only_adds_easy_words_goes_on_in_the_same_curve(runtime):
    tenant = add_tenant(runtime)
    old = add_case(runtime, add_course(runtime, tenant, instrument=small_instrument()))
    answer(runtime, get_ticket(runtime, old), {"mood": 1, "pain": 4})
    runtime.now.travel(days=31)
    mapping = small_instrument(version="1.1").to_mapping()
    mapping["items"][1]["wording"]["da-x-easy"] = "Gør det ondt?"
    mapping["items"][1] |= {"symbol": "health", "faces": "sadder", "no_answer": ["dont_know"]}
    new_course = add_course(runtime, tenant, slug="ny", instrument=parse_instrument(mapping))
    new = add_case(runtime, new_course, citizen_id=old.citizen_id)
    answer(runtime, get_ticket(runtime, new), {"mood": 1, "pain": 3})
    with runtime.database.transaction(tenant.scope) as session:
        (curve,) = gather_curves(session, old.citizen_id)
    assert [value for _, value in curve.points] == [8, 6]
    assert (curve.key, str(curve.title)) == ("small-strain", "Belastning")


def test_changed_questions_have_a_curve_of_their_own_and_say_so(runtime):
    tenant = add_tenant(runtime)
    old = add_case(runtime, add_course(runtime, tenant, instrument=small_instrument()))
    answer(runtime, get_ticket(runtime, old), {"mood": 1, "pain": 4})
    runtime.now.travel(days=31)
    answer(runtime, get_ticket(runtime, old, "month-1"), {"mood": 1, "pain": 2})
    with runtime.database.transaction(tenant.scope) as session:
        (alone,) = gather_curves(session, old.citizen_id)
    new_course = add_course(runtime, tenant, slug="ny", instrument=reworded("2.0"))
    new = add_case(runtime, new_course, citizen_id=old.citizen_id)
    answer(runtime, get_ticket(runtime, new), {"mood": 1, "pain": 3})
    with runtime.database.transaction(tenant.scope) as session:
        first, second = gather_curves(session, old.citizen_id)
    assert (alone.key, len(alone.points)) == ("small-strain", 2)
    assert first.points == alone.points
    assert (first.key, second.key) == ("small-strain-1.0", "small-strain-2.0")
    assert (str(first.title), str(second.title)) == ("Belastning (1.0)", "Belastning (2.0)")
    assert first.notes == alone.notes
    assert "version 2.0" in str(second.notes[-1])
