"""Rules that the database itself keeps, whatever the program above it does."""

from __future__ import annotations

from datetime import date
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError

from outcomes.models import Base
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.rate_goal import rate_goal
from tests.integration.builders import (
    add_analysis_plan,
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


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def course(runtime, tenant):
    return add_course(runtime, tenant)


@pytest.fixture
def case(runtime, course):
    return add_case(runtime, course)


@pytest.fixture
def run(runtime, tenant):
    """Run one statement as the application in the tenant's own scope."""

    def run_statement(statement, **values):
        with runtime.database.transaction(tenant.scope) as session:
            done = session.execute(text(statement), values)
            session.commit()
            return done.rowcount

    return run_statement


@pytest.fixture
def as_owner(database):
    """Run one statement as the owner of the tables, whom triggers bind too."""

    def run_statement(statement, **values):
        with database.connect(database.owner_url) as connection:
            organisation = values.pop("organisation", "")
            connection.execute(text("SELECT set_config('app.organisation', :id, true)"), {"id": str(organisation)})
            return connection.execute(text(statement), values).rowcount

    return run_statement


def test_one_coordinator_at_a_time_and_another_afterwards(runtime, tenant, case, run):
    first, second = add_staff(runtime, tenant), add_staff(runtime, tenant)
    add_coordinator(runtime, first, case.citizen_id)
    with pytest.raises(IntegrityError, match="uq_coordinator_one_active"):
        add_coordinator(runtime, second, case.citizen_id)
    assert run("UPDATE coordinator SET to_date = from_date") == 1
    add_coordinator(runtime, second, case.citizen_id)
    with pytest.raises(IntegrityError, match="dates_in_order"):
        run("UPDATE coordinator SET to_date = from_date - 1")
    assert run("UPDATE coordinator SET to_date = from_date") == 2


def test_one_response_per_occasion_and_respondent(runtime, case, run):
    response = answer(runtime, get_ticket(runtime, case), {"hope": 2})
    copy = (
        "INSERT INTO response (organisation_id, id, occasion_id, instrument_version_id, respondent_kind, mode, locale,"
        " answers, submission_key, answered_at, late) SELECT organisation_id, gen_random_uuid(), occasion_id,"
        " instrument_version_id, :respondent, mode, locale, answers, gen_random_uuid(), answered_at, late FROM response"
        " WHERE id = :id"
    )
    with pytest.raises(IntegrityError, match="uq_response_respondent"):
        run(copy, respondent="citizen", id=response.response_id)
    assert run(copy, respondent="worker", id=response.response_id) == 1
    with pytest.raises(IntegrityError, match="respondent_kind_known"):
        run(copy, respondent="neighbour", id=response.response_id)


@pytest.mark.parametrize(
    "change",
    [
        "opens_on = planned_on + 1",
        "due_on = planned_on - 1",
        "closes_on = due_on - 1",
    ],
)
def test_the_window_of_an_occasion_is_in_order(case, run, change):
    with pytest.raises(IntegrityError, match="ck_occasion_window_in_order"):
        run(f"UPDATE occasion SET {change} WHERE code = 'start'")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("opens_days_before = -1", "window_in_order"),
        ("closes_days_after = due_days_after - 1", "window_in_order"),
        ("period = 0", "period_positive"),
        ("period = NULL", "period_where_needed"),
        ("period_unit = 'days'", "period_unit_known"),
        ("kind = 'sometimes'", "kind_known"),
    ],
)
def test_a_step_of_a_measurement_plan_makes_sense(course, run, change, rule):
    with pytest.raises(IntegrityError, match=f"ck_plan_step_{rule}"):
        run(f"UPDATE plan_step SET {change} WHERE code = 'month'")


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("ended_on = started_on - 1, end_reason = 'moved'", "dates_in_order"),
        ("ended_on = started_on", "end_has_reason"),
        ("end_reason = 'moved'", "end_has_reason"),
        ("comparison_status = 'twin'", "comparison_status_known"),
    ],
)
def test_an_episode_makes_sense(case, run, change, rule):
    with pytest.raises(IntegrityError, match=f"ck_episode_{rule}"):
        run(f"UPDATE episode SET {change}")


def test_an_episode_starts_once_a_day_for_a_person_in_an_intervention(runtime, course, case):
    with pytest.raises(IntegrityError, match="uq_episode"):
        add_case(runtime, course, citizen_id=case.citizen_id)


@pytest.mark.parametrize("column", ["own_words", "set_on", "baseline_level", "episode_id"])
def test_a_goal_stays_in_the_citizens_own_words(runtime, course, case, run, column):
    add_goal(runtime, case)
    other = add_case(runtime, course)
    value = {
        "own_words": "'noget andet'",
        "set_on": "set_on + 1",
        "baseline_level": "2",
        "episode_id": f"'{other.episode_id}'",
    }[column]
    with pytest.raises(IntegrityError, match=f"goal.{column} can't be changed"):
        run(f"UPDATE goal SET {column} = {value}")
    assert run("UPDATE goal SET weight = 2") == 1, "what isn't the citizen's own words can be corrected"


@pytest.mark.parametrize("change", ["weight = 2", "kind = 'maintain'", "levels = ARRAY['1', '2', '3', '4', '5']"])
def test_the_scale_of_a_goal_stays_once_it_was_rated(runtime, tenant, case, run, change):
    """A rating means what its level meant when it was given."""
    goal_id, actor = add_goal(runtime, case), add_staff(runtime, tenant, in_team=True)
    assert run(f"UPDATE goal SET {change}") == 1
    run("UPDATE goal SET weight = 1, kind = 'develop', levels = ARRAY['a', 'b', 'c', 'd', 'e']")
    rate_goal(runtime, actor, goal_id, level=1, note="", submission_key=uuid4())
    with pytest.raises(IntegrityError, match="can't be changed"):
        run(f"UPDATE goal SET {change}")


@pytest.mark.parametrize(
    ("change", "rule"),
    [("levels = ARRAY['a', 'b']", "five_levels"), ("weight = 0", "weight_positive"), ("kind = 'win'", "kind_known")],
)
def test_a_goal_has_five_levels_a_weight_and_a_kind(runtime, case, run, change, rule):
    add_goal(runtime, case)
    with pytest.raises(IntegrityError, match=f"ck_goal_{rule}"):
        run(f"UPDATE goal SET {change}")


def test_a_goal_without_words_is_none(runtime, case):
    with pytest.raises(IntegrityError, match="own_words_given"):
        add_goal(runtime, case, own_words="  ")


@pytest.mark.parametrize(
    "table",
    ["response", "goal_rating", "access_entry", "audit_entry", "aggregate_export", "risk_protocol", "correction"],
)
@pytest.mark.parametrize("statement", ["UPDATE {} SET organisation_id = organisation_id", "DELETE FROM {}"])
def test_what_is_append_only_is_so_for_the_application_and_for_the_owner(two_tenants, table, statement):
    database, tenant = two_tenants.database, two_tenants.a.tenant
    with (
        two_tenants.runtime.database.transaction(tenant.scope) as session,
        pytest.raises(ProgrammingError, match="permission denied"),
    ):
        session.execute(text(statement.format(table)))
    for as_owner in (statement.format(table), f"TRUNCATE {table} CASCADE"):
        with database.connect(database.owner_url) as connection:
            connection.execute(text(f"SET app.organisation = '{tenant.organisation_id}'"))
            with pytest.raises(IntegrityError, match="append-only"):
                connection.execute(text(as_owner))
            connection.rollback()


@pytest.mark.parametrize("column", ["definition", "checksum", "key", "version"])
def test_an_instrument_version_never_changes(two_tenants, column):
    value = {"definition": "'{}'", "checksum": "sha256('x')"}.get(column, "'x'")
    with (
        two_tenants.runtime.database.transaction(two_tenants.a.tenant.scope) as session,
        pytest.raises(IntegrityError, match=f"instrument_version.{column} can't be changed"),
    ):
        session.execute(text(f"UPDATE instrument_version SET {column} = {value}"))


def test_an_instrument_version_can_be_retired_and_not_removed_once_used(tenant, course, case, run, as_owner):
    assert run("UPDATE instrument_version SET active = false") == 1
    with pytest.raises(IntegrityError, match="foreign key"):
        as_owner("DELETE FROM instrument_version", organisation=tenant.organisation_id)


def test_an_analysis_plan_can_be_worked_on_until_it_is_frozen(runtime, tenant, course, run, as_owner):
    add_analysis_plan(runtime, course)
    assert run("UPDATE analysis_plan SET definition = definition || '{\"note\": 1}'") == 1
    freeze_plan(runtime, tenant.scope, course.slug, by="Test")
    for change in ("definition = '{}'", "frozen_at = NULL", "frozen_at = now()", "frozen_by = 'x'", "version = 9"):
        column = change.split(" ")[0]
        for way in (run, lambda statement: as_owner(statement, organisation=tenant.organisation_id)):
            with pytest.raises(IntegrityError, match=f"analysis_plan.{column} can't be changed"):
                way(f"UPDATE analysis_plan SET {change}")
    with pytest.raises(IntegrityError, match="append-only"):
        as_owner("DELETE FROM analysis_plan", organisation=tenant.organisation_id)


def test_results_are_seen_after_freezing_and_once(runtime, tenant, course, run):
    add_analysis_plan(runtime, course)
    with pytest.raises(IntegrityError, match="frozen_before_seen"):
        run("UPDATE analysis_plan SET results_first_seen_at = now()")
    freeze_plan(runtime, tenant.scope, course.slug, by="Test")
    with pytest.raises(IntegrityError, match="frozen_before_seen"):
        run("UPDATE analysis_plan SET results_first_seen_at = frozen_at - interval '1 second'")
    assert run("UPDATE analysis_plan SET results_first_seen_at = frozen_at + interval '1 hour'") == 1
    for later in ("NULL", "frozen_at + interval '2 hours'"):
        with pytest.raises(IntegrityError, match="results_first_seen_at can't be changed"):
            run(f"UPDATE analysis_plan SET results_first_seen_at = {later}")


def test_citizens_and_identities_are_told_apart(runtime, tenant, run):
    first = add_citizen(runtime, tenant, cpr="0101901234")
    with pytest.raises(IntegrityError, match="uq_citizen_identity_organisation_id_cpr_hash"):
        add_citizen(runtime, tenant, cpr="0101901234")
    with pytest.raises(IntegrityError, match="external_id_has_source"):
        run("UPDATE citizen SET external_id = '7' WHERE id = :id", id=first)
    with pytest.raises(IntegrityError, match="cpr_sealed_with_hash"):
        run("UPDATE citizen_identity SET cpr_hash = NULL")


def test_scores_are_numbers_of_answers_that_were_given(runtime, case, as_owner):
    answer(runtime, get_ticket(runtime, case), {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3, "hope": 4})
    with pytest.raises(IntegrityError, match="value_is_number"):
        as_owner("UPDATE score SET value = 'NaN'", organisation=case.tenant.organisation_id)
    with pytest.raises(IntegrityError, match="answered_of_items"):
        as_owner("UPDATE score SET n_answered = n_items + 1", organisation=case.tenant.organisation_id)


@pytest.mark.parametrize("table", ["personal_link", "sign_in_link", "staff_session"])
def test_a_token_is_only_ever_its_hash(two_tenants, table):
    with (
        two_tenants.runtime.database.transaction(two_tenants.a.tenant.scope) as session,
        pytest.raises(IntegrityError, match="token_hash_length"),
    ):
        session.execute(text(f"UPDATE {table} SET token_hash = 'readable-token'"))


def test_two_versions_of_an_instrument_stand_side_by_side(runtime, tenant):
    add_course(runtime, tenant, slug="a", instrument=small_instrument())
    add_course(runtime, tenant, slug="b", instrument=small_instrument(version="2.0"))
    with runtime.database.transaction(tenant.scope) as session:
        versions = session.scalars(text("SELECT version FROM instrument_version ORDER BY version")).all()
    assert versions == ["1.0", "2.0"]


def test_every_constraint_of_the_models_is_in_the_database_by_name(database):
    preparer = PGDialect().identifier_preparer
    named = {
        preparer.format_constraint(constraint)
        for table in Base.metadata.tables.values()
        for constraint in table.constraints
    }
    with database.admin() as connection:
        present = set(
            connection.scalars(
                text("SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'")
            )
        )
    assert named == present - {"alembic_version_pkc"}


def test_an_organisation_has_a_readable_name_and_an_official_code(runtime, database, tenant):
    for change, rule in (
        ("slug = 'Nord By'", "slug_readable"),
        ("municipality_code = '12'", "municipality_code_official"),
        ("kind = 'club'", "kind can't be changed"),
    ):
        with runtime.database.transaction(tenant.scope) as session, pytest.raises(DBAPIError, match=rule):
            session.execute(text(f"UPDATE organisation SET {change}"))


def test_laws_and_target_groups_hold_for_a_time_that_runs_forward(runtime, tenant, run):
    for table, columns, values in (
        ("legal_basis", "law, section", "'Serviceloven', '§ 85'"),
        ("target_group", "code", "'voksne'"),
    ):
        with pytest.raises(IntegrityError, match=f"ck_{table}_valid_in_order"):
            run(
                f"INSERT INTO {table} (organisation_id, id, title, valid_from, valid_to, {columns})"
                f" VALUES (:organisation, :id, '{{}}', :day, :day, {values})",
                organisation=tenant.organisation_id, id=uuid4(), day=date(2026, 1, 1),
            )  # fmt: skip
