"""Outcome targets: every version there is, those an authority set for all, and when the people they are about began."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from outcomes.models import (
    Episode,
    Intervention,
    InterventionTargetGroup,
    LegalBasis,
    OutcomeTarget,
    Provider,
    TargetGroup,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from decimal import Decimal
    from uuid import UUID

    from sqlalchemy.orm import Session


def list_targets(session: Session) -> Sequence[OutcomeTarget]:
    """Every version of every target that the organisation may read: its own and the national ones.

    By whose they are, code and version.
    """
    return session.scalars(
        select(OutcomeTarget).order_by(OutcomeTarget.organisation_id, OutcomeTarget.code, OutcomeTarget.version)
    ).all()


def list_target_versions(
    session: Session, *, code: str, organisation_id: UUID | None = None
) -> Sequence[OutcomeTarget]:
    """The versions of one target, the first one first: the organisation's own, or (None) a national one."""
    query = select(OutcomeTarget).where(OutcomeTarget.code == code)
    whose = (
        OutcomeTarget.level == "national"
        if organisation_id is None
        else OutcomeTarget.organisation_id == organisation_id
    )
    return session.scalars(query.where(whose).order_by(OutcomeTarget.organisation_id, OutcomeTarget.version)).all()


def add_target(
    session: Session, *, organisation_id: UUID, code: str, version: int, title: Mapping[str, str], indicator: str,
    level: str, intervention_id: UUID | None, intervention_slug: str, provider_id: UUID | None, target_group: str | None,
    legal_section: str | None, threshold: Decimal, direction: str, first_day: date, last_day: date, minimum_n: int,
    reason: str, ends: bool, decided_by: str,
) -> OutcomeTarget:  # fmt: skip
    """Set a target, or a new version of one. Raises ``IntegrityError`` where there is one of this version already."""
    target = OutcomeTarget(
        organisation_id=organisation_id, code=code, version=version, title=dict(title), indicator=indicator, level=level,
        intervention_id=intervention_id, intervention_slug=intervention_slug, provider_id=provider_id,
        target_group=target_group, legal_section=legal_section, threshold=threshold, direction=direction,
        first_day=first_day, last_day=last_day, minimum_n=minimum_n, reason=reason, ends=ends, decided_by=decided_by,
    )  # fmt: skip
    session.add(target)
    session.flush()
    return target


def list_provider_names(session: Session) -> dict[UUID, str]:
    """The organisation's providers, by name."""
    rows = session.execute(select(Provider.id, Provider.name).order_by(Provider.name, Provider.id))
    return {row[0]: row[1] for row in rows}


def list_group_titles(session: Session) -> dict[str, dict[str, str]]:
    """The organisation's target groups by code, in their newest wording."""
    rows = session.execute(
        select(TargetGroup.code, TargetGroup.title).order_by(TargetGroup.code, TargetGroup.valid_from)
    )
    return {row[0]: row[1] for row in rows}


def list_legal_sections(session: Session) -> list[str]:
    """Laws and sections that the organisation's interventions rest on, each as one text."""
    rows = session.execute(
        select(LegalBasis.law, LegalBasis.section).distinct().order_by(LegalBasis.law, LegalBasis.section)
    )
    return [f"{law} {section}" for law, section in rows]


def list_first_starts(
    session: Session, *, intervention: str, provider_id: UUID | None = None, target_group: str | None = None,
    legal_section: str | None = None,
) -> Sequence[date]:  # fmt: skip
    """The day that each person of a population first began in the intervention, oldest first."""
    query = (
        select(func.min(Episode.started_on).label("began"))
        .join(Intervention, Intervention.id == Episode.intervention_id)
        .where(Intervention.slug == intervention, Episode.comparison_status == "intervention")
        .group_by(Episode.citizen_id)
        .order_by("began")
    )
    if provider_id is not None:
        query = query.where(Episode.provider_id == provider_id)
    if target_group is not None:
        # Whoever has no group of their own is in the intervention's, where that is only one.
        own = select(TargetGroup.id).where(TargetGroup.code == target_group)
        meant = (
            select(InterventionTargetGroup.intervention_id)
            .join(TargetGroup, TargetGroup.id == InterventionTargetGroup.target_group_id)
            .group_by(InterventionTargetGroup.intervention_id)
            .having(func.count() == 1, func.min(TargetGroup.code) == target_group)
        )
        alone = Episode.target_group_id.is_(None) & Episode.intervention_id.in_(meant)
        query = query.where(or_(Episode.target_group_id.in_(own), alone))
    if legal_section is not None:
        query = query.join(LegalBasis, LegalBasis.id == Intervention.legal_basis_id).where(
            LegalBasis.law + " " + LegalBasis.section == legal_section
        )
    return session.scalars(query).all()
