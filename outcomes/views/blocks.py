"""The questions on a citizen's pages: each made once per questionnaire version, words and way of reading."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup

from outcomes.forms.blocks import QuestionBlock, make_block
from outcomes.language import current_locale
from outcomes.services.read_audio import has_audio, recorded_locale
from outcomes.views.admission import runtime
from outcomes.views.reading import COOKIE, current_reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.read_visit import Visit
    from outcomes.views.reading import Reading

KEPT_PAGES = 1024
BLOCK, SEEN = "\ue002block\ue003", "\ue004seen\ue005"
"""Stand where the question and the name of what was kept of its answer go, in a page that is made once."""
ADULT_WORDS_FROM = 15
"""Years of age from which a child isn't spoken to as one, unless they choose it."""
CHILD = "child"
KEPT_BLOCKS = 4096


def words_of(visit: Visit) -> str:
    """The language of the moment with the variant of the wording that is shown: the reader's choice, else by age."""
    reading = current_reading()
    if speaks_to_child(visit, reading):
        return f"{current_locale()}-x-{CHILD}"
    return reading.wording_locale


def speaks_to_child(visit: Visit, reading: Reading | None = None) -> bool:
    """Whether the words are a child's: where it was chosen, and for a child who has chosen nothing."""
    reading = reading or current_reading()
    if reading.wording == CHILD:
        return True
    young = visit.age_at_most is not None and visit.age_at_most < ADULT_WORDS_FROM
    return young and COOKIE not in request.cookies


def question_block(visit: Visit, item: Any, *, heading: str, answer: Any, notice: bool = True) -> Markup:
    """A question with the answer that this browser gave, or with none."""
    reading, words = current_reading(), words_of(visit)
    block = _cached_block(
        _Asked(visit.instrument, item),
        words,
        heading,
        reading.pictures,
        reading.aloud,
        _recording(visit, item, words),
        notice,
    )
    return block.fill(answer)


def whole_page(visit: Visit, item: Any, key: tuple[Any, ...], render: Callable[[str, str], str]) -> str:
    """A question's page as it is before anything was sent, made once for everybody who is asked the same in the same way.

    ``key`` says what the page shows beside the question; ``render`` makes the page around a block and a name of what was
    kept. Nobody's answer, and nobody's token, is in what is remembered.
    """
    reading, words = current_reading(), words_of(visit)
    recording, token = _recording(visit, item, words), generate_csrf()
    seen, answer = visit.seen(item.id), visit.answers.get(item.id)
    asked = _Asked(visit.instrument, item)
    block = _cached_block(asked, words, "h1", reading.pictures, reading.aloud, recording, True)
    page_key = (asked, words, reading, recording, visit.organisation_name, visit.contact, *key)
    pieces = _pages.get(page_key)
    if pieces is None:
        page = render(Markup(BLOCK), SEEN)  # noqa: S704 - a mark of our own
        pieces = tuple(re.split(f"{re.escape(token)}|{BLOCK}|{SEEN}", page))
        if len(pieces) != PIECES:  # something else of the page is this person's own: it isn't remembered
            return page.replace(SEEN, seen).replace(BLOCK, block.fill(answer))
        if len(_pages) >= KEPT_PAGES:
            _pages.clear()
        _pages[page_key] = pieces
    start, between, before, after = pieces
    return f"{start}{token}{between}{seen}{before}{block.fill(answer)}{after}"


PIECES = 4
_pages: dict[tuple[Any, ...], tuple[str, ...]] = {}


def faulty_block(visit: Visit, field: Any, *, heading: str, notice: bool = True) -> Markup:
    """A question as it came back: with what was typed, and what is wrong with it."""
    reading, words = current_reading(), words_of(visit)
    return draw(
        field,
        heading,
        pictures=reading.pictures == "yes",
        aloud=reading.aloud == "yes",
        recording=_recording(visit, field.item, words),
        notice=notice,
    )


def draw(field: Any, heading: str, **how: Any) -> Markup:
    """The HTML of one field, by the macro that draws every question."""
    module: Any = current_app.jinja_env.get_template("macros/questions.html").module
    drawn: Markup = module.question(field, heading, **how)
    return drawn


def _recording(visit: Visit, item: Any, words: str) -> str:
    """Where the question can be heard, where somebody reads aloud and it was recorded; else empty."""
    if current_reading().aloud != "yes":
        return ""
    version = visit.opened.version_id
    recorded = recorded_locale(has_audio(runtime(), visit.ticket.scope, version), item, words)
    return url_for("audio.recording", version=version, item=item.id, locale=recorded) if recorded else ""


class _Asked:
    """A question of an instrument as a key: equal where the instruments say the same."""

    __slots__ = ("instrument", "item", "key")

    def __init__(self, instrument: Any, item: Any) -> None:
        self.instrument, self.item = instrument, item
        self.key = (instrument.checksum, item.id)

    def __hash__(self) -> int:
        return hash(self.key)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.key == other.key


@lru_cache(maxsize=KEPT_BLOCKS)
def _cached_block(
    asked: _Asked, words: str, heading: str, pictures: str, aloud: str, recording: str, notice: bool
) -> QuestionBlock:
    how = {"pictures": pictures == "yes", "aloud": aloud == "yes", "recording": recording, "notice": notice}
    return make_block(asked.instrument, asked.item, words, lambda field: draw(field, heading, **how))
