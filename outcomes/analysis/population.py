"""A population of an intervention (everybody, or a part of them) and the figures that are known of it.

Question: who is meant by "those at this provider", and what may be said of them?
Rules: everybody is judged by the frozen plan. A part (one provider, one target group) is shown with its change alone: the
plan's comparison was made for everybody, and people who were sent to a place aren't alike by turn or by lot.
Units: shares 0-1, points of the measure, standard deviations of the start. Persons in ``n_*``; None where withheld.
Missing data: who hasn't answered is in the denominator of the shares of change and in no count of them: unknown, not well.
Errors: none raised; a figure that can't or may not be given is a Withheld with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from outcomes.analysis.effect_results import Verdict
from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.plan import GoalKind
from outcomes.analysis.results import Share, TermEstimate, Withheld
from outcomes.errors import Sentence

EVERYBODY = ""
BETWEEN = "&"


@dataclass(frozen=True, slots=True)
class Population:
    """Those in an intervention (by its slug), or a part of them: of one provider, one target group (by code), one law and
    section as one text (``Serviceloven § 85``: everybody or nobody, since an intervention rests on one)."""

    intervention: str
    provider_id: UUID | None = None
    target_group: str | None = None
    legal_section: str | None = None

    @property
    def key(self) -> str:
        """What it is stored under: empty for everybody, ``provider=<id>``, ``target_group=<code>``, or both with ``&``."""
        parts = {
            "provider": self.provider_id and str(self.provider_id),
            "target_group": self.target_group,
            "legal_section": self.legal_section,
        }
        return BETWEEN.join(f"{name}={value}" for name, value in parts.items() if value)

    @property
    def is_everybody(self) -> bool:
        """True where it isn't a part."""
        return self.provider_id is None and self.target_group is None and self.legal_section is None


@dataclass(frozen=True, slots=True)
class PopulationFigures:
    """What may be shown of a population that began between ``first_day`` and ``last_day``.

    ``n_begun`` began; for ``n_due`` of them the time of the primary occasion has come; ``n_answered`` of those answered at
    the start and then: ``completeness`` is the last of the middle one. ``main``: the effect or the change, whichever the
    design ``label`` allows (``word`` is the only word for it), in points as the measure counts them. ``change``: their own
    change in points, whatever the design; ``standardised``: the same in standard deviations of the start. ``n_behind``:
    people that ``main`` stands on, of a part those who answered both times. ``mean_start`` and ``mean_then``: of those who
    answered both times, in points; None where ``change`` is withheld.

    ``better``, ``unchanged``, ``worse``, ``success``: of all whose time has come, so that what is missing to 1 is unknown;
    ``success`` is judged by ``goal_kind``. ``goal_attainment``: of those with rated goals of their own, who came as far as
    they had set out to; ``goals_known``: rated of begun. ``experience``: of those who answered the questions on meeting
    the system and influence, who answer more for than against; ``experience_known``: answered of asked.

    ``protecting``: counts that are withheld, not for being small, but because a small one could be worked out from them.
    """

    population: Population
    first_day: date
    last_day: date
    n_begun: int | None
    n_due: int | None
    n_answered: int | None
    completeness: float | None
    label: DesignLabel
    grade: EvidenceGrade
    unit: Sentence
    lower_is_better: bool
    main: TermEstimate | Withheld
    change: TermEstimate | Withheld
    standardised: TermEstimate | Withheld
    better: Share | Withheld
    unchanged: Share | Withheld
    worse: Share | Withheld
    success: Share | Withheld
    goal_attainment: Share | Withheld
    experience: Share | Withheld
    word: Sentence
    snapshot: str
    n_behind: int | None = None
    mean_start: float | None = None
    mean_then: float | None = None
    goal_kind: GoalKind = GoalKind.DEVELOP
    verdict: Verdict = Verdict.WITHHELD
    goals_known: float | None = None
    experience_known: float | None = None
    protecting: tuple[str, ...] = ()
