"""The wishes about value: people and money together, whoever's budget it falls in, and contracts that pay for outcomes."""

from __future__ import annotations

import html
import io
import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from outcomes.errors import ConflictError, DisclosureError, EstimateError, ImportFileError, InputError, NotFoundError
from outcomes.reports.value.exports import render_value_html
from outcomes.services.agree_contract import agree_contract
from outcomes.services.build_report import build_report, render_report
from outcomes.services.contract_text import ContractText
from outcomes.services.decide_value_case import decide_value_case, read_value_case
from outcomes.services.draft_release import publish_draft
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.import_prices import import_prices
from outcomes.services.list_contracts import list_contracts, open_contract
from outcomes.services.list_prices import list_prices, open_prices
from outcomes.services.list_releases import list_releases
from outcomes.services.pay_contract import pay_contract
from outcomes.services.read_release import read_release, read_release_data
from outcomes.services.read_value import read_value, render_value
from outcomes.services.value_text import CaseText
from outcomes.services.verify_payment import verify_payment
from outcomes.store import contracts
from tests.integration.builders import add_analysis_plan, add_course, add_staff, add_tenant
from tests.integration.steered import add_score, add_scored

pytestmark = pytest.mark.database

PRICES = Path(__file__).parents[3] / "docs" / "examples" / "value" / "priser.csv"
STARTS = (
    40,
    45,
    35,
    50,
    42,
    38,
    47,
    44,
    36,
    41,
    39,
    46,
    *(40, 43, 37, 45, 41, 39),
    *(70, 72, 68, 75, 71, 69),
    *(44,) * 6,
)
ENDS = (
    90,
    95,
    88,
    97,
    91,
    90,
    98,
    93,
    89,
    92,
    94,
    96,
    *(41, 42, 38, 44, 42, 38),
    *(30, 35, 28, 40, 33, 31),
    *(None,) * 6,
)
"""Twelve are reliably better, six as they were, six worse, and six haven't answered."""
CASE = CaseText(cost_per_month="2.000".replace(".", ""), cost_months="6", without="10", decided_by="Socialudvalget")
CONTRACT = ContractText(
    title="Flere får det bedre", intervention="hverdag", payer="Fonden", payee="Nordby Kommune", verifier="Revisionen",
    indicator="share_better", threshold="20", minimum_n="15", rate="4000", cap="100000", first_day="2026-01-01",
    last_day="2026-03-31", decided_by="Socialudvalget",
)  # fmt: skip


@pytest.fixture
def course(runtime):
    """An intervention whose measure has a known error, so that it can be said for how many it succeeded."""
    course = add_course(runtime, add_tenant(runtime))
    error = {"kind": "smallest_detectable_change", "smallest_detectable_change": 20, "inclusive": True, "source": "x"}
    add_analysis_plan(runtime, course, measurement_error=error)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    return course


@pytest.fixture
def manager(runtime, course):
    return add_staff(runtime, course.tenant, "manager", email="manager@example.org")


@pytest.fixture
def people(runtime, course, clock):
    """Everybody, when the time to answer is over."""
    cases = add_scored(runtime, course, STARTS, ENDS)
    clock.travel(days=150)
    return cases


def take_in(runtime, actor, content=None, **changes):
    written = {
        "name": "Opdigtede",
        "source": "Ingen",
        "price_year": "2026",
        "invented": True,
        "file_name": "priser.csv",
    }
    return import_prices(
        runtime, actor.scope, **{**written, **changes}, content=content or PRICES.read_bytes(), by=actor.name
    )


def decide(runtime, actor, **changes):
    chosen = str(list_prices(runtime, actor.scope)[0].price_set_id)
    after = read_value_case(runtime, actor, "hverdag").version
    return decide_value_case(runtime, actor, "hverdag", replace(CASE, price_set=chosen, **changes), after=after)


def value_of(runtime, course):
    return read_value(runtime, course.tenant.scope, intervention_slug="hverdag")


def every_export(context):
    """What each form says, as text."""
    book = openpyxl.load_workbook(io.BytesIO(render_value(context, "xlsx", "en").content))
    return {
        "page and PDF": html.unescape(render_value_html(context, "en")),
        "json": render_value(context, "json", "en").content.decode(),
        "first sheet": " ".join(str(cell) for row in book.worksheets[0].iter_rows(values_only=True) for cell in row),
    }


def test_neither_people_nor_money_is_exported_alone(runtime, course, manager, people):
    """ "Både den menneskelige og økonomiske værdiskabelse" (S1): neither page exports alone."""
    take_in(runtime, manager)
    decide(runtime, manager)
    context = value_of(runtime, course)
    for form, said in every_export(context).items():
        assert str(context.citizens.finding) in said, form
        assert "kroner left over per citizen" in said, form
        assert "Scenario, not value created" in said, form
        assert "The prices are invented" in said, form
    report = build_report(runtime, course.tenant.scope, intervention_slug="hverdag")
    exported = render_report(report, "json", "en").content.decode()
    assert "Scenario, not value created" in exported
    assert str(context.citizens.finding) in exported
    data = json.loads(render_value(context, "json", "en").content)
    assert set(data) >= {"citizens", "money"}
    assert data["money"]["scenario"] is True


def test_where_the_outcome_isnt_known_no_amount_is_shown(runtime, course, manager, clock):
    """The same wish, from the other side: without the citizens' outcome there is no money in any form."""
    add_scored(runtime, course, STARTS[:6], ENDS[:6])
    clock.travel(days=150)
    take_in(runtime, manager)
    decide(runtime, manager)
    context = value_of(runtime, course)
    assert context.money is None
    for form, said in every_export(context).items():
        assert "kroner left over" not in said, form
        assert "Money never stands without" in said, form


def test_payers_sum_to_the_total_and_the_same_data_give_the_same_draws(runtime, course, manager, people):
    """ "Gevinster ved en forebyggende indsats spredt over hele den offentlige sektor" (S1): payers sum to total."""
    take_in(runtime, manager)
    decide(runtime, manager)
    first, again = (json.loads(render_value(value_of(runtime, course), "json", "en").content)["money"] for _ in "ab")
    assert first == again
    ore = first["ore"]
    assert sum(ore[payer]["net"] for payer in ("municipality", "region", "state")) == ore["total"]
    rows = first["sections"]["payers"]["tables"]["payers_by_year"]
    whole = {key: round(100 * rows[-1][key]) for key in ("municipality", "region", "state", "total")}
    assert whole["total"] == ore["total"]
    for key, total in whole.items():
        assert sum(round(100 * row[key]) for row in rows[:-1]) == total
    moved = first["sections"]["refusion"]["tables"]["refusion"]
    assert moved[-1]["difference"] == 0
    assert moved[0]["difference"] == -moved[2]["difference"] != 0


def test_a_case_is_versioned_with_its_reason(runtime, course, manager, people):
    """The assumptions are decided, and what was decided before can be read."""
    take_in(runtime, manager)
    assert [decide(runtime, manager), decide(runtime, manager, reason="x")] == [1, 1]
    before = value_of(runtime, course).money.total
    with pytest.raises(InputError) as refused:
        decide(runtime, manager, without="25")
    assert [fault.place for fault in refused.value.faults] == ["reason"]
    assert decide(runtime, manager, without="25", reason="Ny viden") == 2
    assert value_of(runtime, course).money.total < before
    assert [each.version for each in read_value_case(runtime, manager, "hverdag").decided] == [2, 1]
    with pytest.raises(ConflictError):
        decide_value_case(
            runtime, manager, "hverdag",
            replace(CASE, price_set=str(list_prices(runtime, manager.scope)[0].price_set_id), years="5", reason="y"),
            after=1,
        )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"cost_state": "10"}, "cost_municipality"),
        ({"years": "11"}, "years"),
        ({"cost_per_month": "0"}, "cost_per_month"),
        ({"without": "mange"}, "without"),
        ({"lasting": "100"}, ""),
        ({"decided_by": " "}, "decided_by"),
        ({"price_set": "x"}, "price_set"),
    ],
)
def test_a_case_that_cant_be_is_refused_before_anything_is_stored(runtime, course, manager, changes, place):
    """Bad input: each with its own sentence, before anything is stored."""
    chosen = str(take_in(runtime, manager))
    with pytest.raises(InputError) as refused:
        decide_value_case(runtime, manager, "hverdag", replace(CASE, **{"price_set": chosen, **changes}), after=0)
    assert place in {fault.place for fault in refused.value.faults}
    assert read_value_case(runtime, manager, "hverdag").version == 0


def test_prices_are_taken_in_once_and_never_changed(runtime, course, manager):
    """Price sets are imported with source and year; a set with a missing payer or year is refused whole."""
    first = take_in(runtime, manager)
    assert take_in(runtime, manager) == first
    lines = PRICES.read_bytes().splitlines(keepends=True)
    with pytest.raises(ConflictError):
        take_in(
            runtime, manager, content=b"".join([lines[0], *(line.replace(b";31000", b";32000") for line in lines[1:])])
        )
    with pytest.raises(ImportFileError):
        take_in(runtime, manager, content=b"".join(lines[:-1]), name="Nye")
    with pytest.raises(InputError) as refused:
        take_in(runtime, manager, name="", source=" ", price_year="26")
    assert {fault.place for fault in refused.value.faults} == {"name", "source", "price_year"}
    assert [row.price_set_id for row in list_prices(runtime, manager.scope)] == [first]
    assert open_prices(runtime, manager.scope, first).row.invented


def test_a_payment_is_reproduced_from_frozen_data(runtime, course, manager, people, database):
    """ "National lovfæstet outcomefond"; "sociale effektinvesteringer" (S1): payment reproduced from frozen data; audit
    trail."""
    code = agree_contract(runtime, manager, CONTRACT)
    lone = add_staff(runtime, course.tenant, "manager", email="lone@example.org")
    paid = pay_contract(runtime, lone, code)
    (payment,) = open_contract(runtime, course.tenant.scope, code).payments
    assert payment.ore == 12 * 4_000_00
    assert payment.same
    with pytest.raises(ConflictError):  # the same figures pay once
        pay_contract(runtime, lone, code)
    with database.admin(unwatched=True) as connection:  # as it was frozen before there was such a figure
        frozen = connection.scalar(text("SELECT CAST(content AS text) FROM release"))
        connection.execute(text("UPDATE release SET content = content #- '{figure,highest}'"))
    with pytest.raises(ConflictError, match="written down already"):
        pay_contract(runtime, lone, code, reason="x")
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE release SET content = CAST(:frozen AS jsonb)"), {"frozen": frozen})
    add_score(runtime, course, people[-1], "month-3", 95)  # a new answer moves nothing that is frozen
    with pytest.raises(ConflictError, match="not because others have answered"):  # and it isn't judged until it is met
        pay_contract(runtime, lone, code, reason="x")
    assert open_contract(runtime, course.tenant.scope, code).payments == (payment,)
    assert verify_payment(runtime, manager, paid) == code
    assert open_contract(runtime, course.tenant.scope, code).payments[0].verified_by == manager.name
    with database.admin() as connection:
        trail = connection.execute(
            text("SELECT operation FROM audit_entry WHERE table_name = 'contract_payment' ORDER BY id")
        )
        assert len(trail.all()) == 2
    with database.admin(unwatched=True) as connection:  # somebody who gets past every guard is seen
        connection.execute(text("UPDATE contract_payment SET amount = amount + 1"))
    assert not open_contract(runtime, course.tenant.scope, code).payments[0].same


def test_whoever_works_a_payment_out_doesnt_verify_it(runtime, course, manager, people):
    """Verifier: somebody else."""
    code = agree_contract(runtime, manager, CONTRACT)
    paid = pay_contract(runtime, manager, code)
    with pytest.raises(ConflictError, match="Somebody else"):
        verify_payment(runtime, replace(manager, name="Another name"), paid)
    namesake = add_staff(runtime, course.tenant, "manager", email="namesake@example.org")
    assert namesake.name == manager.name
    assert verify_payment(runtime, namesake, paid) == code
    for change in ("verified_by = 'x'", f"verified_by_id = '{manager.user_id}'"):  # the database itself
        with runtime.database.transaction(manager.scope) as session, pytest.raises(IntegrityError):
            session.execute(text(f"UPDATE contract_payment SET {change}"))
    assert list_contracts(runtime, course.tenant.scope)[0].paid == 48_000


def test_what_cant_be_shown_cant_be_paid_from(runtime, course, manager, clock):
    """Too few people: the figures aren't published, and nothing is paid."""
    add_scored(runtime, course, STARTS[:8], ENDS[:8])
    clock.travel(days=150)
    code = agree_contract(runtime, manager, CONTRACT)
    with pytest.raises(EstimateError):
        pay_contract(runtime, manager, code)
    assert open_contract(runtime, course.tenant.scope, code).payments == ()


def test_nothing_is_agreed_or_paid_for_days_that_part_a_few_people(runtime, course, manager, people, clock, database):
    """A contract for fewer quarters beside one for more would tell of those between: refused, and never paid from."""
    for month, more in ((6, 3), (9, 24)):
        add_scored(runtime, course, STARTS[:more], ENDS[:more], started_on=date(2026, month, 2))
    with pytest.raises(InputError) as refused:
        agree_contract(runtime, manager, replace(CONTRACT, last_day="2026-06-30"))
    assert "2026-01-01 to 2026-09-30" in str(refused.value.faults[0].sentence)
    code = agree_contract(runtime, manager, CONTRACT)
    with database.admin(unwatched=True) as connection:  # as one that was agreed before anybody looked
        connection.execute(text("UPDATE outcome_contract SET last_day = '2026-06-30'"))
    clock.travel(days=150)
    with pytest.raises(EstimateError, match="few people"):
        pay_contract(runtime, manager, code)
    assert open_contract(runtime, manager.scope, code).payments == ()


def test_nothing_is_paid_before_everybody_has_had_time_to_answer(runtime, course, manager, clock):
    """A contract is judged once, when its period is over and followed up, and not on a good day before that."""
    add_scored(runtime, course, STARTS, ENDS)
    code = agree_contract(runtime, manager, CONTRACT)
    page = open_contract(runtime, manager.scope, code)
    assert page.payable_from > page.contract.last_day + timedelta(days=90)
    clock.travel(days=(page.payable_from - runtime.today()).days - 1)
    assert not open_contract(runtime, manager.scope, code).payable
    with pytest.raises(ConflictError, match="Nothing is paid yet"):
        pay_contract(runtime, manager, code)
    clock.travel(days=1)
    assert open_contract(runtime, manager.scope, code).payable
    pay_contract(runtime, manager, code)


def test_those_who_never_answered_dont_count_towards_the_least_number(runtime, course, manager, people):
    """24 of 30 have answered: so many stand behind it, whatever the share is of."""
    code = agree_contract(runtime, manager, replace(CONTRACT, minimum_n="25"))
    pay_contract(runtime, manager, code)
    (payment,) = open_contract(runtime, manager.scope, code).payments
    assert (payment.ore, str(payment.status)) == (0, "It can't be said yet whether what was agreed is reached")


def test_a_correction_is_paid_on_the_terms_that_the_period_was_paid_by(runtime, course, manager, people, database):
    """A new version doesn't pay again for what has been paid; a corrected answer does, as it was agreed then."""
    code = agree_contract(runtime, manager, CONTRACT)
    pay_contract(runtime, manager, code)
    agree_contract(runtime, manager, replace(CONTRACT, rate="5000"), code=code, after=1)
    with pytest.raises(ConflictError, match="Nothing was paid twice"):
        pay_contract(runtime, manager, code)
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE score SET value = 95 WHERE value = 30"))
    with pytest.raises(DisclosureError):  # one person's answer could be read from the two together
        pay_contract(runtime, manager, code, reason="Rettet svar")
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE score SET value = value - 1 WHERE value >= 88"))
    pay_contract(runtime, manager, code, reason="Rettet svar")
    payments = open_contract(runtime, manager.scope, code).payments
    assert [each.ore for each in payments] == [4_000_00, 12 * 4_000_00]
    assert {each.version for each in payments} == {1}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"rate": "100001"}, "rate"),
        ({"verifier": "fonden"}, "verifier"),
        ({"indicator": "minutes_written"}, "indicator"),
        ({"indicator": "share_worse"}, "indicator"),
        ({"indicator": "mean_change"}, "indicator"),
        ({"last_day": "2026-03-30"}, "first_day"),
        ({"minimum_n": "9"}, "minimum_n"),
        ({"last_day": "2025-12-31"}, "last_day"),
        ({"threshold": "120"}, "threshold"),
    ],
)
def test_a_contract_that_cant_be_is_refused_with_a_sentence(runtime, course, manager, changes, place):
    """An outcome contract whose rate exceeds its cap, and other bad input: before anything is stored."""
    with pytest.raises(InputError) as refused:
        agree_contract(runtime, manager, replace(CONTRACT, **changes))
    assert [fault.place for fault in refused.value.faults] == [place]
    assert list_contracts(runtime, course.tenant.scope) == ()


def test_the_database_itself_keeps_the_rate_within_the_cap(runtime, course, manager):
    """The last line of defence."""
    code = agree_contract(runtime, manager, CONTRACT)
    with runtime.database.transaction(manager.scope) as session:
        stored = contracts.list_contract_versions(session, code=code)[0]
        with pytest.raises(IntegrityError, match="rate_within_cap"):
            contracts.add_contract(
                session, organisation_id=stored.organisation_id, code=code, version=2, title={}, payer="a", payee="b",
                intervention_id=stored.intervention_id, verifier="c", trigger={}, rate=3, cap=2,
                first_day=stored.first_day, last_day=stored.last_day, decided_by="d",
            )  # fmt: skip


def test_nobody_is_paid_for_twice_under_a_new_version(runtime, course, manager, people):
    """A period that has been paid comes again as it was, or not at all."""
    code = agree_contract(runtime, manager, CONTRACT)
    pay_contract(runtime, manager, code)
    with pytest.raises(InputError):
        agree_contract(runtime, manager, replace(CONTRACT, last_day="2026-06-30"), code=code, after=1)
    assert agree_contract(runtime, manager, replace(CONTRACT, rate="5000"), code=code, after=1) == code
    page = open_contract(runtime, course.tenant.scope, code)
    assert (page.contract.version, [each.version for each in page.earlier]) == (2, [1])
    with pytest.raises(ConflictError):
        agree_contract(runtime, manager, CONTRACT, code=code, after=1)
    with pytest.raises(NotFoundError):
        open_contract(runtime, course.tenant.scope, "findes-ikke")


def test_published_amounts_follow_from_rounded_shares(runtime, course, manager, people):
    """The authority reads what it is worth and what contracts pay for; neither tells how many it was."""
    take_in(runtime, manager)
    decide(runtime, manager)
    code = agree_contract(runtime, manager, replace(CONTRACT, title="Nordby"))
    assert code == "nordby-2", "under the organisation's own short name stand all contracts together"
    pay_contract(runtime, manager, code)
    days = {"period": Period(date(2026, 1, 1), date(2026, 3, 31)), "seen": None, "reason": "", "by": "x"}
    told = {}
    for kind, subject in (("value", "hverdag"), ("contract", "")):
        release_id = publish_draft(runtime, manager.scope, kind=kind, subject=subject, for_authority=True, **days)
        release = read_release(runtime, manager.scope, release_id)
        told[kind] = release.document.figures[kind]
        assert "12 of 30" not in json.dumps(read_release_data(runtime, manager.scope, release_id).decode())
    value, (line,) = told["value"], told["contract"]["lines"]
    assert sum(value["payers"].values()) == value["total"]
    assert (value["people"], value["scenario"], value["prices"]["invented"]) == (30, True, True)
    assert (line["status"], line["share"], line["n"]) == ("met", 0.4, 30)
    assert line["paid"] == line["rate"] * round(line["share"] * line["n"]) == 48_000
    assert "counted" not in json.dumps(line)
    names = {each.subject: each for each in list_releases(runtime, manager.scope).published if each.kind == "contract"}
    paid = read_release(runtime, manager.scope, names[code].versions[0].release_id)
    assert (names[code].subject_name, paid.subject_name, names["nordby"].subject_name) == (code, code, "Nordby Kommune")
