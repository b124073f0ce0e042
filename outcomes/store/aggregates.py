"""Stored aggregates: made from the rows by one statement, and read for an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select, text

from outcomes.models import AggregateExport, ScoreAggregate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

REFRESH_LOCK = 5_318_008_002

MOST_OCCASIONS = """
SELECT coalesce(max(planned), 0) FROM (
    SELECT count(*) AS planned FROM occasion o JOIN instrument_version v
        ON v.organisation_id = o.organisation_id AND v.id = o.instrument_version_id
    GROUP BY o.episode_id, v.key) AS episode
"""

# Sums are taken in decimal: they don't depend on the order of the rows, so that refreshing twice changes nothing.
REFRESH = """
WITH began AS (
    SELECT e.organisation_id, e.id, e.intervention_id, e.comparison_status, e.ended_on, e.end_reason,
           date_trunc('quarter', e.started_on)::date AS quarter,
           row_number() OVER (PARTITION BY e.citizen_id, e.intervention_id ORDER BY e.started_on, e.id) = 1
               AS first_episode,
           row_number() OVER (PARTITION BY e.citizen_id, e.intervention_id, e.comparison_status
                              ORDER BY e.started_on, e.id) = 1 AS first_of_status
    FROM episode e
), asked AS (
    SELECT v.organisation_id, v.id, v.key, scale.entry ->> 'key' AS scale
    FROM instrument_version v, jsonb_array_elements(v.definition -> 'scales') AS scale (entry)
), person AS (
    SELECT b.organisation_id, b.intervention_id, a.key AS instrument_key, a.scale, b.quarter, b.comparison_status,
           b.first_episode,
           array_agg(o.code::text ORDER BY o.code COLLATE "C") AS due,
           coalesce(array_agg(o.code::text ORDER BY o.code COLLATE "C") FILTER (WHERE s.value IS NOT NULL), '{{}}')
               AS answered,
           coalesce(array_agg(s.value::numeric ORDER BY o.code COLLATE "C") FILTER (WHERE s.value IS NOT NULL), '{{}}')
               AS scores,
           coalesce(array_agg(DISTINCT r.instrument_version_id) FILTER (WHERE s.value IS NOT NULL), '{{}}')
               AS version_ids
    FROM began b
    JOIN occasion o ON o.organisation_id = b.organisation_id AND o.episode_id = b.id
    JOIN asked a ON a.organisation_id = o.organisation_id AND a.id = o.instrument_version_id
    LEFT JOIN response r ON r.organisation_id = o.organisation_id AND r.occasion_id = o.id
        AND r.respondent_kind = 'citizen'
    LEFT JOIN score s ON s.organisation_id = r.organisation_id AND s.response_id = r.id AND s.scale = a.scale
    WHERE b.first_of_status AND o.due_on < :today AND o.state <> 'withdrawn'
      AND (b.end_reason IN ('moved', 'died') AND o.planned_on > b.ended_on) IS NOT TRUE
    GROUP BY b.organisation_id, b.id, b.intervention_id, a.key, a.scale, b.quarter, b.comparison_status, b.first_episode
), fresh AS (
    SELECT organisation_id, intervention_id, instrument_key, scale, quarter, comparison_status, first_episode, due,
           answered, version_ids, count(*)::integer AS n,
           (ARRAY[{sums}]::double precision[])[1:cardinality(answered)] AS sums,
           (ARRAY[{products}]::double precision[])[1:cardinality(answered) * (cardinality(answered) + 1) / 2] AS products
    FROM person
    GROUP BY organisation_id, intervention_id, instrument_key, scale, quarter, comparison_status, first_episode, due,
             answered, version_ids
), removed AS (
    DELETE FROM score_aggregate s WHERE NOT EXISTS (
        SELECT FROM fresh f WHERE f.organisation_id = s.organisation_id AND f.intervention_id = s.intervention_id
            AND f.instrument_key = s.instrument_key AND f.scale = s.scale AND f.quarter = s.quarter
            AND f.comparison_status = s.comparison_status AND f.first_episode = s.first_episode AND f.due = s.due
            AND f.answered = s.answered AND f.version_ids = s.version_ids)
    RETURNING 1
), written AS (
    INSERT INTO score_aggregate AS s (organisation_id, id, intervention_id, instrument_key, scale, quarter,
        comparison_status, first_episode, due, answered, version_ids, n, sums, products)
    SELECT organisation_id, gen_random_uuid(), intervention_id, instrument_key, scale, quarter, comparison_status,
           first_episode, due, answered, version_ids, n, sums, products
    FROM fresh
    ON CONFLICT ON CONSTRAINT uq_score_aggregate_people DO UPDATE
        SET n = excluded.n, sums = excluded.sums, products = excluded.products
        WHERE (s.n, s.sums, s.products) IS DISTINCT FROM (excluded.n, excluded.sums, excluded.products)
    RETURNING 1
)
SELECT (SELECT count(*) FROM fresh), (SELECT count(*) FROM written), (SELECT count(*) FROM removed)
"""


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many rows there are now, how many of them were written anew or changed, and how many were removed."""

    rows: int
    written: int
    removed: int


def refresh_aggregates(session: Session, *, today: date) -> Refreshed:
    """Make the aggregates of the organisation in force anew; what is still true stays untouched.

    A person counts with the first episode of each comparison status, and with answers that were due before ``today``.
    """
    session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": REFRESH_LOCK})
    most = session.scalar(text(MOST_OCCASIONS)) or 1
    places = range(1, most + 1)
    sums = ", ".join(f"sum(scores[{place}])" for place in places)
    products = ", ".join(f"sum(scores[{row}] * scores[{place}])" for row in places for place in range(1, row + 1))
    row = session.execute(text(REFRESH.format(sums=sums, products=products)), {"today": today}).one()
    return Refreshed(*row)


def list_aggregates(
    session: Session, *, intervention_id: UUID, instrument_key: str, scale: str, from_quarter: date, to_quarter: date
) -> Sequence[ScoreAggregate]:
    """The rows of one intervention and scale whose quarters begin in the period, by quarter, status and pattern."""
    return session.scalars(
        select(ScoreAggregate)
        .where(
            ScoreAggregate.intervention_id == intervention_id,
            ScoreAggregate.instrument_key == instrument_key,
            ScoreAggregate.scale == scale,
            ScoreAggregate.quarter >= from_quarter,
            ScoreAggregate.quarter <= to_quarter,
        )
        .order_by(
            ScoreAggregate.quarter, ScoreAggregate.comparison_status, ScoreAggregate.due, ScoreAggregate.answered,
            ScoreAggregate.first_episode, ScoreAggregate.version_ids,
        )
    ).all()  # fmt: skip


def list_exports(
    session: Session, *, intervention_id: UUID, instrument_key: str, scale: str
) -> Sequence[AggregateExport]:
    """What was sent of one intervention and scale, the first first."""
    return session.scalars(
        select(AggregateExport)
        .where(
            AggregateExport.intervention_id == intervention_id,
            AggregateExport.instrument_key == instrument_key,
            AggregateExport.scale == scale,
        )
        .order_by(AggregateExport.created_at, AggregateExport.id)
    ).all()
