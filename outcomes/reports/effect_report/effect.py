"""Section: the main number, in the word that the design allows."""

from __future__ import annotations

from outcomes.analysis.evidence import DesignLabel, label_meaning
from outcomes.analysis.results import TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.charts.effect import EffectChart
from outcomes.reports.effect_report.context import Section
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.headline import (
    finding,
    main_number,
    said_basis,
    said_interval,
    said_number,
    withheld_reason,
)
from outcomes.reports.effect_report.sensitivity import said_tipping
from outcomes.reports.effect_report.words import Words, listed
from outcomes.reports.parts import Column, Figure, Interval, Kind, Table

TITLES: dict[DesignLabel, Sentence] = {
    DesignLabel.D0: Sentence("The change"),
    DesignLabel.D1: Sentence("The change against the expected course"),
    DesignLabel.D2: Sentence("The adjusted difference"),
    DesignLabel.D3: Sentence("The effect"),
    DesignLabel.D4: Sentence("The effect"),
}


def effect_section(words: Words) -> Section:
    """The main number with its interval, and what the number may be called."""
    estimate = words.estimate
    title, headline = TITLES[estimate.label], finding(words)
    number = main_number(words)
    if number is None:
        return Section("effect", title, headline, (meaning(words),), withheld=(withheld_reason(words),))
    body: tuple[Sentence, ...] = (
        meaning(words),
        join(said_number(words, number), said_interval(words, number), said_basis(words)),
    )
    tipping = said_tipping(words)
    if tipping is not None:
        body = (*body, tipping)
    withheld = () if words.compared or not words.has_comparison else (not_compared_reason(words),)
    return Section("effect", title, headline, body, effect_figure(words, number), withheld=withheld)


def meaning(words: Words) -> Sentence:
    """What the label means for the reader; where two groups couldn't be compared, that."""
    if words.has_comparison and not words.compared:
        return Sentence(
            "The comparison couldn't be made. We can say what has changed, not that the intervention is the reason."
        )
    return label_meaning(words.estimate.label)


def not_compared_reason(words: Words) -> Sentence:
    """Why two groups couldn't be compared."""
    effect = words.estimate.effect
    return withheld_reason(words) if isinstance(effect, TermEstimate) else words.named(effect.sentence)


def effect_figure(words: Words, number: TermEstimate) -> Figure:
    """The dot with its interval against the zero line."""
    label = words.estimate.label
    return Figure(
        key="effect",
        title=finding(words),
        subtitle=Sentence(
            "%(what)s: %(unit)s, with the 95 per cent interval. %(n)s of %(all)s people, %(period)s.",
            what=TITLES[label],
            unit=words.unit,
            n=words.estimate.n_behind or 0,
            all=words.said_begun(words.arm_behind),
            period=words.period,
        ),
        description=join(
            Sentence("A dot with its interval beside a line at zero."),
            said_number(words, number),
            said_interval(words, number),
        ),
        caption=_caption(words),
        chart=EffectChart(
            number.estimate,
            number.ci_low,
            number.ci_high,
            words.material.measure.lower_is_better,
            against_zero=label is DesignLabel.D0,
            decimals=words.decimals_of(number),
        ),
        table=number_table(words, number),
    )


def _caption(words: Words) -> Sentence:
    plan = words.estimate.plan
    names = [words.characteristic(covariate.name) for covariate in plan.adjusted_covariates]
    if words.estimate.label is DesignLabel.D0:
        if words.modelled:
            return Sentence(
                "Mean change as if all had answered every time, by a model of all answers. The dot is hollow where the"
                " interval holds zero."
            )
        return Sentence(
            "Mean change of those who answered both times. The dot is hollow where the interval holds zero."
        )
    expected = plan.expected_change
    if words.estimate.label is DesignLabel.D1 and expected is not None:
        values = {"points": words.score(expected.points), "source": expected.source.rstrip(".")}
        if words.modelled:
            return Sentence(
                "Mean change as if all had answered every time, by a model of all answers, minus the change expected"
                " beforehand: %(points)s points. Source of the expected change: %(source)s. The dot is hollow where the"
                " interval holds zero.",
                **values,
            )
        return Sentence(
            "Mean change of those who answered both times, minus the change expected beforehand: %(points)s points. Source of"
            " the expected change: %(source)s. The dot is hollow where the interval holds zero.",
            **values,
        )
    if not names:
        return Sentence(
            "Linear mixed model, adjusted for the score at the start and time. The dot is hollow where the interval holds"
            " zero."
        )
    return Sentence(
        "Linear mixed model, adjusted for the score at the start, time and %(names)s. The dot is hollow where the interval"
        " holds zero.",
        names=listed(names),
    )


def number_table(words: Words, number: TermEstimate) -> Table:
    """The main number as a table of one row."""
    completeness = words.estimate.completeness
    decimals = max(2, words.decimals_of(number))
    return Table(
        key="effect",
        caption=Sentence("The main number, in points"),
        columns=(
            Column("what", Sentence("What")),
            Column("term", Sentence("Term"), on_page=False),
            Column("estimate", Sentence("Estimate"), Kind.NUMBER, decimals),
            Column("interval", Sentence("95 % interval"), Kind.INTERVAL, decimals),
            Column("std_error", Sentence("Standard error"), Kind.NUMBER, decimals),
            Column("df", Sentence("Degrees of freedom"), Kind.NUMBER, 1),
            Column("p_value", Sentence("p"), Kind.PROBABILITY, 3),
            Column("n", Sentence("People"), Kind.COUNT),
            Column("n_begun", Sentence("Of begun"), Kind.COUNT),
            Column("completeness", Sentence("Answered"), Kind.SHARE, 0),
        ),
        rows=(
            (
                TITLES[words.estimate.label],
                number.term,
                number.estimate,
                Interval(number.ci_low, number.ci_high),
                number.std_error,
                number.df,
                number.p_value,
                words.estimate.n_behind,
                words.begun(words.arm_behind),
                completeness,
            ),
        ),
    )
