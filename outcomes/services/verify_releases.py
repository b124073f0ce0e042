"""Whether every release is what was published: its checksum fits its heading and content, and its versions follow on."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from outcomes.errors import Fault, Sentence
from outcomes.services.publish_release import own_organisation, release_checksum
from outcomes.store import releases

if TYPE_CHECKING:
    from outcomes.models import Release
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


@dataclass(frozen=True, slots=True)
class VerifiedReleases:
    """How many releases were looked at, and what is wrong with which."""

    looked_at: int
    faults: tuple[Fault, ...]


def verify_releases(runtime: Runtime, scope: Scope) -> VerifiedReleases:
    """Every release of the organisation, and for an authority those that are meant for it."""
    own_organisation(scope)
    with runtime.database.transaction(scope) as session:
        found = releases.list_all_releases(session)
    faults = [
        Fault(_name(release), Sentence("What is stored is not what was published."))
        for release in found
        if release_checksum(release) != release.checksum
    ]
    own = [release for release in found if release.organisation_id == scope.organisation_id]
    for _, versions in groupby(own, key=lambda each: (each.kind, each.subject, each.first_day, each.last_day)):
        numbered = list(versions)
        if [each.version for each in numbered] != list(range(1, len(numbered) + 1)):
            faults.append(Fault(_name(numbered[0]), Sentence("A version of it is missing.")))
    return VerifiedReleases(len(found), tuple(faults))


def _name(release: Release) -> str:
    days = f"{release.first_day}..{release.last_day}" if release.first_day else "-"
    return f"{release.organisation_name}, {release.kind}, {release.subject}, {days}, version {release.version}"
