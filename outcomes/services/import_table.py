"""``outcomes import``: take in a long table from another system. All or nothing; the same again changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.models import ImportBatch, InstrumentVersion
from outcomes.services.import_people import ImportedPeople
from outcomes.services.import_setting import ensure_organisation, ensure_setting
from outcomes.services.install_instrument import add_shipped_instrument
from outcomes.services.read_curves import find_scale
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import imports, instruments, organisations
from outcomes.store.database import Scope
from outcomes.tables import TableMapping, interpret, read_mapping, read_table

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.services.runtime import Runtime

ACTOR = "command:import"


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did. All counts are zero where the same content was there already."""

    organisation: str
    n_rows: int
    n_citizens: int
    n_scores: int
    new_citizens: int
    new_scores: int


def import_table(runtime: Runtime, path: Path, mapping_path: Path) -> ImportResult:
    """Take in the table at ``path`` as the mapping explains it.

    Raises ``ImportFileError`` with every fault (line, column, reason); then nothing was stored.
    """
    mapping = read_mapping(mapping_path)
    table = read_table(path, sheet=mapping.file.sheet, encoding=mapping.file.encoding, delimiter=mapping.file.delimiter)
    slug = mapping.organisation.slug
    with runtime.database.transaction(Scope(slug=slug)) as session:
        found = organisations.find_organisation(session, slug=mapping.organisation.slug)
    scope = Scope(found.id if found else uuid4(), actor=ACTOR, slug=mapping.organisation.slug)
    with runtime.database.transaction(scope) as session:
        imports.lock_imports(session, slug=slug)
        ensure_organisation(session, _organisation(scope), mapping)
        version, instrument = _find_measure(session, scope, mapping)
        scale = find_scale(instrument, mapping.measure.scale)
        content = interpret(table, mapping, score_range=scale.range, today=runtime.today())
        fingerprint = content.fingerprint(runtime.vault.lookup_hash("import", kind="fingerprint-key"))
        if imports.find_batch(session, fingerprint=fingerprint):
            return ImportResult(
                mapping.organisation.slug, content.n_rows, len(content.subjects), content.n_scores, 0, 0
            )
        setting = ensure_setting(session, scope, mapping, version, instrument)
        new_citizens, new_scores = ImportedPeople(runtime, session, scope, setting, scale, table, content).run()
        session.add(
            ImportBatch(
                organisation_id=scope.organisation_id,
                file_name=path.name,
                fingerprint=fingerprint,
                n_rows=content.n_rows,
                n_citizens=len(content.subjects),
                n_scores=content.n_scores,
            )
        )
        session.commit()
    return ImportResult(
        mapping.organisation.slug, content.n_rows, len(content.subjects), content.n_scores, new_citizens, new_scores
    )


def _organisation(scope: Scope) -> UUID:
    if scope.organisation_id is None:
        raise ValueError("an import belongs to an organisation")
    return scope.organisation_id


def _find_measure(session: Session, scope: Scope, mapping: TableMapping) -> tuple[InstrumentVersion, Instrument]:
    wanted = mapping.measure
    versions = [
        version
        for version in instruments.list_versions(session)
        if version.key == wanted.instrument and wanted.version in (None, version.version)
    ]
    stored = (
        versions[-1]
        if versions
        else add_shipped_instrument(session, scope, key=wanted.instrument, version=wanted.version)
    )
    instrument = read_stored_instrument(session, stored.id)
    if wanted.scale not in {scale.key for scale in instrument.scales}:
        raise ImportFileError(
            Sentence("The mapping can't be used. Nothing was stored."),
            [
                Fault(
                    "measure.scale",
                    Sentence(
                        "%(instrument)s has no scale %(scale)s. It has: %(scales)s.",
                        instrument=wanted.instrument,
                        scale=wanted.scale,
                        scales=", ".join(scale.key for scale in instrument.scales),
                    ),
                )
            ],
        )
    return stored, instrument
