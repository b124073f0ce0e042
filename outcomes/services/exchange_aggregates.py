"""Sums that leave an organisation under the protection rule, and the estimate of several organisations' sums together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.analysis.disclosure import MINIMUM_MODEL
from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.federation import (
    LEAST,
    add_aggregates,
    make_aggregate_of_groups,
    read_aggregate,
    require_different_people,
    write_aggregate,
)
from outcomes.analysis.results import INTERVENTION, TermEstimate
from outcomes.errors import EstimateError, Fault, InputError, Sentence
from outcomes.services.log_aggregate_export import log_export
from outcomes.services.read_aggregates import ARM, ARM_COLUMN, take_sums
from outcomes.store.aggregates import refresh_aggregates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from outcomes.analysis.federation import Aggregate
    from outcomes.analysis.mmrm import MmrmFit
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

OCCASION = "occasion"
FEW_PEOPLE = 100
"""Under so many people the uncertainty of the variances themselves counts: Kenward-Roger."""
MOST_BYTES = 64 * 2**20


@dataclass(frozen=True, slots=True)
class OccasionRow:
    """One estimate (points) of ``kind`` ``mean``, ``change`` (from the first occasion) or ``difference`` (of the arms'
    changes, intervention less comparison) at ``occasion``, in ``arm`` (None: all, or both). ``n`` answers there."""

    kind: str
    occasion: str
    arm: str | None
    n: int
    estimate: TermEstimate


@dataclass(frozen=True, slots=True)
class CombinedEstimate:
    """The model of planned occasions fitted to everybody's sums.

    ``completeness``: share (0-1) of answers due that are in the sums. ``people_withheld`` persons and ``answers_left_out``
    answers at most stayed at home by the protection rule, which let no sum of fewer than ``least`` people out.
    """

    organisations: tuple[str, ...]
    intervention: str
    instrument: str
    scale: str
    first_day: str
    last_day: str
    n_subjects: int
    n_observations: int
    completeness: float | None
    least: int
    people_withheld: int
    answers_left_out: int
    covariance: str
    df_method: str
    log_likelihood: float
    rows: tuple[OccasionRow, ...]
    warnings: tuple[Sentence, ...]


def export_aggregates(runtime: Runtime, scope: Scope, *, intervention_slug: str, period: Period, least: int) -> str:
    """The organisation's sums of an intervention as a file for others, no sum with fewer than ``least`` people.

    The sums are made anew first, so that whoever has withdrawn is out of them; what was sent is logged, and refused where its
    difference from an earlier file tells of few people.
    """
    if least < LEAST:
        raise EstimateError(Sentence("At least %(least)s people must stand behind a sum that leaves.", least=LEAST))
    with runtime.database.transaction(scope) as session:
        refresh_aggregates(session, today=runtime.today())
        stored = take_sums(session, intervention_slug, period)
        aggregate = make_aggregate_of_groups(
            stored.groups,
            stored.columns,
            organisation=stored.organisation,
            study=stored.study,
            due=stored.due,
            least=least,
        )
        if not aggregate.sums.patterns:
            raise EstimateError(
                Sentence(
                    "No occasions were answered by at least %(least)s people alike, differing enough to be summed. Choose a"
                    " longer period.",
                    least=least,
                )
            )
        document = write_aggregate(aggregate)
        log_export(session, scope, stored.intervention_id, aggregate, document)
        session.commit()
    return document


def combine_aggregates(paths: Sequence[Path]) -> CombinedEstimate:
    """The estimate of all the files' people together. Raises ``InputError`` naming each file that can't be used."""
    parts = _read_files(paths)
    aggregate = add_aggregates(parts)
    require_different_people(parts)
    if aggregate.sums.n_subjects < MINIMUM_MODEL:
        raise EstimateError(
            Sentence(
                "The files hold %(found)s people together; the model needs at least %(least)s. Add more files, or choose a"
                " longer period.",
                found=aggregate.sums.n_subjects,
                least=MINIMUM_MODEL,
            )
        )
    return _describe(aggregate, _fit(aggregate))


def _read_files(paths: Sequence[Path]) -> list[Aggregate]:
    parts, faults = [], list[Fault]()
    for path in paths:
        try:
            parts.append(_read_file(path))
        except UnicodeDecodeError:
            faults.append(Fault(path.name, Sentence("The file isn't text in UTF-8.")))
        except InputError as error:
            faults.append(Fault(path.name, error.sentence))
            faults.extend(Fault(f"{path.name}: {fault.place}", fault.sentence) for fault in error.faults)
    if faults:
        raise InputError(Sentence("Not every file can be used. Nothing was estimated."), faults)
    return parts


def _read_file(path: Path) -> Aggregate:
    if path.stat().st_size > MOST_BYTES:
        raise InputError(Sentence("The file is too large to be a file of sums."))
    return read_aggregate(path.read_text(encoding="utf-8"))


def _fit(aggregate: Aggregate) -> MmrmFit:
    from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm  # noqa: PLC0415 - only where a model is fitted

    others = tuple(column.name for column in aggregate.columns[1:])
    bases = dict(aggregate.study.bases)
    grouped = ARM_COLUMN in others
    design = MmrmDesign(
        OCCASION,
        crossed=(ARM_COLUMN,) if grouped else (),
        constant=tuple(name for name in others if name != ARM_COLUMN),
        group=ARM if grouped else None,
        reference=bases.get(ARM, ""),
        levels=tuple(
            FactorLevel(column.name, column.factor, column.level)
            for column in aggregate.columns
            if column.factor is not None and column.level is not None
        ),
    )
    few = aggregate.sums.n_subjects < FEW_PEOPLE
    return fit_mmrm(aggregate.sums, design, df="kenward-roger" if few else "satterthwaite")


def _describe(aggregate: Aggregate, fit: MmrmFit) -> CombinedEstimate:
    study, lost = aggregate.study, aggregate.protection
    return CombinedEstimate(
        aggregate.organisations, study.intervention, study.measure.instrument, study.measure.scale, study.first_day,
        study.last_day, fit.n_subjects, fit.n_observations, aggregate.completeness, lost.least, lost.people_withheld,
        lost.answers_left_out, fit.covariance.value, fit.method, fit.log_likelihood, tuple(_rows(aggregate, fit)),
        fit.warnings,
    )  # fmt: skip


def _rows(aggregate: Aggregate, fit: MmrmFit) -> list[OccasionRow]:
    from outcomes.analysis.mmrm import changes_from_first, marginal_means  # noqa: PLC0415

    counts = _counts(aggregate)
    rows = [
        OccasionRow(kind, each.occasion, each.group, counts[each.group, each.occasion], each.estimate)
        for kind, estimates in (("mean", marginal_means(fit)), ("change", changes_from_first(fit)))
        for each in estimates
    ]
    if fit.design.group is not None:
        for occasion in fit.occasions[1:]:
            term = f"{OCCASION}[{occasion}]:{ARM_COLUMN}"
            rows.append(OccasionRow("difference", occasion, None, counts[None, occasion], fit.term(term)))
    return rows


def _counts(aggregate: Aggregate) -> dict[tuple[str | None, str], int]:
    """Answers at each occasion: of all, and of each arm."""
    sums, reference = aggregate.sums, dict(aggregate.study.bases).get(ARM, "")
    column = sums.columns.index(ARM_COLUMN) if ARM_COLUMN in sums.columns else None
    counts: dict[tuple[str | None, str], int] = {}
    for place, occasion in enumerate(sums.occasions):
        patterns = [pattern for pattern in sums.patterns if place in pattern.observed]
        counts[None, occasion] = sum(pattern.n for pattern in patterns)
        if column is not None:
            counts[INTERVENTION, occasion] = round(sum(float(pattern.xx[column, column]) for pattern in patterns))
            counts[reference, occasion] = counts[None, occasion] - counts[INTERVENTION, occasion]
    return counts
