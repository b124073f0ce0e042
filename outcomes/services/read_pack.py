"""One provider's pack of evidence: the themes that each authority looks at today, and the same data under them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.reports.supervision.catalogue import AUTHORITIES, CATALOGUE, Origin
from outcomes.reports.supervision.context import AuthorityPart, EvidenceLine, PackContext, ThemePart
from outcomes.reports.supervision.themes import themes_on
from outcomes.services.gather_evidence import NOT_ENTERED, gather_evidence
from outcomes.services.read_supervision import group_signals, list_signal_lines
from outcomes.services.read_themes import list_versions
from outcomes.store import organisations, supervision

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from outcomes.reports.supervision.context import EvidenceEntry
    from outcomes.reports.supervision.themes import ThemeVersion
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def read_pack(runtime: Runtime, scope: Scope, provider_id: UUID, *, on: date | None = None) -> PackContext:
    """The pack as of a day (None: today). Raises ``NotFoundError`` where the organisation has no such provider."""
    day = on or runtime.today()
    with runtime.database.transaction(scope) as session:
        provider = supervision.find_provider(session, provider_id=provider_id) if scope.organisation_id else None
        if provider is None:
            raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
        organisation = organisations.get_organisation(session, organisation_id=provider.organisation_id)
        signals = list_signal_lines(session, provider_id=provider.id)
        entries = gather_evidence(runtime, session, provider, on=day, signals=signals)
        in_force = themes_on(list_versions(session), day)
    lines = _lines(in_force, entries)
    facts = [key for key in lines if CATALOGUE[key].origin is Origin.FACT]
    return PackContext(
        provider_id=provider.id,
        provider=provider.name,
        organisation=organisation.name,
        on=day,
        made_at=runtime.now(),
        is_demo=runtime.settings.demo,
        n_asked=sum(len(theme.data) for version in in_force for theme in version.themes),
        n_data=len(lines),
        n_facts=len(facts),
        n_entered=sum(entries[key][0].value != NOT_ENTERED for key in facts),
        authorities=tuple(_authority(version, lines) for version in in_force),
        signals=group_signals(signals),
    )


def _lines(
    in_force: Sequence[ThemeVersion], entries: Mapping[str, tuple[EvidenceEntry, ...]]
) -> dict[str, EvidenceLine]:
    """Each datum that is asked for, once."""
    asked: dict[str, list[str]] = {}
    for version in in_force:
        for key in dict.fromkeys(key for theme in version.themes for key in theme.data):
            asked.setdefault(key, []).append(version.authority)
    return {
        key: EvidenceLine(
            key,
            CATALOGUE[key].title,
            CATALOGUE[key].origin,
            entries[key],
            tuple(AUTHORITIES[authority] for authority in authorities),
        )
        for key, authorities in asked.items()
        if key in CATALOGUE
    }


def _authority(version: ThemeVersion, lines: Mapping[str, EvidenceLine]) -> AuthorityPart:
    return AuthorityPart(
        authority=version.authority,
        name=AUTHORITIES[version.authority],
        title=version.title,
        valid_from=version.valid_from,
        valid_to=version.valid_to,
        source=version.source,
        unverified=version.unverified,
        themes=tuple(
            ThemePart(theme.code, theme.title, tuple(lines[key] for key in theme.data if key in lines))
            for theme in version.themes
        ),
    )
