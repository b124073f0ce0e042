"""Take an instrument into an organisation. A version, once there, never changes: other content needs another version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from outcomes.errors import Fault, InstrumentError, Sentence
from outcomes.instruments import Instrument, Kind, shipped_instruments
from outcomes.models import InstrumentVersion
from outcomes.store import instruments, protocols

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def install_instrument(runtime: Runtime, scope: Scope, instrument: Instrument) -> None:
    """Store one version in the scope's organisation; the same version again changes nothing."""
    with runtime.database.transaction(scope) as session:
        add_instrument(session, scope, instrument)
        session.commit()


def add_instrument(session: Session, scope: Scope, instrument: Instrument) -> InstrumentVersion:
    """The stored version of ``instrument``, added where it isn't there. Raises ``InstrumentError`` where it differs.

    One whose answers can tell of danger is switched off until somebody has decided what happens then.
    """
    checksum = bytes.fromhex(instrument.checksum)
    found = instruments.find_version(session, key=instrument.key, version=instrument.version)
    if found is not None:
        if found.checksum != checksum:
            raise InstrumentError(
                Sentence("This version of the instrument is in use with other content. Give the file a new version."),
                [Fault(f"{instrument.key} {instrument.version}", Sentence("The content differs."))],
            )
        return found
    stored = InstrumentVersion(
        organisation_id=scope.organisation_id,
        key=instrument.key,
        version=instrument.version,
        definition=json.loads(instrument.canonical_json()),
        checksum=checksum,
        active=may_be_active(session, instrument),
    )
    session.add(stored)
    session.flush()
    return stored


def may_be_active(session: Session, instrument: Instrument) -> bool:
    """Whether an instrument may be switched on: nobody is asked about danger before there is a protocol for it."""
    if instrument.kind is not Kind.MEASURE or not instrument.has_risk_items:
        return True
    return instrument.key in protocols.list_guarded_keys(session)


def add_shipped_instrument(
    session: Session, scope: Scope, *, key: str, version: str | None = None
) -> InstrumentVersion:
    """A version that the product ships, taken in where it isn't yet. Raises ``InstrumentError`` where there is none."""
    for instrument in shipped_instruments():
        if instrument.key == key and version in (None, instrument.version):
            return add_instrument(session, scope, instrument)
    raise InstrumentError(
        Sentence("There is no instrument %(key)s. Load its file first, or correct the name.", key=key)
    )
