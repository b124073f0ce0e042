"""The first page: what a committee needs in two minutes. Finding first, number second, and what can't be said."""

from __future__ import annotations

from dataclasses import replace

from outcomes.analysis.disclosure import may_show_cell
from outcomes.analysis.effect_results import Progression, Verdict
from outcomes.analysis.evidence import MOST_IMBALANCE, DesignLabel, allowed_word, grade_word
from outcomes.analysis.results import COMPARISON, INTERVENTION, BalanceTable, Share, TermEstimate
from outcomes.errors import Sentence
from outcomes.reports.charts.effect import EffectChart
from outcomes.reports.effect_report.context import Answer, KeyFigure, Summary
from outcomes.reports.effect_report.course import course_finding, primary_changes, said_change, said_regression
from outcomes.reports.effect_report.effect import effect_figure, meaning, not_compared_reason
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.headline import (
    finding,
    main_number,
    said_basis,
    said_interval,
    said_number,
    withheld_reason,
)
from outcomes.reports.effect_report.progression import said_outcomes
from outcomes.reports.effect_report.words import Words, after, listed
from outcomes.reports.parts import Figure, Kind, Points


def build_summary(words: Words) -> Summary:
    """The first page of the report."""
    estimate, number = words.estimate, main_number(words)
    said = withheld_reason(words)
    if number is not None:
        said = join(said_number(words, number), said_interval(words, number), said_basis(words))
    return Summary(
        finding=finding(words),
        number=said,
        uncertain=estimate.verdict in {Verdict.INCLUDES_NONE, Verdict.WITHHELD},
        key_figures=_key_figures(words, number),
        figure=None if number is None else _small(words, effect_figure(words, number)),
        answers=(_what(words), _who(words), _happened(words), _cost(words), _sure(words), _compared(words)),
        cannot_say=_cannot_say(words, number),
    )


def _small(words: Words, figure: Figure) -> Figure:
    """The figure as the first page has room for: lower, and without what the page says beside it."""
    if not isinstance(figure.chart, EffectChart):
        return figure
    subtitle = Sentence(
        "%(unit)s, with the 95 per cent interval. %(n)s of %(all)s people.",
        unit=words.unit,
        n=words.estimate.n_behind or 0,
        all=words.said_begun(words.arm_behind),
    )
    return replace(figure, subtitle=subtitle, chart=replace(figure.chart, height=58, with_title=False))


def _key_figures(words: Words, number: TermEstimate | None) -> tuple[KeyFigure, ...]:
    estimate = words.estimate
    figures = [KeyFigure("n_started", Sentence("people began"), words.begun(None), Kind.COUNT, _groups(words))]
    share = estimate.primary_share
    if isinstance(share, Share):
        of = Sentence("%(part)s of %(whole)s", part=share.count, whole=share.total)
        label = Sentence("answered %(after)s", after=after(words.primary_time))
        figures.append(KeyFigure("completeness", label, share.share, Kind.SHARE, of, 0))
    if number is not None:
        decimals = words.decimals_of(number)
        interval = Sentence(
            "%(low)s to %(high)s; %(n)s of %(all)s people",
            low=Points(number.ci_low, decimals),
            high=Points(number.ci_high, decimals),
            n=estimate.n_behind or 0,
            all=words.said_begun(words.arm_behind),
        )
        label = Sentence("points, %(word)s", word=allowed_word(estimate.label))
        figures.append(KeyFigure("estimate", label, number.estimate, Kind.NUMBER, interval, decimals))
    grade = estimate.evidence.grade
    figures.append(KeyFigure("grade", Sentence("evidence grade"), grade.value, Kind.TEXT, grade_word(grade)))
    return tuple(figures)


def _groups(words: Words) -> Sentence:
    if not words.has_comparison:
        return Sentence("all got the intervention")
    return Sentence(
        "%(ours)s got the intervention, %(others)s didn't",
        ours=words.said_begun(INTERVENTION),
        others=words.said_begun(COMPARISON),
    )


def _what(words: Words) -> Answer:
    material = words.material
    sentences = []
    if material.description is not None:
        sentences.append(Sentence("%(text)s", text=material.description))
    if material.legal_basis is not None:
        sentences.append(Sentence("Legal basis: %(law)s.", law=material.legal_basis))
    if material.planned_months is not None:
        sentences.append(Sentence("Planned length: %(months)s months.", months=material.planned_months))
    if not sentences:
        sentences.append(Sentence("Nobody has described the intervention yet."))
    return Answer("what", Sentence("What is it?"), tuple(sentences))


def _who(words: Words) -> Answer:
    material, sentences = words.material, []
    if words.has_comparison:
        sentences.append(
            Sentence(
                "%(ours)s people got the intervention, and %(others)s are the comparison group.",
                ours=words.said_begun(INTERVENTION),
                others=words.said_begun(COMPARISON),
            )
        )
    else:
        sentences.append(Sentence("%(n)s people began in the period.", n=words.said_begun(None)))
    if material.target_groups:
        sentences.append(Sentence("Target group: %(groups)s.", groups=listed(material.target_groups)))
    if material.providers:
        sentences.append(Sentence("Offered by %(providers)s.", providers=listed(material.providers)))
    return Answer("who", Sentence("Who got it?"), tuple(sentences))


def _happened(words: Words) -> Answer:
    points = [said_change(words, arm, change) for arm, change in primary_changes(words)]
    if points and words.estimate.label is DesignLabel.D0:
        points += said_regression(words) or (
            Sentence("People often start when they are worst, and then move towards the average, also without help."),
        )
    progression = words.estimate.progression
    if isinstance(progression, Progression):
        points += said_outcomes(words, progression)
    lead = Sentence("%(finding)s.", finding=course_finding(words))
    return Answer("happened", Sentence("What happened to them?"), (lead,), tuple(points))


def _sure(words: Words) -> Answer:
    evidence = words.estimate.evidence
    word = grade_word(evidence.grade)
    if evidence.grade is evidence.start:
        lead = Sentence("Evidence grade %(grade)s: %(word)s.", grade=evidence.grade.value, word=word)
    else:
        lead = Sentence(
            "Evidence grade %(grade)s: %(word)s. The design alone would give %(start)s, but the grade goes down because:",
            grade=evidence.grade.value,
            word=word,
            start=evidence.start.value,
        )
    return Answer("sure", Sentence("How sure are we?"), (lead,), evidence.reasons)


def _compared(words: Words) -> Answer:
    question = Sentence("Compared with what?")
    if not words.has_comparison:
        return Answer("compared", question, (meaning(words),))
    group = Sentence("The comparison group got: %(what)s.", what=words.group(COMPARISON))
    if not words.compared:
        return Answer("compared", question, (group, meaning(words), not_compared_reason(words)))
    unequal = words.unequal
    if not unequal:
        return Answer("compared", question, (group, meaning(words)))
    balance = words.estimate.balance
    adjusted = isinstance(balance, BalanceTable) and balance.largest_unadjusted <= MOST_IMBALANCE
    said = (
        Sentence("At the start they differed in %(names)s, which the model takes into account.", names=listed(unequal))
        if adjusted
        else Sentence(
            "At the start they differed in %(names)s, and the model doesn't take all of it into account.",
            names=listed(unequal),
        )
    )
    return Answer("compared", question, (group, meaning(words), said))


def _cost(words: Words) -> Answer:
    cost, months = words.material.cost_per_month, words.material.planned_months
    if cost is None:
        sentence = Sentence("The price hasn't been entered, so this report can't hold it against what came of it.")
    elif months is None:
        sentence = Sentence("%(kroner)s kroner per person and month.", kroner=float(cost))
    else:
        sentence = Sentence(
            "%(kroner)s kroner per person and month, that is %(total)s kroner for the planned %(months)s\u00a0months.",
            kroner=float(cost),
            total=float(cost * months),
            months=months,
        )
    return Answer("cost", Sentence("What does it cost?"), (sentence,))


def _cannot_say(words: Words, number: TermEstimate | None) -> tuple[Sentence, ...]:
    estimate, said = words.estimate, []
    if estimate.label < DesignLabel.D3:
        said.append(Sentence("Whether the intervention is the reason for what happened."))
    elif number is not None and number.includes_zero:
        said.append(
            Sentence(
                "Whether the intervention helps. The numbers show neither that it helps nor that it doesn't: more answers are"
                " needed."
            )
        )
    share = estimate.primary_share
    if isinstance(share, Share) and share.count < share.total:
        said.append(_missing(words, share))
    said.append(
        Sentence(
            "Whether other people, or people in other places, would fare the same, or how it goes in what %(measure)s doesn't"
            " ask about.",
            measure=words.measure,
        )
    )
    if not words.material.measure.validated:
        said.append(Sentence("How well the measure measures: it hasn't been tested scientifically yet."))
    return tuple(said)


def _missing(words: Words, share: Share) -> Sentence:
    """Whom nothing is known of. How few they are isn't pointed at where they are fewer than 5."""
    missing = share.total - share.count
    if not may_show_cell(missing):
        return Sentence(
            "How those who didn't answer %(after)s are doing. The numbers stand on the assumption that they are like those"
            " who answered and had answered the same until then.",
            after=after(words.primary_time),
        )
    return Sentence(
        "How the %(missing)s who didn't answer %(after)s are doing. The numbers stand on the assumption that they are"
        " like those who answered and had answered the same until then.",
        missing=missing,
        after=after(words.primary_time),
    )
