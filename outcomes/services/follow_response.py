"""What follows from a response, once whoever sent it has their receipt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.services.find_worsening import find_worsening
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime


def follow_response(runtime: Runtime, *, organisation_id: UUID, response_id: UUID) -> None:
    """Tell whoever helps where somebody is worse off than when they began."""
    find_worsening(runtime, Scope(organisation_id, actor="job:response_sent"), response_id)
