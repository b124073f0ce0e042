"""Reading an analysis plan from plain data, and writing it back.

Every fault is collected before anything is refused, each with the place where it stands in the mapping.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict
from enum import StrEnum
from typing import TypeVar

from outcomes.analysis.plan import (
    AnalysisPlan,
    Covariate,
    CovariateKind,
    Design,
    Direction,
    ErrorKind,
    ExpectedChange,
    GoalKind,
    Measure,
    MeasurementError,
    Selection,
)
from outcomes.errors import AnalysisPlanError, Fault, Sentence

Word = TypeVar("Word", bound=StrEnum)

KEYS = {
    "measure", "design", "intervention", "comparison", "arm", "baseline", "baseline_term", "follow_up",
    "primary_occasion", "covariates", "model", "measurement_error", "goal_kind", "expected_change", "selection",
    "randomised_evidence", "sensitivity",
}  # fmt: skip


class Reader:
    """One mapping of the plan, at ``place``; what is wrong goes to the shared list of faults."""

    def __init__(self, mapping: object, place: str, faults: list[Fault], keys: set[str]) -> None:
        self.place = place
        self.faults = faults
        self.mapping: Mapping[str, object] = {}
        if not isinstance(mapping, Mapping):
            self.fault("", Sentence("Here must be named values, not a single value or a list."))
            return
        self.mapping = mapping
        for key in mapping:
            if key not in keys:
                self.fault(str(key), Sentence("This name isn't known here. Known names: %(names)s.", names=_list(keys)))

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place and key else self.place or key

    def fault(self, key: str, sentence: Sentence) -> None:
        self.faults.append(Fault(self.at(key), sentence))

    def text(self, key: str, *, required: bool = True, default: str | None = None) -> str:
        """Text that isn't empty; a whole number counts as text, since occasion codes are often numbers."""
        value = self.mapping.get(key)
        if value is None:
            if required:
                self.fault(key, Sentence("This is missing. Fill it in."))
            return default or ""
        if isinstance(value, bool) or not isinstance(value, str | int) or not str(value).strip():
            self.fault(key, Sentence("This must be a text that isn't empty."))
            return default or ""
        return str(value).strip()

    def number(self, key: str, *, required: bool = False) -> float | None:
        value = self.mapping.get(key)
        if value is None:
            if required:
                self.fault(key, Sentence("This is missing. Fill it in."))
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.fault(key, Sentence("This must be a number."))
            return None
        return float(value)

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.mapping.get(key, default)
        if not isinstance(value, bool):
            self.fault(key, Sentence("This must be true or false."))
            return default
        return value

    def word(self, key: str, words: type[Word], default: Word | None = None) -> Word | None:
        value = self.mapping.get(key)
        if value is None and default is not None:
            return default
        try:
            return words(str(value))
        except ValueError:
            self.fault(key, Sentence("This must be one of: %(names)s.", names=_list({str(word) for word in words})))
            return default

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.mapping.get(key)
        if value is None:
            return ()
        if not isinstance(value, list | tuple):
            self.fault(key, Sentence("This must be a list."))
            return ()
        texts = tuple(str(item).strip() for item in value)
        if any(not text or isinstance(item, bool | dict | list) for item, text in zip(value, texts, strict=True)):
            self.fault(key, Sentence("Every entry of the list must be a text that isn't empty."))
        return texts

    def inner(self, key: str, keys: set[str]) -> Reader | None:
        value = self.mapping.get(key)
        return None if value is None else Reader(value, self.at(key), self.faults, keys)


def read_plan(mapping: Mapping[str, object]) -> AnalysisPlan:
    """The plan in ``mapping``; raises :class:`AnalysisPlanError` with every fault."""
    faults: list[Fault] = []
    top = Reader(mapping, "", faults, KEYS)
    model = Reader(top.mapping.get("model", {}), "model", faults, {"method", "random", "reml", "df"})
    design = top.word("design", Design) or Design.NONE
    plan = AnalysisPlan(
        measure=_read_measure(top),
        design=design,
        intervention_label=top.text("intervention"),
        comparison_label=top.text("comparison", required=design.has_comparison_arm) or None,
        baseline_occasion=top.text("baseline"),
        follow_up=top.texts("follow_up"),
        primary_occasion=top.text("primary_occasion"),
        arm_term=top.text("arm", required=False, default="arm"),
        baseline_term=top.text("baseline_term", required=False, default="baseline"),
        covariates=_read_covariates(top),
        model=model.text("method", required=False, default="mixed-model"),
        random=model.text("random", required=False, default="intercept"),
        reml=model.flag("reml", default=True),
        df=model.text("df", required=False, default="satterthwaite"),
        measurement_error=_read_measurement_error(top),
        goal_kind=top.word("goal_kind", GoalKind, GoalKind.DEVELOP) or GoalKind.DEVELOP,
        expected_change=_read_expected_change(top),
        selection=_read_selection(top),
        randomised_evidence=top.text("randomised_evidence", required=False) or None,
        sensitivity=top.texts("sensitivity"),
    )
    _check_whole(plan, faults)
    if faults:
        raise AnalysisPlanError(
            Sentence("The analysis plan can't be used as it stands. Correct what is listed."), faults
        )
    return plan


def _list(names: set[str]) -> str:
    return ", ".join(sorted(names))


def _read_measure(top: Reader) -> Measure:
    reader = Reader(
        top.mapping.get("measure"), "measure", top.faults, {"instrument", "scale", "direction", "minimum", "maximum"}
    )
    minimum, maximum = reader.number("minimum"), reader.number("maximum")
    if minimum is not None and maximum is not None and minimum >= maximum:
        reader.fault("maximum", Sentence("The highest value must be above the lowest."))
    return Measure(
        reader.text("instrument"),
        reader.text("scale"),
        reader.word("direction", Direction) or Direction.HIGHER,
        minimum,
        maximum,
    )


def _read_covariates(top: Reader) -> tuple[Covariate, ...]:
    entries = top.mapping.get("covariates") or []
    if not isinstance(entries, list | tuple):
        top.fault("covariates", Sentence("This must be a list."))
        return ()
    covariates = []
    for index, entry in enumerate(entries):
        reader = Reader(entry, f"covariates[{index}]", top.faults, {"name", "kind", "reference", "adjusted"})
        kind = reader.word("kind", CovariateKind) or CovariateKind.NUMBER
        reference = reader.text("reference", required=False) or None
        if reference is not None and kind is CovariateKind.NUMBER:
            reader.fault("reference", Sentence("Only a category has a reference. Remove it, or make this a category."))
        covariates.append(Covariate(reader.text("name"), kind, reference, reader.flag("adjusted", default=True)))
    return tuple(covariates)


def _read_measurement_error(top: Reader) -> MeasurementError | None:
    flags = {"assumed", "internal_consistency", "inclusive"}
    keys = {"kind", "source", "smallest_detectable_change", "sd", "reliability", *flags}
    reader = top.inner("measurement_error", keys)
    if reader is None:
        return None
    kind = reader.word("kind", ErrorKind) or ErrorKind.SMALLEST_DETECTABLE_CHANGE
    published = kind is ErrorKind.SMALLEST_DETECTABLE_CHANGE
    change = reader.number("smallest_detectable_change", required=published)
    sd = reader.number("sd", required=kind is ErrorKind.SD_RELIABILITY)
    reliability = reader.number("reliability", required=not published)
    if change is not None and change <= 0:
        reader.fault("smallest_detectable_change", Sentence("This must be above 0."))
    if sd is not None and sd <= 0:
        reader.fault("sd", Sentence("This must be above 0."))
    if reliability is not None and not 0 <= reliability < 1:
        reader.fault("reliability", Sentence("A reliability is at least 0 and under 1."))
    inclusive = reader.flag("inclusive", default=False)
    if inclusive and not published:
        reader.fault("inclusive", Sentence("Only a published smallest detectable change can itself count as a change."))
    return MeasurementError(
        kind,
        reader.text("source"),
        change,
        sd,
        reliability,
        reader.flag("assumed", default=False),
        reader.flag("internal_consistency", default=False),
        inclusive,
    )


def _read_expected_change(top: Reader) -> ExpectedChange | None:
    reader = top.inner("expected_change", {"points", "source"})
    if reader is None:
        return None
    return ExpectedChange(reader.number("points", required=True) or 0.0, reader.text("source"))


def _read_selection(top: Reader) -> Selection | None:
    reader = top.inner("selection", {"population_mean", "reliability", "source"})
    if reader is None:
        return None
    reliability = reader.number("reliability", required=True)
    if reliability is not None and not 0 <= reliability <= 1:
        reader.fault("reliability", Sentence("A reliability is between 0 and 1."))
    return Selection(reader.number("population_mean", required=True) or 0.0, reliability or 0.0, reader.text("source"))


def _check_whole(plan: AnalysisPlan, faults: list[Fault]) -> None:
    """What can only be seen with the whole plan read."""

    def fault(place: str, sentence: Sentence) -> None:
        faults.append(Fault(place, sentence))

    if not plan.follow_up:
        fault("follow_up", Sentence("Name at least one occasion after the baseline."))
    elif plan.primary_occasion and plan.primary_occasion not in plan.follow_up:
        fault("primary_occasion", Sentence("The primary occasion must be one of the follow-up occasions."))
    if len(set(plan.occasions)) < len(plan.occasions):
        fault("follow_up", Sentence("An occasion is named twice, or is the baseline itself."))
    _check_design(plan, fault)
    names = [plan.arm_term, plan.baseline_term, "time", *(covariate.name for covariate in plan.covariates)]
    if len(set(names)) < len(names):
        fault("covariates", Sentence("Two columns of the model have the same name. Give each its own."))
    if plan.comparison_label is not None and plan.comparison_label == plan.intervention_label:
        fault("comparison", Sentence("The comparison must have another name than the intervention."))
    known = {
        "model.method": (plan.model, {"mixed-model"}),
        "model.random": (plan.random, {"intercept"}),
        "model.df": (plan.df, {"satterthwaite", "kenward-roger"}),
    }
    for place, (value, allowed) in known.items():
        if value not in allowed:
            fault(place, Sentence("This must be one of: %(names)s.", names=_list(allowed)))
    if plan.df == "kenward-roger" and not plan.reml:
        fault("model.df", Sentence("Kenward-Roger goes with restricted maximum likelihood. Set reml to true."))


def _check_design(plan: AnalysisPlan, fault: Callable[[str, Sentence], None]) -> None:
    """What each design and kind of goal needs beside."""
    if plan.design is Design.RANDOMISED and not plan.randomised_evidence:
        fault("randomised_evidence", Sentence("Say how lots were drawn and where that is written down."))
    if plan.design is Design.EXPECTED and plan.expected_change is None:
        fault("expected_change", Sentence("This design needs the expected change and its source."))
    if plan.goal_kind is GoalKind.LIMIT_LOSS and plan.expected_change is None:
        fault("expected_change", Sentence("Limiting a loss needs the expected change and its source."))


def plan_to_mapping(plan: AnalysisPlan) -> dict[str, object]:
    """``plan`` as plain data (text, numbers, lists, mappings) that :func:`read_plan` reads to an equal plan."""
    values: dict[str, object] = {
        "measure": plain(plan.measure),
        "design": str(plan.design),
        "intervention": plan.intervention_label,
        "comparison": plan.comparison_label,
        "arm": plan.arm_term,
        "baseline": plan.baseline_occasion,
        "baseline_term": plan.baseline_term,
        "follow_up": list(plan.follow_up),
        "primary_occasion": plan.primary_occasion,
        "covariates": [plain(covariate) for covariate in plan.covariates],
        "model": {"method": plan.model, "random": plan.random, "reml": plan.reml, "df": plan.df},
        "measurement_error": plan.measurement_error and plain(plan.measurement_error),
        "goal_kind": str(plan.goal_kind),
        "expected_change": plan.expected_change and plain(plan.expected_change),
        "selection": plan.selection and plain(plan.selection),
        "randomised_evidence": plan.randomised_evidence,
        "sensitivity": list(plan.sensitivity),
    }
    return {key: value for key, value in values.items() if value is not None}


def plain(part: Measure | Covariate | MeasurementError | ExpectedChange | Selection) -> dict[str, object]:
    """One part of the plan as a mapping, without what isn't set."""
    pairs = asdict(part).items()
    return {key: str(value) if isinstance(value, StrEnum) else value for key, value in pairs if value is not None}
