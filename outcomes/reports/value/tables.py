"""The tables of a value: every amount is a whole number of kroner or of thousands, so that rows and columns can be added."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import Withheld as WithheldResult
from outcomes.analysis.value_prices import HELP, PAYERS, area_of
from outcomes.errors import Sentence
from outcomes.reports.parts import Column, Interval, Kind, Proportion, Table, Withheld
from outcomes.reports.value.rounding import rounded

if TYPE_CHECKING:
    from outcomes.analysis.cost_per_outcome import AllPlaces, PlaceCost
    from outcomes.analysis.value import ValueEstimate
    from outcomes.reports.parts import Cell, LocalText
    from outcomes.reports.value.context import PayerSum
    from outcomes.reports.value.material import ValueMaterial

ORE = 100
LEAST_PART = 0.005
HARDLY = 0.01
"""A chance under this, or this far from certain, isn't told as a number."""
PAYER_NAMES = {
    "municipality": Sentence("The municipality"),
    "region": Sentence("The region"),
    "state": Sentence("The state"),
}
ALL = Sentence("All together")
PERSISTENCE, TOGETHER = "persistence", "together"


def kroner(ore: int) -> float:
    """Øre as kroner; whole ones in every table."""
    return ore / ORE


def sums_table(sums: tuple[PayerSum, ...], persons: int) -> Table:
    """What each payer spends, saves and has left; the last row is all of them."""
    whole = tuple(sum(getattr(each, name) for each in sums) for name in ("spent", "saved", "net"))
    rows: list[tuple[Cell, ...]] = [
        (PAYER_NAMES[each.payer], kroner(each.spent), kroner(each.saved), kroner(each.net)) for each in sums
    ]
    rows.append((ALL, *(kroner(ore) for ore in whole)))
    return Table(
        "payers",
        Sentence("Kroner in all years together, in today's value, for %(persons)s people", persons=persons),
        (
            Column("payer", Sentence("Payer")),
            _money("spent", Sentence("Spent")),
            _money("saved", Sentence("Saved")),
            _money("net", Sentence("Left over")),
        ),
        tuple(rows),
    )


def years_table(found: ValueEstimate) -> Table:
    """What each payer has left in each year; the last column and row add up to the same total."""
    rows: list[tuple[Cell, ...]] = []
    for year in range(found.case.years + 1):
        amounts = [found.total_ore(year=year, payer=payer) for payer in PAYERS]
        rows.append((str(year), *(kroner(ore) for ore in amounts), kroner(sum(amounts))))
    whole = [found.total_ore(payer=payer) for payer in PAYERS]
    rows.append((ALL, *(kroner(ore) for ore in whole), kroner(sum(whole))))
    return Table(
        "payers_by_year",
        Sentence("Kroner by year and payer, in today's value: what is saved less what is spent"),
        (
            Column("year", Sentence("Year")),
            *(_money(payer, PAYER_NAMES[payer]) for payer in PAYERS),
            _money("total", ALL),
        ),
        tuple(rows),
    )


def lines_table(value: ValueMaterial, found: ValueEstimate) -> Table:
    """What the amounts are made of: each consequence area and the cost of the help, by payer."""
    areas = dict.fromkeys(area_of(cell.line) for cell in found.cells)
    rows: list[tuple[Cell, ...]] = []
    for area in areas:
        amounts = [
            sum(cell.ore for cell in found.cells if area_of(cell.line) == area and cell.payer == payer)
            for payer in PAYERS
        ]
        rows.append((line_title(value, area), *(kroner(ore) for ore in amounts), kroner(sum(amounts))))
    whole = [found.total_ore(payer=payer) for payer in PAYERS]
    rows.append((ALL, *(kroner(ore) for ore in whole), kroner(sum(whole))))
    return Table(
        "areas",
        Sentence("Kroner by area and payer in all years together, in today's value"),
        (
            Column("area", Sentence("Area")),
            *(_money(payer, PAYER_NAMES[payer]) for payer in PAYERS),
            _money("total", ALL),
        ),
        tuple(rows),
    )


def certainty_table(found: ValueEstimate) -> Table:
    """How far what is left over may lie from what is expected, for all and for each payer."""
    rows: list[tuple[Cell, ...]] = [
        (
            PAYER_NAMES[each.payer] if each.payer else ALL,
            rounded(each.mean, scenario=found.scenario),
            Interval(rounded(each.low, scenario=found.scenario), rounded(each.high, scenario=found.scenario)),
            chance(each.chance_positive),
        )
        for each in (*found.distribution[1:], *found.distribution[:1])
    ]
    return Table(
        "certainty",
        Sentence("What is left over in all years together, in kroner, when everything uncertain is let vary"),
        (
            Column("payer", Sentence("Payer")),
            Column("mean", Sentence("Average"), Kind.NUMBER, 0),
            Column("interval", Sentence("95 per cent interval"), Kind.INTERVAL, 0),
            Column("chance_positive", Sentence("Chance that something is left over"), Kind.NUMBER),
        ),
        tuple(rows),
    )


def chance(value: float) -> Cell:
    """A chance from 0 to 1; never told as none or as certain."""
    if value < HARDLY:
        return Sentence("under 1 per cent")
    return Sentence("over 99 per cent") if value > 1 - HARDLY else Proportion(value)


def sources_table(value: ValueMaterial, found: ValueEstimate) -> Table:
    """What the uncertainty comes from, largest first; what rounds to nothing isn't there."""
    shares = sorted((each for each in found.variance_shares if each.share >= LEAST_PART), key=lambda each: -each.share)
    return Table(
        "uncertainty_from",
        Sentence("What the uncertainty comes from"),
        (Column("source", Sentence("Comes from")), Column("share", Sentence("Part of it"), Kind.SHARE, 0)),
        tuple((_source(value, each.name), each.share) for each in shares),
    )


def refusion_table(sums: tuple[PayerSum, ...], moved: tuple[PayerSum, ...]) -> Table:
    """What is left over of each payer before and after: the total is the same."""
    rows: list[tuple[Cell, ...]] = [
        (PAYER_NAMES[each.payer], kroner(each.net), kroner(other.net), kroner(other.net - each.net))
        for each, other in zip(sums, moved, strict=True)
    ]
    before, after = sum(each.net for each in sums), sum(each.net for each in moved)
    rows.append((ALL, kroner(before), kroner(after), kroner(after - before)))
    return Table(
        "refusion",
        Sentence("Left over in kroner, as it is and with the other refund"),
        (
            Column("payer", Sentence("Payer")),
            _money("as_it_is", Sentence("As it is")),
            _money("with_refund", Sentence("With the other refund")),
            _money("difference", Sentence("Difference")),
        ),
        tuple(rows),
    )


def places_table(places: tuple[PlaceCost, ...], everybody: AllPlaces | None, *, scenario: bool) -> Table:
    """Kroner for each who succeeds at each provider, by name; the last row is all of them together."""
    rows: list[tuple[Cell, ...]] = []
    for each in places:
        if isinstance(each.adjusted, WithheldResult) or isinstance(each.crude, WithheldResult):
            why = each.adjusted if isinstance(each.adjusted, WithheldResult) else each.crude
            hidden = Withheld(why.sentence) if isinstance(why, WithheldResult) else None
            rows.append((each.place, hidden, hidden, hidden, hidden))
            continue
        adjusted, low, high, crude = (
            rounded(kroner, scenario=scenario)
            for kroner in (each.adjusted.estimate, each.adjusted.ci_low, each.adjusted.ci_high, each.crude)
        )
        rows.append((each.place, each.n, adjusted, Interval(low, high), crude))
    if everybody is not None:
        rows.append((ALL, everybody.n, None, None, rounded(everybody.crude, scenario=scenario)))
    return Table(
        "cost_per_success",
        Sentence("Kroner spent for each who succeeds, of those who answered both times"),
        (
            Column("provider", Sentence("Provider")),
            Column("n", Sentence("People"), Kind.COUNT),
            Column("adjusted", Sentence("With everybody's mix"), Kind.NUMBER, 0),
            Column("interval", Sentence("95 per cent interval"), Kind.INTERVAL, 0),
            Column("crude", Sentence("As it is"), Kind.NUMBER, 0),
        ),
        tuple(rows),
    )


def line_title(value: ValueMaterial, area: str) -> Sentence | LocalText | str:
    """What a consequence area, or the help itself, is called."""
    return Sentence("The help itself") if area == HELP else value.title(area)


def _source(value: ValueMaterial, name: str) -> Sentence | LocalText | str:
    known = {
        PERSISTENCE: Sentence("How much lasts from year to year"),
        TOGETHER: Sentence("All of them acting together"),
        "success": Sentence("How many more succeed"),
    }
    if name in known:
        return known[name]
    if area_of(name) == HELP:
        return Sentence("What the help costs")
    return Sentence("Price: %(area)s", area=value.title(name))


def _money(key: str, heading: Sentence) -> Column:
    return Column(key, heading, Kind.NUMBER, 0)
