"""Set an outcome target, or a new version of one; nothing is stored that can't be computed, and nothing is overwritten."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from outcomes.analysis.indicators import INDICATORS
from outcomes.errors import ConflictError, Sentence
from outcomes.language import DEFAULT_LOCALE
from outcomes.reports.parts import LocalText
from outcomes.services.decide_protocol import LONGEST_WORDS, plain_words
from outcomes.services.judge_targets import read_target_names
from outcomes.services.read_target import find_versions
from outcomes.services.read_targets import AUTHORITY
from outcomes.services.read_written import free_code, one_line
from outcomes.services.target_rules import TargetText, clean_target
from outcomes.store import organisations, targets

if TYPE_CHECKING:
    from decimal import Decimal

    from outcomes.models import OutcomeTarget
    from outcomes.services.runtime import Actor, Runtime

RESERVED = frozenset({"nyt", "definitioner", "nationalt", "data"})
"""Words that are addresses of other pages."""


@dataclass(frozen=True, slots=True)
class TargetForm:
    """What a form starts from: the newest ``version`` (0 for a new target) as text, and what there is to choose."""

    text: TargetText
    version: int
    for_authority: bool
    interventions: Mapping[str, LocalText] = field(default_factory=dict)
    providers: Mapping[UUID, str] = field(default_factory=dict)
    groups: Mapping[str, LocalText] = field(default_factory=dict)
    sections: tuple[str, ...] = ()


def read_target_form(runtime: Runtime, actor: Actor, code: str | None = None) -> TargetForm:
    """A form for a new target, or for the next version of one's own. Raises ``NotFoundError`` for no such target."""
    with runtime.database.transaction(actor.scope) as session:
        organisation = organisations.get_organisation(session, organisation_id=actor.organisation_id)
        versions = find_versions(session, actor.scope, code) if code else []
        names = read_target_names(session)
        sections = tuple(targets.list_legal_sections(session))
    return TargetForm(
        text=_as_text(versions[-1]) if versions else TargetText(minimum_n="30"),
        version=len(versions),
        for_authority=organisation.kind == AUTHORITY,
        interventions=names.interventions,
        providers=names.providers,
        groups=names.groups,
        sections=sections,
    )


def set_target(runtime: Runtime, actor: Actor, written: TargetText, *, code: str | None = None, after: int = 0) -> str:
    """Store a target, or the version ``after`` + 1 of the one with ``code``; gives its code.

    Raises ``AnswerError`` with every fault, ``ConflictError`` where another version was set meanwhile, ``NotFoundError`` for
    a code that isn't one of the organisation's own. What an authority sets is national.
    """
    try:
        with runtime.database.transaction(actor.scope) as session:
            organisation = organisations.get_organisation(session, organisation_id=actor.organisation_id)
            versions = find_versions(session, actor.scope, code) if code else []
            if len(versions) != after:
                raise _meanwhile()
            clean = clean_target(session, organisation, written, versions, runtime.today())
            title = one_line(written.title)
            code = code or free_code(title, {each.code for each in targets.list_targets(session)} | RESERVED)
            targets.add_target(
                session,
                organisation_id=actor.organisation_id,
                code=code,
                version=after + 1,
                title={DEFAULT_LOCALE: title},
                decided_by=one_line(written.decided_by),
                reason=plain_words(written.reason)[:LONGEST_WORDS],
                ends=bool(written.ends),
                **clean,
            )
            session.commit()
            return code
    except IntegrityError as error:
        raise _meanwhile() from error


def _meanwhile() -> ConflictError:
    return ConflictError(
        Sentence("Another version was set meanwhile. Read it below, and then decide whether yours is to follow it.")
    )


def _as_text(row: OutcomeTarget) -> TargetText:
    share = INDICATORS[row.indicator].unit == "share"
    return TargetText(
        title=row.title.get(DEFAULT_LOCALE, ""),
        indicator=row.indicator,
        intervention=row.intervention_slug or "",
        provider=str(row.provider_id or ""),
        target_group=row.target_group or "",
        legal_section=row.legal_section or "",
        threshold=_plain(row.threshold * 100 if share else row.threshold),
        first_day=row.first_day.isoformat(),
        last_day=row.last_day.isoformat(),
        minimum_n=str(row.minimum_n),
        decided_by="",
        reason="",
    )


def _plain(value: Decimal) -> str:
    """The number as somebody would write it: without zeros at the end."""
    return f"{value:f}".rstrip("0").rstrip(".") if "." in f"{value:f}" else f"{value:f}"
