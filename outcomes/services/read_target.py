"""Read one target in all its versions, side by side, each with how it stands on the same data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.target_versions import TargetPage, side_by_side
from outcomes.services.judge_targets import mark_seen, view_targets
from outcomes.services.read_targets import AUTHORITY, read_names
from outcomes.store import organisations, targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from outcomes.models import OutcomeTarget
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def read_target(runtime: Runtime, scope: Scope, code: str, *, national: bool = False) -> TargetPage:
    """A target by its code: one of the organisation's own, or a national one. Raises ``NotFoundError`` for neither."""
    assert scope.organisation_id is not None  # noqa: S101 - whoever calls is signed in
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
        rows = find_versions(session, scope, code, national=national)
        for_authority = organisation.kind == AUTHORITY
        names = read_names(session, for_authority=for_authority)
        views = view_targets(runtime, session, rows, names, own=organisation.id, judged=not for_authority)
        mark_seen(session, views, runtime.now())
        session.commit()
    return TargetPage(views, side_by_side(views))


def find_versions(session: Session, scope: Scope, code: str, *, national: bool = False) -> Sequence[OutcomeTarget]:
    """All versions of a target, the first one first. Raises ``NotFoundError`` where there is none."""
    rows = targets.list_target_versions(session, code=code, organisation_id=None if national else scope.organisation_id)
    if not rows:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return [row for row in rows if row.organisation_id == rows[0].organisation_id]
