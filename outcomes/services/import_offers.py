"""The register of offers from a table (CSV or Excel): all of it or nothing, and every row accounted for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.services.offer_facts import FIELDS, FactReader
from outcomes.services.read_offers import read_names
from outcomes.services.record_offer import ALREADY_SAID, add_provider, add_record, check_day, find_named
from outcomes.store import imports, offers
from outcomes.tables.reading import read_table_content
from outcomes.tables.table import Limits

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.reports.offers.register import Names
    from outcomes.services.offer_facts import OfferFacts
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.tables.table import Table

LIMITS = Limits(file_bytes=5_000_000, unpacked_bytes=50_000_000, rows=5_000, columns=100)
HEADINGS = {
    "name": ("tilbud", "navn", "offer", "name"),
    "tilbudsportal_id": ("tilbudsportal-id", "tilbudsportal id", "tilbudsportal_id"),
    "valid_from": ("gælder fra", "fra", "valid from", "valid_from"),
    "owner_kind": ("ejerform", "owner kind", "owner_kind"),
    "owner": ("ejer", "owner"),
    "has_address": ("adresse", "egen adresse", "address", "has_address"),
    "capacity": ("pladser", "places", "capacity"),
    "staffing": ("normering", "årsværk", "posts", "staffing"),
    "competences": ("kompetencer", "competences"),
    "interventions": ("indsatser", "interventions"),
    "target_groups": ("målgrupper", "target groups", "target_groups"),
    "legal_sections": ("paragraffer", "sections", "legal_sections"),
    "agreements": ("aftaler", "agreements"),
    "source": ("kilde", "source"),
}
"""What a column may be called, in small letters; the Danish name first."""
NEEDED = ("name", "valid_from", "owner_kind", "owner", "has_address", "source")


@dataclass(frozen=True, slots=True)
class OffersImported:
    """Rows read, and what each was: an offer that was new, one that changed, one that the register knew just so."""

    read: int
    new: int
    changed: int
    unchanged: int


def import_offers(runtime: Runtime, actor: Actor, *, name: str, content: bytes) -> OffersImported:
    """Take in the table; the same again changes nothing.

    Raises ``ImportFileError`` with every fault (row, column, reason); then nothing was stored.
    """
    if not content:
        raise ImportFileError(Sentence("Nothing was stored."), [Fault("", Sentence("Choose a file."))])
    if len(content) > LIMITS.file_bytes:
        raise ImportFileError(
            Sentence("Nothing was stored."), [Fault("", Sentence("The file is larger than 5 MB. Split it."))]
        )
    table = read_table_content(content, name, limits=LIMITS)
    columns = _columns(table)
    with runtime.database.transaction(actor.scope) as session:
        imports.lock_imports(session, slug=f"offers:{actor.organisation_id}")
        faults: list[Fault] = []
        facts = _read(table, columns, read_names(session), runtime.today(), faults)
        counted = _Rows(session, actor, table, columns, faults)
        for line, each in facts:
            counted.take(line, each)
        if faults:
            raise ImportFileError(
                Sentence("The table has faults. Nothing was stored: correct them, and take it in once more."), faults
            )
        session.commit()
        return OffersImported(len(table.rows), counted.new, counted.changed, counted.unchanged)


def _columns(table: Table) -> dict[str, str]:
    """The table's column for each field. Unknown columns and missing ones are faults, so that nothing is left out unseen."""
    by_heading = {heading: field for field, headings in HEADINGS.items() for heading in headings}
    columns: dict[str, str] = {}
    faults = []
    for column in table.columns:
        field = by_heading.get(column.casefold())
        if field is None or field in columns:
            sentence = (
                Sentence("The column “%(name)s” isn't known. Known names: %(names)s.", name=column[:60], names=_known())
                if field is None
                else Sentence("The columns “%(one)s” and “%(other)s” say the same.", one=columns[field], other=column)
            )
            faults.append(Fault("", sentence))
        else:
            columns[field] = column
    faults += [
        Fault("", Sentence("The column “%(name)s” is missing.", name=HEADINGS[field][0]))
        for field in NEEDED
        if field not in columns
    ]
    if faults:
        raise ImportFileError(Sentence("Nothing was stored."), faults)
    return columns


def _known() -> str:
    return ", ".join(headings[0] for headings in HEADINGS.values())


def _read(
    table: Table, columns: dict[str, str], names: Names, today: date, faults: list[Fault]
) -> list[tuple[int, OfferFacts]]:
    """Every row as facts, by day: an offer's rows are taken in the order in which they hold."""
    reader, found = FactReader(names), []
    for row in table.rows:
        own: list[Fault] = []
        cells = {field: row.cells[table.position(columns[field])] for field in FIELDS if field in columns}
        facts = reader.read(cells, own)
        if facts is not None:
            own += check_day(facts, today)
            found.append((row.line, facts))
        faults += [Fault(table.place(row.line, columns.get(fault.place)), fault.sentence) for fault in own]
    return sorted(found, key=lambda each: (each[1].valid_from, each[0]))


class _Rows:
    """Puts rows into the register one by one, and counts what they were."""

    def __init__(
        self, session: Session, actor: Actor, table: Table, columns: dict[str, str], faults: list[Fault]
    ) -> None:
        self._session, self._actor, self._table, self._columns, self._faults = session, actor, table, columns, faults
        self._seen: set[tuple[object, date]] = set()
        self.new = self.changed = self.unchanged = 0

    def take(self, line: int, facts: OfferFacts) -> None:
        """One row."""
        session, scope = self._session, self._actor.scope
        provider = find_named(session, facts)
        is_new = provider is None
        provider = provider or add_provider(session, scope, facts)
        if (provider.id, facts.valid_from) in self._seen:
            self._fault(line, Sentence("The table has another row of this offer from the same day."))
            return
        self._seen.add((provider.id, facts.valid_from))
        records = offers.list_records_of(session, provider_id=provider.id)
        record = add_record(session, scope, provider, facts, records, by=self._actor.name)
        if record is None:
            self._fault(line, ALREADY_SAID)
        elif is_new:
            self.new += 1
        elif record in records:
            self.unchanged += 1
        else:
            self.changed += 1

    def _fault(self, line: int, sentence: Sentence) -> None:
        self._faults.append(Fault(self._table.place(line, self._columns["valid_from"]), sentence))
