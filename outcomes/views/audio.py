"""Questions read aloud, for whoever is asked them."""

from __future__ import annotations

import hashlib
from io import BytesIO
from typing import TYPE_CHECKING

from flask import Blueprint, Response, send_file

from outcomes.services.read_audio import read_audio
from outcomes.views.admission import CITIZEN, admits, current_ticket, runtime

if TYPE_CHECKING:
    from uuid import UUID

audio = Blueprint("audio", __name__)


@audio.get("/lyd/<uuid:version>/<item>/<locale>")
@admits(CITIZEN)
def recording(version: UUID, item: str, locale: str) -> Response:
    """A recording, whole or the part that a player asks for."""
    sound = read_audio(runtime(), current_ticket(), version_id=version, item=item, locale=locale)
    return send_file(
        BytesIO(sound.content),
        mimetype=sound.media_type,
        etag=hashlib.sha256(sound.content).hexdigest(),
        conditional=True,
    )
