"""A language chosen behind a link is its holder's: the citizen's own, or that of whoever answers beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.models import PersonalLink, Relation
from outcomes.services.choose_language import choose_language, choose_own_language
from outcomes.services.open_link import issue_link, open_link
from outcomes.services.sign_in_citizen import SignedInCitizen, begin_session, read_own_language
from tests.integration.builders import add_case, add_course, add_tenant

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase


def locales(database: ServerDatabase, table: str) -> list[str | None]:
    """The languages stored in a table."""
    with database.admin() as connection:
        return list(connection.scalars(text(f"SELECT locale FROM {table}")).all())


def test_the_citizens_own_link_sets_the_citizens_language(
    runtime: Runtime, database: ServerDatabase, clock: Clock
) -> None:
    case = add_case(runtime, add_course(runtime, add_tenant(runtime)))
    ticket = open_link(runtime, issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"]))

    assert choose_language(runtime, ticket, locale="uk") is True
    assert choose_language(runtime, ticket, locale="uk") is False, "the same again writes nothing"
    assert locales(database, "citizen") == ["uk"]
    with pytest.raises(ValueError, match="not a language"):
        choose_language(runtime, ticket, locale="de")
    clock.travel(days=400)
    assert choose_language(runtime, ticket, locale="pl") is False, "the link is over"
    assert locales(database, "citizen") == ["uk"]


@pytest.mark.parametrize(("kind", "expected"), [("parent", ["so"]), ("worker", [None])])
def test_a_link_of_somebody_else_leaves_the_citizens_language(
    runtime: Runtime, database: ServerDatabase, kind: str, expected: list[str | None]
) -> None:
    case = add_case(runtime, add_course(runtime, add_tenant(runtime)))
    ticket = open_link(runtime, issue_link(runtime, case.tenant.scope, occasion_id=case.occasions["start"]))
    organisation_id, relation_id = case.tenant.organisation_id, uuid4()
    with runtime.database.transaction(case.tenant.scope) as session:
        session.add(
            Relation(
                id=relation_id,
                organisation_id=organisation_id,
                citizen_id=case.citizen_id,
                kind="parent",
                name_sealed=b"sealed",
                from_date=runtime.today(),
            )
        )
        session.flush()
        link = session.get_one(PersonalLink, (organisation_id, ticket.link_id))
        link.respondent_kind = kind
        link.relation_id = relation_id if kind == "parent" else None
        session.commit()

    assert choose_language(runtime, ticket, locale="so") is (kind == "parent")
    assert locales(database, "relation") == expected
    assert locales(database, "citizen") == [None]


def test_a_citizen_who_is_signed_in_sets_their_own_language(
    runtime: Runtime, database: ServerDatabase, clock: Clock
) -> None:
    case = add_case(runtime, add_course(runtime, add_tenant(runtime)))
    token = begin_session(runtime, case.tenant.organisation_id, case.citizen_id, method="code")
    citizen = SignedInCitizen(case.tenant.organisation_id, case.citizen_id, token)

    assert read_own_language(runtime, token) is None, "nobody has chosen one"
    assert [choose_own_language(runtime, citizen, locale="pl") for _ in range(2)] == [True, False]
    assert (read_own_language(runtime, token), locales(database, "citizen")) == ("pl", ["pl"])
    with pytest.raises(ValueError, match="not a language"):
        choose_own_language(runtime, citizen, locale="de")
    clock.travel(hours=3)
    assert read_own_language(runtime, token) is None, "the session is over"
