"""Goals in the citizen's own words, and their ratings."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from sqlalchemy import Row, select
from sqlalchemy.dialects.postgresql import insert

from outcomes.models import Episode, Goal, GoalRating

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session


def list_goals(session: Session, *, episode_ids: Sequence[UUID]) -> Sequence[Goal]:
    """The goals of episodes, oldest first."""
    return session.scalars(select(Goal).where(Goal.episode_id.in_(episode_ids)).order_by(Goal.set_on, Goal.id)).all()


def find_goal(session: Session, *, goal_id: UUID) -> Row[Goal, UUID] | None:
    """A goal with the id of the citizen whose it is."""
    return session.execute(
        select(Goal, Episode.citizen_id).join(Episode, Episode.id == Goal.episode_id).where(Goal.id == goal_id)
    ).one_or_none()


def list_ratings(session: Session, *, goal_ids: Sequence[UUID]) -> Sequence[GoalRating]:
    """Ratings of several goals, oldest first; of one day, in the order they were given."""
    return session.scalars(
        select(GoalRating)
        .where(GoalRating.goal_id.in_(goal_ids))
        .order_by(GoalRating.rated_on, GoalRating.created_at, GoalRating.id)
    ).all()


def add_rating(
    session: Session, *, organisation_id: UUID, goal_id: UUID, level: int, note: str, rated_on: date, rated_by: str,
    user_id: UUID | None, submission_key: UUID,
) -> GoalRating:  # fmt: skip
    """Add a rating; gives what is stored under the submission's key, which is what was sent there first."""
    row = insert(GoalRating).values(
        organisation_id=organisation_id,
        id=uuid4(),
        goal_id=goal_id,
        level=level,
        note=note,
        rated_on=rated_on,
        rated_by=rated_by,
        user_id=user_id,
        submission_key=submission_key,
    )
    session.execute(row.on_conflict_do_nothing(constraint="uq_goal_rating_organisation_id_submission_key"))
    return session.scalars(select(GoalRating).where(GoalRating.submission_key == submission_key)).one()


def list_goal_outcomes(
    session: Session, *, intervention_id: UUID, started_from: date, started_to: date
) -> Sequence[Row[UUID, Goal | None, GoalRating | None]]:
    """Citizen, goal and rating for everybody in the intervention who started in the period, by goal and time.

    Those without a goal have one row without it, and a goal that isn't rated has one without a rating.
    """
    return session.execute(
        select(Episode.citizen_id, Goal, GoalRating)
        .outerjoin(Goal, Goal.episode_id == Episode.id)
        .outerjoin(GoalRating, GoalRating.goal_id == Goal.id)
        .where(
            Episode.intervention_id == intervention_id,
            Episode.comparison_status == "intervention",
            Episode.started_on >= started_from,
            Episode.started_on <= started_to,
        )
        .order_by(Goal.id, GoalRating.rated_on, GoalRating.created_at, Episode.citizen_id)
    ).all()
