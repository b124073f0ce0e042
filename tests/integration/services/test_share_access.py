"""A citizen lets a new worker read for a time: the worker reads, and stopping ends it at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.errors import AnswerError, NotFoundError, TooManyAttemptsError
from outcomes.models import Episode, Provider, Unit
from outcomes.services.handle_signal import handle_signal, open_signal
from outcomes.services.list_caseload import list_caseload
from outcomes.services.list_sheets import list_sheets
from outcomes.services.open_asking import open_asking
from outcomes.services.open_citizen import open_citizen
from outcomes.services.rate_goal import open_goal
from outcomes.services.read_own_page import read_readers
from outcomes.services.set_contact import set_contact
from outcomes.services.share_access import (
    LETTERS,
    redeem_share,
    share_access,
    share_code_hash,
    stop_sharing,
)
from outcomes.services.sign_in_citizen import SignedInCitizen
from outcomes.vault import Vault
from tests.integration.builders import (
    Case,
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
)
from tests.integration.risk import answer_risky, risky_case

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime
    from tests.conftest import Clock, ServerDatabase

pytestmark = pytest.mark.database


@pytest.fixture
def case(runtime: Runtime) -> Case:
    tenant = add_tenant(runtime)
    return add_case(runtime, add_course(runtime, tenant))


@pytest.fixture
def me(case: Case) -> SignedInCitizen:
    return SignedInCitizen(case.tenant.organisation_id, case.citizen_id, "token")


@pytest.fixture
def newcomer(runtime: Runtime, case: Case) -> Actor:
    """A worker of the same organisation who has nothing to do with the citizen."""
    return add_staff(runtime, case.tenant)


def move_elsewhere(runtime: Runtime, case: Case) -> None:
    """Another team of the organisation delivers what the case is about."""
    organisation_id = case.tenant.organisation_id
    with runtime.database.transaction(case.tenant.scope) as session:
        unit = Unit(id=uuid4(), organisation_id=organisation_id, name="De andre")
        provider = Provider(id=uuid4(), organisation_id=organisation_id, unit_id=unit.id, name="De andre")
        session.add(unit)
        session.flush()
        session.add(provider)
        session.flush()
        session.get_one(Episode, (organisation_id, case.episode_id)).provider_id = provider.id
        session.commit()


def purposes(database: ServerDatabase) -> list[str]:
    with database.admin() as connection:
        return list(connection.scalars(text("SELECT purpose FROM access_entry ORDER BY at")))


def test_a_new_worker_reads_and_stopping_blocks_at_once(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, database: ServerDatabase
) -> None:
    with pytest.raises(NotFoundError):
        open_citizen(runtime, newcomer, case.citizen_id)
    assert redeem_share(runtime, newcomer, share_access(runtime, me, days=14)) == case.citizen_id
    view = open_citizen(runtime, newcomer, case.citizen_id)
    assert view.name == "Karen Prøvesen"
    assert str(view.shared_until) == "2026-03-15"
    assert [(each.name, str(each.until)) for each in list_caseload(runtime, newcomer).shared] == [
        ("Karen Prøvesen", "2026-03-15")
    ]
    assert purposes(database) == ["shared", "caseload"]
    (share,) = read_readers(runtime, me).shares
    stop_sharing(runtime, me, share.share_id)
    with pytest.raises(NotFoundError):
        open_citizen(runtime, newcomer, case.citizen_id)
    assert list_caseload(runtime, newcomer).shared == ()
    assert read_readers(runtime, me).shares == ()


def test_reading_ends_with_the_last_day(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, clock: Clock
) -> None:
    redeem_share(runtime, newcomer, share_access(runtime, me, days=2))
    clock.travel(days=1, hours=13)  # 23:30 in Denmark
    assert open_citizen(runtime, newcomer, case.citizen_id)
    clock.travel(minutes=31)
    with pytest.raises(NotFoundError):
        open_citizen(runtime, newcomer, case.citizen_id)


def test_a_shared_page_is_read_and_nothing_is_done_there(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, database: ServerDatabase
) -> None:
    goal_id = add_goal(runtime, case)
    redeem_share(runtime, newcomer, share_access(runtime, me, days=1))
    with pytest.raises(NotFoundError):
        open_goal(runtime, newcomer, goal_id)
    assert purposes(database) == []


def test_whoever_helps_anyway_reads_as_before(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, database: ServerDatabase
) -> None:
    goal_id = add_goal(runtime, case)
    add_coordinator(runtime, newcomer, case.citizen_id)
    teammate = add_staff(runtime, case.tenant, in_team=True)
    for actor in (newcomer, teammate):
        redeem_share(runtime, actor, share_access(runtime, me, days=1))
        assert open_citizen(runtime, actor, case.citizen_id).shared_until is None
        assert open_goal(runtime, actor, goal_id)
    assert set(purposes(database)) == {"citizen page", "goal rating"}


def test_a_share_gives_nothing_more_where_neither_the_worker_nor_the_provider_has_a_team(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, database: ServerDatabase
) -> None:
    """Providers that were imported have no team, and a worker may have none: two of nothing aren't the same team."""
    with database.admin() as connection:
        connection.execute(text("UPDATE provider SET unit_id = NULL"))
        key, version = connection.execute(text("SELECT key, version FROM instrument_version LIMIT 1")).one()
    assert newcomer.unit_id is None
    assert list_sheets(runtime, newcomer, key=key, version=version).sheets == ()
    goal_id = add_goal(runtime, case)
    redeem_share(runtime, newcomer, share_access(runtime, me, days=1))
    assert str(open_citizen(runtime, newcomer, case.citizen_id).shared_until) == "2026-03-02"
    with pytest.raises(NotFoundError):
        open_goal(runtime, newcomer, goal_id)
    with pytest.raises(NotFoundError):
        set_contact(runtime, newcomer, case.citizen_id, phone="20304050", email="")
    assert purposes(database) == ["shared"]


def test_a_share_lets_a_team_read_the_other_teams_episodes_and_act_in_its_own_alone(
    runtime: Runtime, case: Case, me: SignedInCitizen, database: ServerDatabase
) -> None:
    teammate = add_staff(runtime, case.tenant, in_team=True)
    own_goal = add_goal(runtime, case)
    theirs = risky_case(runtime, case.tenant, citizen_id=case.citizen_id)
    other_goal, signal_id = add_goal(runtime, theirs, "Et mål hos de andre"), answer_risky(runtime, theirs)
    move_elsewhere(runtime, theirs)
    redeem_share(runtime, teammate, share_access(runtime, me, days=1))
    view = open_citizen(runtime, teammate, case.citizen_id)
    assert {goal.goal_id: goal.rates for goal in view.goals} == {own_goal: True, other_goal: False}
    assert {occasion.occasion_id for occasion in view.occasions if occasion.asks} == {case.occasions["start"]}
    assert view.signals == ()
    assert open_goal(runtime, teammate, own_goal)
    with pytest.raises(NotFoundError):
        open_goal(runtime, teammate, other_goal)
    with pytest.raises(NotFoundError):
        open_asking(runtime, teammate, case.citizen_id, theirs.occasions["start"])
    with pytest.raises(NotFoundError):
        open_signal(runtime, teammate, signal_id)
    with pytest.raises(NotFoundError):
        handle_signal(runtime, teammate, signal_id, handling="Ringede op.")


def test_every_code_that_opens_nothing_is_answered_alike(
    runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor, clock: Clock
) -> None:
    elsewhere = add_staff(runtime, add_tenant(runtime, "sydby"))
    used, ended, old, foreign = (share_access(runtime, me, days=1) for _ in range(4))
    redeem_share(runtime, add_staff(runtime, case.tenant), used)
    waiting = read_readers(runtime, me).shares
    for share in waiting:
        if not share.name:
            stop_sharing(runtime, me, share.share_id)
    fresh = share_access(runtime, me, days=1)
    said = set()
    for actor, code in (
        (newcomer, used),
        (newcomer, ended),
        (newcomer, "WRONG234"),
        (newcomer, ""),
        (elsewhere, fresh),
    ):
        with pytest.raises(AnswerError) as refused:
            redeem_share(runtime, actor, code)
        said.add(str(refused.value))
    clock.travel(days=7, seconds=1)
    with pytest.raises(AnswerError) as refused:
        redeem_share(runtime, newcomer, fresh)
    assert {*said, str(refused.value)} == {str(refused.value)}
    assert {old, foreign}


def test_codes_are_not_guessed(runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor) -> None:
    for _ in range(10):
        with pytest.raises(AnswerError):
            redeem_share(runtime, newcomer, "AAAAAAAA")
    with pytest.raises(TooManyAttemptsError):
        redeem_share(runtime, newcomer, share_access(runtime, me, days=1))


def test_one_code_lets_one_worker_in_however_many_try(runtime: Runtime, case: Case, me: SignedInCitizen) -> None:
    code = share_access(runtime, me, days=1)
    workers = [add_staff(runtime, case.tenant) for _ in range(6)]

    def use(actor: Actor) -> bool:
        try:
            return bool(redeem_share(runtime, actor, code))
        except AnswerError:
            return False

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(use, workers)) == 1


def test_nobody_else_stops_a_share(runtime: Runtime, case: Case, me: SignedInCitizen, newcomer: Actor) -> None:
    redeem_share(runtime, newcomer, share_access(runtime, me, days=1))
    (share,) = read_readers(runtime, me).shares
    stranger = SignedInCitizen(me.organisation_id, add_citizen(runtime, case.tenant), "token")
    with pytest.raises(NotFoundError):
        stop_sharing(runtime, stranger, share.share_id)
    assert open_citizen(runtime, newcomer, case.citizen_id)


@pytest.mark.parametrize("days", [None, 0, -1, 91, 10**9])
def test_days_are_1_to_90(runtime: Runtime, me: SignedInCitizen, days: int | None) -> None:
    with pytest.raises(AnswerError):
        share_access(runtime, me, days=days)
    assert read_readers(runtime, me).shares == ()


def test_the_code_itself_is_stored_nowhere(
    runtime: Runtime, me: SignedInCitizen, newcomer: Actor, database: ServerDatabase
) -> None:
    code = share_access(runtime, me, days=1)
    with database.admin() as connection:
        rows = connection.scalars(text("SELECT t::text FROM access_share t")).all()
    assert rows
    assert not any(code in row for row in rows)


@settings(max_examples=50)
@given(st.text(LETTERS, min_size=8, max_size=8), st.data())
def test_how_a_code_is_written_makes_no_difference(code: str, data: st.DataObject) -> None:
    vault = Vault({"k": bytes(32)}, bytes(32))
    cut = data.draw(st.integers(0, 8))
    written = f" {code[:cut].lower()}{data.draw(st.sampled_from([' ', '-', '', ' - ']))}{code[cut:]}\n"
    assert share_code_hash(vault, written) == share_code_hash(vault, code)
