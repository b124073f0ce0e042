"""One release as it was published, with its other versions and what is different between them.

The figures are read back only if they are what was published: a release whose checksum doesn't fit is not shown.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from outcomes.errors import AlteredError, NotFoundError, Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.release_document import Difference, ReleaseDocument, compare_documents, document_from_json
from outcomes.reports.stored_values import from_stored
from outcomes.services.draft_release import KIND_NAMES, OF_AN_INTERVENTION
from outcomes.services.list_releases import VersionLine, is_of_one_contract, version_line
from outcomes.services.publish_release import release_checksum
from outcomes.store import interventions, releases

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.models import Release
    from outcomes.models.base import Json
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """A release and the version before it. ``document`` None: figures of a kind that have a page of their own.

    ``versions``: all of them, the newest first; ``differences``: cells that the version before has differently;
    ``before``: that version's document, None where there is none. ``checksum``: SHA-256 in hex, as it was published.
    """

    kind_name: Sentence
    subject_name: str | LocalText
    organisation_name: str
    first_day: date | None
    last_day: date | None
    line: VersionLine
    document: ReleaseDocument | None
    before: ReleaseDocument | None
    before_line: VersionLine | None
    differences: tuple[Difference, ...]
    versions: tuple[VersionLine, ...]
    is_newest: bool
    checksum: str
    snapshot: str
    code_version: str


def read_release(runtime: Runtime, scope: Scope, release_id: UUID | None) -> ReleasePage:
    """The release of this id: the organisation's own, or one that is meant for the authority that asks.

    Raises ``NotFoundError`` for any other, ``AlteredError`` where what is stored isn't what was published.
    """
    with runtime.database.transaction(scope) as session:
        release = releases.find_release(session, release_id=release_id) if release_id else None
        if release is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        versions = releases.list_versions(
            session, organisation_id=release.organisation_id, kind=release.kind, subject=release.subject,
            first_day=release.first_day, last_day=release.last_day,
        )  # fmt: skip
        of_one = release.kind in OF_AN_INTERVENTION
        intervention = interventions.find_intervention(session, slug=release.subject) if of_one else None
    before = next((each for each in reversed(versions) if each.version < release.version), None)
    document, earlier = _read(release), _read(before) if before is not None else None
    name = local_text(intervention.title) if intervention else _published_name(release)
    whole = not of_one and not is_of_one_contract(release)
    return ReleasePage(
        kind_name=KIND_NAMES[release.kind],
        subject_name=name or (release.organisation_name if whole else release.subject),
        organisation_name=release.organisation_name,
        first_day=release.first_day,
        last_day=release.last_day,
        line=version_line(release),
        document=document,
        before=earlier,
        before_line=version_line(before) if before is not None else None,
        differences=compare_documents(earlier, document) if earlier and document else (),
        versions=tuple(version_line(each) for each in reversed(versions)),
        is_newest=release.version == versions[-1].version,
        checksum=release.checksum.hex(),
        snapshot=release.snapshot,
        code_version=release.code_version,
    )


def read_release_data(runtime: Runtime, scope: Scope, release_id: UUID | None) -> bytes:
    """The release as JSON: heading, content and checksum, for whoever computes with it or checks it."""
    with runtime.database.transaction(scope) as session:
        release = releases.find_release(session, release_id=release_id) if release_id else None
        if release is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    document: dict[str, Any] = {
        "kind": release.kind,
        "subject": release.subject,
        "organisation": release.organisation_name,
        "first_day": release.first_day and release.first_day.isoformat(),
        "last_day": release.last_day and release.last_day.isoformat(),
        "version": release.version,
        "reason": release.reason,
        "published_at": release.created_at.isoformat(),
        "checksum": release.checksum.hex(),
        "snapshot": release.snapshot,
        "code_version": release.code_version,
        "content": checked_content(release),
    }
    return json.dumps(document, ensure_ascii=False, indent=2, allow_nan=False).encode()


def checked_content(release: Release) -> Json:
    """The release's content. Raises ``AlteredError`` where it isn't what was published."""
    if release_checksum(release) != release.checksum:
        raise AlteredError(
            Sentence(
                "What is stored of this release is not what was published, so it is not shown. Tell the administrator: the"
                " command outcomes releases verify names every release that doesn't fit."
            )
        )
    return release.content


def _published_name(release: Release) -> LocalText | None:
    """What the intervention was called when its value was published: others than its own organisation don't know it."""
    title = release.content.get("figures", {}).get(release.kind, {}).get("title")
    found: LocalText | None = from_stored(title) if title else None
    return found


def _read(release: Release) -> ReleaseDocument | None:
    return document_from_json(checked_content(release))
