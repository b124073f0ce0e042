"""A questionnaire to print: for anybody, or for one measurement of one person. The sheet carries no name either way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.instruments import Kind, base_language, variant_of
from outcomes.models.record import PAPER_PRINTED
from outcomes.reports.paper_form import Sheet, build_paper_form, render_paper, render_paper_apart
from outcomes.services.list_instruments import VARIANT_NAMES
from outcomes.services.open_asking import CITIZEN, find_asked
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import instruments, organisations

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.services.open_asking import Respondent
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.store.database import Scope

CODE_LETTERS = 8
KEYING_PATH = "/indtast"


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A PDF to hand out. Its name says which questionnaire it is, and nobody's name."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class SheetWording:
    """Words that a sheet can be in: the code that asks for them, the code of their language, and which words of it they
    are (None: the plain ones)."""

    code: str
    language: str
    variant: Sentence | None


def print_paper_form(
    runtime: Runtime, scope: Scope, *, key: str, locale: str, version: str | None = None, apart: bool = True
) -> PaperFile:
    """The sheet of a questionnaire, the newest version where none is named, in a language or variant of its wording.

    ``apart``: made in the render process. Raises ``NotFoundError`` where there is no such version, no wording of it, or
    not in that language.
    """
    with runtime.database.transaction(scope) as session:
        found = [each for each in instruments.list_versions(session) if each.key == key]
        chosen = [each for each in found if version in (None, each.version)]
        if not chosen:
            raise NotFoundError(Sentence("There is no such questionnaire here."))
        instrument = read_stored_instrument(session, chosen[-1].id)
        address = f"{runtime.settings.base_url}{KEYING_PATH}/{instrument.key}/{instrument.version}"
        sheet = _sheet(session, scope, address)
    return _file(instrument, locale, sheet, apart=apart)


def print_for_occasion(
    runtime: Runtime, actor: Actor, citizen_id: UUID, occasion_id: UUID, *, relation_id: UUID | None = None,
    locale: str | None = None,
) -> PaperFile:  # fmt: skip
    """The sheet of one measurement for one respondent, in their language unless ``locale`` names another; logged.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, for somebody who isn't asked about this, and for
    a language that the questions aren't there in; ``ConflictError`` where nobody can be asked now.
    """
    with runtime.database.transaction(actor.scope) as session:
        asked = find_asked(runtime, session, actor, citizen_id, occasion_id, PAPER_PRINTED)
        who = asked.respondent(relation_id)
        asked.require_askable()
        sheet = _sheet(session, actor.scope, _occasion_address(runtime, occasion_id, who), occasion_id, who)
        session.commit()
    return _file(asked.instrument, locale or sheet_language(asked.instrument, who), sheet, apart=True)


def sheet_code(occasion_id: UUID) -> str:
    """What sheet and page share, to see that they belong together: says nothing about anybody."""
    letters = occasion_id.hex[:CODE_LETTERS].upper()
    return f"{letters[: CODE_LETTERS // 2]} {letters[CODE_LETTERS // 2 :]}"


def paper_locales(instrument: Instrument) -> tuple[str, ...]:
    """The languages and variants that a questionnaire can be printed in, each language before its variants."""
    used = {code for item in instrument.items for code in item.wording}
    variants = {
        language: sorted(code for code in used if code != language and base_language(code) == language)
        for language in instrument.languages
    }
    return tuple(code for language in instrument.languages for code in (language, *variants[language]))


def sheet_language(instrument: Instrument, who: Respondent) -> str:
    """The language of a respondent's sheet where no other is asked for: theirs, else the questionnaire's first one."""
    return who.locale if who.locale in instrument.languages else instrument.languages[0]


def other_sheets(instrument: Instrument, who: Respondent) -> tuple[SheetWording, ...]:
    """What a respondent's sheet can be printed in instead: other words of its language first, then the other languages."""
    own = sheet_language(instrument, who)
    found = [
        SheetWording(code, base_language(code), VARIANT_NAMES.get(variant_of(code)))
        for code in paper_locales(instrument)
    ]
    varied = [each for each in found if each.language == own and each.variant is not None]
    return (*varied, *(each for each in found if each.language != own and each.code == each.language))


def _occasion_address(runtime: Runtime, occasion_id: UUID, who: Respondent) -> str:
    asked = f"?hvem={who.relation_id}" if who.relation_id else ""
    return f"{runtime.settings.base_url}{KEYING_PATH}/{occasion_id}{asked}"


def _sheet(
    session: Session, scope: Scope, address: str, occasion_id: UUID | None = None, who: Respondent | None = None
) -> Sheet:
    if scope.organisation_id is None:
        raise ValueError("a sheet belongs to an organisation")
    organisation = organisations.get_organisation(session, organisation_id=scope.organisation_id)
    return Sheet(
        organisation_name=organisation.name,
        address=address,
        code=sheet_code(occasion_id) if occasion_id else "",
        respondent=who.kind if who else CITIZEN,
        phone=str(organisation.contact.get("phone") or ""),
    )


def _file(instrument: Instrument, locale: str, sheet: Sheet, *, apart: bool) -> PaperFile:
    if instrument.kind is Kind.PROFILE or locale not in paper_locales(instrument):
        raise NotFoundError(Sentence("The questionnaire isn't there in this language."))
    form = build_paper_form(instrument, locale, sheet)
    content = render_paper_apart(form, locale) if apart else render_paper(form, locale)
    return PaperFile(f"{instrument.key}-{instrument.version}-{locale}.pdf", content)
