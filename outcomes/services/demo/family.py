"""A child whose parent is asked too: an invented mother, and questions to her that are open today."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.models import Episode, Occasion, Relation
from outcomes.services.contact import relation_place
from outcomes.services.demo import content
from outcomes.services.demo.links import PARENT, PARENT_MEASURE

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality
    from outcomes.vault import Vault

NAME = "Lone Prøvelund (opdigtet)"


def add_family(session: Session, place: Municipality, vault: Vault, *, today: date) -> None:
    """The parent of the child whose help began last, and one measurement that only a parent answers."""
    episode, first = session.execute(
        select(Episode, Occasion)
        .join(Occasion, Occasion.episode_id == Episode.id)
        .where(
            Episode.intervention_id == place.services[content.FAMILY_SUPPORT.slug].intervention_id,
            Occasion.code == content.BASELINE,
        )
        .order_by(Episode.ended_on.desc().nulls_first(), Episode.started_on.desc(), Episode.id)
        .limit(1)
    ).one()
    relation_id = place.new_id()
    session.add(
        Relation(
            id=relation_id,
            organisation_id=place.id,
            citizen_id=episode.citizen_id,
            kind=PARENT,
            name_sealed=vault.encrypt(NAME, place=relation_place("name", relation_id)),
            from_date=episode.started_on,
        )
    )
    session.add(
        Occasion(
            id=place.new_id(),
            organisation_id=place.id,
            episode_id=episode.id,
            step_id=first.step_id,
            instrument_version_id=place.versions[PARENT_MEASURE],
            code=PARENT_MEASURE,
            sequence=98,
            months=max(0.0, round((today - first.planned_on).days / 30.4, 1)),
            planned_on=today,
            opens_on=today,
            due_on=today + timedelta(days=content.DUE_AFTER),
            closes_on=today + timedelta(days=content.CLOSES_AFTER),
        )
    )
    session.flush()
