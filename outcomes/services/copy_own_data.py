"""A citizen gets a copy of everything stored about them: to read (PDF/UA) and for other programs (JSON)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import translate, use_locale
from outcomes.reports.own_copy import render_copy_apart
from outcomes.services.describe_own_data import describe_own_data
from outcomes.services.gather_own_data import OwnData, gather_own_data
from outcomes.services.read_own_page import plain_answers

if TYPE_CHECKING:
    from outcomes.instruments.model import Item
    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen

MEDIA_TYPES = {"pdf": "application/pdf", "json": "application/json"}
FILE_NAME = "alt-om-mig"
"""Begins the file's name. It names nobody."""


class Line(Protocol):
    """A question with its answer in words; ``None``: skipped."""

    @property
    def question(self) -> str: ...
    @property
    def answer(self) -> str | None: ...


InWords = Callable[[Iterable["Item"], Mapping[str, Any]], Iterable[Line]]
"""Puts questions and their answers into words, in the locale in force."""


@dataclass(frozen=True, slots=True)
class CopyFile:
    """A file to hand out."""

    name: str
    media_type: str
    content: bytes


def copy_own_data(
    runtime: Runtime, citizen: SignedInCitizen, *, file_format: str, locale: str, in_words: InWords
) -> CopyFile:
    """The copy as ``pdf`` or ``json``. Raises ``NotFoundError`` for another format."""
    if file_format not in MEDIA_TYPES:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    with runtime.database.transaction(citizen.scope) as session:
        data = gather_own_data(runtime, session, citizen)
    made_at = runtime.now()
    with use_locale(locale):
        if file_format == "pdf":
            content = render_copy_apart(describe_own_data(data, in_words, made_at=made_at), locale)
        else:
            document = as_document(data, in_words, made_at=made_at)
            content = json.dumps(document, ensure_ascii=False, indent=1, default=_plain).encode()
    return CopyFile(f"{FILE_NAME}-{runtime.today()}.{file_format}", MEDIA_TYPES[file_format], content)


def as_document(data: OwnData, in_words: InWords, *, made_at: datetime) -> dict[str, Any]:
    """The copy for machines: every fact under its name, answers both as stored and in words."""
    person = data.person
    return {
        "format": "outcomes own copy 1",
        "made_at": made_at,
        "person": {name: getattr(person, name) for name in person.__dataclass_fields__},
        "coordinators": [_span("name", row) for row in data.coordinators],
        "may_answer_beside_you": [_span("kind", row) for row in data.relations],
        "episodes": [_fields(row) for row in data.episodes],
        "measurements": [_fields(row) for row in data.occasions],
        "responses": [
            {
                "title": row.title, "answered_at": row.answered_at, "language": row.locale, "mode": row.mode,
                "helped_by": row.helper_kind or None, "seconds_to_answer": row.entry_seconds,
                "answers": plain_answers(row.answers),
                "in_words": _lines(in_words(row.items, row.answers)),
                "scores": [translate(sentence) for sentence in data.scores.get(row.response_id, ())],
                "corrections": [_fields(correction) for correction in row.corrections],
            }
            for row in data.responses
        ],
        "answered_by_staff": [
            {
                "title": row.title, "respondent": row.respondent_kind, "answered_at": row.answered_at,
                "answers": plain_answers(row.answers), "in_words": _lines(in_words(row.items, row.answers)),
            }
            for row in data.staff_responses
        ],
        "not_sent": [
            {"title": row.title, "updated_at": row.updated_at, "answers": plain_answers(row.answers),
             "in_words": _lines(in_words(row.items, row.answers))}
            for row in data.drafts
        ],
        "goals": [{**_fields(row), "ratings": [_fields(rating) for rating in row.ratings]} for row in data.goals],
        "corrections": [_fields(row) for row in data.corrections],
        "looked": [_fields(row) for row in data.looks],
        "shared": [_fields(row) for row in data.shares],
        "messages": [_fields(row) for row in data.messages],
        "signals": [_fields(row) for row in data.signals],
    }  # fmt: skip


def _fields(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in row.__dataclass_fields__}


def _span(name: str, row: tuple[str, date, date | None]) -> dict[str, Any]:
    return {name: row[0], "from": row[1], "to": row[2]}


def _lines(lines: Iterable[Line]) -> list[dict[str, str | None]]:
    return [{"question": line.question, "answer": line.answer} for line in lines]


def _plain(value: object) -> object:
    """Days and moments as ISO 8601; words in the language of the copy."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    return translate(value) if isinstance(value, Sentence) else str(value)
