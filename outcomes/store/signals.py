"""Signals about a person: raised with what calls for them, in the same transaction; read again by whoever caused them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.models.signal import SIGNALLED_ONCE
from outcomes.store.queue import defer_sql

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from outcomes.store.database import Statements

OWNER = """
    (SELECT k.user_id FROM coordinator k
     JOIN app_user u ON u.organisation_id = k.organisation_id AND u.id = k.user_id
     WHERE k.organisation_id = e.organisation_id AND k.citizen_id = e.citizen_id AND k.to_date IS NULL
       AND (u.ended_on IS NULL OR u.ended_on > %(today)s::date))
"""
"""Who coordinates the case today; nobody where there is none, or their account has ended."""

PROTOCOL = """
    SELECT p.id, p.act_within_hours, p.duty_user_id, p.help_lines, p.words FROM risk_protocol p
    JOIN instrument_version v ON v.organisation_id = p.organisation_id AND v.key = p.instrument_key
    WHERE v.organisation_id = o.organisation_id AND v.id = o.instrument_version_id
    ORDER BY p.version DESC LIMIT 1
"""
"""The protocol in force for the instrument of the occasion ``o``."""

RISK_ROWS = f"""
    INSERT INTO signal (organisation_id, id, citizen_id, episode_id, occasion_id, respondent_kind, relation_id, kind,
                        subject, from_paper, protocol_id, raised_at, due_at, owner_id)
    SELECT o.organisation_id, gen_random_uuid(), e.citizen_id, e.id, o.id, %(respondent_kind)s::text, %(relation)s::uuid,
           'risk_answer', asked.subject, %(from_paper)s::boolean, p.id, %(at)s::timestamptz,
           %(at)s::timestamptz + make_interval(hours => p.act_within_hours), coalesce({OWNER}, p.duty_user_id)
    FROM occasion o JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
    CROSS JOIN unnest(%(risks)s::text[]) AS asked(subject) CROSS JOIN LATERAL ({PROTOCOL}) p
    WHERE o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid
      AND (asked.subject = ANY(%(anew)s::text[]) OR NOT EXISTS (
          SELECT 1 FROM signal known
          WHERE known.organisation_id = o.organisation_id AND known.occasion_id = o.id AND known.kind = 'risk_answer'
            AND known.subject = asked.subject AND known.respondent_kind = %(respondent_kind)s::text
            AND known.relation_id IS NOT DISTINCT FROM %(relation)s::uuid))
"""  # noqa: S608 - put together from the constants above
"""For each of ``risks`` that was never signalled, and for those ``anew`` also where it was, and was handled since."""

ONCE = f"""
    ON CONFLICT (organisation_id, occasion_id, respondent_kind, relation_id, kind, subject) WHERE {SIGNALLED_ONCE}
    DO NOTHING RETURNING organisation_id, id
"""
TELL = defer_sql("signal_raised", "raised", organisation_id="raised.organisation_id", signal_id="raised.id")
RAISE_RISK = f"WITH raised AS ({RISK_ROWS} {ONCE}), told AS ({TELL}) SELECT id FROM raised"  # noqa: S608

RAISE_WISH = f"""
    WITH raised AS (
    INSERT INTO signal (organisation_id, id, citizen_id, episode_id, occasion_id, respondent_kind, relation_id, kind,
                        subject, protocol_id, raised_at, due_at, owner_id)
    SELECT o.organisation_id, gen_random_uuid(), e.citizen_id, e.id, o.id, %(respondent_kind)s::text, %(relation)s::uuid,
           'wants_contact', '', p.id, %(at)s::timestamptz, %(due_at)s::timestamptz, coalesce({OWNER}, p.duty_user_id)
    FROM occasion o JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
    LEFT JOIN LATERAL ({PROTOCOL}) p ON true
    WHERE o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid
    {ONCE}), told AS ({TELL}) SELECT id FROM raised
"""  # noqa: S608

OWN = """
    SELECT s.kind, s.subject, s.due_at, s.handled_at, u.name AS owner_name, u.title AS owner_title FROM signal s
    LEFT JOIN app_user u ON u.organisation_id = s.organisation_id AND u.id = s.owner_id
    WHERE s.organisation_id = %(organisation)s::uuid AND s.occasion_id = %(occasion)s::uuid
      AND s.respondent_kind = %(respondent_kind)s::text AND s.relation_id IS NOT DISTINCT FROM %(relation)s::uuid
      AND s.kind IN ('risk_answer', 'wants_contact')
    ORDER BY s.handled_at IS NOT NULL, s.due_at, s.kind, s.subject, s.raised_at
"""


def add_risk_signals(
    statements: Statements, *, organisation_id: UUID, occasion_id: UUID, respondent_kind: str,
    relation_id: UUID | None, risks: Sequence[str], anew: Sequence[str], from_paper: bool, at: datetime,
    today: date,
) -> tuple[UUID, ...]:  # fmt: skip
    """A signal for each risky item that never had one, by the newest protocol, and a job to tell its owner; for those of
    ``anew`` one also where the earlier ones were handled.

    Gives the ids of the new ones.
    """
    values = {
        "organisation": organisation_id, "occasion": occasion_id, "respondent_kind": respondent_kind,
        "relation": relation_id, "risks": list(risks), "anew": list(anew),
        "from_paper": from_paper, "at": at, "today": today,
    }  # fmt: skip
    return tuple(row.id for row in statements.run(RAISE_RISK, values))


def add_wish_to_talk(
    statements: Statements, *, organisation_id: UUID, occasion_id: UUID, respondent_kind: str,
    relation_id: UUID | None, at: datetime, due_at: datetime, today: date,
) -> UUID | None:  # fmt: skip
    """Somebody wants to be called; None where they have said so already."""
    values = {
        "organisation": organisation_id, "occasion": occasion_id, "respondent_kind": respondent_kind,
        "relation": relation_id, "at": at, "due_at": due_at, "today": today,
    }  # fmt: skip
    rows = statements.run(RAISE_WISH, values)
    return rows[0].id if rows else None


def list_own_signals(
    statements: Statements, *, organisation_id: UUID, occasion_id: UUID, respondent_kind: str, relation_id: UUID | None
) -> Sequence[Any]:
    """What a respondent has set going by their answers on an occasion, what is still to be looked at first, by when:
    ``kind``, ``subject``, ``due_at``, ``handled_at``, ``owner_name``, ``owner_title``."""
    return statements.run(
        OWN,
        {
            "organisation": organisation_id,
            "occasion": occasion_id,
            "respondent_kind": respondent_kind,
            "relation": relation_id,
        },
    )


def find_protocol(statements: Statements, *, organisation_id: UUID, occasion_id: UUID) -> Any | None:
    """The protocol in force for an occasion's instrument (``id``, ``act_within_hours``, ``duty_user_id``,
    ``help_lines``, ``words``), or None."""
    rows = statements.run(
        f"SELECT p.* FROM occasion o CROSS JOIN LATERAL ({PROTOCOL}) p"  # noqa: S608
        " WHERE o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid",
        {"organisation": organisation_id, "occasion": occasion_id},
    )
    return rows[0] if rows else None
