"""The way from a link to a kept answer, in as few statements as it takes: whoever answers is waiting.

Written out rather than mapped. Reading is one statement whatever the citizen's history; keeping an answer is one more, and
so is sending them all. Both writing statements look again at what they rest on, because a statement sees what was there
when it began: what another tab stored while this one waited for the lock makes them write nothing and say so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psycopg.types.json import Jsonb

from outcomes.store.queue import defer_sql
from outcomes.store.signals import ONCE, OWNER, RISK_ROWS, TELL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from outcomes.instruments import ScaleScore
    from outcomes.store.database import Statements

OPEN = """
    SELECT l.occasion_id, l.respondent_kind, l.relation_id, o.episode_id, o.instrument_version_id, o.state,
           o.opens_on, o.planned_on, o.due_on, o.closes_on, e.citizen_id, c.birth_year,
           CASE WHEN l.relation_id IS NULL THEN c.locale ELSE n.locale END AS locale,
           g.name AS organisation_name, g.contact,
           d.answers, d.answered_by, r.id AS response_id, r.answered_at, r.late,
           EXISTS (SELECT 1 FROM risk_protocol p
                   JOIN instrument_version v ON v.organisation_id = p.organisation_id AND v.key = p.instrument_key
                   WHERE v.organisation_id = o.organisation_id AND v.id = o.instrument_version_id) AS has_protocol
    FROM personal_link l
    JOIN occasion o ON o.organisation_id = l.organisation_id AND o.id = l.occasion_id
    JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
    JOIN citizen c ON c.organisation_id = e.organisation_id AND c.id = e.citizen_id
    JOIN organisation g ON g.id = l.organisation_id
    LEFT JOIN relation n ON n.organisation_id = l.organisation_id AND n.id = l.relation_id
    LEFT JOIN response_draft d ON d.organisation_id = l.organisation_id AND d.occasion_id = l.occasion_id
         AND d.respondent_kind = l.respondent_kind AND d.relation_id IS NOT DISTINCT FROM l.relation_id
    LEFT JOIN response r ON r.organisation_id = l.organisation_id AND r.occasion_id = l.occasion_id
         AND r.respondent_kind = l.respondent_kind AND r.relation_id IS NOT DISTINCT FROM l.relation_id
    WHERE l.organisation_id = %(organisation)s::uuid AND l.id = %(link)s::uuid
      AND l.expires_at > %(at)s::timestamptz AND l.revoked_at IS NULL
      AND o.state NOT IN ('declined', 'withdrawn')
      AND (c.stopped_on IS NULL OR c.stopped_on > %(today)s::date)
      AND (l.relation_id IS NULL OR (n.from_date <= %(today)s::date AND coalesce(n.ended_on > %(today)s::date, true)))
"""
LOCKED = OPEN + " FOR NO KEY UPDATE OF o"

DECLINED = """
    SELECT g.name AS organisation_name, g.contact
    FROM personal_link l
    JOIN occasion o ON o.organisation_id = l.organisation_id AND o.id = l.occasion_id
    JOIN organisation g ON g.id = l.organisation_id
    WHERE l.organisation_id = %(organisation)s::uuid AND l.id = %(link)s::uuid
      AND l.expires_at > %(at)s::timestamptz AND l.revoked_at IS NULL
      AND l.relation_id IS NULL AND l.respondent_kind = 'citizen' AND o.state = 'declined'
"""

RESPONDENT = """
    {0}.organisation_id = %(organisation)s::uuid AND {0}.occasion_id = %(occasion)s::uuid
    AND {0}.respondent_kind = %(respondent_kind)s::text AND {0}.relation_id IS NOT DISTINCT FROM %(relation)s::uuid
"""
UNANSWERED = f"NOT EXISTS (SELECT 1 FROM response r WHERE {RESPONDENT.format('r')})"  # noqa: S608

KEEP = f"""
    INSERT INTO response_draft (organisation_id, id, occasion_id, respondent_kind, relation_id, answers, answered_by)
    SELECT %(organisation)s::uuid, gen_random_uuid(), %(occasion)s::uuid, %(respondent_kind)s::text,
           %(relation)s::uuid, %(answers)s::jsonb, %(answered_by)s::jsonb
    WHERE {UNANSWERED}
    ON CONFLICT ON CONSTRAINT uq_response_draft_respondent DO UPDATE
    SET answers = response_draft.answers || excluded.answers,
        answered_by = response_draft.answered_by || excluded.answered_by, updated_at = now()
    WHERE response_draft.answers = %(known)s::jsonb
    RETURNING id
"""  # noqa: S608
KEEP_AND_RAISE = f"""
    WITH kept AS ({KEEP}), raised AS ({RISK_ROWS} AND EXISTS (SELECT 1 FROM kept) {ONCE}), told AS ({TELL})
    SELECT id FROM kept
"""  # noqa: S608

FOLLOW = defer_sql("response_sent", "stored", organisation_id="stored.organisation_id", response_id="stored.id")
STORE = f"""
    stored AS (
        INSERT INTO response (organisation_id, id, occasion_id, instrument_version_id, respondent_kind, relation_id, mode,
                              locale, answers, hidden_answers, non_answers, helper_kind, entered_by, submission_key,
                              answered_at, late, entry_seconds)
        SELECT %(organisation)s::uuid, %(id)s::uuid, %(occasion)s::uuid, %(version)s::uuid, %(respondent_kind)s::text,
               %(relation)s::uuid, %(mode)s::text, %(locale)s::text, %(answers)s::jsonb, %(hidden_answers)s::jsonb,
               %(non_answers)s::jsonb, %(helper_kind)s::text, %(entered_by)s::uuid, %(key)s::uuid,
               %(answered_at)s::timestamptz, %(late)s::boolean,
               (SELECT greatest(least(extract(epoch FROM now() - d.created_at), 2147483647), 0)::int
                FROM response_draft d WHERE %(from_draft)s::boolean AND {RESPONDENT.format("d")})
        WHERE {UNANSWERED} AND (NOT %(from_draft)s::boolean OR (
            SELECT d.answers FROM response_draft d WHERE {RESPONDENT.format("d")}) IS NOT DISTINCT FROM %(known)s::jsonb)
        RETURNING organisation_id, id),
    scored AS (
        INSERT INTO score (organisation_id, id, response_id, scale, value, n_answered, n_items)
        SELECT %(organisation)s::uuid, gen_random_uuid(), stored.id, given.*
        FROM stored, unnest(%(scales)s::text[], %(values)s::float8[], %(n_answered)s::int[], %(n_items)s::int[]) AS given),
    gone AS (
        DELETE FROM response_draft d WHERE {RESPONDENT.format("d")} AND EXISTS (SELECT 1 FROM stored)),
    spoken AS (
        UPDATE citizen c SET locale = %(locale)s::text
        FROM occasion o JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
        WHERE %(own_language)s::boolean AND o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid
          AND c.organisation_id = e.organisation_id AND c.id = e.citizen_id AND c.locale <> %(locale)s::text
          AND EXISTS (SELECT 1 FROM stored)),
    followed AS ({FOLLOW})
"""  # noqa: S608
SEND = f"WITH {STORE} SELECT id FROM stored"  # noqa: S608
SEND_AND_RAISE = f"""
    WITH {STORE}, raised AS ({RISK_ROWS} AND EXISTS (SELECT 1 FROM stored) {ONCE}), told AS ({TELL})
    SELECT id FROM stored
"""  # noqa: S608

WELCOME = f"""
    SELECT g.privacy, u.name AS coordinator_name, u.title AS coordinator_title,
           t.name AS team_name, t.people AS team,
           (SELECT coalesce(jsonb_agg(jsonb_build_object('name', w.name, 'title', w.title) ORDER BY w.name, w.id),
                            '[]'::jsonb)
            FROM app_user w
            WHERE w.organisation_id = o.organisation_id AND (w.ended_on IS NULL OR w.ended_on > %(today)s::date)
              AND w.id IS DISTINCT FROM u.id AND (w.unit_id IS DISTINCT FROM t.unit_id OR w.role <> 'worker')
              AND (w.id IN (SELECT s.user_id FROM access_share s
                            WHERE s.organisation_id = o.organisation_id AND s.citizen_id = e.citizen_id
                              AND s.until_date >= %(today)s::date AND s.ended_at IS NULL AND %(own)s)
                   OR w.id = (SELECT r.duty_user_id FROM risk_protocol r
                              JOIN instrument_version v ON v.organisation_id = r.organisation_id
                                AND v.key = r.instrument_key AND v.id = o.instrument_version_id
                              WHERE r.organisation_id = o.organisation_id ORDER BY r.version DESC LIMIT 1))) AS beside,
           (SELECT min(x.planned_on) FROM occasion x
            WHERE x.organisation_id = o.organisation_id AND x.episode_id = o.episode_id
              AND x.planned_on > greatest(o.planned_on, %(today)s::date) AND x.state = 'planned') AS next_on
    FROM occasion o
    JOIN episode e ON e.organisation_id = o.organisation_id AND e.id = o.episode_id
    JOIN organisation g ON g.id = o.organisation_id
    LEFT JOIN app_user u ON u.organisation_id = o.organisation_id AND u.id = {OWNER}
    LEFT JOIN LATERAL (
        SELECT n.id AS unit_id, n.name,
               coalesce(jsonb_agg(jsonb_build_object('name', w.name, 'title', w.title) ORDER BY w.name, w.id)
                                FILTER (WHERE w.id IS NOT NULL), '[]'::jsonb) AS people
        FROM provider p
        JOIN unit n ON n.organisation_id = p.organisation_id AND n.id = p.unit_id
        LEFT JOIN app_user w ON w.organisation_id = n.organisation_id AND w.unit_id = n.id AND w.role = 'worker'
          AND (w.ended_on IS NULL OR w.ended_on > %(today)s::date) AND w.id IS DISTINCT FROM u.id
        WHERE p.organisation_id = e.organisation_id AND p.id = e.provider_id
          AND (e.ended_on IS NULL OR e.ended_on > %(today)s::date)
        GROUP BY n.id, n.name) t ON true
    WHERE o.organisation_id = %(organisation)s::uuid AND o.id = %(occasion)s::uuid
"""  # noqa: S608


def find_open_link(
    statements: Statements, *, organisation_id: UUID, link_id: UUID, at: datetime, today: date, lock: bool = False
) -> Any | None:
    """All that a page behind a link rests on, or None where the link doesn't work (any more).

    ``lock``: nobody else keeps or sends answers to the occasion until the transaction ends. What the row then says may
    be older than the lock where it had to wait for it; the writing statements below notice.
    """
    values = {"organisation": organisation_id, "link": link_id, "at": at, "today": today}
    rows = statements.run(LOCKED if lock else OPEN, values)
    return rows[0] if rows else None


def find_declined(statements: Statements, *, organisation_id: UUID, link_id: UUID, at: datetime) -> Any | None:
    """Who asked, and whom to call, by a link of the citizen's own that is good where they have said no thanks; or None."""
    rows = statements.run(DECLINED, {"organisation": organisation_id, "link": link_id, "at": at})
    return rows[0] if rows else None


def keep_answers(
    statements: Statements, *, respondent: Mapping[str, Any], known: Mapping[str, Any] | None,
    answers: Mapping[str, Any], browser_hash: str, risks: Sequence[str], anew: Sequence[str], at: datetime, today: date,
) -> bool:  # fmt: skip
    """Add answers to the draft, and a signal for each of ``risks`` that never had one, for those ``anew`` that has no
    open one.

    False, and nothing written, where the draft isn't the ``known`` one any more or the answers were sent meanwhile.
    """
    values = {
        **respondent,
        "known": None if known is None else Jsonb(known),
        "answers": Jsonb(answers),
        "answered_by": Jsonb(dict.fromkeys(answers, browser_hash)),
    }
    if not risks:
        return bool(statements.run(KEEP, values))
    more = {"risks": list(risks), "anew": list(anew), "from_paper": False, "at": at, "today": today}
    return bool(statements.run(KEEP_AND_RAISE, {**values, **more}))


def store_response(
    statements: Statements, *, respondent: Mapping[str, Any], response: Mapping[str, Any], scores: Sequence[ScaleScore],
    known: Mapping[str, Any] | None, from_draft: bool, own_language: bool, risks: Sequence[str],
    anew: Sequence[str], at: datetime, today: date,
) -> bool:  # fmt: skip
    """The response with its scores, signals and jobs; the draft goes, and a citizen who has a language
    has the one they sent in.

    ``response``: ``id``, ``version``, ``mode``, ``locale``, ``answers``, ``hidden_answers``, ``non_answers``,
    ``helper_kind``, ``entered_by``, ``key``, ``answered_at``, ``late``. False, and nothing written, where the respondent
    has answered already or, with ``from_draft``, the draft isn't the ``known`` one any more. ``risks``, ``anew``: as to keep.
    """
    values = {
        **respondent,
        **{name: Jsonb(value) if isinstance(value, dict) else value for name, value in response.items()},
        "known": None if known is None else Jsonb(known),
        "from_draft": from_draft,
        "own_language": own_language,
        "scales": [score.scale for score in scores],
        "values": [score.value for score in scores],
        "n_answered": [score.n_answered for score in scores],
        "n_items": [score.n_items for score in scores],
    }
    if not risks:
        return bool(statements.run(SEND, values))
    paper = response["mode"] == "paper"
    more = {"risks": list(risks), "anew": list(anew), "from_paper": paper, "at": at, "today": today}
    return bool(statements.run(SEND_AND_RAISE, {**values, **more}))


def read_response(statements: Statements, *, organisation_id: UUID, response_id: UUID) -> Any:
    """A response's ``answers``, ``hidden_answers``, ``non_answers``, ``answered_at``, ``late``."""
    (row,) = statements.run(
        "SELECT id, answers, hidden_answers, non_answers, answered_at, late FROM response"
        " WHERE organisation_id = %(organisation)s::uuid AND id = %(response)s::uuid",
        {"organisation": organisation_id, "response": response_id},
    )
    return row


def read_welcome(
    statements: Statements, *, organisation_id: UUID, occasion_id: UUID, today: date, own: bool
) -> Any:  # fmt: skip
    """What only the first and the last page say: ``privacy``, ``coordinator_name``, ``coordinator_title``, ``next_on``,
    of the team that helps in the episode its ``team_name`` and the others in it (``team``: name and title of each), and
    ``beside`` them whoever is on duty for the questionnaire and, where ``own``, whom the citizen has shared with: a
    relative isn't told that."""
    values = {"organisation": organisation_id, "occasion": occasion_id, "today": today, "own": own}
    (row,) = statements.run(WELCOME, values)
    return row


def decline_occasion(statements: Statements, *, organisation_id: UUID, occasion_id: UUID) -> None:
    """The citizen doesn't want to answer this time."""
    statements.run(
        "UPDATE occasion SET state = 'declined'"
        " WHERE organisation_id = %(organisation)s::uuid AND id = %(occasion)s::uuid AND state = 'planned'",
        {"organisation": organisation_id, "occasion": occasion_id},
    )


def revoke_links(statements: Statements, *, respondent: Mapping[str, Any], at: datetime) -> None:
    """Somebody beside the citizen doesn't want to answer this time: their own links to the occasion end."""
    statements.run(
        f"UPDATE personal_link l SET revoked_at = %(at)s::timestamptz WHERE {RESPONDENT.format('l')}"  # noqa: S608
        " AND l.revoked_at IS NULL",
        {**respondent, "at": at},
    )
