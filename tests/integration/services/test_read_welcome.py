"""Who the first page says can see the answers: those who can, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from outcomes.models import AppUser
from outcomes.services.open_citizen import open_citizen
from outcomes.services.read_own_page import read_readers
from outcomes.services.read_visit import read_visit
from outcomes.services.read_welcome import MOST_NAMED, read_welcome
from outcomes.services.share_access import redeem_share, share_access, stop_sharing
from outcomes.services.sign_in_citizen import SignedInCitizen
from tests.integration.builders import add_case, add_coordinator, add_course, add_staff, add_tenant, get_ticket
from tests.integration.risk import risky_case

pytestmark = pytest.mark.database


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def case(runtime, tenant):
    return add_case(runtime, add_course(runtime, tenant))


def staff(runtime, tenant, name, *, role="worker", in_team=True, **values):
    actor = add_staff(runtime, tenant, role, in_team=in_team, **values)
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(update(AppUser).where(AppUser.id == actor.user_id).values(name=name))
        session.commit()
    return actor


def welcome(runtime, case):
    return read_welcome(runtime, read_visit(runtime, get_ticket(runtime, case)))


def test_the_team_is_named_beside_the_coordinator(runtime, tenant, case):
    coordinator = staff(runtime, tenant, "Mette")
    add_coordinator(runtime, coordinator, case.citizen_id)
    colleague = staff(runtime, tenant, "Gitte")
    staff(runtime, tenant, "Gone", ended_on=runtime.today())
    staff(runtime, tenant, "Elsewhere", in_team=False)
    staff(runtime, tenant, "Lars", role="manager")
    found = welcome(runtime, case)
    assert [each.name for each in found.readers] == ["Mette"]
    assert ([each.name for each in found.team.named], found.team.count) == (["Gitte"], 1)
    assert open_citizen(runtime, colleague, case.citizen_id).citizen_id == case.citizen_id, "so it is true"


def test_a_large_team_is_counted(runtime, tenant, case):
    for number in range(MOST_NAMED + 1):
        staff(runtime, tenant, f"Colleague {number}")
    team = welcome(runtime, case).team
    assert (team.name, team.named, team.count) == ("Team Havnen", (), MOST_NAMED + 1)


def test_where_nobody_else_helps_no_team_is_named(runtime, tenant, case):
    add_coordinator(runtime, add_staff(runtime, tenant, in_team=True), case.citizen_id)
    assert welcome(runtime, case).team is None


def test_whoever_is_on_duty_and_whom_the_citizen_shares_with_are_named(runtime, tenant, clock):
    duty = staff(runtime, tenant, "Duty", in_team=False)
    case = risky_case(runtime, tenant, duty=duty.user_id)
    me = SignedInCitizen(tenant.organisation_id, case.citizen_id, "token")
    shared = [staff(runtime, tenant, name, in_team=name == "Teammate") for name in ("Shared", "Stopped", "Teammate")]
    for worker in shared:
        redeem_share(runtime, worker, share_access(runtime, me, days=3))
    stop_sharing(
        runtime, me, next(each.share_id for each in read_readers(runtime, me).shares if each.name == "Stopped")
    )
    assert [each.name for each in welcome(runtime, case).readers] == ["Duty", "Shared"], "a teammate is named as such"
    parent = read_visit(runtime, get_ticket(runtime, case, respondent_kind="parent"))
    assert [each.name for each in read_welcome(runtime, parent).readers] == ["Duty"], "a relative isn't told"
    clock.travel(days=4)
    assert [each.name for each in welcome(runtime, case).readers] == ["Duty"]
