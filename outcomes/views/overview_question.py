"""Whom the overview's address asks for, and how it wants the rows grouped."""

from __future__ import annotations

from uuid import UUID

from flask import request

from outcomes.errors import NotFoundError, Sentence
from outcomes.services.list_interventions import Grouping, OverviewQuestion


def asked_question() -> OverviewQuestion:
    """What the address asks for. Raises ``NotFoundError`` for what is no grouping and no provider."""
    try:
        grouping = Grouping(request.args.get("gruppering") or Grouping.INTERVENTION)
        provider = request.args.get(Grouping.PROVIDER)
        provider_id = UUID(provider) if provider else None
    except ValueError:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see.")) from None
    return OverviewQuestion(
        grouping=grouping,
        provider_id=provider_id,
        target_group=request.args.get(Grouping.TARGET_GROUP) or None,
        legal_section=request.args.get(Grouping.LEGAL_SECTION) or None,
    )
