"""What the administrator sees, and what they can't."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from sqlalchemy import text

from outcomes.errors import InstrumentError
from outcomes.instruments import shipped_instruments
from outcomes.models import AppUser
from outcomes.services.administer import read_admin_page
from outcomes.services.install_instrument import install_instrument
from outcomes.services.list_instruments import list_instruments
from outcomes.services.sign_in import issue_sign_in_link, make_actor, sign_in
from outcomes.store import organisations
from tests.integration.builders import add_staff, add_tenant, fill_tenant, small_instrument

pytestmark = pytest.mark.database


def test_instruments_staff_and_imports_of_the_own_organisation(runtime):
    case = fill_tenant(runtime, "nordby")
    fill_tenant(runtime, "sydby")
    admin = add_staff(runtime, case.tenant, "administrator", email="admin@example.org")
    install_instrument(runtime, case.tenant.scope, small_instrument())
    page = read_admin_page(runtime, admin)
    assert page.organisation_name == "Nordby Kommune"
    assert [(row.key, row.answered, row.validated) for row in list_instruments(runtime, admin)] == [
        ("small", False, False), ("wellbeing", True, False),
    ]  # fmt: skip
    assert [(row.name, str(row.role), row.active) for row in page.users] == [
        ("Test administrator", "Administrator", True), ("Test worker", "Worker", True),
    ]  # fmt: skip
    assert [row.last_seen is None for row in page.users] == [True, False]
    assert [(row.file_name, row.by) for row in page.imports] == [("table.csv", "command:test")]
    assert page.audit.in_order
    assert page.audit.fault is None
    assert page.audit.entries > 10


def test_no_citizen_is_on_the_page(runtime):
    case = fill_tenant(runtime, "nordby")
    admin = add_staff(runtime, case.tenant, "administrator")
    described = str(asdict(read_admin_page(runtime, admin)))
    for secret in ("Karen", str(case.citizen_id), "handle ind"):
        assert secret not in described


def test_a_record_that_was_tampered_with_is_said_on_the_page(runtime, database):
    case = fill_tenant(runtime, "nordby")
    admin = add_staff(runtime, case.tenant, "administrator")
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE goal_rating SET level = 2"))
    audit = read_admin_page(runtime, admin).audit
    assert not audit.in_order
    assert "1 faults. The first: goal_rating" in str(audit.fault)


def test_when_somebody_was_last_seen_is_when_they_last_signed_in(runtime):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator", email="admin@example.org")
    token = issue_sign_in_link(runtime, organisation_slug=tenant.slug, email="admin@example.org", reusable=True)
    sign_in(runtime, token)
    first = read_admin_page(runtime, admin).users[0].last_seen
    sign_in(runtime, token)
    assert read_admin_page(runtime, admin).users[0].last_seen > first


def test_a_version_that_is_there_does_not_change(runtime):
    tenant = add_tenant(runtime)
    install_instrument(runtime, tenant.scope, small_instrument())
    install_instrument(runtime, tenant.scope, small_instrument())
    with pytest.raises(InstrumentError, match="other content"):
        install_instrument(runtime, tenant.scope, small_instrument(title={"da": "Anden", "en": "Other"}))
    with runtime.database.transaction(tenant.scope) as session:
        rows = session.execute(text("SELECT key, definition -> 'title' ->> 'da' FROM instrument_version")).all()
    assert [tuple(row) for row in rows] == [("small", "Lille")]


def test_every_shipped_instrument_can_be_taken_in_and_read_again(runtime):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator")
    for instrument in shipped_instruments():
        install_instrument(runtime, tenant.scope, instrument)
    rows = list_instruments(runtime, admin)
    assert [row.key for row in rows] == sorted(instrument.key for instrument in shipped_instruments())
    profiles = {instrument.key for instrument in shipped_instruments() if instrument.kind == "profile"}
    assert {row.key for row in rows if row.scoring_only} == profiles


def test_an_import_is_listed_under_the_command_that_made_it(trial, trial_scope):
    with trial.database.transaction(trial_scope) as session:
        organisation_id = trial_scope.organisation_id
        session.add(AppUser(organisation_id=organisation_id, email="a@example.org", name="Admin", role="administrator"))
        session.commit()
    with trial.database.transaction(trial_scope) as session:
        admin = make_actor(organisations.find_user(session, email="a@example.org"))
    (row,) = read_admin_page(trial, admin).imports
    assert (row.file_name, row.rows, row.people, row.by) == ("long_with_baseline.csv", 500, 100, "command:import")
