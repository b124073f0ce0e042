"""The wishes about offers, their specialisation and where the need is."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
import xlsxwriter
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from outcomes.errors import AnswerError, ImportFileError, NotAllowedError, NotFoundError
from outcomes.language import translate
from outcomes.models import Intervention, InterventionTargetGroup, LegalBasis, Organisation, ProviderRecord, TargetGroup
from outcomes.reports.offers.need import NOT_PUBLISHED
from outcomes.reports.offers.specialisation import Verdict
from outcomes.reports.parts import Interval, Withheld
from outcomes.reports.plain import to_plain
from outcomes.services.assess_specialisation import Assessment, assess_specialisation, open_assessment
from outcomes.services.draft_need import draft_need
from outcomes.services.draft_release import publish_draft
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.import_offers import OffersImported, import_offers
from outcomes.services.read_coverage import read_coverage
from outcomes.services.read_intervention_card import read_intervention_card, web_address
from outcomes.services.read_national_need import read_national_need
from outcomes.services.read_need_map import read_need_map
from outcomes.services.read_offers import read_offer, read_offers
from outcomes.services.read_specialisation import read_specialisation
from outcomes.services.record_offer import open_offer_form, record_offer
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.store.database import Scope
from tests.integration.builders import (
    add_analysis_plan,
    add_case,
    add_citizen,
    add_course,
    add_staff,
    add_tenant,
)
from tests.integration.steered import add_score

pytestmark = pytest.mark.database

HEADINGS = (
    "tilbud;gælder fra;ejerform;ejer;adresse;pladser;normering;kompetencer;målgrupper;paragraffer;aftaler;kilde\n"
)
ASK = (
    "Asketræet;2026-01-01;kommunal;Nordby;ja;24;12,5;Socialpædagog: 8 | Sygeplejerske: 2;voksne;Serviceloven §107;VISO;"
    "Tilbuddet\n"
)
ELM = "Elmen;01-02-2026;privat;Elmen ApS;nej;;;;voksne;Serviceloven § 85 | Serviceloven § 107;NATKO | VISO;Tilbuddet\n"
GOOD = {
    "name": "Asketræet", "valid_from": "2026-03-01", "owner_kind": "municipal", "owner": "Nordby", "has_address": "ja",
    "capacity": "20", "staffing": "9,5", "legal_sections": "Serviceloven § 107", "target_groups": "voksne",
    "source": "Tilbuddet",
}  # fmt: skip


@pytest.fixture
def course(runtime):
    """An intervention for one target group under one section."""
    course = add_course(runtime, add_tenant(runtime))
    organisation_id = course.tenant.organisation_id
    with runtime.database.transaction(course.tenant.scope) as session:
        group, basis = uuid4(), uuid4()
        since = date(2020, 1, 1)
        session.add_all(
            [
                TargetGroup(
                    id=group, organisation_id=organisation_id, code="voksne", title={"da": "Voksne"}, valid_from=since
                ),
                LegalBasis(
                    id=basis, organisation_id=organisation_id, law="Serviceloven", section="§ 107",
                    title={"da": "Midlertidigt ophold"}, valid_from=since,
                ),
            ]
        )  # fmt: skip
        session.flush()
        intervention = session.get_one(Intervention, (organisation_id, course.intervention_id))
        intervention.legal_basis_id = basis
        intervention.guideline_url = "https://www.example.org/retningslinje"
        session.add(
            InterventionTargetGroup(
                organisation_id=organisation_id, intervention_id=course.intervention_id, target_group_id=group
            )
        )
        session.commit()
    return course


@pytest.fixture
def manager(runtime, course):
    return add_staff(runtime, course.tenant, "manager", email="manager@example.org")


@pytest.fixture
def browser(runtime, client, course, manager):
    """The manager's browser."""
    link = issue_sign_in_link(runtime, organisation_slug=course.tenant.slug, email="manager@example.org")
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(f"/log-ind/{link}").get_data(as_text=True))
    client.post(f"/log-ind/{link}", data={"csrf_token": token.group(1)} if token else {})
    return client


def take_in(runtime, manager, *rows, name="tilbud.csv"):
    return import_offers(runtime, manager, name=name, content=(HEADINGS + "".join(rows)).encode())


def refused(runtime, manager, *rows):
    with pytest.raises(ImportFileError) as error:
        take_in(runtime, manager, *rows)
    return [f"{fault.place}: {translate(fault.sentence)}" for fault in error.value.faults]


def workbook(*rows):
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate((HEADINGS, *rows)):
            sheet.write_row(number, 0, row.strip().split(";"))
    return file.getvalue()


def test_import_reconciles_counts(runtime, manager) -> None:
    """“Tilbuddene på det specialiserede socialområde … til de konkrete målgrupper”: import reconciles counts."""
    assert take_in(runtime, manager, ASK, ELM) == OffersImported(2, 2, 0, 0)
    assert take_in(runtime, manager, ASK, ELM) == OffersImported(2, 0, 0, 2), "the same again changes nothing"
    later = ASK.replace("2026-01-01", "2026-02-01").replace(";24;", ";20;")
    assert take_in(runtime, manager, ASK, later, ELM) == OffersImported(3, 0, 1, 2)

    page = read_offers(runtime, manager.scope)
    known = {row.name: row for row in page.rows}
    assert (known["Asketræet"].places, known["Elmen"].places) == (20, None)
    assert known["Elmen"].sections == ("Serviceloven § 107", "Serviceloven § 85")
    assert (page.totals.n_offers, page.totals.places, page.totals.n_places_unknown) == (3, 20, 2)
    assert not known["Elmen"].has_address, "help without an address is an offer like others"
    assert read_offers(runtime, manager.scope, day=date(2026, 1, 15)).totals.places == 24


def test_an_excel_file_says_the_same(runtime, manager) -> None:
    """Import reconciles counts: also from a workbook."""
    take_in(runtime, manager, ASK, ELM)

    assert import_offers(runtime, manager, name="t.xlsx", content=workbook(ASK, ELM)) == OffersImported(2, 0, 0, 2)


def test_a_table_with_faults_stores_nothing_and_names_row_and_column(runtime, manager) -> None:
    """Every fault with its place, all or nothing."""
    faults = refused(
        runtime, manager, ASK, ELM.replace("privat", "martiansk").replace("voksne", "ukendte").replace("01-02", "31-02"),
        "010190-1234;2026-01-01;kommunal;x;måske;-3;mange;;;§;;Tilbuddet\n",
    )  # fmt: skip

    assert [fault.split(":")[0] for fault in faults] == [
        "linje 3, kolonne gælder fra", "linje 3, kolonne ejerform", "linje 3, kolonne målgrupper",
        "linje 4, kolonne tilbud", "linje 4, kolonne adresse", "linje 4, kolonne pladser", "linje 4, kolonne normering",
        "linje 4, kolonne paragraffer",
    ]  # fmt: skip
    assert "010190" not in "".join(faults)
    assert read_offers(runtime, manager.scope).totals.n_offers == 1, "only the one that was there"


def test_rows_that_contradict_each_other_or_the_register_are_faults(runtime, manager) -> None:
    """A past record is never written over."""
    take_in(runtime, manager, ASK)

    assert len(refused(runtime, manager, ASK.replace(";24;", ";20;"))) == 1
    assert len(refused(runtime, manager, ELM, ELM)) == 1
    assert len(refused(runtime, manager, ASK.replace("2026-01-01", "2062-01-01"))) == 1
    with pytest.raises(ImportFileError) as error:
        import_offers(runtime, manager, name="t.csv", content=b"tilbud;farve\nx;blue\n")
    assert len(error.value.faults) == 6, "one unknown column, five missing ones"
    with pytest.raises(ImportFileError):
        import_offers(runtime, manager, name="t.csv", content=b"")


def test_agreements_are_attributes_and_units_of_summing_up(runtime, manager) -> None:
    """“NATKO, VISO, rammeaftaler”: filter totals agree."""
    take_in(runtime, manager, ASK, ELM)
    page = read_offers(runtime, manager.scope)
    agreements = next(facet for facet in page.facets if facet.key == "aftale")

    assert {choice.value: choice.n for choice in agreements.choices} == {"NATKO": 1, "VISO": 2, "ukendt": 1}
    for choice in agreements.choices:
        narrowed = read_offers(runtime, manager.scope, {"aftale": choice.value})
        assert narrowed.totals.n_offers == len(narrowed.rows) == choice.n
    part = next(each for each in page.breakdowns if each.key == "aftale")
    assert {str(label): sums.places for label, sums in part.parts} == {"NATKO": 0, "VISO": 24, "Not recorded": 0}


def test_a_record_is_added_beside_the_old_one(runtime, course, manager) -> None:
    """The register can be read as it was on any day; nobody else's offer can be touched."""
    provider_id = record_offer(runtime, manager, GOOD)
    record_offer(runtime, manager, {**GOOD, "valid_from": "2026-03-02", "capacity": "8"}, provider_id)
    record_offer(runtime, manager, {**GOOD, "valid_from": "2027-01-01", "capacity": "0"}, provider_id)

    page = read_offer(runtime, manager.scope, provider_id)
    assert [(record.places, record.in_force) for record in page.records] == [(0, False), (8, True), (20, False)]
    assert [[str(name) for name in record.changed] for record in page.records] == [["Places"], ["Places"], []]
    assert open_offer_form(runtime, manager, provider_id).text["capacity"] == "0"
    with pytest.raises(AnswerError, match="Nothing was saved"):
        record_offer(runtime, manager, {**GOOD, "capacity": "3"}, provider_id)
    with pytest.raises(AnswerError):
        record_offer(runtime, manager, GOOD)  # there is an offer of this name
    other = add_staff(runtime, add_tenant(runtime, "sydby", "Sydby"), "manager")
    for call in (
        lambda: read_offer(runtime, other.scope, provider_id),
        lambda: record_offer(runtime, other, GOOD, provider_id),
    ):
        with pytest.raises(NotFoundError):
            call()
    with runtime.database.transaction(course.tenant.scope) as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE provider_record SET capacity = 99"))
    with runtime.database.transaction(course.tenant.scope) as session:
        assert session.query(ProviderRecord).count() == 3


def assess(runtime, manager, day, n_met, offer=""):
    keys = [key for key, _ in open_assessment(runtime, manager).choices]
    return assess_specialisation(
        runtime, manager,
        Assessment("hverdag", "voksne", str(offer), day, frozenset(keys[:n_met]), "Besøg"),
    )  # fmt: skip


def test_a_historic_level_survives_change(runtime, course, manager, clock) -> None:
    """“ikke er muligt at be- eller afkræfte, om der er sket en afspecialisering”: historic level survives change."""
    offer = course.tenant.provider_id
    assert assess(runtime, manager, "2024-01-15", 6, offer) == 3
    before = read_specialisation(runtime, manager.scope).rows[0].offers[0].history
    assert read_specialisation(runtime, manager.scope).rows[0].trend.verdict is Verdict.REFUTED
    assert assess(runtime, manager, "2026-03-01", 2, offer) == 1
    (row,) = read_specialisation(runtime, manager.scope).rows

    assert row.offers[0].history[1:] == before
    assert (row.trend.verdict, row.trend.estimate) == (Verdict.CONFIRMED, -2.0)
    record_offer(runtime, manager, {**GOOD, "interventions": "hverdag"})  # another one, never looked at
    (row,) = read_specialisation(runtime, manager.scope).rows
    assert row.trend.verdict is Verdict.CANNOT_SAY
    assert (row.trend.n, row.trend.n_known) == (2, 1)
    with runtime.database.transaction(course.tenant.scope) as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE specialisation SET level = 3"))


def test_an_offer_that_nothing_is_known_of_is_unknown_and_not_left_out(runtime, course, manager) -> None:
    """Somebody has begun there, so it gives the help: how specialised it is for them isn't known."""
    offer = record_offer(runtime, manager, {**GOOD, "interventions": "hverdag"})
    for day in ("2024-01-15", "2026-03-01"):
        assess(runtime, manager, day, 4, offer)
    assert [each.name for each in read_specialisation(runtime, manager.scope).rows[0].offers] == [GOOD["name"]]
    add_case(runtime, course)
    (row,) = read_specialisation(runtime, manager.scope).rows
    unknown = next(each for each in row.offers if each.name != GOOD["name"])
    assert (str(unknown.then), str(unknown.now), unknown.history) == ("Not known", "Not known", ())
    assert (row.trend.n, row.trend.n_known, row.trend.verdict) == (2, 1, Verdict.CANNOT_SAY)


def test_a_level_needs_a_day_a_group_and_no_other_level(runtime, manager) -> None:
    """Each fault in words, before anything is stored."""
    assess(runtime, manager, "2026-01-15", 4)

    for day, offer in (("2026-01-15", ""), ("2027-01-01", ""), ("i går", ""), ("2026-01-16", "nobody's")):
        with pytest.raises(AnswerError):
            assess(runtime, manager, day, 4, offer)
    with pytest.raises(AnswerError) as error:
        assess_specialisation(runtime, manager, Assessment())
    assert {fault.place for fault in error.value.faults} == {"intervention", "target_group", "valid_from"}


def test_non_reporters_are_unknown_and_not_well(runtime, course, manager, clock) -> None:
    """“der, hvor data peger på, at behovet er størst”: non-reporters shown as unknown, not well."""
    add_analysis_plan(runtime, course)
    clock.go_to(2025, 11, 3)
    cases = [add_case(runtime, course) for _ in range(20)]
    for number, case in enumerate(cases[:12]):
        add_score(runtime, course, case, "start", 20 if number < 6 else 80)
    clock.go_to(2026, 3, 2)
    (panel,) = read_need_map(runtime, manager.scope).panels
    row = panel.rows[0]

    assert (row.n, row.n_answered, dict(row.bands)["unknown"]) == (20, 12, 8)
    assert (row.high.share, row.reach) == (0.5, Interval(6 / 20, 14 / 20)), "unknown: anything may be true of them"
    assert row.change == "cannot_say"


def test_coverage_says_what_is_not_known(runtime, course, manager) -> None:
    """“vi ved ikke, om de dækker behovet”: what isn't known is said."""
    for _ in range(11):
        add_case(runtime, course)
    for _ in range(6):
        add_case(runtime, course, comparison_status="waiting_list")
    take_in(runtime, manager, ASK)
    (row,) = read_coverage(runtime, manager.scope).rows
    assert (row.people, row.waiting, row.places.least, row.verdict) == (17, 6, 24, "enough")
    take_in(runtime, manager, ASK.replace("2026-01-01", "2026-02-01").replace(";24;", ";;"))
    (row,) = read_coverage(runtime, manager.scope).rows
    assert (row.verdict, row.places.n_unknown) == ("cannot_say", 1)
    assert not isinstance(row.people, Withheld)


def test_links_resolve(runtime, course, manager, browser) -> None:
    """“faglige standarder og retningslinjer”: the card's links resolve; outward ones are sound addresses."""
    add_analysis_plan(runtime, course)
    record_offer(runtime, manager, {**GOOD, "interventions": "hverdag"})
    html = browser.get("/indsatser/hverdag/kort").get_data(as_text=True)
    main = html[html.index("<main") : html.index("</main>")]
    links = re.findall(r'href="([^"]+)"', main)
    inward = [link for link in links if link.startswith("/")]

    assert {urlsplit(link).netloc for link in links} - {""} == {"www.example.org"}
    assert any("/tilbud/" in link for link in inward)
    for link in inward:
        if not link.endswith("/hverdag"):  # the report, which waits for the plan to be frozen
            assert browser.get(link).status_code == 200, link
    assert read_intervention_card(runtime, manager.scope, "hverdag").section == "Serviceloven § 107"
    with pytest.raises(NotFoundError):
        read_intervention_card(runtime, manager.scope, "findes-ikke")


@pytest.mark.parametrize(
    "address",
    [
        "http://example.org",
        "javascript:alert(1)",
        "https://",
        "https://user:pass@example.org/",
        "https://x y.dk",
        "",
        None,
    ],
)
def test_an_address_that_is_not_sound_is_no_link(address) -> None:
    """Links resolve: what isn't a whole https address is never made one."""
    assert web_address(address) is None
    assert web_address("https://www.sbst.dk/a?b=c") == "https://www.sbst.dk/a?b=c"


def send(browser, path, **fields):
    page = browser.get(path).get_data(as_text=True)
    token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
    return browser.post(path, data={"csrf_token": token, **fields}, content_type="multipart/form-data")


def test_the_pages_from_empty_to_filled(runtime, course, manager, browser) -> None:
    """Every page of the register stands with nothing in it and with something, and holds no citizen."""
    pages = ("/tilbud", "/tilbud/daekning", "/specialisering", "/behov", "/tilbud/nyt", "/tilbud/indlaes")
    for path in (*pages, "/specialisering/ny", "/tilbud?dag=x", "/specialisering?fra=2024-99-99"):
        assert browser.get(path).status_code == 200, path
    answered = send(browser, "/tilbud/nyt", **{**GOOD, "owner_kind": "martian"})
    assert answered.status_code == 400
    assert "Asketræet" in answered.get_data(as_text=True), "what was typed comes back"
    stored = send(browser, "/tilbud/nyt", **GOOD)
    assert stored.status_code == 303
    assert browser.get(stored.location).status_code == 200
    file = {"file": (io.BytesIO((HEADINGS + ELM).encode()), "tilbud.csv")}
    counted = browser.get(send(browser, "/tilbud/indlaes", **file).location).get_data(as_text=True)
    assert read_offers(runtime, manager.scope).totals.n_offers == 3
    assert "alert-success" in counted
    assert "alert-success" not in browser.get("/tilbud?laest=9&nye=1&aendrede=1&uaendrede=1").get_data(as_text=True)
    assert send(browser, "/tilbud/indlaes").status_code == 400
    assert send(browser, "/specialisering/ny").status_code == 400
    level = {
        "intervention": "hverdag",
        "target_group": "voksne",
        "offer": "",
        "valid_from": "2026-01-05",
        "met": "method",
    }
    assert send(browser, "/specialisering/ny", **level).status_code == 303
    for path in pages:
        assert browser.get(path).status_code == 200, path
    assert browser.get(f"/tilbud/{uuid4()}").status_code == 404


def test_every_page_is_plain_data(runtime, course, manager) -> None:
    """The command prints what the page shows."""
    take_in(runtime, manager, ASK)
    add_case(runtime, course, started_on=runtime.today() - timedelta(days=120))
    add_analysis_plan(runtime, course)

    plain = to_plain(read_offers(runtime, manager.scope), "da")
    assert plain["totals"]["places"] == 24
    assert to_plain(read_coverage(runtime, manager.scope), "da")["rows"][0]["people"]["withheld"]
    assert to_plain(read_specialisation(runtime, manager.scope), "en")["criteria"]["version"]
    assert to_plain(read_need_map(runtime, manager.scope), "en")["panels"][0]["rows"][0]["n"]["withheld"]


def publish_need(runtime, scope):
    quarters = Period(date(2025, 1, 1), date(2025, 12, 31))
    return publish_draft(
        runtime, scope, kind="offers", subject="", period=quarters, seen=None, for_authority=True, reason="", by="Test"
    )


def test_the_authority_sees_every_municipality_and_who_published_nothing_as_unknown(
    runtime, course, manager, clock
) -> None:
    """“der, hvor data peger på, at behovet er størst”: by municipality, the same numbers as at home, and never a person."""
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    add_tenant(runtime, "sydby", "Sydby Kommune")
    clock.go_to(2025, 11, 3)
    for number in range(30):
        case = add_case(runtime, course, citizen_id=add_citizen(runtime, course.tenant, None))
        if number < 24:
            add_score(runtime, course, case, "start", 20 if number < 12 else 80)
    clock.go_to(2026, 3, 2)
    take_in(runtime, manager, ASK)
    authority = Scope(uuid4(), actor="command:test")
    with runtime.database.transaction(authority) as session:
        session.add(Organisation(id=authority.organisation_id, slug="styrelse", name="Styrelsen", kind="authority"))
        session.commit()
    assert read_national_need(runtime, authority).figure is None
    publish_need(runtime, course.tenant.scope)

    national = read_national_need(runtime, authority)
    (panel,) = national.panels
    rows = {str(row.place): row for row in panel.panel.rows}
    own = read_need_map(runtime, manager.scope).panels[0].rows[0]
    assert rows["Nordby Kommune"].bands == own.bands
    assert (rows["Nordby Kommune"].high, rows["Nordby Kommune"].reach) == (own.high, own.reach)
    assert (rows["Sydby Kommune"].n, rows["Sydby Kommune"].change) == (NOT_PUBLISHED, "cannot_say")
    assert isinstance(rows["Sydby Kommune"].high, Withheld)
    assert national.missing == ("Sydby Kommune",)
    assert panel.coverage[0][0] == "Nordby Kommune"
    bars = national.figure.chart.spec()["vconcat"][0]["layer"][0]["data"]["values"]
    assert [bar["share"] for bar in bars if bar["place"] == "Sydby Kommune"] == [1.0], "one bar, all of it unknown"
    with pytest.raises(NotAllowedError):
        read_national_need(runtime, manager.scope)


def test_the_need_of_few_is_not_published(runtime, course, manager, clock) -> None:
    """Small numbers stay at home."""
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    clock.go_to(2025, 11, 3)
    for _ in range(7):
        add_case(runtime, course)
    clock.go_to(2026, 3, 2)
    drafted = draft_need(runtime, manager.scope)

    assert (list(drafted.figures["need"]), drafted.populations, len(drafted.left_out)) == ([], {}, 1)
