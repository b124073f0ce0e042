"""How specialised each intervention is for each target group, then and now, and what can be said of the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dateutil.relativedelta import relativedelta

from outcomes.errors import Sentence
from outcomes.language import sort_key
from outcomes.reports.offers.specialisation import (
    FINDINGS,
    LEVELS,
    Criteria,
    Level,
    LevelLine,
    OfferLevels,
    SpecialisationPage,
    SpecialisationRow,
    Trend,
    all_criteria,
    criteria_on,
    judge_trend,
    level_on,
)
from outcomes.reports.parts import Points, local_text
from outcomes.services.read_offers import get_organisation, list_offers, read_names
from outcomes.store import interventions, offers

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import Intervention, Specialisation
    from outcomes.reports.offers.register import Names, OfferNow
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

YEARS_BACK = 2
NOT_SET = Sentence("Not known")
THE_WHOLE = Sentence("The intervention as a whole")


def read_specialisation(runtime: Runtime, scope: Scope, *, since: date | None = None) -> SpecialisationPage:
    """Every intervention and target group with a level; from ``since`` (default two years ago) until today."""
    today = runtime.today()
    first_day = min(since or today - relativedelta(years=YEARS_BACK), today)
    with runtime.database.transaction(scope) as session:
        rows = _Rows(session, first_day, today).list()
        name = get_organisation(session, scope).name
    return SpecialisationPage(name, first_day, today, tuple(rows), criteria_on(today))


class _Rows:
    """The rows between two days."""

    def __init__(self, session: Session, first_day: date, last_day: date) -> None:
        self.first_day, self.last_day = first_day, last_day
        self._names: Names = read_names(session)
        self._codes = {group.id: group.code for group in offers.list_target_groups(session)}
        self._interventions = {each.id: each for each in interventions.list_interventions(session)}
        self._providers = {row[0].id: row[0].name for row in offers.list_providers(session)}
        self._offered = [list_offers(session, day) for day in (first_day, last_day)]
        self._stored = offers.list_specialisations(session)
        self._givers = {(row[0], row[1]) for row in offers.list_givers(session)}

    def list(self) -> list[SpecialisationRow]:
        """By intervention and target group."""
        by_pair: dict[tuple[UUID, str], list[Specialisation]] = {}
        for each in self._stored:
            by_pair.setdefault((each.intervention_id, self._codes[each.target_group_id]), []).append(each)
        order = sorted(by_pair, key=lambda pair: (sort_key(self._interventions[pair[0]].slug), pair[1]))
        return [self._row(self._interventions[pair[0]], pair[1], by_pair[pair]) for pair in order]

    def _row(self, intervention: Intervention, code: str, stored: Sequence[Specialisation]) -> SpecialisationRow:
        levels = tuple(Level(each.provider_id, each.valid_from, each.level, each.criteria_version) for each in stored)
        offered = self._giving(intervention, code) | {
            each.provider_id for each in levels if each.provider_id is not None
        }
        trend = judge_trend(frozenset(offered), levels, first_day=self.first_day, last_day=self.last_day)
        whole = [each for each in stored if each.provider_id is None]
        return SpecialisationRow(
            intervention=local_text(intervention.title),
            group=self._names.groups.get(code, code),
            finding=FINDINGS[trend.verdict],
            basis=_basis(trend),
            trend=trend,
            whole=self._levels(THE_WHOLE, None, levels, whole) if whole else None,
            offers=tuple(
                self._levels(
                    self._providers[provider_id], provider_id, levels,
                    [each for each in stored if each.provider_id == provider_id],
                )
                for provider_id in sorted(offered, key=lambda each: sort_key(self._providers[each]))
            ),
        )  # fmt: skip

    def _giving(self, intervention: Intervention, code: str) -> set[UUID]:
        """Offers that give the intervention to the group on either day, or may do so: where nobody has recorded what an offer
        gives, it may where somebody has begun there; where nobody has recorded to whom, to anybody."""
        return {
            offer.provider_id
            for day in self._offered
            for offer in day
            if self._gives(offer, intervention) and (code in offer.target_groups or not offer.target_groups)
        }

    def _gives(self, offer: OfferNow, intervention: Intervention) -> bool:
        if offer.interventions:
            return intervention.slug in offer.interventions
        return (intervention.id, offer.provider_id) in self._givers

    def _levels(
        self, name: str | Sentence, provider_id: UUID | None, levels: tuple[Level, ...],
        stored: Sequence[Specialisation],
    ) -> OfferLevels:  # fmt: skip
        then, now = (level_on(levels, provider_id, day) for day in (self.first_day, self.last_day))
        return OfferLevels(
            name=name,
            then=LEVELS[then.level] if then else NOT_SET,
            now=LEVELS[now.level] if now else NOT_SET,
            comparable=bool(then and now and then.criteria_version == now.criteria_version),
            history=tuple(_line(each) for each in reversed(stored)),
        )


def _basis(trend: Trend) -> Sentence:
    """What the finding stands on, with the interval."""
    if trend.n == 0:
        return Sentence("No offer is known to give it to them.")
    if trend.n_known == 0:
        return Sentence(
            "The level is known on both days, by the same criteria, for none of the offers (%(n)s).", n=trend.n
        )
    values = {"n": trend.n, "known": trend.n_known, "estimate": Points(trend.estimate or 0.0, 2)}
    if trend.n_known == trend.n:
        return Sentence(
            "The level is known on both days for all offers (%(n)s). It changed by %(estimate)s levels on average.",
            n=trend.n, estimate=values["estimate"],
        )  # fmt: skip
    return Sentence(
        "The level is known on both days for %(known)s of %(n)s offers, and changed by %(estimate)s on average. Whatever the "
        "others are, the average of all lies between %(low)s and %(high)s.",
        low=Points(trend.low, 2), high=Points(trend.high, 2), **values,
    )  # fmt: skip


def _line(stored: Specialisation) -> LevelLine:
    criteria = find_criteria(stored.criteria_version)
    titles = {each.key: each.title for each in criteria.criteria} if criteria else {}
    met = {key: bool(value) for key, value in stored.criteria.items()}
    return LevelLine(
        valid_from=stored.valid_from,
        level=stored.level,
        level_words=LEVELS[stored.level],
        criteria_version=stored.criteria_version,
        met=tuple(titles.get(key, key) for key, value in met.items() if value),
        not_met=tuple(titles.get(key, key) for key, value in met.items() if not value),
        reason=stored.reason,
        assessed_by=stored.assessed_by,
    )


def find_criteria(version: str) -> Criteria | None:
    """A version of the criteria; None where it isn't one of ours."""
    return next((each for each in all_criteria() if each.version == version), None)
