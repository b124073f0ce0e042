"""An administrator takes in a questionnaire from a file: checked as on the command line, every fault with its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Fault, InstrumentError, Sentence
from outcomes.instruments import read_instrument_text
from outcomes.services.install_instrument import add_instrument

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Actor, Runtime


def upload_instrument(runtime: Runtime, actor: Actor, *, name: str, content: bytes) -> UUID:
    """Store the version in the file, and give its id; the same again changes nothing.

    ``name`` says whether it is JSON. Raises ``InstrumentError`` with every fault, where the file isn't in order or the
    version is there with other content.
    """
    if not content.strip():
        raise InstrumentError(
            Sentence("Nothing was stored."), [Fault("", Sentence("Choose a file, or write the questionnaire below."))]
        )
    instrument = read_instrument_text(content, name=name)
    with runtime.database.transaction(actor.scope) as session:
        version = add_instrument(session, actor.scope, instrument)
        session.commit()
        return version.id
