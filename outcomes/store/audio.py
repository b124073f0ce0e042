"""Questions read aloud: recordings that belong to an instrument version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from outcomes.models import InstrumentAudio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session


def find_recording(session: Session, *, version_id: UUID, item: str, locale: str) -> InstrumentAudio | None:
    """The recording of one question in one language or variant."""
    return session.scalar(
        select(InstrumentAudio).where(
            InstrumentAudio.instrument_version_id == version_id,
            InstrumentAudio.item == item,
            InstrumentAudio.locale == locale,
        )
    )


def list_recorded(session: Session, *, version_id: UUID) -> Sequence[tuple[str, str]]:
    """Item and locale of each recording of a version, in that order; not the recordings themselves."""
    rows = session.execute(
        select(InstrumentAudio.item, InstrumentAudio.locale)
        .where(InstrumentAudio.instrument_version_id == version_id)
        .order_by(InstrumentAudio.item, InstrumentAudio.locale)
    )
    return [(item, locale) for item, locale in rows]


def add_recording(
    session: Session,
    *,
    organisation_id: UUID,
    version_id: UUID,
    item: str,
    locale: str,
    media_type: str,
    content: bytes,
) -> None:
    """Store a recording. It is never changed afterwards."""
    session.add(
        InstrumentAudio(
            organisation_id=organisation_id,
            instrument_version_id=version_id,
            item=item,
            locale=locale,
            media_type=media_type,
            content=content,
        )
    )
