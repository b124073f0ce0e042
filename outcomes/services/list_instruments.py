"""The questionnaires of an organisation as its administrator sees them: in which languages, checked by whom, how easy to
read, where in use, and what keeps one from being used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.instruments import Kind, base_language, variant_of
from outcomes.instruments.readability import readability
from outcomes.language import LANGUAGE_NAMES
from outcomes.reports.parts import LocalText, local_text
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import instruments, protocols, records

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.instruments.readability import LanguageReadability
    from outcomes.services.runtime import Actor, Runtime

VARIANT_NAMES = {"easy": Sentence("easy words"), "child": Sentence("for children")}
RESPONDENT_NAMES = {
    "citizen": Sentence("the citizen"),
    "parent": Sentence("a parent"),
    "relative": Sentence("a relative"),
    "guardian": Sentence("a guardian"),
    "worker": Sentence("a worker"),
    "teacher": Sentence("a teacher"),
}


@dataclass(frozen=True, slots=True)
class InstrumentLanguage:
    """A language of a questionnaire. ``original``: it was written in it. ``by``: who translated it, empty where nobody is
    named; ``checked_by``: the person who speaks it and has checked it, None for nobody yet. ``missing``: how many
    questions it doesn't have. ``texts``: how easy it is to read, by variant."""

    code: str
    name: str
    original: bool
    by: str
    checked_by: str | None
    checked_on: date | None
    missing: int
    texts: tuple[Text, ...]

    @property
    def unchecked(self) -> bool:
        """Whether no person has checked a translation."""
        return not self.original and self.checked_by is None


@dataclass(frozen=True, slots=True)
class Text:
    """How easy one variant is to read: ``variant`` None for the plain words, ``lix`` None where it isn't meant for the
    language, ``words`` in a sentence, ``hard`` questions that may be hard."""

    variant: Sentence | None
    lix: float | None
    words: float
    hard: int


@dataclass(frozen=True, slots=True)
class InstrumentEntry:
    """One version of a questionnaire. ``answered``: somebody has, so it can't be changed. ``used_in``: interventions whose
    plan asks it. ``scoring_only``: its wording belongs to somebody else. ``guarded``: what happens when an answer tells of
    danger is decided, or no answer can."""

    version_id: UUID
    title: LocalText
    key: str
    version: str
    scoring_only: bool
    active: bool
    answered: bool
    has_risk: bool
    guarded: bool
    validated: bool
    used_in: tuple[LocalText, ...]
    respondents: tuple[Sentence, ...]
    languages: tuple[InstrumentLanguage, ...]
    licence: str
    licence_text: LocalText

    @property
    def unchecked(self) -> int:
        """How many of its languages no person has checked."""
        return sum(language.unchecked for language in self.languages)


def list_instruments(runtime: Runtime, actor: Actor) -> tuple[InstrumentEntry, ...]:
    """Every version of every questionnaire, by key and version."""
    with runtime.database.transaction(actor.scope) as session:
        return describe_instruments(session)


def describe_instruments(session: Session) -> tuple[InstrumentEntry, ...]:
    """As :func:`list_instruments`, in the caller's transaction."""
    answered = records.used_versions(session)
    guarded = protocols.list_guarded_keys(session)
    uses: dict[UUID, list[LocalText]] = {}
    for version_id, title, _ in instruments.list_uses(session):
        uses.setdefault(version_id, []).append(local_text(title))
    entries = []
    for version in instruments.list_versions(session):
        instrument = read_stored_instrument(session, version.id)
        scoring_only = instrument.kind is Kind.PROFILE
        has_risk = instrument.has_risk_items
        entries.append(
            InstrumentEntry(
                version_id=version.id,
                title=local_text(instrument.title),
                key=instrument.key,
                version=instrument.version,
                scoring_only=scoring_only,
                active=version.active,
                answered=version.id in answered,
                has_risk=has_risk,
                guarded=not has_risk or instrument.key in guarded,
                validated=instrument.validated,
                used_in=tuple(uses.get(version.id, ())),
                respondents=tuple(RESPONDENT_NAMES[each] for each in instrument.respondents),
                languages=() if scoring_only else describe_languages(instrument),
                licence=instrument.licence.id,
                licence_text=local_text(instrument.licence.text),
            )
        )
    return tuple(entries)


def describe_languages(instrument: Instrument) -> tuple[InstrumentLanguage, ...]:
    """The languages of an instrument, that which it was written in first."""
    texts: dict[str, list[Text]] = {}
    for found in readability(instrument):
        texts.setdefault(base_language(found.code), []).append(_text(found))
    described = []
    for place, code in enumerate(instrument.languages):
        translation = instrument.translations.get(code)
        described.append(
            InstrumentLanguage(
                code=code,
                name=LANGUAGE_NAMES.get(code, code),
                original=place == 0 and translation is None,
                by=translation.by if translation else "",
                checked_by=translation.checked_by if translation else None,
                checked_on=translation.checked_on if translation else None,
                missing=sum(not item.wording.get(code) for item in instrument.items),
                texts=tuple(texts.get(code, ())),
            )
        )
    return tuple(described)


def _text(found: LanguageReadability) -> Text:
    variant = variant_of(found.code)
    return Text(VARIANT_NAMES.get(variant), found.lix, found.words_per_sentence, len(found.hard))
