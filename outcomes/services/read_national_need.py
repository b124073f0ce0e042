"""The need map of every municipality, for the national authority: read from releases, and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotAllowedError, Sentence
from outcomes.reports.offers.national_need import NationalNeed, PublishedNeed, build_national_need
from outcomes.services.publish_release import own_organisation, release_checksum
from outcomes.store import organisations, releases

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

AUTHORITY = "authority"
KIND = "offers"


def read_national_need(runtime: Runtime, scope: Scope) -> NationalNeed:
    """The newest published need of each municipality. A release that isn't as it was published counts as none.

    Raises ``NotAllowedError`` for an organisation that is no authority.
    """
    with runtime.database.transaction(scope) as session:
        own = organisations.get_organisation(session, organisation_id=own_organisation(scope))
        if own.kind != AUTHORITY:
            raise NotAllowedError(Sentence("This page is for others than you. Go back to your own first page."))
        newest = {
            release.organisation_id: release
            for release in releases.list_releases_for_authority(session, kind=KIND)
            if "need" in release.content.get("figures", {}) and release_checksum(release) == release.checksum
        }
        published = [
            PublishedNeed(name, newest[key].content["figures"], newest[key].last_day)
            if key in newest
            else PublishedNeed(name, None)
            for key, name in releases.list_municipalities(session)
        ]
    return build_national_need(own.name, published, today=runtime.today())
