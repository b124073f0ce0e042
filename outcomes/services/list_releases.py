"""What an organisation has published: every set of figures with its versions, and what can be published next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.draft_release import DRAFTS, KIND_NAMES, OF_AN_INTERVENTION
from outcomes.services.publish_release import own_organisation
from outcomes.store import interventions, organisations, releases, stored_results

if TYPE_CHECKING:
    from outcomes.models import Release
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version of published figures: when, by whom, why (empty for the first), and for whom beside the organisation."""

    release_id: UUID
    version: int
    published_at: datetime
    published_by: str
    reason: str
    for_authority: bool


@dataclass(frozen=True, slots=True)
class PublishedFigures:
    """One set of figures of one period, the newest version first. ``subject_name``: an intervention, or the organisation."""

    kind: str
    kind_name: Sentence
    subject: str
    subject_name: str | LocalText
    first_day: date | None
    last_day: date | None
    versions: tuple[VersionLine, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be published: its kind, whose (a slug), and what both are called."""

    kind: str
    subject: str
    kind_name: Sentence
    subject_name: str | LocalText


@dataclass(frozen=True, slots=True)
class ReleasesPage:
    """An organisation's releases, what was published last first."""

    organisation_name: str
    published: tuple[PublishedFigures, ...]
    choices: tuple[Choice, ...]


def list_releases(runtime: Runtime, scope: Scope) -> ReleasesPage:
    """Everything that is out, and everything that has a result to publish."""
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=own_organisation(scope))
        plans = stored_results.list_latest_plans(session)
        titles = {each.slug: local_text(each.title) for each in interventions.list_interventions(session)}
        ready = [
            each.slug
            for each in interventions.list_interventions(session)
            if each.id in plans and plans[each.id].frozen_at is not None
        ]
        found = releases.list_releases(session, organisation_id=organisation.id)
    names: dict[str, str | LocalText] = {organisation.slug: organisation.name, **titles}
    choices = tuple(
        Choice(kind, subject, KIND_NAMES[kind], names[subject])
        for kind in DRAFTS
        for subject in (ready if kind in OF_AN_INTERVENTION else (organisation.slug,))
    )
    return ReleasesPage(organisation.name, _group(list(found), names), choices if ready else ())


def _group(found: list[Release], names: dict[str, str | LocalText]) -> tuple[PublishedFigures, ...]:
    newest_first = {release.id: place for place, release in enumerate(found)}

    def whose(release: Release) -> tuple[str, str, str, str]:
        return release.kind, release.subject, str(release.first_day), str(release.last_day)

    groups = [list(versions) for _, versions in groupby(sorted(found, key=whose), key=whose)]
    for versions in groups:
        versions.sort(key=lambda release: -release.version)
    groups.sort(key=lambda versions: newest_first[versions[0].id])
    return tuple(
        PublishedFigures(
            kind=newest.kind,
            kind_name=KIND_NAMES[newest.kind],
            subject=newest.subject,
            subject_name=newest.subject if is_of_one_contract(newest) else names.get(newest.subject, newest.subject),
            first_day=newest.first_day,
            last_day=newest.last_day,
            versions=tuple(version_line(release) for release in versions),
        )
        for versions in groups
        for newest in versions[:1]
    )


def is_of_one_contract(release: Release) -> bool:
    """Whether it is what a payment follows from: one contract's figure, under the contract's own code."""
    return "figure" in release.content


def version_line(release: Release) -> VersionLine:
    """What a list says of a version."""
    return VersionLine(
        release.id,
        release.version,
        release.created_at,
        release.published_by,
        release.reason,
        release.for_authority,
    )
