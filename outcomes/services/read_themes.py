"""The themes that authorities look at: set by an authority for all, by the organisation for itself, or shipped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.parts import local_text
from outcomes.reports.supervision.catalogue import AUTHORITIES, CATALOGUE, Evidence
from outcomes.reports.supervision.themes import Theme, ThemeVersion, shipped_themes, themes_on
from outcomes.services.read_sender import read_sender
from outcomes.store import supervision

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import ThemeSet
    from outcomes.services.runtime import Actor, Runtime


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version of an authority's themes, with the titles of their data. ``in_force``: it is what packs follow today."""

    version: ThemeVersion
    name: Sentence
    in_force: bool
    themes: tuple[tuple[Theme, tuple[Sentence, ...]], ...]


@dataclass(frozen=True, slots=True)
class ThemesContext:
    """Every version by authority and day, and the catalogue that themes choose from. ``shares``: what is set here holds for
    all."""

    versions: tuple[VersionLine, ...]
    catalogue: tuple[Evidence, ...]
    shares: bool


def read_themes(runtime: Runtime, actor: Actor) -> ThemesContext:
    """The versions that the actor's organisation reads."""
    with runtime.database.transaction(actor.scope) as session:
        versions = list_versions(session)
    versions = _name_keepers(runtime, versions)
    in_force = themes_on(versions, runtime.today())
    order = list(AUTHORITIES)
    lines = [
        VersionLine(
            version,
            AUTHORITIES[version.authority],
            version in in_force,
            tuple((theme, tuple(CATALOGUE[key].title for key in theme.data)) for theme in version.themes),
        )
        for version in sorted(versions, key=lambda each: (order.index(each.authority), each.valid_from))
    ]
    return ThemesContext(tuple(lines), tuple(CATALOGUE.values()), actor.role == "authority")


def _name_keepers(runtime: Runtime, versions: tuple[ThemeVersion, ...]) -> tuple[ThemeVersion, ...]:
    """What is shared with the name of the organisation that keeps it: never of the one who wrote it there."""
    owners = {each.owner for each in versions if each.shared}
    keepers = {owner: read_sender(runtime, organisation_id=owner, slug="") for owner in owners}
    names = {owner: keeper.organisation_name for owner, keeper in keepers.items() if keeper}
    return tuple(replace(each, kept_by=names.get(each.owner, "")) if each.shared else each for each in versions)


def list_versions(session: Session) -> tuple[ThemeVersion, ...]:
    """What is stored and what is shipped. Data that the catalogue doesn't know any more are left out."""
    return (*shipped_themes(), *_stored(session))


def stored_versions(session: Session, authority: str, *, shared: bool) -> tuple[ThemeVersion, ...]:
    """The stored versions of one authority, the shared or the organisation's own."""
    return tuple(each for each in _stored(session) if each.authority == authority and each.shared == shared)


def _stored(session: Session) -> tuple[ThemeVersion, ...]:
    """What is stored; an authority's shared themes are those of the organisation that set them first, and of no other."""
    rows = supervision.list_theme_sets(session)
    keeper: dict[str, UUID] = {}
    for row in sorted(rows, key=lambda row: (row.created_at, row.id)):
        if row.shared:
            keeper.setdefault(row.authority, row.organisation_id)
    return tuple(_version(row) for row in rows if not row.shared or keeper[row.authority] == row.organisation_id)


def _version(row: ThemeSet) -> ThemeVersion:
    return ThemeVersion(
        authority=row.authority,
        title=local_text(row.title),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        source=row.source,
        unverified=row.unverified,
        themes=tuple(
            Theme(each["code"], local_text(each["title"]), tuple(key for key in each["data"] if key in CATALOGUE))
            for each in row.themes
        ),
        shared=row.shared,
        owner=row.organisation_id,
    )
