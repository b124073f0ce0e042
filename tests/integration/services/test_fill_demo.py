"""The demo: filled once, looked at as each of its users would, and started again."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from dateutil.relativedelta import relativedelta
from sqlalchemy import select, text
from structlog.testing import capture_logs

from outcomes.analysis.control_chart import ControlChart
from outcomes.analysis.effect_results import Progression, Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.modelled_change import change_from_sums
from outcomes.analysis.results import ModelledChange, TermEstimate, Withheld
from outcomes.analysis.target_status import TargetStatus
from outcomes.analysis.trend import Trend
from outcomes.errors import UnavailableError
from outcomes.instruments import Kind, check_answers, score_answers, shipped_instruments
from outcomes.language import translate, use_locale
from outcomes.models import (
    AnalysisPlan,
    CitizenIdentity,
    Episode,
    Occasion,
    Organisation,
    PersonalLink,
    Response,
    Score,
)
from outcomes.services.administer import check_audit
from outcomes.services.build_report import build_report, read_period
from outcomes.services.demo import DemoLinks, content, fill_demo, goals, is_broken_off, staff
from outcomes.services.demo.courses import Courses
from outcomes.services.demo.municipality import add_municipality, make_municipality
from outcomes.services.demo.people import draw_names
from outcomes.services.demo.person import start_for
from outcomes.services.demo.population import add_population
from outcomes.services.demo.simulate import draw_answers
from outcomes.services.demo.trial import fill_trial
from outcomes.services.find_supervision_signals import find_supervision_signals
from outcomes.services.freeze_plan import find_plan
from outcomes.services.gather_material import gather_material, gather_plan_outcomes
from outcomes.services.gather_outcomes import Period
from outcomes.services.gather_parts import gather_parts
from outcomes.services.handle_supervision import handle_supervision, seen_mark
from outcomes.services.list_caseload import list_caseload
from outcomes.services.list_interventions import list_interventions
from outcomes.services.list_signals import list_signals
from outcomes.services.open_citizen import open_citizen
from outcomes.services.open_database import DatabaseAddress, start_database_over
from outcomes.services.open_link import open_link
from outcomes.services.plan_occasions import OccasionStatus, occasion_status
from outcomes.services.read_aggregates import read_aggregates
from outcomes.services.read_national import read_national
from outcomes.services.read_supervision import read_supervision
from outcomes.services.read_targets import read_targets
from outcomes.services.read_visit import read_visit
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.runtime import Actor, Runtime
from outcomes.services.save_answers import save_answer
from outcomes.services.sign_in import find_actor, sign_in
from outcomes.services.submit_response import submit_response
from outcomes.store import migrate
from outcomes.store.database import Database, Scope
from outcomes.vault import Vault
from tests.conftest import ServerDatabase, file_lock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from outcomes.reports.effect_report.context import EffectReportContext
    from outcomes.reports.effect_report.material import ReportMaterial
    from outcomes.settings import Settings
    from tests.conftest import DatabaseMaker

LINK_TABLES = {"sign_in_link", "personal_link", "audit_entry"}
NOW = datetime.now(UTC)
"""The demo is made around today, and what is new is counted from the database's own clock."""


def make_runtime_on(settings: Settings, application: Database) -> Runtime:
    return Runtime(settings, application, Vault(settings.data_keys, settings.lookup_key), lambda: NOW)


@pytest.fixture(scope="module")
def filled(make_database: DatabaseMaker, settings: Settings) -> ServerDatabase:
    """A filled demo, with nobody connected to it: to be copied. The first process of the run to ask fills it."""
    home = make_database.server.home
    with file_lock(home / "filled.lock"):
        kept = home / "filled"
        if kept.exists():
            return ServerDatabase(make_database.server, kept.read_text())
        database = make_database()
        application = Database(database.app_url)
        fill_demo(make_runtime_on(settings, application), analyse=lambda: migrate.analyse(database.owner_url))
        application.dispose()
        (home / "filled-at").write_text(NOW.isoformat())
        kept.write_text(database.name)
        return database


@pytest.fixture
def filled_at(filled: ServerDatabase) -> datetime:
    """When the process that filled it took it to be."""
    return datetime.fromisoformat((filled.server.home / "filled-at").read_text())


@pytest.fixture(scope="module")
def demo(filled: ServerDatabase, make_database: DatabaseMaker, settings: Settings) -> Iterator[Runtime]:
    """The instance at work on a filled demo that every test looks at."""
    application = Database(make_database(template=filled.name).app_url)
    yield make_runtime_on(settings, application)
    application.dispose()


@pytest.fixture(scope="module")
def links(demo: Runtime) -> DemoLinks:
    return fill_demo(demo)


@pytest.fixture
def copy(filled: ServerDatabase, make_database: DatabaseMaker) -> ServerDatabase:
    return make_database(template=filled.name)


@pytest.fixture
def fresh(copy: ServerDatabase, settings: Settings) -> Iterator[Runtime]:
    """The same on a copy of its own, for a test that changes something or counts."""
    application = Database(copy.app_url)
    yield make_runtime_on(settings, application)
    application.dispose()


@pytest.fixture
def fresh_links(fresh: Runtime) -> DemoLinks:
    return fill_demo(fresh)


def enter(runtime: Runtime, url: str) -> Actor:
    actor = find_actor(runtime, sign_in(runtime, token_of(url)))
    assert actor is not None
    return actor


def token_of(url: str) -> str:
    return url.rpartition("/")[2]


def count_rows(database: ServerDatabase) -> dict[str, int]:
    with database.admin() as connection:
        tables = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'")
        ).all()
        return {name: int(connection.scalar(text(f"SELECT count(*) FROM {name}")) or 0) for name in tables}


def report(runtime: Runtime, links: DemoLinks, slug: str) -> EffectReportContext:
    return build_report(runtime, enter(runtime, links.manager).scope, intervention_slug=slug)


def test_the_worker_has_people_for_every_reason(demo: Runtime, links: DemoLinks) -> None:
    today = list_caseload(demo, enter(demo, links.worker))

    reasons = {entry.reason for entry in today.entries}
    assert reasons == {"overdue", "due", "partly_answered", "open", "new_answer"}
    assert today.coming
    assert today.n_citizens == len(goals.CASELOAD)
    assert {entry.name for entry in (*today.entries, *today.coming)} <= {own.name for own in goals.CASELOAD}


def test_one_answer_tells_of_danger_and_waits_for_the_worker(demo: Runtime, links: DemoLinks) -> None:
    (signal,) = list_signals(demo, enter(demo, links.worker))

    assert (signal.kind, signal.overdue, signal.owner) == ("risk_answer", False, "Mette Holmsted")


def test_each_of_the_workers_citizens_has_goals_and_a_curve(demo: Runtime, links: DemoLinks) -> None:
    worker = enter(demo, links.worker)
    today = list_caseload(demo, worker)

    for entry in (*today.entries, *today.coming):
        view = open_citizen(demo, worker, entry.citizen_id)
        assert view.goals
        assert all(goal.latest is not None and goal.latest.rated_on <= demo.today() for goal in view.goals)
        assert any(curve.points for curve in view.curves)


def test_starting_again_adds_nothing_but_links(fresh: Runtime, fresh_links: DemoLinks, copy: ServerDatabase) -> None:
    before = count_rows(copy)
    again = fill_demo(fresh)
    after = count_rows(copy)

    assert {name for name in after if after[name] != before[name]} == LINK_TABLES
    assert before["citizen"] > 300  # the municipality's and the trial's
    assert {url for _, url in again.named()}.isdisjoint({url for _, url in fresh_links.named()})
    assert enter(fresh, fresh_links.worker).user_id == enter(fresh, again.worker).user_id


def test_staff_links_can_be_used_again_and_lead_to_each_role(demo: Runtime, links: DemoLinks) -> None:
    assert links.btheb_manager is not None
    roles = [enter(demo, url).role for url in (links.worker, links.manager, links.administrator, links.btheb_manager)]

    assert roles == ["worker", "manager", "administrator", "manager"]
    assert enter(demo, links.worker).role == "worker"
    assert links.worker.startswith("http://127.0.0.1:8000/log-ind/")
    assert links.citizen.startswith("http://127.0.0.1:8000/b/")


def test_the_citizens_link_always_opens_something_unanswered(fresh: Runtime, fresh_links: DemoLinks) -> None:
    worker = enter(fresh, fresh_links.worker)
    codes = [answer(fresh, fresh_links.citizen)]
    while not codes[-1].startswith("extra"):
        codes.append(answer(fresh, fill_demo(fresh).citizen))
        assert len(codes) < 20
    codes.append(answer(fresh, fill_demo(fresh).citizen))

    assert codes[-1] != codes[-2]
    assert codes[-1].startswith("extra")
    assert {entry.reason for entry in list_caseload(fresh, worker).entries} >= {"new_answer"}


def answer(runtime: Runtime, url: str) -> str:
    """Answer what a citizen's link opens; gives the occasion's code."""
    ticket = open_link(runtime, token_of(url))
    visit = read_visit(runtime, ticket)
    assert visit.response_id is None
    for item in visit.items:
        save_answer(runtime, ticket, item_id=item.id, value=3)
    with runtime.database.transaction(ticket.scope) as session:
        code = session.scalar(
            select(Occasion.code)
            .join(PersonalLink, PersonalLink.occasion_id == Occasion.id)
            .where(PersonalLink.id == ticket.link_id)
        )
    submit_response(runtime, ticket, submission_key=ticket.link_id, locale="da")
    return str(code)


def test_a_parents_link_always_asks_about_the_child(fresh: Runtime, fresh_links: DemoLinks) -> None:
    assert fresh_links.parent is not None
    assert answer(fresh, fresh_links.parent).startswith("child-parent")
    again = fill_demo(fresh).parent
    assert again is not None
    assert read_visit(fresh, open_link(fresh, token_of(again))).response_id is None


def test_the_record_of_changes_is_whole(demo: Runtime, links: DemoLinks) -> None:
    assert links.btheb_manager is not None
    for url in (links.manager, links.btheb_manager):
        assert check_audit(demo, enter(demo, url).scope) == ()


def test_home_support_is_change_without_comparison(demo: Runtime, links: DemoLinks) -> None:
    estimate = report(demo, links, content.HOME_SUPPORT.slug).estimate

    assert estimate.label is DesignLabel.D0
    assert estimate.evidence.grade is EvidenceGrade.C
    assert estimate.n_started == 364
    assert isinstance(estimate.effect, Withheld)
    assert isinstance(estimate.progression, Progression)
    row = estimate.progression.rows[0]
    shares = (row.better.count, row.unchanged.count, row.worse.count)
    assert all(count is not None and count >= 5 for count in shares)  # some better, some the same, some worse
    assert estimate.completeness is not None
    assert 0.6 < estimate.completeness < 0.9


def test_company_is_an_effect_against_a_waiting_list(demo: Runtime, links: DemoLinks) -> None:
    estimate = report(demo, links, content.COMMUNITY.slug).estimate

    assert estimate.label is DesignLabel.D3
    assert estimate.evidence.grade is EvidenceGrade.B
    assert [arm.n_started for arm in estimate.arms] == [50, 45]
    assert isinstance(estimate.effect, TermEstimate)
    assert -15 < estimate.effect.estimate < -4
    assert estimate.verdict is Verdict.BETTER


def test_seven_children_are_too_few_for_a_number(demo: Runtime, links: DemoLinks) -> None:
    context = report(demo, links, content.FAMILY_SUPPORT.slug)

    assert context.estimate.n_started == 7
    assert context.estimate.verdict is Verdict.WITHHELD
    assert all(isinstance(change.result, Withheld) for change in context.estimate.changes)


def test_the_trial_gives_its_published_numbers(demo: Runtime, links: DemoLinks) -> None:
    assert links.btheb_manager is not None
    manager = enter(demo, links.btheb_manager)
    estimate = build_report(demo, manager.scope, intervention_slug="btheb").estimate

    assert isinstance(estimate.effect, TermEstimate)
    assert estimate.effect.estimate == pytest.approx(-2.3151, abs=5e-5)
    assert estimate.label is DesignLabel.D4


def test_targets_are_met_and_missed_and_open_and_a_national_one_has_a_standing(demo: Runtime, links: DemoLinks) -> None:
    own = read_targets(demo, enter(demo, links.manager).scope).targets
    standings = {target.standing.status for target in own if target.standing}
    assert standings == set(TargetStatus), {target.code: target.standing for target in own}
    national = read_national(demo, enter(demo, links.authority).scope)
    (target,) = national.targets
    assert {place.status for place in target.places if place.value} - {TargetStatus.NOT_SAID}, target
    assert national.interventions[0].together is not None


def test_the_overview_has_every_intervention(demo: Runtime, links: DemoLinks) -> None:
    scope = enter(demo, links.manager).scope
    rows = list_interventions(demo, scope, read_period(demo, scope)).rows

    assert {row.intervention_id for row in rows} == {offered.slug for offered in content.OFFERED}
    assert [row.intervention_id for row in rows if row.withheld] == [content.FAMILY_SUPPORT.slug]
    by_slug = {row.intervention_id: row for row in rows}
    home, family = by_slug[content.HOME_SUPPORT.slug], by_slug[content.FAMILY_SUPPORT.slug]
    progression = report(demo, links, content.HOME_SUPPORT.slug).estimate.progression
    assert isinstance(progression, Progression)
    assert home.shares is not None
    assert (home.answered, home.total) == (progression.rows[0].n_compared, progression.rows[0].n_due)
    assert home.shares.better * (home.total or 0) == pytest.approx(progression.rows[0].better.count)
    assert 0 < 1 - home.shares.better - home.shares.same - home.shares.worse < 1  # those who didn't answer both times
    assert family.answered is None
    reaches = {row.interval.reach for row in rows if row.interval}
    assert len(reaches) == 1  # both are measured from 0 to 100: one scale for all


def test_every_stored_row_of_the_overview_is_what_the_report_says(
    demo: Runtime, links: DemoLinks, filled_at: datetime
) -> None:
    for url in (links.manager, links.btheb_manager):
        assert url is not None
        scope = enter(demo, url).scope
        overview = list_interventions(demo, scope, read_period(demo, scope))
        assert overview.computed_at == filled_at
        assert not overview.outdated
        for row in overview.rows:
            context = build_report(demo, scope, intervention_slug=row.intervention_id)
            estimate, number = context.estimate, row.interval
            effect = estimate.effect if isinstance(estimate.effect, TermEstimate) else estimate.main_change
            shown = None if number is None else (number.estimate, number.low, number.high)
            if isinstance(effect, TermEstimate):
                assert shown == (effect.estimate, effect.ci_low, effect.ci_high)  # every digit
            else:
                assert shown is None
                assert row.withheld == context.summary.number
            told = dict(row.finding.values).get(
                "finding", row.finding
            )  # with a word of caution before it, where many are unknown
            assert told == context.summary.finding
            for locale in ("da", "en"):
                with use_locale(locale):
                    assert translate(context.summary.finding).lower() in translate(row.finding).lower()
            progression = estimate.progression
            if row.shares is not None:
                assert isinstance(progression, Progression)
                assert row.shares.better == getattr(progression.rows[0].share_better, "share", None)
                assert row.shares.worse == getattr(progression.rows[0].share_worse, "share", None)
            assert translate(row.plan_status).count(str(context.trace.plan_version))


def test_the_planted_decline_is_among_the_signals_and_no_noise(fresh: Runtime, fresh_links: DemoLinks) -> None:
    """Wish: planted decline rises, small-n noise doesn't; and what was talked about doesn't come again by itself."""
    manager = enter(fresh, fresh_links.manager)
    context = read_supervision(fresh, manager.scope)
    assert {group.provider for group in context.signals} == {staff.LINDEN_OFFER.name}
    home = next(look for look in context.looks if str(look.intervention) == content.HOME_SUPPORT.title["da"])
    assert home.figure is not None
    assert staff.OAT_OFFER.name in {
        row[0] for row in home.figure.table.rows
    }  # few, who differ much: compared, and no signal
    assert find_supervision_signals(fresh, manager.scope) == 0
    (group,) = context.signals
    handle_supervision(fresh, manager, group.signal_id, state="closed", response="Talt om.", seen=seen_mark(group))
    assert find_supervision_signals(fresh, manager.scope) == 0
    assert read_supervision(fresh, manager.scope).signals == ()


def test_plans_are_frozen_by_the_manager_before_anything_is_seen(fresh: Runtime, fresh_links: DemoLinks) -> None:
    with fresh.database.transaction(enter(fresh, fresh_links.manager).scope) as session:
        plans = session.scalars(select(AnalysisPlan)).all()

    assert len(plans) == len(content.OFFERED)
    assert {plan.frozen_by for plan in plans} == {"Lars Bakkely"}
    assert [plan.results_first_seen_at for plan in plans] == [None] * len(plans)


def test_every_score_comes_from_its_answers(demo: Runtime, links: DemoLinks) -> None:
    with demo.database.transaction(enter(demo, links.manager).scope) as session:
        responses = session.scalars(select(Response)).all()
        stored: dict[Any, dict[str, float | None]] = {}
        for score in session.scalars(select(Score)):
            stored.setdefault(score.response_id, {})[score.scale] = score.value
        for response in responses:
            instrument = read_stored_instrument(session, response.instrument_version_id)
            computed = {score.scale: score.value for score in score_answers(instrument, response.answers)}
            assert stored[response.id] == computed

    assert len(responses) > 700
    assert len({str(each.answers) for each in responses}) > 500  # people differ


def test_nobody_answers_before_the_window_after_now_or_after_they_are_gone(demo: Runtime, links: DemoLinks) -> None:
    with demo.database.transaction(enter(demo, links.manager).scope) as session:
        rows = session.execute(
            select(Response, Occasion, Episode)
            .join(Occasion, Occasion.id == Response.occasion_id)
            .join(Episode, Episode.id == Occasion.episode_id)
        ).all()

    for response, occasion, episode in rows:
        assert response.answered_at <= NOW
        day = response.answered_at.date()
        assert day >= occasion.opens_on
        assert response.late == (day > occasion.closes_on)
        if episode.end_reason in {"moved", "died"}:
            assert day <= episode.ended_on
    assert any(response.late for response, _, _ in rows)


def test_no_cpr_numbers_are_made_up(demo: Runtime, links: DemoLinks) -> None:
    with demo.database.transaction(enter(demo, links.manager).scope) as session:
        identities = session.scalars(select(CitizenIdentity)).all()

    assert len(identities) == 466
    assert all(identity.cpr_sealed is None and identity.cpr_hash is None for identity in identities)


def test_the_same_generator_gives_the_same_people(runtime: Runtime) -> None:
    assert invent_people(runtime, Random(5)) == invent_people(runtime, Random(5))


def invent_people(runtime: Runtime, rng: Random) -> list[tuple[Any, ...]]:
    """Every answer and score of a municipality that is never stored."""
    place = make_municipality(rng)
    courses = Courses(runtime, place)
    with runtime.database.transaction(place.scope) as session:
        add_municipality(session, place, frozen_at=runtime.now())
        add_population(courses, place, runtime.today())
    given, scores = courses.values[Response], courses.values[Score]
    answers = [tuple(each[name] for name in ("id", "occasion_id", "answered_at", "answers")) for each in given]
    return [*answers, *(tuple(each[name] for name in ("response_id", "scale", "value")) for each in scores)]


def test_help_at_home_is_old_enough_for_a_chart_with_limits_and_a_period_before(
    demo: Runtime, links: DemoLinks
) -> None:
    """Nothing but the planted decline is a signal, and that one is of a provider."""
    scope, slug = enter(demo, links.manager).scope, content.HOME_SUPPORT.slug
    whole = read_period(demo, scope, intervention_slug=slug)
    material = gather_all(demo, scope, Period(whole.starts[-4], whole.starts[-1] - timedelta(days=1)))

    assert material.previous is not None
    assert min(material.previous.comparison.begun) >= 30  # ten in each of three quarters
    assert isinstance(material.breakdown.trend, Trend)
    assert all(point.n >= 10 for point in material.breakdown.trend.points)
    chart = material.breakdown.trend.chart
    assert isinstance(chart, ControlChart)
    assert chart.signals == ()


def gather_all(runtime: Runtime, scope: Scope, period: Period) -> ReportMaterial:
    """What the report of help at home in a period is made from."""
    with runtime.database.transaction(scope) as session:
        intervention, stored = find_plan(session, content.HOME_SUPPORT.slug)
        found = gather_plan_outcomes(runtime, session, intervention, stored, period)
        material = gather_material(runtime, session, intervention, stored, found)
        return gather_parts(runtime, session, intervention, found, material)


def test_a_demo_that_is_broken_off_leaves_nothing(
    runtime: Runtime, database: ServerDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_off(*_: object) -> None:
        raise RuntimeError("pulled the plug")

    monkeypatch.setattr("outcomes.services.demo.courses.Courses.store", break_off)
    with pytest.raises(RuntimeError, match="pulled the plug"):
        fill_demo(runtime)

    assert not any(count for name, count in count_rows(database).items() if name != "alembic_version")


def test_a_demo_that_is_broken_off_later_is_not_taken_as_filled(
    make_database: DatabaseMaker, settings: Settings
) -> None:
    """Without its neighbours, results and releases it isn't the demo; the command makes its own database anew."""
    database = make_database()
    application = Database(database.app_url)
    runtime, own = make_runtime_on(settings, application), uuid4()
    with runtime.database.transaction(Scope(own)) as session:
        session.add(Organisation(id=own, slug=content.SLUG, name="Solbjerg", kind="municipality"))
        session.commit()
    with pytest.raises(UnavailableError, match="isn't whole"):
        fill_demo(runtime)

    start_database_over(DatabaseAddress(database.app_url, database.owner_url))
    assert not is_broken_off(runtime)
    application.dispose()
    assert not any(count for name, count in count_rows(database).items() if name != "alembic_version")


def test_without_its_files_the_trial_is_left_out_and_the_folder_named(runtime: Runtime, tmp_path: Path) -> None:
    with capture_logs() as logs:
        assert fill_trial(runtime, tmp_path) is False

    assert [(entry["event"], entry["folder"]) for entry in logs] == [("demo_trial_left_out", str(tmp_path))]
    with runtime.database.transaction(Scope(slug="btheb-trial")) as session:
        assert session.scalars(select(Organisation)).all() == []


@pytest.mark.parametrize("level", [-0.3, 0.0, 0.5, 1.0, 1.4])
def test_drawn_answers_are_allowed_and_follow_the_level(level: float) -> None:
    rng = Random(1)
    measures = [each for each in shipped_instruments() if each.kind is Kind.MEASURE]

    assert measures
    for instrument in measures:
        for _ in range(20):
            answers = draw_answers(instrument, level, rng, content.REMARKS)
            check_answers(instrument, answers)


def test_a_better_level_gives_a_better_score_whatever_the_direction() -> None:
    for instrument in shipped_instruments():
        if instrument.key not in {"wellbeing", "loneliness"}:
            continue
        scale = instrument.scale("total")
        means = [mean_score(instrument, level) for level in (0.2, 0.8)]
        assert (means[1] > means[0]) is not scale.lower_is_better


def mean_score(instrument: Any, level: float) -> float:
    rng = Random(2)
    drawn = [score_answers(instrument, draw_answers(instrument, level, rng))[0].value for _ in range(200)]
    known = [value for value in drawn if value is not None]
    return sum(known) / len(known)


def test_the_workers_citizens_are_where_they_should_be_on_every_day_of_the_year() -> None:
    expected = {
        goals.TODAY: {OccasionStatus.DUE},
        goals.LONG_AGO: {OccasionStatus.MISSED},  # if it hadn't been answered
    }
    first = date(2027, 1, 1)
    for today in (first + timedelta(days=day) for day in range(4 * 366)):
        found = {own.name: status_of(own.moment, today) for own in goals.CASELOAD}
        waiting = [found[own.name] for own in goals.CASELOAD if own.moment.answer == goals.WAITING]
        assert sorted(waiting) == ["due", "open", "open", "overdue", "overdue", "planned", "planned"]
        for own in goals.CASELOAD:
            assert found[own.name] in expected.get(own.moment.answer, set(OccasionStatus))


def status_of(moment: goals.Moment, today: date) -> OccasionStatus:
    planned_on = start_for(moment, today) + relativedelta(months=moment.months)
    return occasion_status(
        state="planned",
        opens_on=planned_on - timedelta(days=content.OPENS_BEFORE),
        planned_on=planned_on,
        due_on=planned_on + timedelta(days=content.DUE_AFTER),
        closes_on=planned_on + timedelta(days=content.CLOSES_AFTER),
        today=today,
    )


def test_no_name_is_given_twice() -> None:
    names = draw_names(Random(3), taken=frozenset({"Aksel Agerkær"}))
    drawn = [next(names) for _ in range(500)]

    assert len(set(drawn)) == 500
    assert "Aksel Agerkær" not in drawn


def test_the_stored_sums_give_the_reports_main_number(demo: Runtime, links: DemoLinks) -> None:
    """What a dashboard makes of sums is what the report makes of everybody's answers."""
    scope = enter(demo, links.manager).scope
    estimate = report(demo, links, content.HOME_SUPPORT.slug).estimate
    assert estimate.label is DesignLabel.D0
    everything = Period(date(2000, 1, 1), date(2099, 12, 31))
    stored = read_aggregates(demo, scope, intervention_slug=content.HOME_SUPPORT.slug, period=everything)
    change = change_from_sums(stored.sums, estimate.plan.occasions)
    assert isinstance(change, ModelledChange)
    assert isinstance(estimate.modelled_change, ModelledChange)
    assert (change.n_subjects, change.n_observations) == (estimate.n_behind, estimate.modelled_change.n_observations)
    ours, theirs = change.at(estimate.plan.primary_occasion), estimate.main_change
    assert isinstance(ours, TermEstimate)
    assert isinstance(theirs, TermEstimate)
    assert ours.estimate == pytest.approx(theirs.estimate, abs=1e-8)
    assert ours.std_error == pytest.approx(theirs.std_error, rel=1e-6)
