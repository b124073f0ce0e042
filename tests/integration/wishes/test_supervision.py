"""The wishes about supervision: by risk instead of by calendar, and each datum entered once."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from io import BytesIO
from types import SimpleNamespace
from uuid import uuid4

import pypdf
import pytest
from sqlalchemy import text

from outcomes.errors import ConflictError, InputError, NotFoundError
from outcomes.language import translate, use_locale
from outcomes.models import Organisation, ProviderRecord, SupervisionSignal
from outcomes.reports.plain import to_plain
from outcomes.services.add_themes import add_themes
from outcomes.services.enter_fact import FactText, enter_fact
from outcomes.services.find_supervision_signals import find_supervision_signals, look_every_night
from outcomes.services.handle_supervision import handle_supervision, read_signal, seen_mark
from outcomes.services.print_pack import print_pack
from outcomes.services.read_pack import read_pack
from outcomes.services.read_supervision import read_supervision
from outcomes.services.read_themes import read_themes
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.store.database import Scope
from outcomes.store.supervision import put_look
from tests.integration.builders import add_course, add_staff, add_tenant
from tests.integration.steering_side import SIGNAL
from tests.integration.views.conftest import Browser

pytestmark = pytest.mark.database

TURNOVER = FactText("turnover", "22,5", "2026-01-31", "Lederens opgørelse")


@pytest.fixture
def tenant(runtime):
    return add_tenant(runtime)


@pytest.fixture
def manager(runtime, tenant):
    return add_staff(runtime, tenant, "manager", email="leder@example.org")


@pytest.fixture
def browser(runtime, client, manager):
    """The manager's browser, in English."""
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="leder@example.org")
    browser = Browser(client)
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    browser.get("/tilsyn", sprog="en")
    return browser


def add_record(runtime, tenant, staffing, day=date(2026, 1, 1)):
    """What the register tells of the tenant's provider from a day on: posts, and who is trained."""
    with runtime.database.transaction(tenant.scope) as session:
        session.add(
            ProviderRecord(
                id=uuid4(), organisation_id=tenant.organisation_id, provider_id=tenant.provider_id, valid_from=day,
                owner_kind="municipal", owner="Nordby", has_address=True, staffing=staffing, source="x", recorded_by="x",
                competences=[{"title": {"da": "Fag", "en": "Craft"}, "people": n} for n in (2, 5)],
            )
        )  # fmt: skip
        session.commit()


def add_signals(runtime, tenant, *methods):
    """Signals of the tenant's provider in one intervention; gives their ids."""
    course = add_course(runtime, tenant)
    found = []
    with runtime.database.transaction(tenant.scope) as session:
        for method in methods:
            row = SupervisionSignal(
                id=uuid4(), organisation_id=tenant.organisation_id, provider_id=tenant.provider_id,
                intervention_id=course.intervention_id, method=method, found_on=date(2025, 12, 31), content=dict(SIGNAL),
            )  # fmt: skip
            session.add(row)
            found.append(row.id)
        session.commit()
    return found


def find_line(pack, authority, key):
    """A datum as it stands under an authority's themes."""
    part = next(part for part in pack.authorities if part.authority == authority)
    return next(line for theme in part.themes for line in theme.lines if line.key == key)


def test_each_datum_is_entered_once_for_all_authorities(runtime, tenant, manager, database):
    """ "Forenkling og ensretning af dokumentations- og tilsynskravene"; "socialtilsyn, arbejdstilsyn og styrelsen for
    patientsikkerhed" (S1): one evidence pack, authority mappings. Check: each datum entered once."""
    add_record(runtime, tenant, 12)
    enter_fact(runtime, manager, tenant.provider_id, TURNOVER)
    enter_fact(runtime, manager, tenant.provider_id, TURNOVER)
    enter_fact(runtime, manager, tenant.provider_id, FactText("leadership", "En leder", "2026-01-31", "Tilbuddet"))
    pack = read_pack(runtime, manager.scope, tenant.provider_id)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM provider_fact")) == 2
    assert find_line(pack, "socialtilsyn", "turnover") == find_line(pack, "arbejdstilsyn", "turnover")
    with use_locale("en"):
        assert translate(find_line(pack, "arbejdstilsyn", "turnover").entries[0].value) == "22.5 per cent"
    assert len(find_line(pack, "styrelsen-for-patientsikkerhed", "leadership").asked_by) == 3
    assert (pack.n_entered, pack.n_asked > pack.n_data > pack.n_facts) == (2, True)
    assert pack.n_data == len({line.key for part in pack.authorities for theme in part.themes for line in theme.lines})
    later = FactText("turnover", "10", "2026-02-28", "Lederens opgørelse")
    enter_fact(runtime, manager, tenant.provider_id, later)
    assert "10" in str(
        find_line(read_pack(runtime, manager.scope, tenant.provider_id), "socialtilsyn", "turnover").entries[0].value
    )
    with pytest.raises(ConflictError):
        enter_fact(runtime, manager, tenant.provider_id, FactText("turnover", "11", "2026-02-28", "En anden"))
    earlier = read_pack(runtime, manager.scope, tenant.provider_id, on=date(2026, 2, 1))
    assert "22" in str(find_line(earlier, "socialtilsyn", "turnover").entries[0].value)


def test_the_pack_tells_of_no_one_among_few_staff(runtime, tenant, manager):
    """ "9,75 posts" and "22 per cent left" are two people; an event with medicine is nobody in particular."""

    def words(key):
        pack = read_pack(runtime, manager.scope, tenant.provider_id)
        line = next(
            line for part in pack.authorities for theme in part.themes for line in theme.lines if line.key == key
        )
        with use_locale("en"):
            return [f"{translate(each.value)} {translate(each.note) if each.note else ''}" for each in line.entries]

    for datum, value in (("turnover", "22"), ("sickness_absence", "13,5"), ("trained_staff", "78"), ("violence", "1")):
        enter_fact(runtime, manager, tenant.provider_id, FactText(datum, value, "2026-01-31", "Tilbuddet"))
    for staffing, day in ((None, date(2026, 1, 1)), (9.75, date(2026, 1, 2))):
        add_record(runtime, tenant, staffing, day)
        told = " ".join((*words("turnover"), *words("sickness_absence"), *words("trained_staff")))
        assert not any(number in told for number in ("22", "13", "78")), staffing
        assert told.count("not shown") == 3
    assert read_pack(runtime, manager.scope, tenant.provider_id).n_entered == 4, "told, though not shown"
    (violence,) = words("violence")
    assert violence.startswith("1 in the last twelve months")
    assert "events, not people" in violence
    assert [each.split(" As")[0] for each in words("competences")] == ["Fewer than 5 people", "5 people"]
    add_record(runtime, tenant, 10, date(2026, 1, 3))
    assert words("sickness_absence")[0].startswith("13.5 days per full-time post and year")


@pytest.mark.parametrize(
    ("written", "place"),
    [
        (FactText("turnover", "101", "2026-01-31", "x"), "value"),
        (FactText("incidents", "-1", "2026-01-31", "x"), "value"),
        (FactText("fire_plan", "i går", "2026-01-31", "x"), "value"),
        (FactText("methods", " ", "2026-01-31", "x"), "value"),
        (FactText("change", "5", "2026-01-31", "x"), "datum"),  # worked out from answers: nobody writes it
        (FactText("turnover", "5", "2999-01-31", "x"), "as_of"),
        (FactText("turnover", "5", "31/1", ""), "source"),
    ],
)
def test_a_fact_that_isnt_one_is_refused_with_its_place(runtime, tenant, manager, written, place):
    with pytest.raises(InputError) as error:
        enter_fact(runtime, manager, tenant.provider_id, written)
    assert place in {fault.place for fault in error.value.faults}


def themes_file(*days):
    """A file of versions that begin and end on these days."""
    themes = [{"code": "ledelse", "title": {"da": "Ledelse"}, "data": ["leadership"]}]
    versions = [
        {"title": {"da": "T"}, "valid_from": begin, "valid_to": end, "source": "Lov", "themes": themes}
        for begin, end in days
    ]
    content = json.dumps({"authority": "socialtilsyn", "versions": versions}, default=str)
    for day in {day for pair in days for day in pair if day}:
        content = content.replace(f'"{day}"', str(day))
    return content.encode()


def test_a_gap_and_an_overlap_have_their_own_sentence_before_anything_is_stored(runtime, manager):
    """Bad input: a theme version with a gap in its dates."""
    with pytest.raises(InputError) as gap:
        add_themes(runtime, manager, themes_file(("2024-01-01", "2025-01-01"), ("2025-02-01", None)))
    assert "From 2025-01-01 to 2025-01-31 no version" in str(gap.value)
    assert not any(not line.version.shipped for line in read_themes(runtime, manager).versions)
    assert add_themes(runtime, manager, themes_file(("2024-01-01", "2025-01-01"), ("2025-01-01", None))) == 2
    with pytest.raises(InputError) as overlap:
        add_themes(runtime, manager, themes_file(("2024-06-01", None)))
    assert "two versions" in str(overlap.value)
    assert add_themes(runtime, manager, themes_file(("2026-01-01", None))) == 1  # the open one ends there
    own = [line.version for line in read_themes(runtime, manager).versions if not line.version.shipped]
    assert [(each.valid_from, each.valid_to) for each in own] == [
        (date(2024, 1, 1), date(2025, 1, 1)), (date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 1, 1), None),
    ]  # fmt: skip
    assert add_themes(runtime, manager, themes_file(("2026-01-01", None))) == 0


def test_an_authority_sets_themes_for_all(runtime, tenant, manager, database):
    organisation_id = uuid4()
    with runtime.database.transaction(Scope(organisation_id, actor="command:test")) as session:
        session.add(Organisation(id=organisation_id, slug="styrelsen", name="Styrelsen", kind="authority", contact={}))
        session.commit()
    whose = SimpleNamespace(
        organisation_id=organisation_id, scope=Scope(organisation_id, actor="command:test"), unit_id=None
    )
    authority = add_staff(runtime, whose, "authority", email="authority@example.org")
    add_themes(runtime, manager, themes_file(("2020-01-01", None)))
    add_themes(runtime, authority, themes_file(("2019-01-01", None)))
    with database.admin(unwatched=True) as connection:  # as it was stored before
        connection.execute(text("UPDATE theme_set SET recorded_by = 'Mette Holm'"))
    (line,) = [line for line in read_themes(runtime, manager).versions if line.in_force and line.version.shared]
    assert line.version.kept_by == "Styrelsen", "others read whose it is, and no member of staff's name"
    assert line.version.valid_from == date(2019, 1, 1)
    part = read_pack(runtime, manager.scope, tenant.provider_id).authorities[0]
    assert (part.authority, part.valid_from, len(part.themes)) == ("socialtilsyn", date(2019, 1, 1), 1)
    with pytest.raises(NotFoundError):
        read_pack(runtime, authority.scope, tenant.provider_id)
    another_id = uuid4()
    with runtime.database.transaction(Scope(another_id, actor="command:test")) as session:
        session.add(Organisation(id=another_id, slug="anden", name="En anden", kind="authority", contact={}))
        session.commit()
    whose = SimpleNamespace(organisation_id=another_id, scope=Scope(another_id, actor="command:test"), unit_id=None)
    another = add_staff(runtime, whose, "authority", email="anden@example.org")
    with pytest.raises(InputError) as refused:
        add_themes(runtime, another, themes_file(("2021-01-01", None)))
    assert [fault.place for fault in refused.value.faults] == ["authority"], "nobody takes another's themes over"
    assert [line for line in read_themes(runtime, manager).versions if line.in_force and line.version.shared] == [line]


def test_a_signal_is_talked_about_and_closed(runtime, tenant, manager, clock):
    """ "Risikobaseret i stedet for at følge en fast kadence" (S1): a reasoned list of providers, never of persons."""
    first, second = add_signals(runtime, tenant, "funnel", "cusum")
    (group,) = read_supervision(runtime, manager.scope).signals
    assert (group.provider, group.state, len(group.lines)) == ("Havnehuset", "open", 2)
    with pytest.raises(InputError) as empty:
        handle_supervision(runtime, manager, first, state="open", response=" ", seen=seen_mark(group))
    assert {fault.place for fault in empty.value.faults} == {"state-in_dialogue", "response"}
    said = {"state": "in_dialogue", "response": "Vi har fået flere med svær angst."}
    handle_supervision(runtime, manager, first, **said, seen=seen_mark(group))
    handle_supervision(runtime, manager, first, **said, seen="anything")
    after = read_signal(runtime, manager.scope, second)
    assert (after.state, after.response, after.handled_by) == ("in_dialogue", said["response"], manager.name)
    with pytest.raises(ConflictError):
        handle_supervision(runtime, manager, first, state="closed", response="Andet", seen=seen_mark(group))
    clock.travel(minutes=5)
    handle_supervision(runtime, manager, second, state="closed", response="Aftalt.", seen=seen_mark(after))
    context = read_supervision(runtime, manager.scope)
    assert (context.signals, len(context.closed)) == ((), 1)
    plain = to_plain(context, "da")
    assert plain["closed"][0]["response"] == "Aftalt."


def test_nobody_elses_signals_and_providers_are_to_be_seen(runtime, tenant, manager):
    (signal_id,) = add_signals(runtime, tenant, "ewma")
    other = add_staff(runtime, add_tenant(runtime, "sydby", "Sydby"), "manager", email="anden@example.org")
    for refused in (
        lambda: read_signal(runtime, other.scope, signal_id),
        lambda: read_pack(runtime, other.scope, tenant.provider_id),
        lambda: enter_fact(runtime, other, tenant.provider_id, TURNOVER),
        lambda: handle_supervision(runtime, other, signal_id, state="closed", response="x", seen=""),
    ):
        with pytest.raises(NotFoundError):
            refused()
    assert read_supervision(runtime, other.scope).signals == ()


def test_nothing_measured_is_nothing_seen(runtime, tenant, manager, clock):
    add_course(runtime, tenant)
    assert find_supervision_signals(runtime, manager.scope) == 0
    context = read_supervision(runtime, manager.scope)
    assert (context.signals, context.looks, [each.name for each in context.providers]) == ((), (), ["Havnehuset"])
    for hour in range(24):
        look_every_night(runtime, clock().replace(hour=hour, minute=25))


@pytest.mark.parametrize(
    ("seen", "said"),
    [
        ({"not_compared": ["havnehuset"]}, "Can't be said: too few answers"),
        ({"charts": [{"provider": "havnehuset"}]}, "No signal<"),
    ],
)
def test_what_nobody_knows_is_not_called_well(runtime, tenant, manager, browser, seen, said):
    course = add_course(runtime, tenant)
    content = json.dumps({**SIGNAL, "funnel": None, "not_compared": [], "compared": [], "charts": [], **seen})
    with runtime.database.transaction(tenant.scope) as session:
        put_look(
            session, organisation_id=tenant.organisation_id, intervention_id=course.intervention_id, until=date(2025, 12, 31),
            content=json.loads(content.replace("havnehuset", str(tenant.provider_id))), snapshot="x", code_version="x",
            computed_at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        session.commit()
    html = browser.get("/tilsyn", sprog="en").text
    assert said in html
    assert ("No signal" in html) is (said == "No signal<")


def test_the_pages_work_without_script(runtime, tenant, browser):
    """From the list to the reason, to the dialogue, to the pack; a fault comes back with what was typed."""
    add_record(runtime, tenant, 12)
    (signal_id,) = add_signals(runtime, tenant, "funnel")
    browser.get("/tilsyn", sprog="en")
    assert "1 provider has a signal" in browser.html
    assert "at most about once in" in browser.html
    pack = f"/tilsyn/{tenant.provider_id}"
    assert browser.get(pack).status_code == 200
    response = browser.send(pack, datum="turnover", value="mange", as_of="2026-01-31", source="Optælling")
    assert (response.status_code, "Write a number" in browser.html, "Optælling" in browser.html) == (400, True, True)
    browser.send(pack, datum="turnover", value="12", as_of="2026-01-31", source="Optælling")
    assert "12 per cent" in browser.html
    page = f"/tilsyn/signal/{signal_id}"
    browser.get(page)
    seen = browser.html.partition('name="seen" value="')[2].partition('"')[0]
    browser.send(page, state="in_dialogue", response="De har skiftet metode.", seen=seen)
    assert "De har skiftet metode." in browser.html
    browser.get("/tilsyn/temaer")
    response = browser.send("/tilsyn/temaer", content="authority: nobody")
    assert (response.status_code, "authority: nobody" in browser.html) == (400, True)
    assert browser.get(f"/tilsyn/{uuid4()}").status_code == 404


def test_the_pack_on_paper_says_what_the_page_says(runtime, tenant, manager):
    add_signals(runtime, tenant, "funnel")
    enter_fact(runtime, manager, tenant.provider_id, FactText("guidance", "Hver sjette uge", "2026-01-31", "Tilbuddet"))
    file = print_pack(runtime, manager.scope, tenant.provider_id, "en", apart=False)
    pages = " ".join(" ".join(page.extract_text().split()) for page in pypdf.PdfReader(BytesIO(file.content)).pages)
    for words in ("Havnehuset", "Hver sjette uge", "question, not a verdict", "Not checked"):
        assert words in pages.replace("\N{SOFT HYPHEN}", "")
    with pytest.raises(NotFoundError):
        print_pack(runtime, manager.scope, tenant.provider_id, "ar")
