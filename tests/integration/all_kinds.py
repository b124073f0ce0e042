"""A questionnaire with every kind of answer, and an organisation with its own words, in whichever languages a test wants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from outcomes.models import Organisation, RiskProtocol
from tests.integration.builders import small_instrument

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.instruments import Instrument
    from outcomes.services.runtime import Runtime
    from tests.integration.builders import Tenant

    Wording = Callable[[str], dict[str, str]]
    """The wording of a part by its name, by language."""


def all_kinds(key: str, wording: Wording) -> Instrument:
    """Six questions, named by their kinds; a single choice of 2 calls for help."""
    options = [{"value": value, "wording": wording(f"option {value}")} for value in range(3)]
    faces = [{**option, "symbol": face} for option, face in zip(options, ("sad", "neutral", "glad"), strict=True)]
    ends = {"low": wording("low"), "high": wording("high")}
    kinds: dict[str, dict[str, Any]] = {
        "single_choice": {"options": faces, "no_answer": ["dont_know", "prefer_not"], "risk": {"at_least": 2}},
        "multi_choice": {"options": options},
        "scale_0_10": {"ends": ends, "faces": "gladder"},
        "visual_analogue": {"ends": ends},
        "number": {"minimum": 0, "maximum": 10, "unit": wording("unit"), "help": wording("help")},
        "free_text": {},
    }
    scale = {
        "key": "total", "title": wording("scale"), "items": ["scale_0_10"], "range": [0, 10],
        "direction": "higher_is_better",
    }  # fmt: skip
    return small_instrument(
        key=key,
        items=[{"id": kind, "type": kind, "wording": wording(kind), **more} for kind, more in kinds.items()],
        languages=list(wording("")),
        title=wording("title"),
        intro=wording("intro"),
        licence={"id": "CC-BY-SA-4.0", "holder": "Us", "text": wording("licence"), "may_ship_wording": True},
        scales=[scale],
    )


def give_own_words(runtime: Runtime, tenant: Tenant, key: str, wording: Wording) -> None:
    """The organisation's own sentences, also those to somebody in danger."""
    with runtime.database.transaction(tenant.scope) as session:
        organisation = session.get_one(Organisation, tenant.organisation_id)
        organisation.privacy = {"legal_basis": wording("law"), "kept_for": wording("kept for")}
        line = {"name": wording("line"), "phone": "70 201 201", "hours": wording("hours")}
        session.add(
            RiskProtocol(
                id=uuid4(), organisation_id=organisation.id, instrument_key=key, version=1, help_lines=[line],
                words=wording("comfort"), act_within_hours=24, decided_by="Test",
            )
        )  # fmt: skip
        session.commit()
