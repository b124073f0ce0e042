"""The effect report for machines: stable keys, raw numbers at full precision, sentences in the locale asked for.

``docs/reports/effect-report.md`` lists the keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.results import MixedModelFit, TermEstimate, Withheld
from outcomes.language import translate, use_locale
from outcomes.reports.cells import cell_data, table_data
from outcomes.reports.environment import say

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.analysis.effect_results import EffectEstimate
    from outcomes.errors import Sentence
    from outcomes.reports.effect_report.context import EffectReportContext, Section

FORMAT_VERSION = 1


def to_json(context: EffectReportContext, locale: str) -> dict[str, object]:
    """The report as plain data, ready for ``json.dumps``."""
    with use_locale(locale):
        return {
            "report": "effect",
            "format_version": FORMAT_VERSION,
            "locale": locale,
            **_heading(context),
            **_result(context),
            **_evidence(context.estimate),
            **{table.key: table_data(table) for table in context.tables if table.key not in {"effect", "estimates"}},
            "variance": _variance(context.estimate),
            "sensitivity": _sensitivity(context),
            "summary": _summary(context),
            "committee": _committee(context),
            "sections": [_section(section) for section in context.sections],
            "method_facts": {
                fact.key: {
                    "term": translate(fact.term),
                    "sentences": [say(sentence) for sentence in fact.sentences],
                    "code": fact.code,
                }
                for fact in context.method.facts
            },
            "warnings": _said(context.method.warnings),
            "limits": _said(context.method.limits),
        }


def _said(sentences: Iterable[Sentence]) -> list[str]:
    return [translate(sentence) for sentence in sentences]


def _heading(context: EffectReportContext) -> dict[str, object]:
    heading, trace = context.heading, context.trace
    return {
        "organisation": heading.organisation,
        "intervention": str(heading.intervention),
        "period": translate(heading.period),
        "generated_at": heading.generated_at.isoformat(),
        "is_demo": heading.is_demo,
        "plan": {
            "version": trace.plan_version,
            "frozen_on": trace.plan_frozen_on.isoformat() if trace.plan_frozen_on else None,
            **context.estimate.plan.to_mapping(),
        },
        "data_snapshot": trace.snapshot,
        "people_snapshot": trace.people_snapshot or None,
        "previous_snapshot": trace.previous_snapshot or None,
        "code_version": trace.code_version,
        "reproduce": trace.reproduce,
        "method": context.estimate.method,
        "version": context.estimate.version,
    }


def _effect(estimate: EffectEstimate) -> dict[str, object]:
    if not isinstance(estimate.effect, TermEstimate):
        return {"withheld": translate(estimate.effect.sentence)}
    return {**_term(estimate.effect), "n": estimate.n_behind, "completeness": estimate.completeness}


def _term(term: TermEstimate) -> dict[str, object]:
    return {
        "term": term.term,
        "estimate": term.estimate,
        "std_error": term.std_error,
        "df": term.df,
        "ci_low": term.ci_low,
        "ci_high": term.ci_high,
        "p_value": term.p_value,
    }


def _result(context: EffectReportContext) -> dict[str, object]:
    estimate = context.estimate
    model = estimate.model if isinstance(estimate.model, MixedModelFit) else None
    begun = {arm: cell_data(n) for arm, n in context.begun}
    return {
        "n_started": begun.pop(None),
        "n_by_arm": begun,
        "n_behind": estimate.n_behind,
        "n_subjects": model.n_subjects if model else None,
        "n_observations": model.n_observations if model and not estimate.attrition.hides_an_arm else None,
        "completeness": estimate.completeness,
        "verdict": estimate.verdict.value,
        "finding": translate(context.summary.finding),
        "effect": _effect(estimate),
        "estimates": [_term(term) for term in model.terms] if model else [],
        "log_likelihood": model.log_likelihood if model else None,
        "reml": model.reml if model else None,
        "estimand": translate(estimate.estimand),
    }


def _variance(estimate: EffectEstimate) -> dict[str, object]:
    if not isinstance(estimate.model, MixedModelFit):
        return {"withheld": translate(estimate.model.sentence)}
    return {
        "between": estimate.model.variance_between,
        "within": estimate.model.variance_within,
        "singular": estimate.model.singular,
    }


def _sensitivity(context: EffectReportContext) -> object:
    found = context.estimate.sensitivity
    if isinstance(found, Withheld):
        return {"withheld": translate(found.sentence)}
    return next(table_data(table) for table in context.tables if table.key == "sensitivity")


def _evidence(estimate: EffectEstimate) -> dict[str, object]:
    return {
        "design_label": estimate.label.code,
        "evidence_grade": estimate.evidence.grade.value,
        "evidence_grade_start": estimate.evidence.start.value,
        "reasons": _said(estimate.evidence.reasons),
    }


def _summary(context: EffectReportContext) -> dict[str, object]:
    summary = context.summary
    return {
        "word": translate(context.heading.kind),
        "finding": translate(summary.finding),
        "number": translate(summary.number),
        "key_figures": {
            figure.key: {"value": cell_data(figure.value), "label": say(figure.label), "detail": say(figure.detail)}
            for figure in summary.key_figures
        },
        "answers": {
            answer.key: {
                "question": translate(answer.question),
                "sentences": _said(answer.sentences),
                "points": _said(answer.points),
            }
            for answer in summary.answers
        },
        "cannot_say": _said(summary.cannot_say),
    }


def _committee(context: EffectReportContext) -> dict[str, object]:
    committee = context.committee
    return {
        "finding": translate(committee.finding),
        "number": translate(committee.number),
        "answers": {
            answer.key: {"question": translate(answer.question), "sentences": _said(answer.sentences)}
            for answer in committee.answers
        },
        "cannot_say": _said(committee.cannot_say),
    }


def _section(section: Section) -> dict[str, object]:
    tables = ((section.figure.table,) if section.figure else ()) + section.tables
    return {
        "key": section.key,
        "title": translate(section.title),
        "finding": translate(section.finding),
        "sentences": _said(section.body),
        "withheld": _said(section.withheld),
        "warnings": _said(section.warnings),
        "tables": [table.key for table in tables],
    }
