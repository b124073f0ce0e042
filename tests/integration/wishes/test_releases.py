"""One estimator locally and nationally; who did not report is unknown; and the authority never meets a person."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from outcomes import create_app
from outcomes.errors import NotAllowedError, NotFoundError
from outcomes.models import Base
from outcomes.reports.release_content import canonical_json
from outcomes.services.build_report import read_period
from outcomes.services.demo import staff
from outcomes.services.demo.neighbours import (
    BAKKEDAL,
    ENGHAVN,
    SILENT_NAME,
    SILENT_SLUG,
    add_authority,
    add_neighbour,
    publish_for_authority,
)
from outcomes.services.publish_release import publish_release
from outcomes.services.read_national import read_national
from outcomes.services.read_release import read_release
from outcomes.services.read_targets import read_targets
from outcomes.services.runtime import Runtime
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.store import migrate, targets
from outcomes.store.database import Database, Scope
from outcomes.vault import Vault
from outcomes.views.admission import ANYONE
from tests.conftest import Clock, ServerDatabase
from tests.integration.builders import add_tenant
from tests.integration.views.conftest import Browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.settings import Settings
    from tests.conftest import DatabaseMaker

SMALLER = 26


@dataclass(frozen=True)
class Country:
    """Two municipalities that have published for the authority, one that hasn't, and one that published for itself alone."""

    runtime: Runtime
    database: ServerDatabase
    authority: Scope
    places: tuple[Scope, ...]
    own_release: UUID


@pytest.fixture(scope="module")
def country(make_database: DatabaseMaker, settings: Settings) -> Iterator[Country]:
    """Made once; the last test publishes one more report."""
    database, rng = make_database(), Random(7)
    application = Database(database.app_url)
    runtime = Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), Clock())
    authority = add_authority(runtime, rng)
    smaller = (replace(BAKKEDAL, people=SMALLER), replace(ENGHAVN, people=SMALLER))
    places = [add_neighbour(runtime, neighbour, rng) for neighbour in smaller]
    migrate.analyse(database.owner_url)
    for scope in places:
        publish_for_authority(runtime, scope, by="Test")
    add_tenant(runtime, SILENT_SLUG, SILENT_NAME)
    own = publish_release(
        runtime, places[0], kind="value", subject="bostoette", first_day=None, last_day=None, content={"amount": 12},
        populations={}, snapshot="", for_authority=False, reason="", by="Test",
    )  # fmt: skip
    yield Country(runtime, database, authority, tuple(places), own.id)
    application.dispose()


def test_the_same_figures_locally_and_nationally(country: Country) -> None:
    """S1: "nye metoder til måling og vurdering af effekt, som også kan bruges fra central hånd"."""
    national = read_national(country.runtime, country.authority)
    (intervention,) = national.interventions
    told = {place.name: place for place in intervention.places}
    for scope, name in zip(country.places, ("Bakkedal Kommune", "Enghavn Kommune"), strict=True):
        assert told[name].release_id is not None
        page = read_release(country.runtime, scope, told[name].release_id)
        assert page.document is not None
        figures = page.document.figures["interventions"][0]
        number = told[name].number
        assert number is not None
        assert figures["main"] == {"estimate": number.estimate, "ci_low": number.low, "ci_high": number.high}
        assert told[name].n == figures["n_behind"]
    assert intervention.together is not None
    assert intervention.together.n_places == 2
    target = national.targets[0]
    assert [place.name for place in target.places] == sorted(place.name for place in target.places)


def test_who_did_not_report_is_unknown_not_well(country: Country) -> None:
    """S4: "der, hvor data peger på, at behovet er størst"; non-reporters are shown as unknown."""
    national = read_national(country.runtime, country.authority)
    assert national.missing == (SILENT_NAME,)
    silent = next(place for place in national.interventions[0].places if place.name == SILENT_NAME)
    assert silent.finding is silent.number is silent.expected is None
    status = next(place for place in national.targets[0].places if place.name == SILENT_NAME)
    assert (status.status, status.value) == ("cannot_be_said", None)
    names = [place.name for place in national.interventions[0].places]
    assert names == sorted(names)


def test_a_national_target_is_judged_by_its_own_days_and_people(country: Country) -> None:
    """What is published of other days, or of everybody where the target is of a group, says nothing of a target."""
    with country.runtime.database.transaction(country.authority) as session:
        (row,) = targets.list_targets(session)
        told = {name: getattr(row, name) for name in ("title", "level", "intervention_slug", "threshold")}
        told |= {
            "indicator": "mean_change",
            "direction": row.direction,
            "minimum_n": 10,
            "reason": "",
            "decided_by": "Test",
            "ends": False,
        }
        days = {"first_day": row.first_day, "last_day": row.last_day}
        for code, changes in (
            ("x-same", days),
            ("y-days", days | {"first_day": row.first_day - timedelta(days=366)}),
            ("z-group", days | {"target_group": "unge"}),
        ):
            whom = {"intervention_id": None, "provider_id": None, "target_group": None, "legal_section": None}
            targets.add_target(
                session, organisation_id=row.organisation_id, code=code, version=1, **{**told, **whom, **changes}
            )
        session.commit()
    _, same, other, group = read_national(country.runtime, country.authority).targets
    assert all(place.value is not None for place in same.places if place.name != SILENT_NAME)
    assert all(place.value is None and place.status == "cannot_be_said" for place in (*other.places, *group.places))
    assert "of the target's days" in " ".join(str(place.words) for place in other.places)
    named = {
        view.intervention: str(view.intervention_name)
        for view in read_targets(country.runtime, country.authority).targets
    }
    assert named["bostoette"] == "Bostøtte i eget hjem", "as it is published, not as it stands in addresses"


def test_the_authoritys_session_reads_no_row_of_others_but_what_is_published_for_it(country: Country) -> None:
    """The control "authority: never person data", by row-level security alone: raw SQL over every table."""
    tables = sorted(table.name for table in Base.metadata.tables.values() if "organisation_id" in table.columns)
    authority = str(country.authority.organisation_id)
    with country.database.admin() as connection:
        there = {
            name: connection.scalar(
                text(f"SELECT count(*) FROM {name} WHERE organisation_id <> :own"), {"own": authority}
            )
            for name in tables
        }
    assert {"citizen", "citizen_identity", "episode", "response", "score", "release_ledger"} <= {
        name for name, count in there.items() if count
    }
    with country.runtime.database.transaction(country.authority) as session:
        for name in tables:
            seen = session.scalar(
                text(f"SELECT count(*) FROM {name} WHERE organisation_id <> :own"), {"own": authority}
            )
            assert seen == (2 if name == "release" else 0), name
    with country.runtime.database.transaction(country.places[0]) as session:
        assert session.execute(text("SELECT * FROM municipalities()")).all() == []


def test_what_is_published_holds_no_person(country: Country) -> None:
    with country.database.admin() as connection:
        contents = connection.scalars(text("SELECT content FROM release")).all()
        people = connection.scalars(text("SELECT id FROM citizen UNION SELECT id FROM episode")).all()
    published = " ".join(canonical_json(content) for content in contents)
    assert people
    assert not any(str(person) in published or person.hex in published for person in people)


def test_only_an_authority_reads_the_national_overview(country: Country) -> None:
    with pytest.raises(NotAllowedError):
        read_national(country.runtime, country.places[0])
    for scope in (country.authority, country.places[1]):  # published for the municipality itself
        with pytest.raises(NotFoundError):
            read_release(country.runtime, scope, country.own_release)


def test_the_authority_enters_no_page_with_a_person(country: Country) -> None:
    """Sign-in leads to all municipalities; every page of others refuses; a published release can be read from there."""
    app = create_app(country.runtime)
    token = issue_sign_in_link(
        country.runtime, organisation_slug=staff.AUTHORITY_SLUG, email=staff.AUTHORITY.email, reusable=True
    )
    browser = Browser(app.test_client())
    browser.get(f"/log-ind/{token}")
    assert browser.send(f"/log-ind/{token}").request.path == "/national"
    assert "Enghavn Kommune" in browser.html
    assert SILENT_NAME in browser.html
    release_id = read_national(country.runtime, country.authority).interventions[0].places[0].release_id
    assert browser.get(f"/udgivelser/{release_id}").status_code == 200
    assert not re.search(r"Version 1, [^.]*Test", browser.html)  # what is read from outside names no member of staff
    assert browser.get(f"/udgivelser/{release_id}/data.json").status_code == 200
    assert browser.get(f"/udgivelser/{country.own_release}").status_code == 404
    assert browser.get("/udgivelser").status_code == 403
    for rule in app.url_map.iter_rules():
        admitted = app.view_functions[rule.endpoint].admits  # type: ignore[attr-defined]
        if "authority" in admitted and ANYONE not in admitted:
            assert not {"citizen_id", "goal_id", "occasion_id", "episode_id"} & rule.arguments, rule.rule
        elif ANYONE not in admitted and "GET" in (rule.methods or ()):
            path = re.sub(r"<int:\w+>", "1", re.sub(r"<(uuid:)?\w+>", str(uuid4()), rule.rule))
            assert browser.client.get(path).status_code in {401, 403, 404}, rule.rule


def test_a_manager_publishes_exactly_what_was_shown(country: Country) -> None:
    """What is out was seen before; a page that shows older figures publishes nothing."""
    token = issue_sign_in_link(country.runtime, organisation_slug=BAKKEDAL.slug, email=BAKKEDAL.manager.email)
    browser = Browser(create_app(country.runtime).test_client())
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    assert "Bakkedal Kommune" in browser.get("/udgivelser").get_data(as_text=True)
    period = read_period(country.runtime, country.places[0]).in_whole_quarters()
    asked = {"from_date": str(period.from_date), "to_date": str(period.to_date)}
    path = f"/udgivelser/ny?figures=report:bostoette&from_date={period.from_date}&to_date={period.to_date}"
    for figures in ("overview:", "targets:", "requirements:", "supervision:", "offers:", "contract:"):
        assert browser.get("/udgivelser/ny", figures=figures, **asked).status_code == 200, figures
    for figures in ("payment:x", "report:nothing", "value:bostoette", ""):
        assert browser.get("/udgivelser/ny", figures=figures, **asked).status_code == 404, figures
    assert browser.get("/udgivelser/ny", figures="overview:", from_date="soon").status_code == 400
    browser.get("/udgivelser/ny", figures="report:bostoette", **asked)
    seen = re.search(r'name="seen" value="([0-9a-f]+)"', browser.html)
    assert seen is not None
    assert browser.send(path, seen="ab").status_code == 409
    done = browser.send(path, seen=seen.group(1))
    assert (done.status_code, done.request.path.startswith("/udgivelser/")) == (200, True)
    assert "Bakkedal Kommune" in browser.html
    assert browser.get("/udgivelser/ny", figures="report:bostoette", **asked).status_code == 200
    assert 'name="seen"' not in browser.html  # it is out already: there is nothing to send
