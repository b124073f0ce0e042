"""A paper form comes back: what has been typed in of it so far, and what is to be done next.

A sheet is typed in twice, the second time without seeing the first. Where both agree, it is the respondent's answers; where
they differ, somebody looks at the paper and chooses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import NotFoundError, Sentence
from outcomes.instruments import Instrument, from_json
from outcomes.instruments.model import Item
from outcomes.models import KeyedSheet
from outcomes.models.record import PAPER_KEYED
from outcomes.services.open_asking import Asked, Respondent, find_asked
from outcomes.services.open_link import OpenLink
from outcomes.services.print_paper_form import sheet_code
from outcomes.services.raise_signals import Help, read_help
from outcomes.services.record_interview import read_respondent
from outcomes.services.submit_response import Receipt
from outcomes.store import asking, organisations, responses, sheets
from outcomes.store.database import SessionStatements

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Actor, Runtime

BOTH = 2
DAY, LANGUAGE, HELPER = "answered-on", "sheet-language", "who-helped"
"""Places of a sheet beside its questions; no question's id has a hyphen."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where the two keyings differ. ``place``: the item's id, or one of ``DAY``, ``LANGUAGE``, ``HELPER`` without item."""

    place: str
    item: Item | None
    number: int | None
    first: Any = field(repr=False)
    second: Any = field(repr=False)


@dataclass(frozen=True, slots=True)
class SheetView:
    """What the page of a sheet shows. ``keying``: 1 or 2, which time it would be typed in now; 0 where it isn't any more.
    ``keyers``: who typed it in, in order. ``own_first``: the first time it was the one who looks now. ``token``: names what
    was typed in so far. ``begun``: the respondent has begun to answer elsewhere too."""

    citizen_id: UUID
    name: str
    occasion_id: UUID
    label: Sentence
    who: Respondent
    instrument: Instrument
    code: str
    obstacle: Sentence | None
    keying: int
    keyers: tuple[str, ...]
    own_first: bool
    differences: tuple[Difference, ...]
    token: str
    begun: bool
    receipt: Receipt | None
    help: Help

    @property
    def is_open(self) -> bool:
        """Whether it can be typed in now."""
        return self.keying > 0 and self.obstacle is None

    @property
    def language(self) -> str:
        """The language that the sheet is most likely in."""
        languages = self.instrument.languages
        return self.who.locale if self.who.locale in languages else languages[0]


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """A sheet inside a transaction: what it answers, by whom, and what was typed in of it."""

    asked: Asked
    who: Respondent
    opened: OpenLink
    keyings: tuple[KeyedSheet, ...]

    @property
    def token(self) -> str:
        """Names what was typed in so far."""
        return "-".join(keying.id.hex[:12] for keying in self.keyings)

    @property
    def obstacle(self) -> Sentence | None:
        """Why no sheet is typed in, whatever day stands on it; or None."""
        if self.opened.state != "planned":
            return Sentence("This is not asked any more: it was said no to, or taken back.")
        if self.asked.instrument.has_risk_items and not self.opened.has_protocol:
            return Sentence(
                "An answer here could call for help at once, and nobody has decided yet what happens then. Ask your"
                " administrator to write the risk protocol first."
            )
        return None


def open_sheet(runtime: Runtime, actor: Actor, occasion_id: UUID, *, relation_id: UUID | None = None) -> SheetView:
    """The page of a respondent's sheet; logged.

    Raises ``NotFoundError`` for whoever doesn't need to know the citizen, and for somebody who isn't asked about this.
    """
    with runtime.database.transaction(actor.scope) as session:
        found = find_sheet(runtime, session, actor, occasion_id, relation_id)
        asked, opened = found.asked, found.opened
        keyers = organisations.list_user_names(session, user_ids={keying.keyed_by for keying in found.keyings})
        helping = read_help(SessionStatements(session), opened, actor.organisation_id)
        keyings = found.keyings
        view = SheetView(
            citizen_id=opened.citizen_id,
            name=asked.name,
            occasion_id=occasion_id,
            label=asked.label,
            who=found.who,
            instrument=asked.instrument,
            code=sheet_code(occasion_id),
            obstacle=found.obstacle,
            keying=0 if opened.response_id or len(keyings) == BOTH else len(keyings) + 1,
            keyers=tuple(keyers.get(keying.keyed_by, "") for keying in keyings),
            own_first=bool(keyings) and keyings[0].keyed_by == actor.user_id,
            differences=find_differences(asked.instrument, *keyings) if len(keyings) == BOTH else (),
            token=found.token,
            begun=bool(opened.draft),
            receipt=Receipt(opened.response_id, opened.answered_at, opened.late)
            if opened.response_id and opened.answered_at
            else None,
            help=helping,
        )
        session.commit()
        return view


def find_sheet(
    runtime: Runtime, session: Session, actor: Actor, occasion_id: UUID, relation_id: UUID | None, *, hold: bool = False
) -> FoundSheet:
    """In the caller's transaction, and logged. ``hold``: nobody else types in or sends answers to the occasion until it
    ends. Raises ``NotFoundError`` as :func:`open_sheet`."""
    if hold:  # before anything is read or written, as in find_asked
        responses.lock_occasion(session, occasion_id=occasion_id)
    found = asking.find_occasion(session, occasion_id=occasion_id)
    if found is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    asked = find_asked(runtime, session, actor, found[1].citizen_id, occasion_id, PAPER_KEYED)
    who = asked.respondent(relation_id)
    opened = read_respondent(SessionStatements(session), actor, asked, who)
    keyings = sheets.list_keyings(
        session, occasion_id=occasion_id, respondent_kind=who.kind, relation_id=who.relation_id
    )
    return FoundSheet(asked, who, opened, tuple(keyings))


def find_differences(instrument: Instrument, first: KeyedSheet, second: KeyedSheet) -> tuple[Difference, ...]:
    """Where two keyings say different things, in the order of the sheet."""
    one, other = _answers(first), _answers(second)
    answers = tuple(
        Difference(item.id, item, number, one.get(item.id), other.get(item.id))
        for number, item in enumerate(instrument.items, 1)
        if one.get(item.id) != other.get(item.id)
    )
    beside: tuple[tuple[str, date | str | None, date | str | None], ...] = (
        (LANGUAGE, first.locale, second.locale),
        (HELPER, first.helper_kind, second.helper_kind),
        (DAY, first.answered_on, second.answered_on),
    )
    return answers + tuple(Difference(place, None, None, a, b) for place, a, b in beside if a != b)


def _answers(keying: KeyedSheet) -> Mapping[str, Any]:
    return {item: from_json(value) for item, value in keying.answers.items()}
