"""How it was computed, for a statistician."""

from __future__ import annotations

from outcomes.analysis.effect_results import Progression
from outcomes.analysis.evidence import LABEL_OF_DESIGN, allowed_word
from outcomes.analysis.results import (
    INTERVENTION,
    Artefacts,
    MixedModelFit,
    ModelledChange,
    RegressionToMean,
    Sensitivity,
    Withheld,
)
from outcomes.errors import Sentence
from outcomes.reports.effect_report.checks import check_facts
from outcomes.reports.effect_report.context import Fact, Method
from outcomes.reports.effect_report.distribution import bins_table
from outcomes.reports.effect_report.effect import not_compared_reason
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.method_tables import (
    bounds_table,
    findings_table,
    modelled_table,
    terms_table,
    variances_table,
)
from outcomes.reports.effect_report.sensitivity import (
    is_made,
    planned_words,
    said_how,
    said_withheld,
    sensitivity_table,
)
from outcomes.reports.effect_report.words import Words, after, listed
from outcomes.reports.parts import Points


def build_method(words: Words) -> Method:
    """Facts, the model's terms and variances, the findings behind the grade, warnings and limits."""
    model = words.estimate.model if isinstance(words.estimate.model, MixedModelFit) else None
    tables = (
        *((terms_table(model), variances_table(model)) if model else ()),
        *((modelled_table(words),) if words.modelled else ()),
        sensitivity_table(words),
        findings_table(words),
        *((bounds_table(words),) if isinstance(words.estimate.artefacts, Artefacts) else ()),
        bins_table(words),
    )
    sensitivity = words.estimate.sensitivity
    warnings = (
        *words.estimate.warnings,
        *(model.warnings if model else ()),
        *(sensitivity.warnings if isinstance(sensitivity, Sensitivity) else ()),
    )
    return Method(
        facts=tuple(fact for fact in _facts(words) if fact.sentences or fact.code),
        tables=tuple(table for table in tables if table.rows),
        warnings=tuple(dict.fromkeys(warnings)),
        limits=_limits(words),
    )


def _facts(words: Words) -> tuple[Fact, ...]:
    return (
        Fact("estimand", Sentence("What is estimated"), (words.estimand,)),
        Fact("label", Sentence("Design label"), _label(words)),
        _model_fact(words),
        Fact("missing", Sentence("Missing answers"), _missing(words)),
        Fact("what_if", Sentence("If those who are missing fared worse"), (*said_how(words), *said_withheld(words))),
        Fact("measure", Sentence("The measure"), _measure(words)),
        Fact("error", Sentence("Measurement error"), _error(words)),
        Fact("regression", Sentence("Regression to the mean"), _regression(words)),
        *check_facts(words),
        Fact("plan", Sentence("Analysis plan"), _plan(words)),
        _sensitivity(words),
        Fact("source", Sentence("Data"), () if words.material.data_source is None else (words.material.data_source,)),
        Fact("snapshot", Sentence("Fingerprint of the data"), (), words.material.snapshot),
        Fact("people_snapshot", Sentence("Fingerprint of who was where"), (), words.material.people_snapshot or None),
        Fact("previous_snapshot", Sentence("Fingerprint of the period before"), (), _previous(words)),
        Fact("reproduce", Sentence("The command that gives the same numbers"), (), words.material.reproduce),
        Fact(
            "version",
            Sentence("Program and method"),
            (
                Sentence(
                    "%(code)s; method %(method)s, version %(version)s. How each number is computed and what it is"
                    " checked against stands in docs/methods of the program's source.",
                    code=program(words.material.code_version),
                    method=words.estimate.method,
                    version=words.estimate.version,
                ),
            ),
        ),
    )


def _previous(words: Words) -> str | None:
    previous = words.material.previous
    return previous.snapshot if previous else None


def program(version: str) -> str:
    """The program's name with its version, said once."""
    return version if version.startswith("outcomes") else f"outcomes {version}"


def _label(words: Words) -> tuple[Sentence, ...]:
    label, evidence = words.estimate.label, words.material.plan.allocation or words.estimate.plan.randomised_evidence
    said = Sentence("%(code)s, %(word)s.", code=label.code, word=allowed_word(label))
    return (said,) if evidence is None else (said, Sentence("Allocation: %(evidence)s", evidence=evidence))


def _model_fact(words: Words) -> Fact:
    model, change = words.estimate.model, words.estimate.modelled_change
    term = Sentence("Model")
    if isinstance(model, Withheld) and isinstance(change, ModelledChange):
        return Fact("model", term, (_change_model(change), *_people_in_change(words, change)))
    if not isinstance(model, MixedModelFit):
        return Fact("model", term, (words.named(model.sentence),))
    said = Sentence(
        "Linear mixed model of the scores at the times after the start: a common line over time, the group, the score at the"
        " start and the covariates, and one random level per person. Fitted by restricted maximum likelihood; degrees of"
        " freedom: %(df)s.",
        df=DEGREES[words.estimate.plan.df],
    )
    return Fact("model", term, (said, *_people_in(words, model)), model.formula)


COVARIANCES = {
    "unstructured": Sentence("no form of the covariance between measurements is assumed"),
    "heterogeneous-toeplitz": Sentence("measurements equally far apart are taken to be equally alike"),
    "heterogeneous-compound-symmetry": Sentence("all measurements of a person are taken to be equally alike"),
}
DEGREES = {
    "kenward-roger": Sentence("Kenward-Roger"),
    "satterthwaite": Sentence("Satterthwaite"),
    "normal": Sentence("none, by the normal distribution"),
}


def _change_model(change: ModelledChange) -> Sentence:
    return Sentence(
        "Mixed model for repeated measures: one mean per measurement, and %(covariance)s. Fitted by restricted maximum"
        " likelihood; degrees of freedom: %(df)s.",
        covariance=COVARIANCES[change.covariance],
        df=DEGREES[change.df],
    )


def _people_in_change(words: Words, change: ModelledChange) -> tuple[Sentence, ...]:
    begun = words.begun(INTERVENTION)
    left = begun - change.n_subjects if isinstance(begun, int) else 0
    counted = _counted(words, change)
    return (counted, Sentence("The other %(left)s have never answered.", left=left)) if left else (counted,)


def _people_in(words: Words, model: MixedModelFit) -> tuple[Sentence, ...]:
    """Who is in the model, and why the others aren't."""
    counted = _counted(words, model)
    begun = words.begun(None)
    left = begun - model.n_subjects if isinstance(begun, int) else 0
    if not left:
        return (counted,)
    if not model.n_incomplete:
        return (counted, Sentence("The other %(left)s have no answer after the start.", left=left))
    return (
        counted,
        Sentence(
            "The other %(left)s have no answer after the start, or their score at the start or a covariate is missing.",
            left=left,
        ),
    )


def _counted(words: Words, model: MixedModelFit | ModelledChange) -> Sentence:
    if words.estimate.attrition.hides_an_arm:
        return Sentence("%(people)s people are in the model.", people=model.n_subjects)
    return Sentence(
        "%(people)s people with %(scores)s scores are in the model.",
        people=model.n_subjects,
        scores=model.n_observations,
    )


def _missing(words: Words) -> tuple[Sentence, ...]:
    if words.modelled:
        return (
            Sentence(
                "Everybody who has answered once or more is in the model; nobody's missing score is guessed. The number holds"
                " if those who are missing are like those who answered, given what they had answered before (missing at"
                " random)."
            ),
        )
    if not isinstance(words.estimate.model, MixedModelFit):
        return (Sentence("Nobody's missing score is guessed. Change is of those who answered both times."),)
    return (
        Sentence(
            "Everybody with the score at the start and one later answer or more is in the model; nobody's missing score is"
            " guessed. The estimate holds if those who are missing are like those who answered, given what they had answered"
            " before (missing at random)."
        ),
    )


def _measure(words: Words) -> tuple[Sentence, ...]:
    measure = words.material.measure
    said = [
        Sentence(
            "%(title)s, version %(version)s: %(unit)s.", title=measure.title, version=measure.version, unit=words.unit
        )
    ]
    said += [
        Sentence(
            "%(value)s: %(wording)s. Source: %(source)s.",
            value=float(cut.value),
            wording=cut.wording,
            source=cut.source.rstrip("."),
        )
        for cut in measure.cut_offs
    ]
    if not measure.validated:
        said.append(Sentence("The measure hasn't been tested scientifically yet."))
    return tuple(said)


def _error(words: Words) -> tuple[Sentence, ...]:
    progression = words.estimate.progression
    if not isinstance(progression, Progression):
        return (progression.sentence,)
    threshold = progression.threshold
    said = [
        Sentence(
            "A person's change is called clear above %(points)s points (95 per cent; 1.96 x the standard error of a"
            " difference, %(error)s).",
            points=Points(threshold.smallest_detectable_change, words.decimals + 1),
            error=Points(threshold.s_diff, words.decimals + 1),
        )
    ]
    if threshold.inclusive:
        said = [
            Sentence(
                "A person's change is called clear from %(points)s points and up, as published.",
                points=Points(threshold.smallest_detectable_change, words.decimals),
            )
        ]
    if threshold.sd is not None and threshold.reliability is not None:
        said.append(
            Sentence(
                "Standard deviation %(sd)s, reliability %(reliability)s.",
                sd=Points(threshold.sd, words.decimals + 1),
                reliability=threshold.reliability,
            )
        )
    said.append(Sentence("Source: %(source)s.", source=threshold.source.rstrip(".")))
    if threshold.sd_from_these_data:
        said.append(Sentence("The standard deviation is that of these people at the start."))
    if threshold.internal_consistency:
        said.append(Sentence("The reliability is internal consistency, so the error is probably too small."))
    if threshold.assumed:
        said.append(Sentence("These are planning values that no study stands behind."))
    return (join(*said),)


def _regression(words: Words) -> tuple[Sentence, ...]:
    artefacts = words.estimate.artefacts
    if not isinstance(artefacts, Artefacts):
        return ()
    found = artefacts.regression_to_mean
    if not isinstance(found, RegressionToMean):
        return (found.sentence,)
    return (
        Sentence(
            "Of the change, %(points)s points were to be expected of the selection alone. Source: %(source)s.",
            points=words.score(found.expected_change),
            source=found.source.rstrip("."),
        ),
    )


def _plan(words: Words) -> tuple[Sentence, ...]:
    plan, estimate = words.material.plan, words.estimate
    if plan.frozen_on is None:
        frozen = Sentence(
            "Version %(version)s, not frozen: the numbers were seen while the plan could still be changed.",
            version=plan.version,
        )
    else:
        frozen = Sentence("Version %(version)s, frozen on %(day)s.", version=plan.version, day=plan.frozen_on)
    primary = Sentence("Primary time: %(time)s.", time=after(words.primary_time))
    said = [frozen, primary]
    names = [words.characteristic(covariate.name) for covariate in estimate.plan.adjusted_covariates]
    if names:
        said.append(Sentence("Covariates: %(names)s.", names=listed(names)))
    if plan.reason is not None:
        said.append(Sentence("%(text)s", text=plan.reason))
    departures = [*plan.departures, *_departures(words)]
    if departures:
        said += [Sentence("Departure from the plan: %(text)s", text=text) for text in departures]
    else:
        said.append(Sentence("The report does all that the plan asks for, in the way it asks."))
    return tuple(said)


def _departures(words: Words) -> list[Sentence]:
    """What the plan asks for and the report doesn't give."""
    estimate = words.estimate
    plan, found = estimate.plan, []
    if plan.design.has_comparison_arm and not isinstance(estimate.model, MixedModelFit):
        found.append(Sentence("the planned comparison isn't made. %(why)s", why=not_compared_reason(words)))
    if estimate.label < LABEL_OF_DESIGN[plan.design]:
        found.append(
            Sentence(
                'the design would allow the words "%(planned)s", but the number is called "%(allowed)s".',
                planned=allowed_word(LABEL_OF_DESIGN[plan.design]),
                allowed=allowed_word(estimate.label),
            )
        )
    found += [
        Sentence("the sensitivity analysis %(name)s isn't made.", name=planned_words(name))
        for name in plan.sensitivity
        if not is_made(words, name)
    ]
    return found


def _sensitivity(words: Words) -> Fact:
    names = words.estimate.plan.sensitivity
    sentences = tuple(planned_words(name) for name in names)
    return Fact("sensitivity", Sentence("Sensitivity analyses planned"), sentences)


def _limits(words: Words) -> tuple[Sentence, ...]:
    said = [Sentence("One measure and one main comparison: other things in people's lives aren't in these numbers.")]
    if isinstance(words.estimate.model, MixedModelFit):
        said.append(
            Sentence(
                "The model draws the same difference at all times and normally distributed errors; a difference that"
                " comes late or fades is averaged."
            )
        )
    if words.has_comparison:
        said.append(Sentence("People are counted in the group they began in, whatever they went on to get."))
    return tuple(said)
