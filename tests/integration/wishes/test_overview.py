"""The wishes about the overview: who didn't report is unknown, one record feeds every view, and nobody on staff is ranked."""

from __future__ import annotations

import ast
import json
import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from uuid import UUID, uuid4

import page
import pytest
from sqlalchemy import text

from outcomes.analysis.evidence import DesignLabel
from outcomes.analysis.indicators import INDICATORS, IndicatorValue, indicator_value
from outcomes.analysis.population import Population, PopulationFigures
from outcomes.analysis.results import TermEstimate, Withheld, WithheldReason
from outcomes.errors import NotFoundError
from outcomes.models import Provider, StoredResult, TargetGroup
from outcomes.reports.part_report.exports import render_part_html
from outcomes.reports.pdf import make_pdf
from outcomes.reports.plain import to_plain
from outcomes.services.build_report import build_report, read_period
from outcomes.services.freeze_plan import freeze_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_interventions import Grouping, OverviewQuestion, list_interventions
from outcomes.services.measure_population import measure_population, people_behind, read_population
from outcomes.services.read_curves import gather_curves
from outcomes.services.read_part_report import read_part_report, render_part
from outcomes.services.sign_in import issue_sign_in_link
from outcomes.services.store_results import store_results
from outcomes.store import aggregates
from tests.integration.builders import add_analysis_plan, add_coordinator, add_course, add_staff, add_tenant
from tests.integration.steered import add_score, add_scored
from tests.integration.views.conftest import Browser

pytestmark = pytest.mark.database

STORE = Path(__file__).parents[3] / "outcomes" / "store"
ERROR = {"kind": "sd_reliability", "sd": 20.0, "reliability": 0.8, "source": "Test"}
EVERYBODY = Population("hverdag")
ARTICLE = re.compile(r"<article.*?</article>", re.DOTALL)
BLOCK = re.compile(r"<p\b.*?</p>|<dt>.*?(?=<dt>|</dl>)", re.DOTALL)
HREF = re.compile(r'href="([^"]+)"')
TAG = re.compile(r"<[^>]+>")
STAFF = {"AppUser", "Coordinator", "user_id", "entered_by", "app_user", "coordinator", "handled_by"}
OUTCOMES = {"Score", "ScoreAggregate", "GoalRating", "score", "score_aggregate", "goal_rating"}


@pytest.fixture
def course(runtime):
    course = add_course(runtime, add_tenant(runtime))
    add_analysis_plan(runtime, course, measurement_error=ERROR)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    return course


def add_people(runtime, course, *, better=0, same=0, worse=0, silent=0):
    """People by what became of them (``silent``: nothing is known after the start); their time has come."""
    ends = [85.0] * better + [52.0] * same + [10.0] * worse + [None] * silent
    cases = add_scored(runtime, course, [48.0 + number % 5 for number in range(len(ends))], ends)
    runtime.now.go_to(2026, 8, 3)
    return cases


def move(runtime, course, cases, name="Skovhuset"):
    """Send people to another provider, which is made; gives its id."""
    provider_id = uuid4()
    with runtime.database.transaction(course.tenant.scope) as session:
        session.add(
            Provider(
                organisation_id=course.tenant.organisation_id, id=provider_id, unit_id=course.tenant.unit_id, name=name
            )
        )
        session.flush()
        session.execute(
            text("UPDATE episode SET provider_id = :provider WHERE id = ANY(:episodes)"),
            {"provider": provider_id, "episodes": [case.episode_id for case in cases]},
        )
        session.commit()
    return provider_id


def measured(runtime, course, population=EVERYBODY, period=None):
    with runtime.database.transaction(course.tenant.scope) as session:
        return measure_population(runtime, session, population, period)


def read(runtime, course, population=EVERYBODY, period=None):
    with runtime.database.transaction(course.tenant.scope) as session:
        return read_population(runtime, session, population, period)


def overview(runtime, course, **asked):
    scope = course.tenant.scope
    period = read_period(runtime, scope).in_whole_quarters()
    return list_interventions(runtime, scope, period, OverviewQuestion(**asked))


def test_non_reporters_are_shown_as_unknown_not_well(runtime, course):
    """Wish: "der, hvor data peger på, at behovet er størst": non-reporters shown as unknown, not well."""
    add_people(runtime, course, better=8, same=8, worse=8, silent=8)
    figures = measured(runtime, course)
    assert (figures.n_begun, figures.n_due, figures.n_answered, figures.completeness) == (32, 32, 24, 0.75)
    known = figures.better.share + figures.unchanged.share + figures.worse.share
    assert known == pytest.approx(0.75), "what is missing to 1 is nobody's"
    assert indicator_value(figures, "share_worse").estimate == pytest.approx(8 / 24), "of those who answered"
    store_results(runtime, course.tenant.scope)
    (row,) = overview(runtime, course).rows
    assert row.shares.better + row.shares.same + row.shares.worse == pytest.approx(0.75)
    assert "how 25 of 100 are isn't known" in str(row.caution)


def test_thirty_per_cent_lost_visibly_downgrades_the_claim(runtime, course):
    """Wish: "vi ved ikke, om de dækker behovet": 30% loss visibly downgrades claim."""
    cases = add_people(runtime, course, better=14, silent=6)
    store_results(runtime, course.tenant.scope)
    (lossy,) = overview(runtime, course).rows
    for case in cases[14:]:
        add_score(runtime, course, case, "month-3", 85.0)
    store_results(runtime, course.tenant.scope)
    (whole,) = overview(runtime, course).rows
    assert str(lossy.caution).startswith("Less certain: how 30 of 100")
    assert str(lossy.finding).startswith("Among those who have answered")
    assert whole.caution is None
    assert str(lossy.finding).endswith(str(whole.finding))
    figures = read(runtime, course)
    assert (figures.completeness, figures.main.estimate) == (1.0, pytest.approx(35.0, abs=2))


def test_one_new_answer_changes_the_personal_and_the_common_view(runtime, course):
    """Wish: "målbare forandringer for den enkelte borger og for samfundet som helhed": one new answer changes both."""
    cases = add_people(runtime, course, better=12, silent=1)

    def views():
        with runtime.database.transaction(course.tenant.scope) as session:
            aggregates.refresh_aggregates(session, today=runtime.today())
            sums = session.execute(text("SELECT answered, n, sums FROM score_aggregate ORDER BY 1, 2, 3")).all()
            return gather_curves(session, cases[-1].citizen_id), sums, measured(runtime, course)

    own, sums, figures = views()
    add_score(runtime, course, cases[-1], "month-3", 70.0)
    own_after, sums_after, figures_after = views()
    assert len(own_after[0].points) == len(own[0].points) + 1
    assert sums_after != sums, "what is shared with others"
    assert figures_after.n_answered == figures.n_answered + 1
    assert figures_after.main.estimate != figures.main.estimate
    assert figures_after.snapshot != figures.snapshot


def test_no_query_gives_a_league_table_of_staff():
    """Wish: "paradigme styret af tillid og kompetenceudvikling": no query returns staff league table.

    No function of the store that touches an outcome groups or orders by a member of staff, and neither indicators nor
    populations know of any.
    """
    guilty = []
    for path in sorted(STORE.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and named(node) & OUTCOMES:
                guilty += [f"{path.name}: {node.name}" for call in ast.walk(node) if ranks(call)]
    assert guilty == []
    assert not {each.name for each in fields(Population)} & {"user_id", "worker", "unit_id", "coordinator"}
    assert not {"user", "worker", "coordinator"} & {each.name for each in fields(PopulationFigures)}
    assert not [key for key in INDICATORS if "worker" in key or "staff" in key]


def named(node):
    """Every name in a piece of code."""
    return {getattr(each, "id", getattr(each, "attr", "")) for each in ast.walk(node)}


def ranks(call):
    """Does it group or order by a member of staff?"""
    is_order = isinstance(call, ast.Call) and getattr(call.func, "attr", "") in {"group_by", "order_by", "partition_by"}
    return is_order and any(named(argument) & STAFF for argument in call.args)


def test_the_check_for_league_tables_would_find_one():
    ranked = ast.parse("select(Score.value).group_by(Coordinator.user_id)").body[0]
    assert named(ranked) & OUTCOMES
    assert any(ranks(call) for call in ast.walk(ranked))


def test_who_helps_whom_changes_nothing_on_the_overview(runtime, course):
    """Nor does any of its groupings hold a name from the staff."""
    cases = add_people(runtime, course, better=6, same=6)
    first, second = (add_staff(runtime, course.tenant, "worker") for _ in range(2))
    for case in cases[:6]:
        add_coordinator(runtime, first, case.citizen_id)
    store_results(runtime, course.tenant.scope)
    pages = [to_plain(overview(runtime, course, grouping=each), "da") for each in Grouping]
    for case in cases[6:]:
        add_coordinator(runtime, second, case.citizen_id)
    assert [to_plain(overview(runtime, course, grouping=each), "da") for each in Grouping] == pages
    assert "Test worker" not in json.dumps(pages)
    assert str(first.user_id) not in json.dumps(pages)


def test_parts_add_up_to_everybody_and_are_change_alone(runtime, course):
    cases = add_people(runtime, course, better=12, same=12, worse=6)
    provider_id = move(runtime, course, cases[6:18])
    store_results(runtime, course.tenant.scope)
    parts = [
        read(runtime, course, Population("hverdag", provider_id=each))
        for each in (provider_id, course.tenant.provider_id)
    ]
    whole = read(runtime, course)
    assert [part.n_begun for part in parts] == [12, 18]
    assert sum(part.n_answered for part in parts) == whole.n_answered == 30
    assert {part.label for part in parts} == {DesignLabel.D0}
    assert all(isinstance(part.main, TermEstimate) for part in parts)
    assert parts[0] == measured(runtime, course, Population("hverdag", provider_id=provider_id))
    page = overview(runtime, course, grouping=Grouping.PROVIDER)
    assert {str(group.title) for group in page.groups} == {"Havnehuset", "Skovhuset"}
    only = overview(runtime, course, provider_id=provider_id)
    assert [str(row.part) for row in only.rows] == ["Skovhuset"]
    assert only.filtered
    assert overview(runtime, course, provider_id=uuid4()).rows == ()


def test_one_providers_part_of_a_target_group_is_worked_out_when_it_is_asked_for(runtime, course):
    cases = add_people(runtime, course, better=12, same=12, worse=6)
    provider_id = move(runtime, course, cases[6:18])
    group_id, organisation_id = uuid4(), course.tenant.organisation_id
    with runtime.database.transaction(course.tenant.scope) as session:
        session.add(
            TargetGroup(
                id=group_id, organisation_id=organisation_id, code="unge", title={"da": "Unge"},
                valid_from=date(2020, 1, 1),
            )
        )  # fmt: skip
        session.flush()
        session.execute(
            text("UPDATE episode SET target_group_id = :id WHERE id = ANY(:episodes)"),
            {"id": group_id, "episodes": [case.episode_id for case in cases[:17]]},
        )
        session.commit()
    store_results(runtime, course.tenant.scope)
    (row,) = overview(runtime, course, provider_id=provider_id, target_group="unge").rows
    assert str(row.part) == "Skovhuset, Unge"
    assert (row.total, [figure.key for figure in row.figures if figure.mark and figure.key == "begun"]) == (
        None,
        ["begun"],
    )
    both = read(runtime, course, Population("hverdag", provider_id, "unge"))
    assert "begun" in both.protecting, "eleven of the twelve: the twelfth would be found"


def test_a_part_of_few_is_hidden_and_so_is_what_would_give_it_away(runtime, course):
    """Everybody's average less the others' would be that of four people."""
    cases = add_people(runtime, course, better=8, same=12, worse=4)
    few = Population("hverdag", provider_id=move(runtime, course, cases[-4:]))
    other = Population("hverdag", provider_id=course.tenant.provider_id)
    store_results(runtime, course.tenant.scope)
    figures = {each: read(runtime, course, each) for each in (EVERYBODY, few, other)}
    assert (figures[few].n_begun, figures[few].n_due, figures[few].n_answered) == (None, None, None)
    assert figures[EVERYBODY].n_begun == 24
    assert figures[other].n_begun is None
    assert "begun" in figures[other].protecting
    assert figures[few].main.code is WithheldReason.TOO_FEW
    assert figures[other].main.code is WithheldReason.PROTECTS
    for key in INDICATORS:
        assert isinstance(indicator_value(figures[few], key), Withheld)
    with runtime.database.transaction(course.tenant.scope) as session:
        (stored,) = session.query(StoredResult).filter_by(population=few.key)
    assert not any(isinstance(each, int | float) and each == 4 for each in stored.content["figures"].values())
    sections = json.loads(render_part(read_part_report(runtime, course.tenant.scope, part=few), "json", "en").content)
    assert all("withheld" in each["n"] for each in sections["sections"]["flow"]["tables"]["flow"]), "nor in its report"
    page = to_plain(overview(runtime, course, grouping=Grouping.PROVIDER), "en")
    marks = {figure["key"]: figure["mark"] for row in page["groups"][0]["rows"] for figure in row["figures"]}
    assert "5" not in str(marks)


def test_the_overview_and_the_report_say_the_same(runtime, course):
    add_people(runtime, course, better=10, same=12, worse=8, silent=3)
    figures = measured(runtime, course)
    estimate = build_report(runtime, course.tenant.scope, intervention_slug="hverdag").estimate
    assert figures.main == estimate.main_change
    assert figures.grade is estimate.evidence.grade
    assert figures.better == estimate.progression.rows[0].share_better
    assert figures.success == estimate.progression.rows[0].share_succeeded
    store_results(runtime, course.tenant.scope)
    assert read(runtime, course) == figures
    value = indicator_value(figures, "mean_change")
    assert isinstance(value, IndicatorValue)
    assert value.n == figures.n_answered == 30


def test_what_is_asked_of_nobody_is_not_there(runtime, course):
    with pytest.raises(NotFoundError):
        measured(runtime, course)
    cases = add_people(runtime, course, better=10)
    assert read(runtime, course) is None, "nobody has worked it out yet"
    for population in (
        Population("findes-ikke"),
        Population("hverdag", provider_id=UUID(int=7)),
        Population("hverdag", legal_section="Serviceloven § 999"),
    ):
        with pytest.raises(NotFoundError):
            measured(runtime, course, population)
    with runtime.database.transaction(course.tenant.scope) as session:
        from outcomes.analysis.plan import parse_analysis_plan  # noqa: PLC0415
        from outcomes.services.freeze_plan import find_plan  # noqa: PLC0415

        plan = parse_analysis_plan(find_plan(session, "hverdag")[1].definition["analysis"])
        everybody = people_behind(session, EVERYBODY, None, plan)
        none = people_behind(session, EVERYBODY, Period(date(2020, 1, 1), date(2020, 12, 31)), plan)
    assert everybody == {case.citizen_id for case in cases}
    assert none == frozenset()


def browse(runtime, app, course):
    """A manager's browser."""
    add_staff(runtime, course.tenant, "manager", email="manager@example.org")
    token = issue_sign_in_link(runtime, organisation_slug="nordby", email="manager@example.org")
    browser = Browser(app.test_client())
    browser.get(f"/log-ind/{token}")
    browser.send(f"/log-ind/{token}")
    return browser


def test_every_figure_opens_to_its_report_and_its_method(runtime, app, course):
    """Whatever holds a number is a link or has one, and each leads to a page where there is that place."""
    cases = add_people(runtime, course, better=14, same=14, worse=6, silent=6)
    move(runtime, course, cases[4:24])
    store_results(runtime, course.tenant.scope)
    browser = browse(runtime, app, course)
    addresses: set[str] = set()
    rows = {Grouping.PROVIDER: 2, Grouping.TARGET_GROUP: 0}
    for grouping in Grouping:
        articles = ARTICLE.findall(browser.get("/indsatser", gruppering=grouping).get_data(as_text=True))
        assert len(articles) == rows.get(grouping, 1)
        for article in articles:
            for block in BLOCK.findall(article):
                if re.search(r"\d", TAG.sub("", block)):
                    assert HREF.search(block), block
            addresses |= {address.replace("&amp;", "&") for address in HREF.findall(article)}
    opened: dict[str, str] = {}
    for address in sorted(addresses):
        page, _, place = address.partition("#")
        page = page.partition("?tilbage=")[0]  # the same page, whichever way back it shows
        if page not in opened:
            response = browser.client.get(page, follow_redirects=True)
            assert response.status_code == 200, page
            opened[page] = response.get_data(as_text=True)
        assert not place or f'id="{place}"' in opened[page], address
    there = next(each for each in sorted(addresses) if "definitioner?tilbage=" in each and "udbyder" in each)
    method = browser.client.get(there.partition("#")[0]).get_data(as_text=True)
    assert 'class="back-link" href="/indsatser?gruppering=udbyder"' in method
    parts = [page for page in opened if "udbyder=" in page and page.startswith("/indsatser/")]
    assert len(parts) == 2
    assert 'href="/indsatser?gruppering=udbyder&amp;' in opened[parts[0]], "and the way back"


def test_a_parts_report_shows_what_the_overview_does(runtime, course):
    """The same figures in every format; and no part that the overview doesn't have."""
    scope = course.tenant.scope
    cases = add_people(runtime, course, better=14, same=14, worse=12, silent=10)
    part = Population("hverdag", provider_id=move(runtime, course, [*cases[7:21], *cases[34:45]]))
    store_results(runtime, scope)
    (row,) = overview(runtime, course, provider_id=part.provider_id).rows
    period = read_period(runtime, scope, intervention_slug="hverdag")
    context = read_part_report(runtime, scope, part=part, period=period)
    assert (context.finding, context.caution) == (row.finding, row.caution)
    told = json.loads(render_part(context, "json", "en").content)
    figures = {view.key: view for view in row.figures}
    rows = {each["key"]: each for each in told["sections"]["progression"]["tables"]["progression"]}
    shares = (row.shares.better, row.shares.same, row.shares.worse)
    assert tuple(rows[key]["share"] for key in ("better", "unchanged", "worse")) == shares
    assert rows["success"]["share"] == figures["share_success"].value
    counts = [each["n"] for each in told["sections"]["flow"]["tables"]["flow"]]
    assert counts == [figures["begun"].value, row.total, row.answered] == [25, 25, 20]
    change = told["sections"]["course"]["tables"]["course"][2]
    assert (change["value"], change["interval"]["low"]) == (row.interval.estimate, row.interval.low)
    assert render_part(context, "xlsx", "da").content.startswith(b"PK")
    other_part = Population("hverdag", provider_id=course.tenant.provider_id)
    beside = read_part_report(runtime, scope, part=other_part, period=period)
    assert render_part(beside, "json", "en").name != render_part(context, "json", "en").name, "both can be kept"
    assert page.validate_pdf_bytes(make_pdf(render_part_html(context, "da"))).is_compliant
    for other in (Population("hverdag", provider_id=uuid4()), Population("hverdag", target_group="x"), EVERYBODY):
        with pytest.raises(NotFoundError):
            read_part_report(runtime, scope, part=other, period=period)


def test_a_part_that_holds_everybody_is_its_change_alone(runtime):
    """One provider has all the people, and the plan compares them: what it shows is still their own change, once."""
    course = add_course(runtime, add_tenant(runtime))
    compared = {"design": "expected", "expected_change": {"points": 5.0, "source": "Test"}}
    add_analysis_plan(runtime, course, measurement_error=ERROR, **compared)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    add_people(runtime, course, better=14, same=10, worse=6)
    store_results(runtime, course.tenant.scope)
    part = Population("hverdag", provider_id=course.tenant.provider_id)
    whole, own = read(runtime, course), read(runtime, course, part)
    assert (whole.label, own.label) == (DesignLabel.D1, DesignLabel.D0)
    assert own.n_begun == whole.n_begun == 30
    assert own.main.estimate == own.change.estimate == pytest.approx(whole.change.estimate, abs=1)
    assert whole.main.estimate == pytest.approx(whole.change.estimate - 5, abs=0.1)
    context = read_part_report(runtime, course.tenant.scope, part=part)
    assert context.heading.kind == own.word != whole.word
    assert [str(mark.name) for mark in context.section("course").figure.chart.marks] == ["These people"]


def test_the_report_counts_of_a_part_only_whom_the_overview_counts(runtime, course):
    """How many began at a provider, beside how many answered, would tell of the two who haven't."""
    cases = add_people(runtime, course, better=14, same=14, silent=8)
    move(runtime, course, [*cases[:12], *cases[-2:]])
    store_results(runtime, course.tenant.scope)
    shown = {str(row.part): row.figures[0].value for row in overview(runtime, course, grouping=Grouping.PROVIDER).rows}
    report = build_report(runtime, course.tenant.scope, intervention_slug="hverdag")
    table = report.section("people").tables[0]
    begun = {row[2]: row[4] if isinstance(row[4], int) else None for row in table.rows if row[1] == "provider"}
    assert begun == shown
    assert begun["Skovhuset"] is None
