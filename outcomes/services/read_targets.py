"""Read the targets of an organisation with how they stand; what an authority set for all is among them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.reports.stored_values import from_stored
from outcomes.reports.targets import TargetBoard, make_board
from outcomes.services.judge_targets import list_newest, mark_seen, read_target_names, view_targets
from outcomes.store import organisations, releases

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.judge_targets import TargetNames
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

AUTHORITY = "authority"
PUBLISHED = "overview"


def read_targets(runtime: Runtime, scope: Scope) -> TargetBoard:
    """The targets that the organisation is steered by; an authority has no people of its own, and reads them unjudged.

    A national target for an intervention that the organisation doesn't have isn't shown.
    """
    assert scope.organisation_id is not None  # noqa: S101 - whoever calls is signed in
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
        for_authority = organisation.kind == AUTHORITY
        names = read_names(session, for_authority=for_authority)
        rows = [
            row
            for row in list_newest(session)
            if row.organisation_id == organisation.id or row.intervention_slug in names.interventions
        ]
        views = view_targets(runtime, session, rows, names, own=organisation.id, judged=not for_authority)
        mark_seen(session, views, runtime.now())
        session.commit()
    return make_board(organisation.name, views, for_authority=for_authority, as_of=runtime.today())


def read_names(session: Session, *, for_authority: bool) -> TargetNames:
    """What targets are about, in words; an authority knows interventions by what municipalities have published of them."""
    names = read_target_names(session)
    if not for_authority:
        return names
    titles = {
        each["slug"]: from_stored(each["title"])
        for release in releases.list_releases_for_authority(session, kind=PUBLISHED)
        for each in release.content.get("figures", {}).get("interventions", ())
    }
    return replace(names, interventions={**titles, **names.interventions})
