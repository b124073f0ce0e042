"""An intervention with people whose scores are known, for tests of what is steered by."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from outcomes.models import Response, Score
from outcomes.services.freeze_plan import freeze_plan
from tests.integration.builders import add_analysis_plan, add_cases, add_course, add_tenant

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.services.runtime import Runtime
    from tests.integration.builders import Case, Course

STARTED = date(2026, 3, 2)


def add_steered_course(runtime: Runtime, slug: str = "nordby") -> Course:
    """An intervention with a frozen plan: change in wellbeing from the start to the third month."""
    course = add_course(runtime, add_tenant(runtime, slug))
    add_analysis_plan(runtime, course)
    freeze_plan(runtime, course.tenant.scope, course.slug, by="Test")
    return course


def add_scored(
    runtime: Runtime,
    course: Course,
    starts: Sequence[float],
    ends: Sequence[float | None],
    *,
    started_on: date = STARTED,
) -> list[Case]:
    """People who began on one day, with these scores at the start and after three months (None: not answered)."""
    cases = add_cases(runtime, course, [None] * len(starts), name=None, started_on=started_on)
    scored = [
        (case, code, value)
        for case, start, end in zip(cases, starts, ends, strict=True)
        for code, value in (("start", start), ("month-3", end))
        if value is not None
    ]
    add_scores(runtime, course, scored)
    return cases


def add_score(runtime: Runtime, course: Course, case: Case, code: str, value: float) -> None:
    """An answer on an occasion, by its score alone."""
    add_scores(runtime, course, [(case, code, value)])


def add_scores(runtime: Runtime, course: Course, scored: Sequence[tuple[Case, str, float]]) -> None:
    """Answers on occasions, by their scores alone, all in one transaction."""
    organisation_id = course.tenant.organisation_id
    responses = [
        Response(
            id=uuid4(), organisation_id=organisation_id, occasion_id=case.occasions[code],
            instrument_version_id=course.version_id, mode="own_device", locale="da", answers={}, late=False,
            submission_key=uuid4(), answered_at=runtime.now(), entry_seconds=60,
        )
        for case, code, _ in scored
    ]  # fmt: skip
    scores = [
        Score(
            organisation_id=organisation_id,
            response_id=response.id,
            scale="total",
            value=value,
            n_answered=5,
            n_items=5,
        )
        for response, (_, _, value) in zip(responses, scored, strict=True)
    ]
    with runtime.database.transaction(course.tenant.scope) as session:
        session.add_all(responses)
        session.flush()
        session.add_all(scores)
        session.commit()
