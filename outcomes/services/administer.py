"""What an administrator sees: staff, imports, and whether the record of changes is whole. No citizens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import InputError, Sentence
from outcomes.store import imports, organisations, records

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Scope

SEAL_BYTES = 32
ROLE_NAMES = {
    "worker": Sentence("Worker"),
    "manager": Sentence("Manager"),
    "administrator": Sentence("Administrator"),
    "authority": Sentence("National authority"),
}

FAULT_NAMES = {
    "entry missing before": Sentence("an entry before it is missing"),
    "entry changed": Sentence("the entry was changed"),
    "expected entry missing": Sentence("the entry that was expected is missing"),
    "row never recorded": Sentence("the row was never recorded"),
    "row removed unrecorded": Sentence("the row was removed without being recorded"),
    "row back unrecorded": Sentence("the row came back without being recorded"),
    "row changed unrecorded": Sentence("the row was changed without being recorded"),
}


@dataclass(frozen=True, slots=True)
class UserRow:
    """A member of staff."""

    name: str
    role: Sentence
    active: bool
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class ImportRow:
    """One import."""

    imported_at: datetime
    file_name: str
    organisation: str
    rows: int
    people: int
    by: str


@dataclass(frozen=True, slots=True)
class AuditFault:
    """A row that isn't what the record of changes last saw, or a broken link in the record.

    ``what`` is one of the keys of :data:`FAULT_NAMES`.
    """

    table: str
    row_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class AuditCheck:
    """The record of changes, checked at ``checked_at``: ``entries`` of them."""

    checked_at: datetime
    entries: int
    in_order: bool
    fault: Sentence | None


@dataclass(frozen=True, slots=True)
class AdminView:
    """The administrator's page. ``entries``: how many changes are recorded; ``audit``: None until they are checked."""

    organisation_name: str
    users: tuple[UserRow, ...]
    imports: tuple[ImportRow, ...]
    entries: int
    audit: AuditCheck | None


@dataclass(frozen=True, slots=True)
class AuditHead:
    """The newest entry of the record of changes: its position, 0 where nothing is recorded, and its seal.

    Each seal covers the one before it. Whoever keeps a seal outside the database can tell later whether the record
    still holds what it held then.
    """

    position: int
    hash_hex: str


def read_admin_page(runtime: Runtime, actor: Actor, *, check_record: bool = True) -> AdminView:
    """Everything on the administrator's page; ``check_record`` reads and seals every recorded row again."""
    faults = check_audit(runtime, actor.scope) if check_record else None
    with runtime.database.transaction(actor.scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=actor.organisation_id)
        last_seen = records.last_sessions(session)
        entries = records.count_entries(session)
        return AdminView(
            organisation_name=organisation.name,
            users=tuple(
                UserRow(
                    user.name, ROLE_NAMES[user.role], user.ended_on is None or user.ended_on > runtime.today(),
                    last_seen.get(user.id),
                )
                for user in organisations.list_users(session)
            ),
            imports=tuple(
                ImportRow(
                    batch.created_at, batch.file_name, organisation.name, batch.n_rows, batch.n_citizens,
                    records.actor_of(session, table="import_batch", row_id=batch.id),
                )
                for batch in imports.list_batches(session)
            ),
            entries=entries,
            audit=AuditCheck(runtime.now(), entries, not faults, _describe(faults) if faults else None)
            if faults is not None
            else None,
        )  # fmt: skip


def check_audit(runtime: Runtime, scope: Scope, *, expect: str | None = None) -> tuple[AuditFault, ...]:
    """Every fault of one organisation's record of changes; none where it is whole.

    ``expect``: a seal that :func:`audit_head` gave before, in hexadecimal. The record itself can't tell that its newest
    entries were cut off together with what they recorded; a seal kept elsewhere can. Raises ``InputError`` where
    ``expect`` isn't a seal at all.
    """
    seal = _read_seal(expect) if expect is not None else None
    with runtime.database.transaction(scope) as session:
        faults = [AuditFault(*row) for row in records.list_audit_faults(session)]
        if seal is not None and scope.organisation_id and not records.is_sealed(session, entry_hash=seal):
            faults.append(AuditFault("audit_entry", scope.organisation_id, "expected entry missing"))
    return tuple(faults)


def audit_head(runtime: Runtime, scope: Scope) -> AuditHead:
    """The newest entry of one organisation's record of changes, to be kept outside the database."""
    with runtime.database.transaction(scope) as session:
        entry = records.last_entry(session)
    return AuditHead(entry.position, entry.entry_hash.hex()) if entry else AuditHead(0, "")


def _read_seal(written: str) -> bytes:
    try:
        seal = bytes.fromhex(written.strip())
    except ValueError:
        seal = b""
    if len(seal) != SEAL_BYTES:
        raise InputError(
            Sentence(
                "%(value)s is no seal of the record of changes: that has 64 digits and letters a-f.", value=written
            )
        )
    return seal


def _describe(faults: tuple[AuditFault, ...]) -> Sentence:
    first = faults[0]
    return Sentence(
        "%(count)s faults. The first: %(table)s %(row)s (%(what)s).",
        count=len(faults), table=first.table, row=str(first.row_id), what=FAULT_NAMES[first.what],
    )  # fmt: skip
