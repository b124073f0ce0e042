"""Read the targets of an organisation with how they stand; what an authority set for all is among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.reports.targets import TargetBoard, make_board
from outcomes.services.judge_targets import list_newest, mark_seen, read_target_names, view_targets
from outcomes.store import organisations

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

AUTHORITY = "authority"


def read_targets(runtime: Runtime, scope: Scope) -> TargetBoard:
    """The targets that the organisation is steered by; an authority has no people of its own, and reads them unjudged.

    A national target for an intervention that the organisation doesn't have isn't shown.
    """
    assert scope.organisation_id is not None  # noqa: S101 - whoever calls is signed in
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
        names, for_authority = read_target_names(session), organisation.kind == AUTHORITY
        rows = [
            row
            for row in list_newest(session)
            if row.organisation_id == organisation.id or row.intervention_slug in names.interventions
        ]
        views = view_targets(runtime, session, rows, names, own=organisation.id, judged=not for_authority)
        mark_seen(session, views, runtime.now())
        session.commit()
    return make_board(organisation.name, views, for_authority=for_authority, as_of=runtime.today())
