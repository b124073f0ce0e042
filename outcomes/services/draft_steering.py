"""What a release of targets or offers would hold: each page's own figures, rounded.

Where a figure is of people, they are in the ledger as those of the overview are; the others are of offers.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.analysis.indicators import IndicatorValue
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.errors import Sentence
from outcomes.reports.parts import Cell, Column, Kind, Points, Table, Withheld
from outcomes.reports.release_document import DocumentSection, ReleaseDocument
from outcomes.reports.release_overview import TOO_FEW, as_released, indicator_cells, scale_length
from outcomes.reports.targets import Amount, make_board, stand
from outcomes.services.draft_need import draft_need
from outcomes.services.draft_overview import Material, Populations
from outcomes.services.freeze_plan import find_plan
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_coverage import read_coverage
from outcomes.services.read_targets import read_targets
from outcomes.services.release_ledger import CHANGE, GOALS, MEETING, Ledger, admit_together, ledger_key, open_ledger
from outcomes.services.release_people import gather_release_people

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.reports.targets import Standing, TargetView
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

OTHER_FIGURES = {"goal_attainment": GOALS, "experience": MEETING}
"""Indicators of other answers than the main measure's, by what the ledger calls them."""
OUT_BESIDE = Sentence("Held against the other figures, it would tell of few people.")


def draft_targets(runtime: Runtime, scope: Scope, _subject: str, _period: Period) -> Material:
    """Every target in force with how it stands, by its own period."""
    board = read_targets(runtime, scope)
    ledgers: dict[str, Ledger] = {}
    populations: Populations = {}
    rows, left_out, snapshots = [], [], set()
    with runtime.database.transaction(scope) as session:
        shown: list[TargetView] = []
        # what needs attention first is told by the figures as they are; so they come by code
        for target in sorted(board.targets, key=lambda each: (each.level, each.code)):
            value = target.standing.value if target.standing else None
            cells: tuple[Cell, ...] = (Withheld(TOO_FEW), None, None, None)
            status: Cell = target.standing.words if target.standing else None
            if target.standing and isinstance(value, IndicatorValue):
                if _admit(runtime, session, target, ledgers, populations):
                    length = _length(session, target.intervention)
                    cells = indicator_cells(value, target.unit, length)
                    standing = _stand_released(target, as_released(value, target.unit, length), target.standing)
                    status = standing.words
                    snapshots.add(standing.snapshot)
                    shown.append(replace(target, standing=standing))
                else:
                    status = Withheld(OUT_BESIDE)
                    left_out.append(Sentence("%(name)s: %(why)s", name=target.title, why=OUT_BESIDE))
            elif target.standing:
                shown.append(target)
            rows.append(
                (target.title, target.intervention_name, target.indicator_title, _lasting(target.wish), status, *cells)
            )
    columns = (
        Column("target", Sentence("Target")),
        Column("intervention", Sentence("Intervention")),
        Column("indicator", Sentence("Indicator")),
        Column("wish", Sentence("What is to be reached")),
        Column("status", Sentence("How it stands")),
        Column("value", Sentence("Value"), Kind.NUMBER, 2),
        Column("interval", Sentence("95 per cent interval")),
        Column("n", Sentence("People"), Kind.COUNT),
        Column("completeness", Sentence("Share known"), Kind.SHARE, 0),
    )
    table = Table("targets", Sentence("Targets and how they stand"), columns, tuple(rows))
    counted = make_board(board.organisation_name, shown, for_authority=False, as_of=board.as_of)
    lines = (_lasting(counted.finding),) if shown else ()
    sections = (DocumentSection(Sentence("Targets"), lines, (table,)),) if rows else ()
    title = Sentence("Targets in %(organisation)s", organisation=board.organisation_name)
    document = ReleaseDocument(title, (), sections)
    return Material(document, populations, " ".join(sorted(snapshots - {""})), tuple(left_out))


def _stand_released(target: TargetView, value: IndicatorValue, standing: Standing) -> Standing:
    """How the target stands by the rounded ends alone."""
    return stand(
        value, threshold=target.threshold, direction=target.direction, minimum_n=target.minimum_n,
        snapshot=standing.snapshot,
    )  # fmt: skip


def _admit(
    runtime: Runtime, session: Session, target: TargetView, ledgers: dict[str, Ledger], populations: Populations
) -> bool:
    """Whether the target's figure may be out beside all others; if so, its people are among the populations."""
    intervention, stored = find_plan(session, target.intervention)
    plan = parse_analysis_plan(stored.definition["analysis"])
    dated = stored.definition.get("dates_known", True)
    people = gather_release_people(
        session, intervention, plan, Period(target.first_day, target.last_day) if dated else None
    )
    span = f"{target.first_day}..{target.last_day}" if dated else ""
    population = target.population
    parted = population.provider_id is not None or population.target_group is not None
    figures = OTHER_FIGURES.get(target.indicator, CHANGE)
    wanted = (
        {ledger_key(intervention.slug, population.key, span, figures): people.part(population)}
        if parted
        else people.whole(span)
    )
    if intervention.slug not in ledgers:
        ledgers[intervention.slug] = open_ledger(runtime, session, intervention.slug)
    if not admit_together(ledgers, wanted):
        return False
    populations |= wanted
    return True


def _lasting(sentence: Sentence) -> Sentence:
    """The sentence with amounts as points: what is stored knows no other numbers."""
    return Sentence(sentence.message, **{name: _lasting_value(value) for name, value in sentence.values})


def _lasting_value(value: object) -> object:
    if isinstance(value, Sentence):
        return _lasting(value)
    if not isinstance(value, Amount):
        return value
    if value.unit == "share":
        return Sentence(
            "%(share)s per cent", share=Points(100 * value.value, 0 if (100 * value.value).is_integer() else 1)
        )
    return Points(value.value, 1 if value.unit == "points" else 2)


def _length(session: Session, slug: str) -> float:
    _, stored = find_plan(session, slug)
    return scale_length(parse_analysis_plan(stored.definition["analysis"]).measure)


def draft_offers(runtime: Runtime, scope: Scope, _subject: str, _period: Period) -> Material:
    """Places for each target group, and whether they are enough for all who are known to need one; and the need map."""
    coverage = read_coverage(runtime, scope)
    columns = (
        Column("group", Sentence("Target group")),
        Column("section", Sentence("Law and section")),
        Column("offers", Sentence("Offers"), Kind.COUNT),
        Column("least", Sentence("Places, at least"), Kind.COUNT),
        Column("most", Sentence("Places, at most"), Kind.COUNT),
        Column("finding", Sentence("Are they enough?")),
    )
    rows = tuple(
        (row.group, row.section, row.places.n_offers, row.places.least, row.places.most, row.finding)
        for row in coverage.rows
    )
    table = Table("coverage", Sentence("Places by target group"), columns, rows)
    section = DocumentSection(Sentence("Offers and target groups"), (), (table,))
    title = Sentence("Offers in %(organisation)s", organisation=coverage.organisation_name)
    day = Sentence("As registered on %(day)s.", day=coverage.day)
    need = draft_need(runtime, scope)
    sections = (*((section,) if rows else ()), *need.sections)
    return Material(ReleaseDocument(title, (day,), sections, need.figures), need.populations, "", need.left_out)
