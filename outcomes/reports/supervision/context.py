"""What the pages and files of supervision are made from: the list with its reasons, and one provider's pack of evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.parts import Figure, LocalText, Points


@dataclass(frozen=True, slots=True)
class SignalLine:
    """One signal: why the provider is on the list, how often that is chance, what would take it off, what was said.

    ``state``: ``open``, ``in_dialogue`` or ``closed``. ``basis``: how many people, and how many of those asked are known.
    """

    signal_id: UUID
    provider_id: UUID
    provider: str
    intervention: LocalText
    method: str
    found_on: date
    reason: Sentence
    number: Sentence | None
    basis: Sentence
    false_alarms: Sentence
    off_the_list: Sentence
    state: str
    response: str
    handled_by: str | None
    handled_at: datetime | None


@dataclass(frozen=True, slots=True)
class SignalGroup:
    """What one dialogue is about: the signals of one provider in one intervention that stand alike.

    ``signal_id``: of the newest, by which the dialogue is opened. The rest is the newest one's.
    """

    signal_id: UUID
    provider_id: UUID
    provider: str
    intervention: LocalText
    number: Sentence | None
    false_alarms: Sentence
    state: str
    response: str
    handled_by: str | None
    handled_at: datetime | None
    lines: tuple[SignalLine, ...]


@dataclass(frozen=True, slots=True)
class ProviderLine:
    """A provider in the list of all, by name: how many signals wait for a dialogue, and how many are in one.

    ``n_followed`` of the interventions in which its people were looked at had enough of them to say anything;
    ``n_unknown`` had too few.
    """

    provider_id: UUID
    name: str
    n_open: int
    n_in_dialogue: int
    n_followed: int
    n_unknown: int


@dataclass(frozen=True, slots=True)
class LookLine:
    """How the providers of one intervention were compared: what was looked at, and who isn't in it."""

    intervention: LocalText
    until: date
    computed_at: datetime
    compared: Sentence
    not_compared: tuple[str, ...]
    figure: Figure | None


@dataclass(frozen=True, slots=True)
class SupervisionContext:
    """The whole list: signals that wait or are talked about, those that were closed, every provider, and how it was made.

    ``false_alarms``: how often the whole list, all interventions together, is wrong.
    """

    organisation: str
    signals: tuple[SignalGroup, ...]
    closed: tuple[SignalGroup, ...]
    providers: tuple[ProviderLine, ...]
    looks: tuple[LookLine, ...]
    false_alarms: Sentence


@dataclass(frozen=True, slots=True)
class EvidenceEntry:
    """A value of a datum: of which intervention (None: of the provider as a whole), the value in words, and what is behind it
    (n, uncertainty, day, source). ``withheld``: too few people, or not known."""

    value: Sentence | LocalText | str
    note: Sentence | None = None
    label: LocalText | None = None
    withheld: bool = False


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """A datum of the catalogue with its values; the same line stands under every theme that asks for it.

    ``origin``: ``outcome``, ``register`` or ``fact``. ``asked_by``: the authorities whose themes name it.
    """

    key: str
    title: Sentence
    origin: str
    entries: tuple[EvidenceEntry, ...]
    asked_by: tuple[Sentence, ...]


@dataclass(frozen=True, slots=True)
class ThemePart:
    """A theme with the data that show it."""

    code: str
    title: LocalText
    lines: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True)
class AuthorityPart:
    """One authority's themes as they are in force, with their source, and what nobody has checked of them."""

    authority: str
    name: Sentence
    title: LocalText
    valid_from: date
    valid_to: date | None
    source: str
    unverified: str
    themes: tuple[ThemePart, ...]


@dataclass(frozen=True, slots=True)
class PackContext:
    """A provider's pack of evidence as of a day, for every authority.

    ``n_asked``: how often the authorities' themes name a datum; ``n_data``: how many different data that is; ``n_entered`` of
    ``n_facts`` that only the provider can tell are entered.
    """

    provider_id: UUID
    provider: str
    organisation: str
    on: date
    made_at: datetime
    is_demo: bool
    n_asked: int
    n_data: int
    n_facts: int
    n_entered: int
    authorities: tuple[AuthorityPart, ...]
    signals: tuple[SignalGroup, ...]


def years(value: float) -> Points:
    """Years inside a sentence: whole ones from ten on."""
    return Points(value, 0 if value >= 10 else 1)  # noqa: PLR2004
