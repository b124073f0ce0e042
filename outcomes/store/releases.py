"""Releases and their ledger: written once, read by their organisation, and by an authority where they are meant for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, text

from outcomes.models import Citizen, Episode, Provider, Release, ReleaseLedger

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

CONTRIBUTIONS = text("""
WITH mine AS (
    SELECT e.* FROM episode e JOIN intervention i ON i.id = e.intervention_id WHERE i.slug = :slug
), given AS (
    SELECT m.citizen_id, o.code, v.key, r.respondent_kind,
           bool_or(o.due_on < :today
                   AND NOT coalesce(m.end_reason IN ('moved', 'died') AND o.planned_on > m.ended_on, false)) AS due,
           string_agg(concat_ws(':', o.id, o.state, s.scale, s.value), ';' ORDER BY o.id, r.id, s.scale) AS told
    FROM mine m JOIN occasion o ON o.episode_id = m.id JOIN response r ON r.occasion_id = o.id
    JOIN instrument_version v ON v.id = r.instrument_version_id JOIN score s ON s.response_id = r.id
    WHERE o.state <> 'withdrawn'
    GROUP BY m.citizen_id, o.code, v.key, r.respondent_kind
)
SELECT citizen_id, 'begun' AS part, '' AS code, true AS due,
       string_agg(concat_ws(':', comparison_status, background::text), ';' ORDER BY id) AS told
FROM mine GROUP BY citizen_id
UNION ALL
SELECT citizen_id,
       CASE WHEN key = :measure AND respondent_kind = 'citizen' THEN 'measure'
            WHEN key = :experience AND respondent_kind = 'citizen' THEN 'experience' ELSE 'others' END,
       code, due, told FROM given
UNION ALL
SELECT m.citizen_id, 'goals', '', true, string_agg(concat_ws(':', g.id, t.level), ';' ORDER BY t.id)
FROM mine m JOIN goal g ON g.episode_id = m.id JOIN goal_rating t ON t.goal_id = g.id GROUP BY m.citizen_id
ORDER BY citizen_id, part, code, told
""")


def lock_releases(session: Session) -> None:
    """One release of an organisation at a time, until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('releases:' || app_organisation(), 0))"))


def list_releases(session: Session, *, organisation_id: UUID) -> Sequence[Release]:
    """The organisation's own releases: the newest first, every version."""
    return session.scalars(
        select(Release)
        .where(Release.organisation_id == organisation_id)
        .order_by(Release.created_at.desc(), Release.version.desc(), Release.id)
    ).all()


def list_all_releases(session: Session) -> Sequence[Release]:
    """Every release that the scope may read, by kind, subject, period and version."""
    return session.scalars(
        select(Release).order_by(
            Release.kind, Release.subject, Release.first_day, Release.last_day, Release.version, Release.id
        )
    ).all()


def list_releases_for_authority(session: Session, *, kind: str) -> Sequence[Release]:
    """What organisations have published for the authority: by organisation's name, the newest period and version last."""
    return session.scalars(
        select(Release)
        .where(Release.for_authority, Release.kind == kind)
        .order_by(
            Release.organisation_name, Release.organisation_id, Release.last_day, Release.first_day, Release.version
        )
    ).all()


def find_release(session: Session, *, release_id: UUID) -> Release | None:
    """The release of this id, where the scope may read it."""
    return session.scalar(select(Release).where(Release.id == release_id))


def list_versions(
    session: Session, *, organisation_id: UUID, kind: str, subject: str, first_day: date | None, last_day: date | None
) -> Sequence[Release]:
    """Every version of the same figures, the first one first."""
    return session.scalars(
        select(Release)
        .where(
            Release.organisation_id == organisation_id,
            Release.kind == kind,
            Release.subject == subject,
            Release.first_day.is_not_distinct_from(first_day),
            Release.last_day.is_not_distinct_from(last_day),
        )
        .order_by(Release.version)
    ).all()


def list_ledger(session: Session, *, subject: str) -> Sequence[Row[ReleaseLedger, Release]]:
    """What is out about people of the intervention called ``subject``, with its release; in the order of publishing."""
    return session.execute(
        select(ReleaseLedger, Release)
        .join(Release, Release.id == ReleaseLedger.release_id)
        .where(func.split_part(ReleaseLedger.population, "|", 1) == subject)
        .order_by(Release.created_at, ReleaseLedger.population, ReleaseLedger.id)
    ).all()


def list_contributions(
    session: Session, *, slug: str, measure: str, experience: str, today: date
) -> Sequence[Row[UUID, str, str, bool, str]]:
    """What everybody in the intervention has contributed, by citizen: to which part, on which occasion, whether its time had
    come by ``today``, and what.

    Parts: ``begun`` (everybody has one), ``measure``, ``experience``, ``others`` and ``goals`` (who has given something).
    ``measure``, ``experience``: keys of those instruments. The texts hold answers: they are sealed at once, and never kept.
    """
    asked = {"slug": slug, "measure": measure, "experience": experience, "today": today}
    return session.execute(CONTRIBUTIONS, asked).all()


def list_person_ids(session: Session, *, among: Collection[UUID]) -> Sequence[UUID]:
    """Those of ``among`` that are a citizen's or an episode's id."""
    people = select(Citizen.id).where(Citizen.id.in_(among))
    return session.scalars(people.union(select(Episode.id).where(Episode.id.in_(among))).order_by("id")).all()


def list_municipalities(session: Session) -> Sequence[Row[UUID, str]]:
    """Id and name of every municipality of the instance, by name: for an authority, and nobody else."""
    return session.execute(text("SELECT id, name FROM municipalities() ORDER BY name, id")).all()


def list_provider_names(session: Session) -> Sequence[Row[UUID, str]]:
    """Id and name of each provider, by name."""
    return session.execute(select(Provider.id, Provider.name).order_by(Provider.name, Provider.id)).all()
