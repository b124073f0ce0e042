"""Take in the themes of an authority from a file: checked with the versions that are there, before anything is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from outcomes.errors import Fault, InputError, Sentence
from outcomes.reports.supervision.themes import ThemeVersion, date_faults, read_theme_file
from outcomes.services.read_targets import AUTHORITY
from outcomes.services.read_themes import stored_versions
from outcomes.store import organisations, supervision

if TYPE_CHECKING:
    from collections.abc import Sequence

    from outcomes.services.runtime import Actor, Runtime


def add_themes(runtime: Runtime, actor: Actor, content: bytes) -> int:
    """Store the versions of a file that aren't there yet, and give how many.

    Set by an authority they hold for all, and from then on nobody else sets them for all. The version that had no end ends on
    the day that the first new one begins. Raises ``InputError`` with every fault: also each gap and overlap that there would
    be.
    """
    versions = read_theme_file(content)
    refused = Sentence("These themes can't be used as they stand. Nothing was stored.")
    with runtime.database.transaction(actor.scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=actor.organisation_id)
        shared = organisation.kind == AUTHORITY
        before = stored_versions(session, versions[0].authority, shared=shared)
        if any(each.owner != actor.organisation_id for each in before):
            others = Sentence("Another authority keeps these themes for all. Ask it to change them.")
            raise InputError(refused, [Fault("authority", others)])
        new = [replace(each, shared=shared, owner=actor.organisation_id) for each in versions]
        new = [each for each in new if each not in before]
        kept, ended = _end_open(before, new)
        if faults := date_faults((*kept, *new)):
            raise InputError(refused, faults)
        for version in ended:
            supervision.end_theme_set(
                session, organisation_id=actor.organisation_id, authority=version.authority,
                valid_from=version.valid_from, valid_to=new[0].valid_from,
            )  # fmt: skip
        for version in new:
            supervision.add_theme_set(
                session, organisation_id=actor.organisation_id,
                recorded_by=organisation.name if shared else actor.name,  # others read whose it is, and no staff's name
                **_row(version),
            )  # fmt: skip
        session.commit()
    return len(new)


def _end_open(
    before: Sequence[ThemeVersion], new: Sequence[ThemeVersion]
) -> tuple[list[ThemeVersion], list[ThemeVersion]]:
    """The versions as they would be, and those that were open and end where the first new one begins."""
    if not new:
        return list(before), []
    first = min(each.valid_from for each in new)
    ended = [each for each in before if each.valid_to is None and each.valid_from < first]
    return [replace(each, valid_to=first) if each in ended else each for each in before], ended


def _row(version: ThemeVersion) -> dict[str, object]:
    return {
        "authority": version.authority,
        "title": dict(version.title.texts),
        "valid_from": version.valid_from,
        "valid_to": version.valid_to,
        "source": version.source,
        "unverified": version.unverified,
        "themes": [
            {"code": theme.code, "title": dict(theme.title.texts), "data": list(theme.data)} for theme in version.themes
        ],
        "shared": version.shared,
    }
