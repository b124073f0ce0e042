"""Look at what would be published before it is, and publish exactly that.

Whoever publishes has seen the figures: the page's own mark comes back with the form, and other figures than those are not
published but shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import ConflictError, NotFoundError, Sentence
from outcomes.models.base import Json
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.release_content import clean_content, content_checksum
from outcomes.reports.release_document import ReleaseDocument, document_to_json
from outcomes.services.draft_contracts import draft_contracts
from outcomes.services.draft_overview import Material, Populations, draft_overview
from outcomes.services.draft_report import draft_report
from outcomes.services.draft_requirements import draft_requirements
from outcomes.services.draft_steering import draft_offers, draft_targets
from outcomes.services.draft_supervision import draft_supervision
from outcomes.services.draft_value import draft_value
from outcomes.services.gather_outcomes import Period
from outcomes.services.publish_release import own_organisation, publish_release
from outcomes.services.release_ledger import explain, open_ledger
from outcomes.services.store_results import store_results
from outcomes.store import interventions, organisations, releases

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

KIND_NAMES = {
    "overview": Sentence("Overview"),
    "report": Sentence("Report"),
    "targets": Sentence("Targets"),
    "requirements": Sentence("Process requirements"),
    "supervision": Sentence("Supervision"),
    "offers": Sentence("Offers and target groups"),
    "value": Sentence("Value"),
    "contract": Sentence("Outcome contracts"),
}
OF_AN_INTERVENTION = frozenset({"report", "value"})
UNSTORED = frozenset({"value", "requirements", "supervision", "contract"})
"""Kinds that no stored result is in."""
DRAFTS: dict[str, Callable[[Runtime, Scope, str, Period], Material]] = {
    "overview": draft_overview,
    "report": draft_report,
    "targets": draft_targets,
    "requirements": draft_requirements,
    "supervision": draft_supervision,
    "offers": draft_offers,
    "value": draft_value,
    "contract": draft_contracts,
}
"""Kinds that are published from the page of releases. What a payment follows from is published with it, under the contract's
own code; here are all contracts together, rounded."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be published now. ``version``: 1, or the next one of what is out already.

    ``seen``: a mark of these very figures. ``left_out``: what can't be out beside what is out already, and why.
    ``empty``: nothing at all could be published. ``unchanged``: it is out already, as it is.
    """

    kind: str
    kind_name: Sentence
    subject: str
    subject_name: str | LocalText
    period: Period
    document: ReleaseDocument
    version: int
    seen: str
    left_out: tuple[Sentence, ...]
    empty: bool
    unchanged: bool


@dataclass(frozen=True, slots=True)
class _Prepared:
    draft: Draft
    content: Json
    material: Material


def read_draft(runtime: Runtime, scope: Scope, *, kind: str, subject: str, period: Period) -> Draft:
    """What would be published. ``subject``: an intervention's slug, or anything for the whole organisation.

    Raises ``NotFoundError`` for a kind or an intervention that there isn't.
    """
    return _prepare(runtime, scope, kind, subject, period).draft


def publish_draft(
    runtime: Runtime, scope: Scope, *, kind: str, subject: str, period: Period, seen: str | None, for_authority: bool,
    reason: str, by: str, stored: bool = False,
) -> UUID:  # fmt: skip
    """Publish what was ``seen`` (None: by a command, which publishes what there is); gives the release's id.
    ``stored``: whoever calls has stored the organisation's results just now.

    Raises ``ConflictError`` where the figures are others by now, and what
    :func:`~outcomes.services.publish_release.publish_release` raises.
    """
    if kind not in UNSTORED and not stored:
        store_results(runtime, scope)  # the ledger looks at today's answers, and so must the figures
    prepared = _prepare(runtime, scope, kind, subject, period)
    if prepared.draft.empty:
        raise ConflictError(Sentence("There is nothing that can be published now."))
    if seen is not None and prepared.draft.seen != seen:
        raise ConflictError(
            Sentence("The figures have changed since you looked. Look at them as they are now, and publish them then.")
        )
    release = publish_release(
        runtime, scope, kind=kind, subject=prepared.draft.subject, first_day=period.from_date, last_day=period.to_date,
        content=prepared.content, populations=prepared.material.populations, snapshot=prepared.material.snapshot,
        for_authority=for_authority, reason=reason, by=by,
    )  # fmt: skip
    return release.id


def _refusals(runtime: Runtime, session: Session, populations: Populations) -> tuple[Sentence, ...]:
    """Why figures that are out whole or not at all can't be out beside what is out already."""
    reasons = []
    for key, people in populations.items():
        found = open_ledger(runtime, session, key.partition("|")[0]).check(key, people)
        if found is not None:
            reasons.append(explain(*found))
    return tuple(dict.fromkeys(reasons))


def _prepare(runtime: Runtime, scope: Scope, kind: str, subject: str, period: Period) -> _Prepared:
    if kind not in DRAFTS:
        raise NotFoundError(Sentence("Such figures are not published here."))
    with runtime.database.transaction(scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=own_organisation(scope))
        name: str | LocalText = organisation.name
        if kind in OF_AN_INTERVENTION:
            intervention = interventions.find_intervention(session, slug=subject)
            if intervention is None:
                raise NotFoundError(Sentence("There is no such intervention."))
            name = local_text(intervention.title)
        else:
            subject = organisation.slug
    material = DRAFTS[kind](runtime, scope, subject, period)
    content = clean_content(document_to_json(material.document))
    with runtime.database.transaction(scope) as session:
        earlier = releases.list_versions(
            session, organisation_id=organisation.id, kind=kind, subject=subject, first_day=period.from_date,
            last_day=period.to_date,
        )  # fmt: skip
        refused = _refusals(runtime, session, material.populations) if kind in OF_AN_INTERVENTION else ()
    draft = Draft(
        kind=kind, kind_name=KIND_NAMES[kind], subject=subject, subject_name=name, period=period,
        document=material.document, version=len(earlier) + 1, seen=content_checksum({}, content).hex(),
        left_out=(*material.left_out, *refused), empty=bool(refused) or not material.document.sections,
        unchanged=bool(earlier) and earlier[-1].content == content,
    )  # fmt: skip
    return _Prepared(draft, content, material)
