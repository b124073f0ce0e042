"""The need map of every municipality, made from what they have published; who published nothing is unknown, not well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.analysis.results import ShareDifference
from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.reports.offers.coverage import FEW, FINDINGS, GROUP_UNKNOWN, SECTION_UNKNOWN
from outcomes.reports.offers.need import HIGH, LOWER, NOT_PUBLISHED, TOO_FEW, UNKNOWN, NeedPanel, NeedRow, make_row
from outcomes.reports.offers.need_figure import make_figure
from outcomes.reports.offers.regions import find_region
from outcomes.reports.parts import Figure, LocalText, Withheld, local_text

if TYPE_CHECKING:
    from outcomes.reports.offers.coverage import Pair


@dataclass(frozen=True, slots=True)
class PublishedNeed:
    """What one municipality has published. ``figures`` None: nothing."""

    name: str
    figures: Mapping[str, Any] | None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class NationalPanel:
    """One target group and section: a row for each municipality, and what each says of its places."""

    panel: NeedPanel
    coverage: tuple[tuple[str, Sentence], ...]


@dataclass(frozen=True, slots=True)
class NationalNeed:
    """The authority's page. ``reported`` and ``missing``: municipalities, by name; ``regions``: those that each lies in."""

    authority: str
    panels: tuple[NationalPanel, ...]
    reported: tuple[tuple[str, str | None, date | None], ...]
    missing: tuple[str, ...]
    figure: Figure | None


def build_national_need(authority: str, published: Sequence[PublishedNeed], *, today: date) -> NationalNeed:
    """The page. Municipalities stand by region and name, never by how much need they have."""
    out = [each for each in published if each.figures is not None]
    found = _by_pair(out)
    panels = tuple(
        _panel(pair, found[pair], [each.name for each in _in_order(published, today)])
        for pair in sorted(found, key=lambda pair: (pair[0] is None, pair[0] or "", pair[1] or ""))
    )
    days = [
        date.fromisoformat(each.figures[name]) for each in out if each.figures for name in ("first_day", "last_day")
    ]
    return NationalNeed(
        authority=authority,
        panels=panels,
        reported=tuple((each.name, _region(each, today), each.last_day) for each in _in_order(out, today)),
        missing=tuple(each.name for each in _in_order(published, today) if each.figures is None),
        figure=make_figure([each.panel for each in panels], min(days), max(days)) if days else None,
    )


def _region(published: PublishedNeed, today: date) -> str | None:
    region = find_region((published.figures or {}).get("municipality_code"), today)
    return region.name if region else None


def _in_order(published: Iterable[PublishedNeed], today: date) -> list[PublishedNeed]:
    return sorted(published, key=lambda each: (_region(each, today) or "~", sort_key(each.name)))


def _by_pair(published: Iterable[PublishedNeed]) -> dict[Pair, dict[str, Mapping[str, Any]]]:
    found: dict[Pair, dict[str, Mapping[str, Any]]] = {}
    for each in published:
        for figures in (each.figures or {}).get("need", ()):
            found.setdefault((figures["group"], figures["section"]), {})[each.name] = figures
    return found


def _panel(pair: Pair, by_name: Mapping[str, Mapping[str, Any]], names: Sequence[str]) -> NationalPanel:
    group, section = pair
    titles = [figures["group_title"] for figures in by_name.values() if figures["group_title"]]
    measures = [local_text(text) for figures in by_name.values() for text in figures["measures"]]
    label: LocalText | Sentence | str = local_text(titles[0]) if titles else group or GROUP_UNKNOWN
    panel = NeedPanel(
        pair=pair,
        group=label,
        section=section or SECTION_UNKNOWN,
        measures=tuple(dict.fromkeys(measures)),
        rows=tuple(_row(name, by_name.get(name)) for name in names),
        coverage=None,
    )
    coverage = tuple(
        (name, FINDINGS[by_name[name]["coverage"]])
        for name in names
        if name in by_name and by_name[name]["coverage"] in FINDINGS
    )
    return NationalPanel(panel, coverage)


def _row(name: str, figures: Mapping[str, Any] | None) -> NeedRow:
    if figures is None:
        return make_row(
            name, NOT_PUBLISHED, NOT_PUBLISHED, dict.fromkeys((HIGH, LOWER, UNKNOWN), NOT_PUBLISHED), TOO_FEW
        )
    trend = figures["trend"]
    return make_row(
        name,
        _shown(figures["n"]),
        _shown(figures["n_answered"]),
        {band: _shown(count) for band, count in figures["bands"].items()},
        ShareDifference(*trend) if trend else TOO_FEW,
    )


def _shown(count: int | None) -> int | Withheld:
    return FEW if count is None else count
