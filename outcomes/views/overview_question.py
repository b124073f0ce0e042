"""Whom the address of the overview or of a report asks for, and how the overview's rows are grouped."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import request

from outcomes.errors import NotFoundError, Sentence
from outcomes.services.list_interventions import Grouping, OverviewQuestion

if TYPE_CHECKING:
    from outcomes.services.read_part_report import Population


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


def asked_part(intervention_slug: str) -> Population | None:
    """The part of an intervention's people that the address asks for; None for everybody."""
    question = asked_question()
    part = question.part_of(intervention_slug)
    return None if part.is_everybody else part
