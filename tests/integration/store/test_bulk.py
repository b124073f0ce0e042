"""Many rows at once: all of them are there, after what they refer to, and on the record as any other."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from outcomes.models import Citizen, CitizenIdentity, Organisation
from outcomes.services.administer import check_audit
from outcomes.store import migrate
from outcomes.store.bulk import add_rows
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from tests.conftest import ServerDatabase

pytestmark = pytest.mark.database


def test_rows_of_several_tables_and_kinds_are_stored_and_on_the_record(runtime: Runtime) -> None:
    scope = Scope(uuid4(), actor="test")
    citizens = [
        Citizen(id=uuid4(), organisation_id=scope.organisation_id, number=number, locale="da", **more)
        for number, more in enumerate(({}, {"birth_year": 1970}, {}), start=1)
    ]
    names = [
        CitizenIdentity(organisation_id=scope.organisation_id, citizen_id=each.id, name_sealed=b"sealed")
        for each in citizens
    ]
    with runtime.database.transaction(scope) as session:
        session.add(Organisation(id=scope.organisation_id, slug="many", name="Many", kind="municipality"))
        add_rows(session, rows=[*citizens, *names])  # the organisation goes first, though nobody has flushed it
        session.commit()

    with runtime.database.transaction(scope) as session:
        stored = session.scalars(select(Citizen).order_by(Citizen.number)).all()
        assert [(each.id, each.birth_year) for each in stored] == [(each.id, each.birth_year) for each in citizens]
        assert all(each.created_at is not None for each in stored)
        found = set(session.scalars(select(CitizenIdentity.citizen_id)))
    assert found == {each.id for each in citizens}
    assert check_audit(runtime, scope) == ()


def test_no_row_of_somebody_elses_is_stored(runtime: Runtime) -> None:
    stranger = Citizen(id=uuid4(), organisation_id=uuid4(), number=1, locale="da")
    with runtime.database.transaction(Scope(uuid4(), actor="test")) as session, pytest.raises(DBAPIError):
        add_rows(session, rows=[stranger])


def test_the_planner_is_told_what_every_table_holds(database: ServerDatabase, runtime: Runtime) -> None:
    scope = Scope(uuid4(), actor="test")
    with runtime.database.transaction(scope) as session:
        session.add(Organisation(id=scope.organisation_id, slug="many", name="Many", kind="municipality"))
        add_rows(
            session,
            rows=[
                Citizen(id=uuid4(), organisation_id=scope.organisation_id, number=number, locale="da")
                for number in range(1, 41)
            ],
        )
        session.commit()
    migrate.analyse(database.owner_url)

    with database.admin() as connection:
        told = connection.exec_driver_sql("SELECT reltuples FROM pg_class WHERE oid = 'citizen'::regclass").scalar()
    assert told == 40
