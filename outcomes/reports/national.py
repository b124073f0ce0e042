"""The national overview: what municipalities have published of the same intervention, beside each other and together.

Only from published figures: whoever has them can work out every number here again. Places stand by name. What a place hasn't
told is unknown, and never counted as well or as ill.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.analysis.disclosure import MINIMUM_ESTIMATE
from outcomes.analysis.evidence import EvidenceGrade, grade_word
from outcomes.analysis.intervals import Z_95
from outcomes.analysis.meta_analysis import HartungKnapp, PooledEstimate, combine_estimates
from outcomes.analysis.shrinkage import ShrunkenEstimate, shrink_estimates
from outcomes.analysis.suppression import rounding_step
from outcomes.analysis.target_status import TargetStatus
from outcomes.errors import EstimateError, Sentence
from outcomes.reports.national_steering import NationalSteering
from outcomes.reports.parts import LocalText, Points
from outcomes.reports.stored_values import from_stored
from outcomes.reports.targets import STATUS_WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence


HARDLY, SOME, MUCH = 25.0, 50.0, 75.0
"""Per cent of the spread that is more than chance, where the words change."""
ROOM = 1.1


@dataclass(frozen=True, slots=True)
class Number:
    """An estimate with its 95 per cent interval, in points of the measure or what the heading says."""

    estimate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Place:
    """A municipality in one intervention. ``finding`` None: it hasn't published any, and how it is there is unknown.

    ``number``: as it published it, of ``n`` people; ``expected``: what is likely once it is read together with the others
    (None where it isn't). ``completeness``: answered of those whose time had come, 0-1.
    """

    organisation_id: UUID
    name: str
    release_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None
    finding: Sentence | None = None
    n: int | None = None
    n_due: int | None = None
    completeness: float | None = None
    grade: Sentence | None = None
    number: Number | None = None
    expected: Number | None = None
    apart: Sentence | None = None


@dataclass(frozen=True, slots=True)
class Together:
    """All places' numbers as one: the mean over places like these, where a new place's own would lie, and how they differ.

    ``i2``: per cent of the spread that is more than chance; ``tau``: standard deviation between places, in points.
    """

    number: Number
    prediction: Number | None
    n_places: int
    n: int
    i2: float
    tau: float
    words: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class NationalIntervention:
    """One intervention over all municipalities, each by name. ``reach``: how far pictures go to either side of zero."""

    slug: str
    title: LocalText
    word: Sentence
    unit: Sentence
    places: tuple[Place, ...]
    together: Together | None
    not_together: Sentence | None
    reach: float


@dataclass(frozen=True, slots=True)
class TargetPlace:
    """How a national target stands in a municipality. ``value`` in the indicator's unit; None: unknown, or too few."""

    name: str
    status: TargetStatus
    words: Sentence
    value: Number | None
    n: int | None


@dataclass(frozen=True, slots=True)
class NationalTarget:
    """A national target with each municipality's status, by name. ``wish``: threshold and direction in words."""

    title: LocalText
    indicator: Sentence
    wish: Sentence
    is_share: bool
    places: tuple[TargetPlace, ...]


@dataclass(frozen=True, slots=True)
class National:
    """Everything that municipalities have published for an authority. ``missing``: names of those that haven't.

    ``changed``: municipalities whose stored figures aren't what was published, and are left out. ``steering``: value, hours
    freed, signals and contracts, as far as they are published.
    """

    authority: str
    interventions: tuple[NationalIntervention, ...]
    targets: tuple[NationalTarget, ...]
    reported: tuple[str, ...]
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    steering: NationalSteering


@dataclass(frozen=True, slots=True)
class Published:
    """What one municipality has published: its newest overview's figures, by intervention."""

    organisation_id: UUID
    name: str
    release_id: UUID
    first_day: date | None
    last_day: date | None
    figures: Mapping[str, Mapping[str, Any]]


def compare_places(
    published: Sequence[Published], missing: Sequence[tuple[UUID, str]]
) -> tuple[NationalIntervention, ...]:
    """Each intervention that anybody has published, with every municipality's place in it."""
    slugs: dict[str, Mapping[str, Any]] = {}
    for each in published:
        for slug, figures in each.figures.items():
            slugs.setdefault(slug, figures)
    return tuple(_intervention(slug, slugs[slug], published, missing) for slug in sorted(slugs))


def status_words(status: TargetStatus) -> Sentence:
    """Met, not met, or can't be said."""
    return STATUS_WORDS[status]


def read_number(stored: Mapping[str, Any] | None) -> Number | None:
    """A published estimate; None where it isn't shown."""
    if not stored or "estimate" not in stored:
        return None
    return Number(float(stored["estimate"]), float(stored["ci_low"]), float(stored["ci_high"]))


def _intervention(
    slug: str, example: Mapping[str, Any], published: Sequence[Published], missing: Sequence[tuple[UUID, str]]
) -> NationalIntervention:
    places = [_place(each, each.figures.get(slug)) for each in published]
    measured = {each.organisation_id: each.figures[slug] for each in published if slug in each.figures}
    shared, apart = _alike(measured, {each.organisation_id: (each.first_day, each.last_day) for each in published})
    places, together, why = _combine(places, measured, shared)
    places = [replace(place, apart=apart.get(place.organisation_id)) for place in places]
    places += [Place(organisation_id, name) for organisation_id, name in missing]
    kind = measured[shared[0]] if shared else example
    return NationalIntervention(
        slug=slug,
        title=from_stored(kind["title"]),
        word=from_stored(kind["word"]),
        unit=from_stored(kind["unit"]),
        places=tuple(sorted(places, key=lambda place: (place.name, str(place.organisation_id)))),
        together=together,
        not_together=why,
        reach=_reach([*places], together),
    )


def _place(each: Published, figures: Mapping[str, Any] | None) -> Place:
    if figures is None:
        return Place(each.organisation_id, each.name, each.release_id)
    return Place(
        organisation_id=each.organisation_id,
        name=each.name,
        release_id=each.release_id,
        first_day=each.first_day,
        last_day=each.last_day,
        finding=from_stored(figures["finding"]),
        n=figures["n_behind"],
        n_due=figures["n_due"],
        completeness=figures["completeness"],
        grade=grade_word(EvidenceGrade(figures["grade"])),
        number=read_number(figures["main"]),
    )


def _alike(
    measured: Mapping[UUID, Mapping[str, Any]], days: Mapping[UUID, tuple[date | None, date | None]]
) -> tuple[list[UUID], dict[UUID, Sentence]]:
    """Places whose numbers may be joined: the most that have the same measure, scale, design and days; and why others may
    not."""
    groups: dict[tuple[str, ...], list[UUID]] = defaultdict(list)
    for organisation_id, figures in measured.items():
        if read_number(figures["main"]) is not None and (figures["n_behind"] or 0) >= MINIMUM_ESTIMATE:
            measure = figures["measure"]
            when = [str(day) for day in days[organisation_id]]
            groups[measure["instrument"], measure["scale"], figures["label"], *when].append(organisation_id)
    largest = max(sorted(groups), key=lambda key: len(groups[key]), default=None)
    why = Sentence(
        "It is measured or compared in another way, or about other days, so it isn't put together with the others."
    )
    apart = {each: why for key, members in groups.items() if key != largest for each in members}
    return (groups[largest] if largest else []), apart


def _combine(
    places: list[Place], measured: Mapping[UUID, Mapping[str, Any]], shared: Sequence[UUID]
) -> tuple[list[Place], Together | None, Sentence | None]:
    joined = [place for place in places if place.organisation_id in shared and place.number is not None]
    if len(joined) < 2:  # noqa: PLR2004 - one alone is nothing to put together
        return places, None, Sentence("Numbers from at least two municipalities are needed to put them together.")
    estimates = [place.number.estimate for place in joined if place.number]
    variances = [_variance(place, measured[place.organisation_id]) for place in joined]
    try:
        over_all = combine_estimates(estimates, variances, hartung_knapp=HartungKnapp.CAUTIOUS)
        found = shrink_estimates(estimates, variances, [place.name for place in joined])
    except EstimateError as error:
        return places, None, error.sentence
    expected = dict(zip((place.organisation_id for place in joined), found.places, strict=True))
    together = _together(over_all, sum(place.n or 0 for place in joined))
    return [_with_expected(place, expected.get(place.organisation_id)) for place in places], together, None


def _with_expected(place: Place, found: ShrunkenEstimate | None) -> Place:
    return replace(place, expected=Number(found.estimate, found.ci_low, found.ci_high)) if found else place


def _variance(place: Place, figures: Mapping[str, Any]) -> float:
    """Squared standard error by the published interval, with what rounding may have taken: by those behind the number."""
    assert place.number is not None  # noqa: S101
    behind = min(place.n or 1, figures.get("n_answered") or place.n or 1)
    step = rounding_step(behind, span=float(figures["measure"]["length"]))
    return float(((place.number.high - place.number.low) / (2 * Z_95)) ** 2 + step**2 / 12)


def _together(found: PooledEstimate, n: int) -> Together:
    pooled, tau = found.pooled, found.tau2**0.5
    prediction = None
    if found.prediction_low is not None and found.prediction_high is not None:
        prediction = Number(pooled.estimate, found.prediction_low, found.prediction_high)
    return Together(
        number=Number(pooled.estimate, pooled.ci_low, pooled.ci_high),
        prediction=prediction,
        n_places=found.n_estimates,
        n=n,
        i2=found.i2,
        tau=tau,
        words=(_how_different(found.i2), _how_far(tau), *found.warnings),
    )


def _how_different(i2: float) -> Sentence:
    if i2 < HARDLY:
        return Sentence("The municipalities differ hardly more than chance would have it.")
    if i2 < SOME:
        return Sentence("Some of what the municipalities differ by is more than chance.")
    if i2 < MUCH:
        return Sentence("Much of what the municipalities differ by is more than chance.")
    return Sentence("Most of what the municipalities differ by is more than chance.")


def _how_far(tau: float) -> Sentence:
    return Sentence(
        "Behind the numbers, two thirds of places like these are expected within %(tau)s points of the mean to either side.",
        tau=Points(tau, 1),
    )


def _reach(places: Sequence[Place], together: Together | None) -> float:
    numbers = [place.number for place in places] + [together.number if together else None]
    ends = [abs(end) for number in numbers if number for end in (number.low, number.high)]
    return ROOM * max([*ends, 1.0])
