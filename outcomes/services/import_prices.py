"""Take in a price set from a CSV or Excel file: every fault named with its row and column, all of it or nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from sqlalchemy.exc import IntegrityError

from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.services.read_written import one_line
from outcomes.store import value
from outcomes.tables.price_table import read_prices

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from outcomes.tables.price_table import PriceRow

FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_BYTES = 2_000_000


def import_prices(
    runtime: Runtime, scope: Scope, *, name: str, source: str, price_year: str, invented: bool, file_name: str,
    content: bytes, by: str,
) -> UUID:  # fmt: skip
    """Store the prices in a file, and give the set's id; the same file again under the same name changes nothing.

    Raises ``InputError`` with every fault of what was written, ``ImportFileError`` with every fault of the file, and
    ``ConflictError`` where other prices are there under that name and year.
    """
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    name, source = one_line(name), one_line(source)
    year = _check(name, source, price_year, content)
    rows = read_prices(content, file_name)
    checksum = hashlib.sha256(content).digest()
    try:
        with runtime.database.transaction(scope) as session:
            known = value.find_named_price_set(session, name=name, price_year=year)
            if known is not None:
                if (known.checksum, known.source, known.invented) == (checksum, source, invented):
                    return known.id
                raise _other_prices(name, year)
            stored = value.add_price_set(
                session, organisation_id=scope.organisation_id, name=name, source=source, price_year=year,
                invented=invented, prices=[stored_price(row) for row in rows], checksum=checksum, imported_by=by,
            )  # fmt: skip
            session.commit()
            return stored.id
    except IntegrityError as error:
        raise _other_prices(name, year) from error


def stored_price(row: PriceRow) -> dict[str, object]:
    """A price as it is stored."""
    return {
        "area": row.area,
        "title": {"da": row.title},
        "payer": row.payer,
        "year": row.year,
        "amount": row.amount,
    }


def _check(name: str, source: str, price_year: str, content: bytes) -> int:
    """The year. Raises with every fault of what was written beside the file."""
    faults = []
    if not name:
        faults.append(Fault("name", Sentence("Write what the prices are called.")))
    if not source:
        faults.append(Fault("source", Sentence("Write where the prices are from: who made them, and when.")))
    year = int(price_year) if price_year.strip().isascii() and price_year.strip().isdigit() else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        faults.append(Fault("price_year", Sentence("Write the year of the prices with four digits, such as 2026.")))
    if not content.strip():
        faults.append(Fault("file", Sentence("Choose a file with prices.")))
    if len(content) > MOST_BYTES:
        faults.append(
            Fault("file", Sentence("The file is too large to be a price set. Check that it is the right one."))
        )
    if faults:
        raise InputError(Sentence("The prices were not taken in."), faults)
    return year


def _other_prices(name: str, year: int) -> ConflictError:
    return ConflictError(
        Sentence(
            "There are other prices called %(name)s of %(year)s. Prices that were taken in are never changed: give these"
            " another name.",
            name=name,
            year=year,
        )
    )
