"""The parts of a value: who pays and when, what the amounts are made of, how sure they are, another refund."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.results import Share, TermEstimate
from outcomes.analysis.value_prices import PAYERS
from outcomes.errors import Sentence
from outcomes.reports.charts.value import PayerRow, PayersByYear
from outcomes.reports.effect_report.context import Section
from outcomes.reports.parts import Figure, Points
from outcomes.reports.value.tables import (
    HARDLY,
    PAYER_NAMES,
    certainty_table,
    kroner,
    lines_table,
    places_table,
    refusion_table,
    sources_table,
    sums_table,
    years_table,
)

if TYPE_CHECKING:
    from outcomes.analysis.value import ValueEstimate
    from outcomes.reports.value.context import PayerSum
    from outcomes.reports.value.material import ValueMaterial


APART = Sentence(
    "This can't add up to the amount for each who succeeds at the top of the page: that one is of all whose time has come,"
    " where whoever didn't answer counts as not having succeeded, and of the months that were decided. Here are those who"
    " answered both times, with the months that each has had."
)
IN_THOUSANDS = Sentence("Large amounts are in whole thousands: a scenario can't carry more.")


@dataclass(frozen=True, slots=True)
class Basis:
    """The shares that the amounts follow from; ``compared`` None: nobody is compared with, or their share isn't shown.

    ``caution``: why it is a scenario though people are compared with. ``published``: the shares are rounded, and no count is
    told.
    """

    reached: Share
    compared: Share | None
    caution: Sentence | None
    published: bool = False


def payers_section(found: ValueEstimate, sums: tuple[PayerSum, ...]) -> Section:
    """Who spends and who saves, in each year: the payers add up to the total, to the øre."""
    total = sum(each.net for each in sums)
    table = years_table(found)
    chart = PayersByYear(
        tuple(
            PayerRow(
                PAYER_NAMES[payer],
                tuple(kroner(found.total_ore(year=year, payer=payer)) for year in range(found.case.years + 1)),
            )
            for payer in PAYERS
        )
    )
    title = _who_gains(sums)
    figure = Figure(
        "payers_by_year",
        title,
        Sentence(
            "Thousand kroner in today's value in each year, for %(persons)s people. Filled: saved. Hollow: spent.",
            persons=found.case.persons,
        ),
        Sentence(
            "A row of bars for each payer. %(sums)s",
            sums=_said_sums(sums),
        ),
        Sentence("Prices of %(year)s after refunds between the payers.", year=found.case.price_year),
        chart,
        table,
    )
    return Section(
        "payers",
        Sentence("Who spends and who saves"),
        title,
        body=(
            Sentence(
                "The payers add up to the total: %(municipality)s + %(region)s + %(state)s = %(total)s kroner.",
                **{each.payer: Points(kroner(each.net), 0) for each in sums},
                total=Points(kroner(total), 0),
            ),
            *((IN_THOUSANDS,) if found.scenario else ()),
        ),
        figure=figure,
        tables=(sums_table(sums, found.case.persons),),
    )


def _who_gains(sums: tuple[PayerSum, ...]) -> Sentence:
    """On average; how sure it is stands in its own section."""
    gains = [_inside(each.payer) for each in sums if each.net > 0]
    if not gains:
        return Sentence("On average nobody has anything left over")
    if len(gains) == len(sums):
        return Sentence("On average all three payers have something left over")
    if len(gains) == 1:
        return Sentence("On average only one payer has something left over: %(payer)s", payer=gains[0])
    return Sentence(
        "On average two payers have something left over: %(first)s and %(second)s", first=gains[0], second=gains[1]
    )


def _said_sums(sums: tuple[PayerSum, ...]) -> Sentence:
    return Sentence(
        "The municipality %(municipality)s, the region %(region)s, the state %(state)s kroner over all years.",
        **{each.payer: Points(kroner(each.net), 0) for each in sums},
    )


def made_of_section(value: ValueMaterial, found: ValueEstimate, basis: Basis) -> Section:
    """What the amounts follow from."""
    from_what = _from_rounded(value, found, basis) if basis.published else _from_counts(value, found, basis)
    body = [Sentence("Whoever didn't answer counts as not having succeeded.")]
    if basis.caution is not None:
        body.append(basis.caution)
    return Section(
        "made_of",
        Sentence("What it is made of"),
        Sentence("The amounts follow from how many more succeed than would have without the help"),
        body=(from_what, *body),
        tables=(lines_table(value, found),),
    )


def _percent(found: ValueEstimate) -> dict[str, Points]:
    success = found.case.effects[0]
    return {
        "more": Points(100 * success.estimate, 1),
        "low": Points(100 * success.ci_low, 1),
        "high": Points(100 * success.ci_high, 1),
    }


def _from_counts(value: ValueMaterial, found: ValueEstimate, basis: Basis) -> Sentence:
    reached, compared = basis.reached, basis.compared
    if compared is None:
        return Sentence(
            "%(part)s of %(whole)s succeeded. It is assumed that %(without)s per cent would have done so anyway, so %(more)s"
            " in a hundred are counted (%(low)s to %(high)s).",
            part=reached.count,
            whole=reached.total,
            without=Points(100 * value.assumptions.without, 1),
            **_percent(found),
        )
    return Sentence(
        "%(part)s of %(whole)s succeeded, and %(other)s of %(others)s of those compared with. So %(more)s more in a"
        " hundred are counted (%(low)s to %(high)s).",
        part=reached.count,
        whole=reached.total,
        other=compared.count,
        others=compared.total,
        **_percent(found),
    )


def _from_rounded(value: ValueMaterial, found: ValueEstimate, basis: Basis) -> Sentence:
    """The same without a count."""
    reached, compared = basis.reached, basis.compared
    share = Points(100 * reached.share, 0)
    if compared is None:
        return Sentence(
            "About %(share)s per cent of %(whole)s succeeded. It is assumed that %(without)s per cent would have done so"
            " anyway, so %(more)s in a hundred are counted (%(low)s to %(high)s).",
            share=share,
            whole=reached.total,
            without=Points(100 * value.assumptions.without, 1),
            **_percent(found),
        )
    return Sentence(
        "About %(share)s per cent of %(whole)s succeeded, and about %(other)s per cent of the %(others)s compared with. So"
        " %(more)s more in a hundred are counted (%(low)s to %(high)s).",
        share=share,
        whole=reached.total,
        other=Points(100 * compared.share, 0),
        others=compared.total,
        **_percent(found),
    )


def certainty_section(value: ValueMaterial, found: ValueEstimate) -> Section:
    """How far it may be from what is expected, and when it pays for itself."""
    whole = found.distribution[0]
    finding = Sentence(
        "The chance that something is left over is %(chance)s per cent", chance=Points(100 * whole.chance_positive, 0)
    )
    if whole.chance_positive < HARDLY:
        finding = Sentence("The chance that something is left over is under 1 per cent")
    elif whole.chance_positive > 1 - HARDLY:
        finding = Sentence("The chance that something is left over is over 99 per cent")
    even = found.break_even[0].effect
    body = []
    if even is not None and 0 < even <= 1:
        body.append(
            Sentence(
                "It pays for itself if %(even)s more in a hundred succeed because of the help; %(more)s are counted.",
                even=Points(100 * even, 1),
                more=Points(100 * found.case.effects[0].estimate, 1),
            )
        )
    elif even is not None and even > 1:
        body.append(Sentence("With these prices it can't pay for itself, even if everybody succeeded because of it."))
    body.append(
        Sentence(
            "%(draws)s times, every uncertain figure was drawn anew within its uncertainty, and the sum worked out again.",
            draws=Points(whole.draws, 0),
        )
    )
    return Section(
        "certainty",
        Sentence("How sure is it?"),
        finding,
        body=tuple(body),
        tables=(certainty_table(found), sources_table(value, found)),
    )


def refusion_section(value: ValueMaterial, sums: tuple[PayerSum, ...], moved: tuple[PayerSum, ...]) -> Section:
    """The same with another refund: between payers alone."""
    assumed = value.assumptions
    return Section(
        "refusion",
        Sentence("With another refund"),
        Sentence("Another refund moves money between the payers, and changes nothing in all"),
        body=(
            Sentence(
                "Here %(part)s per cent of what falls to %(first)s is borne by %(second)s instead.",
                part=Points(100 * assumed.refusion_part, 0),
                first=_inside(assumed.refusion_from),
                second=_inside(assumed.refusion_to),
            ),
        ),
        tables=(refusion_table(sums, moved),),
    )


def places_section(value: ValueMaterial, *, scenario: bool) -> Section:
    """What each who succeeds costs at each provider, as if all had the same mix of people: by name, never ranked."""
    shown = [each.adjusted for each in value.places if isinstance(each.adjusted, TermEstimate)]
    apart = shown and max(each.ci_low for each in shown) > min(each.ci_high for each in shown)
    return Section(
        "places",
        Sentence("What each who succeeds costs at each provider"),
        Sentence("The providers differ by more than their people and chance explain")
        if apart
        else Sentence("It can't be said that the providers differ, when their people and chance are accounted for"),
        body=(
            Sentence(
                "The people of one provider may have it harder than those of another. So the first number is worked out as if"
                " each provider had everybody's mix of people, by what is known of them at the start."
            ),
            Sentence("A difference is a question to the provider, and no verdict."),
            APART,
        ),
        tables=(places_table(value.places, value.all_places, scenario=scenario),),
    )


def _inside(payer: str) -> Sentence:
    """A payer inside a sentence."""
    return {
        "municipality": Sentence("the municipality"),
        "region": Sentence("the region"),
        "state": Sentence("the state"),
    }[payer]
