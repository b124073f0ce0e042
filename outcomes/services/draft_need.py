"""What of the need map a municipality publishes: everybody of each target group and section, and never a single place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.offers.need import NeedPanel
from outcomes.reports.offers.need_figure import make_table
from outcomes.reports.parts import LocalText, Withheld
from outcomes.reports.release_document import DocumentSection, as_published
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_need_map import GatheredNeed, gather_need_map, year_before
from outcomes.services.read_offers import get_organisation
from outcomes.services.release_ledger import START, Ledger, admit_together, ledger_key, open_ledger
from outcomes.services.release_sums import sum_tells_of_few

if TYPE_CHECKING:
    from outcomes.reports.offers.coverage import Pair
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

DECIMALS = 3


@dataclass(frozen=True, slots=True)
class NeedDraft:
    """Figures for machines, the same for people, whom they are of, and the groups that had to stay out."""

    figures: Mapping[str, Any]
    sections: tuple[DocumentSection, ...]
    populations: dict[str, frozenset[UUID]]
    left_out: tuple[Sentence, ...]


def draft_need(runtime: Runtime, scope: Scope) -> NeedDraft:
    """The need map of everybody, as far as the ledger of what is out lets it go out."""
    populations: dict[str, frozenset[UUID]] = {}
    with runtime.database.transaction(scope) as session:
        need, gathered = gather_need_map(session, scope, runtime.today())
        period = Period(need.first_day, need.last_day)
        slugs = {slug for found in gathered.slugs.values() for slug in found}
        ledgers = {slug: open_ledger(runtime, session, slug) for slug in sorted(slugs)}
        panels, left_out = [], []
        for panel in need.panels:
            wanted = _people_of(panel.pair, gathered, period)
            few = isinstance(panel.rows[0].n, Withheld) or _tells_of_few(panel.pair, gathered, ledgers)
            if few or not admit_together(ledgers, wanted):
                left_out.append(Sentence("%(name)s: too few people, or too few who are new.", name=panel.group))
                continue
            populations |= wanted
            panels.append(panel)
        code = get_organisation(session, scope).municipality_code
    table = as_published(make_table([_everybody(panel) for panel in panels]))
    section = DocumentSection(Sentence("How people were doing when they began"), (), (table,))
    return NeedDraft(
        {"municipality_code": code, "first_day": period.from_date.isoformat(), "last_day": period.to_date.isoformat(),
         "need": [_figures(panel) for panel in panels]},
        (section,) if panels else (),
        populations,
        tuple(left_out),
    )  # fmt: skip


def _people_of(pair: Pair, gathered: GatheredNeed, period: Period) -> dict[str, frozenset[UUID]]:
    """Everybody behind a panel, by ledger key: of each intervention, in the year and in the one before."""
    part = f"need={pair[0] or ''}/{pair[1] or ''}"
    found = {}
    for years, people in ((period, gathered.now), (year_before(period), gathered.before)):
        for slug in sorted(gathered.slugs[pair]):
            members = frozenset(each.person for each in people if each.pair == pair and each.slug == slug)
            if members:
                found[ledger_key(slug, part, f"{years.from_date}..{years.to_date}", START)] = members
    return found


def _tells_of_few(pair: Pair, gathered: GatheredNeed, ledgers: Mapping[str, Ledger]) -> bool:
    """Whether the panel's sums over several interventions tell of few people; a person counts where they began last."""
    slugs = gathered.slugs[pair]
    if len(slugs) < 2:  # noqa: PLR2004 - the intervention's own ledger says it
        return False
    own = {slug: ledgers[slug] for slug in slugs}
    years = (
        {each.person: each.slug for each in people if each.pair == pair} for people in (gathered.now, gathered.before)
    )
    return any(sum_tells_of_few(own, counted, START) for counted in years)


def _everybody(panel: NeedPanel) -> NeedPanel:
    return NeedPanel(panel.pair, panel.group, panel.section, panel.measures, panel.rows[:1], panel.coverage)


def _figures(panel: NeedPanel) -> dict[str, Any]:
    """The panel's first row as plain numbers; None: withheld."""
    row, trend = panel.rows[0], panel.rows[0].trend
    return {
        "group": panel.pair[0],
        "group_title": dict(panel.group.texts) if isinstance(panel.group, LocalText) else {},
        "section": panel.pair[1],
        "measures": [dict(measure.texts) for measure in panel.measures],
        "n": _number(row.n),
        "n_answered": _number(row.n_answered),
        "bands": {band: _number(count) for band, count in row.bands},
        "trend": None
        if isinstance(trend, Withheld)
        else [round(value, DECIMALS) for value in (trend.difference, trend.ci_low, trend.ci_high)],
        "coverage": panel.coverage.verdict if panel.coverage else None,
    }


def _number(count: int | Withheld) -> int | None:
    return None if isinstance(count, Withheld) else count
