"""Publish figures: what is out stays as it is, and nothing goes out that tells of few people.

A release is written once. The same figures of the same period again are a new version with a reason, and the earlier one
stays readable beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from outcomes.errors import ConflictError, DisclosureError, Fault, InputError, NotFoundError, Sentence
from outcomes.models import Release
from outcomes.models.release import RELEASE_KINDS
from outcomes.reports.release_content import REFUSED, clean_content, content_checksum, identifiers_in, text_faults
from outcomes.services.release_ledger import explain, open_ledger
from outcomes.services.runtime import code_version
from outcomes.store import organisations, releases

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import ReleaseLedger
    from outcomes.models.base import Json
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

LONGEST_REASON = 2000


def publish_release(
    runtime: Runtime, scope: Scope, *, kind: str, subject: str, first_day: date | None, last_day: date | None,
    content: Mapping[str, Any], populations: Mapping[str, frozenset[UUID]], snapshot: str, for_authority: bool,
    reason: str, by: str,
) -> Release:  # fmt: skip
    """Publish ``content``, of the people in ``populations`` (citizens' ids by :func:`ledger_key`, whose first word is an
    intervention's slug). ``reason``: why a published figure is corrected; the first version needs none.

    Raises ``DisclosureError`` where fewer than 10 persons stand behind a population, changed since an earlier release of an
    overlapping one, or can be worked out from several; ``InputError`` for content that may not be published and a correction
    without a reason; ``ConflictError`` where the same is published already.
    """
    if kind not in RELEASE_KINDS or (first_day is not None and last_day is not None and first_day > last_day):
        raise ValueError("a release has a known kind, and its days in order")
    cleaned = clean_content(content)
    _require_plain_words(reason, by)
    with runtime.database.transaction(scope) as session:
        organisation_id = own_organisation(scope)
        releases.lock_releases(session)
        _require_nobody(session, {"content": cleaned, "reason": reason, "by": by})
        earlier = releases.list_versions(
            session, organisation_id=organisation_id, kind=kind, subject=subject, first_day=first_day, last_day=last_day
        )
        _require_news(earlier, cleaned, reason)
        release = Release(
            id=uuid4(), organisation_id=organisation_id, kind=kind, subject=subject,
            organisation_name=organisations.get_organisation(session, organisation_id=organisation_id).name,
            first_day=first_day, last_day=last_day, version=len(earlier) + 1, content=cleaned, snapshot=snapshot,
            code_version=code_version(), for_authority=for_authority, reason=reason.strip(), published_by=by,
        )  # fmt: skip
        release.checksum = release_checksum(release)
        entries = _ledger_entries(runtime, session, populations)
        session.add(release)
        session.flush()
        for entry in entries:
            entry.organisation_id, entry.release_id = organisation_id, release.id
        session.add_all(entries)
        session.flush()
        session.refresh(release, ["created_at"])
        session.commit()
        return release


def own_organisation(scope: Scope) -> UUID:
    """The organisation that acts. Raises ``NotFoundError`` where nobody does."""
    if scope.organisation_id is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    return scope.organisation_id


def release_checksum(release: Release) -> bytes:
    """The checksum that the release must have: of its heading and its content as they are."""
    return content_checksum(_heading(release), release.content)


def _heading(release: Release) -> Json:
    return {
        "organisation": str(release.organisation_id),
        "organisation_name": release.organisation_name,
        "kind": release.kind,
        "subject": release.subject,
        "first_day": release.first_day and release.first_day.isoformat(),
        "last_day": release.last_day and release.last_day.isoformat(),
        "version": release.version,
        "reason": release.reason,
        "snapshot": release.snapshot,
        "code_version": release.code_version,
        "for_authority": release.for_authority,
        "published_by": release.published_by,
    }


def _require_plain_words(reason: str, by: str) -> None:
    """Raises ``InputError`` where what somebody wrote beside the figures may not stand for good."""
    faults = [*text_faults(reason, "reason"), *text_faults(by, "")]
    if faults:
        raise InputError(REFUSED, faults)


def _require_nobody(session: Session, content: Mapping[str, Any]) -> None:
    """Raises ``InputError`` where the content, or what is written beside it, holds the id of a person."""
    found = identifiers_in(content)
    if found and releases.list_person_ids(session, among=found):
        raise InputError(REFUSED, [Fault("", Sentence("It holds what points at a person."))])


def _require_news(earlier: Sequence[Release], content: Json, reason: str) -> None:
    if earlier and earlier[-1].content == content:
        raise ConflictError(
            Sentence(
                "These figures are published already, as version %(version)s. Nothing has changed since.",
                version=earlier[-1].version,
            )
        )
    faults = []
    if earlier and not reason.strip():
        faults.append(Fault("reason", Sentence("Write why the published figures are changed.")))
    if len(reason) > LONGEST_REASON:
        faults.append(Fault("reason", Sentence("Write at most %(most)s characters.", most=LONGEST_REASON)))
    if faults:
        raise InputError(Sentence("Nothing was published."), faults)


def _ledger_entries(
    runtime: Runtime, session: Session, populations: Mapping[str, frozenset[UUID]]
) -> list[ReleaseLedger]:
    """What the ledger remembers of the release; raises ``DisclosureError`` with each population that can't be out."""
    ledgers = {slug: open_ledger(runtime, session, slug) for slug in sorted({_slug(key) for key in populations})}
    faults, entries = [], []
    for key, people in populations.items():
        ledger = ledgers[_slug(key)]
        found = ledger.check(key, people)
        if found is not None:
            faults.append(Fault(key, explain(*found)))
            continue
        ledger.add(key, people)
        entries.append(ledger.rows(key, people))
    if faults:
        raise DisclosureError(
            Sentence("This can't be published beside what is published already: it would tell of few people."),
            tuple(faults),
        )
    return entries


def _slug(key: str) -> str:
    return key.partition("|")[0]
