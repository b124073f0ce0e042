"""What is told of an offer, read from a form or from a row of a table: the same rules, and every fault at its field."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from outcomes.errors import Fault, Sentence
from outcomes.reports.offers.register import AGREEMENTS
from outcomes.tables.cells import as_text, shown
from outcomes.tables.cpr import holds_cpr
from outcomes.tables.danish_dates import read_date_cell
from outcomes.tables.danish_numbers import read_numbers
from outcomes.tables.table import Cell, is_blank

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from outcomes.models import ProviderRecord
    from outcomes.reports.offers.register import Names

LONGEST = 200
MOST_PLACES = 20_000
MOST_POSTS = 99_999
MOST_LISTED = 40
FIELDS = (
    "name", "tilbudsportal_id", "valid_from", "owner_kind", "owner", "has_address", "capacity", "staffing", "competences",
    "interventions", "target_groups", "legal_sections", "agreements", "source",
)  # fmt: skip
_SEPARATORS = re.compile(r"[;|\n]")
_SECTION = re.compile(r"(?P<law>[^\d§]{3,60}?)[\s,]*§+\s*(?P<section>\d{1,3}\s?[a-zæøå]?)(?P<rest>(?:[\s,].{0,40})?)")
_WORDS: dict[str, dict[object, tuple[str, ...]]] = {
    "has_address": {True: ("ja", "yes", "1", "true", "sand"), False: ("nej", "no", "0", "false", "falsk")},
    "owner_kind": {
        "municipal": ("kommunal", "kommunalt", "municipal", "kommune"),
        "regional": ("regional", "regionalt", "region"),
        "private": ("privat", "private"),
        "self_governing": ("selvejende", "self-governing", "self_governing"),
    },
}


@dataclass(frozen=True, slots=True)
class OfferFacts:
    """An offer's record. None: not known."""

    name: str
    tilbudsportal_id: str | None
    valid_from: date
    owner_kind: str
    owner: str
    has_address: bool
    capacity: int | None
    staffing: Decimal | None
    competences: tuple[tuple[str, int | None], ...]
    interventions: tuple[str, ...]
    target_groups: tuple[str, ...]
    legal_sections: tuple[str, ...]
    agreements: tuple[str, ...]
    source: str

    def columns(self) -> dict[str, Any]:
        """What of it a record keeps, without its day and its source."""
        return {
            "owner_kind": self.owner_kind,
            "owner": self.owner,
            "has_address": self.has_address,
            "capacity": self.capacity,
            "staffing": self.staffing,
            "competences": [{"title": {"da": title}, "people": people} for title, people in self.competences],
            "interventions": list(self.interventions),
            "target_groups": list(self.target_groups),
            "legal_sections": list(self.legal_sections),
            "agreements": list(self.agreements),
        }

    def says_the_same(self, record: ProviderRecord) -> bool:
        """Does the record hold just this?"""
        return all(getattr(record, name) == value for name, value in self.columns().items())


class FactReader:
    """Reads one offer. Known interventions and target groups may be named by their short name or their title."""

    def __init__(self, names: Names) -> None:
        self._interventions = _by_any_name(names.interventions)
        self._groups = _by_any_name(names.groups)

    def read(self, cells: Mapping[str, Cell], faults: list[Fault]) -> OfferFacts | None:
        """The facts; None where something is wrong, which is added to ``faults`` with the field as its place."""
        before = len(faults)
        found = {
            "name": self._line(cells, "name", faults, wanted=Sentence("Write the offer's name.")),
            "tilbudsportal_id": self._line(cells, "tilbudsportal_id", faults) or None,
            "valid_from": self._day(cells, faults),
            "owner_kind": self._word(
                cells, "owner_kind", faults,
                Sentence("Say who owns the offer: municipal, regional, private or self-governing."),
            ),
            "owner": self._line(cells, "owner", faults, wanted=Sentence("Write the owner's name.")),
            "has_address": self._word(cells, "has_address", faults, Sentence("Say yes or no: has it an address of its own?")),
            "capacity": self._whole_number(cells, faults),
            "staffing": self._posts(cells, faults),
            "competences": self._competences(cells, faults),
            "interventions": self._known(
                cells, "interventions", self._interventions, faults,
                _no_intervention,
            ),
            "target_groups": self._known(
                cells, "target_groups", self._groups, faults,
                _no_group,
            ),
            "legal_sections": self._sections(cells, faults),
            "agreements": self._known(
                cells, "agreements", {key.casefold(): key for key in AGREEMENTS} | {"framework agreement": "rammeaftale"},
                faults, _no_agreement,
            ),
            "source": self._line(cells, "source", faults, wanted=Sentence("Write where this is known from.")),
        }  # fmt: skip
        return OfferFacts(**found) if len(faults) == before else None  # type: ignore[arg-type]

    def _line(
        self, cells: Mapping[str, Cell], name: str, faults: list[Fault], *, wanted: Sentence | None = None
    ) -> str:
        cell = cells.get(name)
        text = "" if is_blank(cell) else re.sub(r"\s+", " ", as_text(cell))
        if not text and wanted is not None:
            faults.append(Fault(name, wanted))
        elif len(text) > LONGEST:
            faults.append(Fault(name, Sentence("This is longer than %(most)s letters.", most=LONGEST)))
        elif holds_cpr(text):
            faults.append(Fault(name, Sentence("This looks like a CPR number. No person belongs in this register.")))
        return text

    def _day(self, cells: Mapping[str, Cell], faults: list[Fault]) -> date | None:
        cell = cells.get("valid_from")
        if is_blank(cell):
            faults.append(Fault("valid_from", Sentence("Write the day from which this holds.")))
            return None
        day = read_date_cell(cell)
        if isinstance(day, Sentence):
            faults.append(Fault("valid_from", day))
            return None
        return day

    def _word(self, cells: Mapping[str, Cell], name: str, faults: list[Fault], wanted: Sentence) -> object:
        cell = cells.get(name)
        if isinstance(cell, bool):
            cell = "ja" if cell else "nej"
        word = "" if is_blank(cell) else as_text(cell).casefold()
        for value, words in _WORDS[name].items():
            if word in words:
                return value
        faults.append(Fault(name, wanted))
        return None

    def _whole_number(self, cells: Mapping[str, Cell], faults: list[Fault]) -> int | None:
        number = self._number(cells, "capacity", MOST_PLACES, faults)
        if number is not None and not number.is_integer():
            faults.append(Fault("capacity", Sentence("Write a whole number of places, or nothing.")))
            return None
        return None if number is None else int(number)

    def _posts(self, cells: Mapping[str, Cell], faults: list[Fault]) -> Decimal | None:
        number = self._number(cells, "staffing", MOST_POSTS, faults)
        return None if number is None else Decimal(str(round(number, 2))).quantize(Decimal("0.01"))

    def _number(self, cells: Mapping[str, Cell], name: str, most: int, faults: list[Fault]) -> float | None:
        cell = cells.get(name)
        if is_blank(cell):
            return None
        (number,) = read_numbers([cell], "comma" if isinstance(cell, str) and "," in cell else "auto")
        if isinstance(number, float) and 0 <= number <= most:
            return number
        sentence = number if isinstance(number, Sentence) else None
        faults.append(Fault(name, sentence or Sentence("Write a number from 0 to %(most)s, or nothing.", most=most)))
        return None

    def _competences(self, cells: Mapping[str, Cell], faults: list[Fault]) -> tuple[tuple[str, int | None], ...]:
        found: dict[str, int | None] = {}
        for part in self._parts(cells, "competences", faults):
            title, mark, number = part.rpartition(":")
            if not mark:
                title, number = part, ""
            number = number.strip()
            if number and not re.fullmatch("[0-9]{1,4}", number):
                sentence = Sentence("Write a competence and how many have it, such as “Socialpædagog: 8”.")
                faults.append(Fault("competences", sentence))
            elif title.strip():
                found[title.strip()] = int(number) if number else None
        return tuple(found.items())

    def _parts(self, cells: Mapping[str, Cell], name: str, faults: list[Fault]) -> list[str]:
        """The parts of a cell that lists several, each once."""
        cell = cells.get(name)
        text = "" if is_blank(cell) else as_text(cell)
        parts = list(dict.fromkeys(part.strip() for part in _SEPARATORS.split(text) if part.strip()))
        if len(parts) > MOST_LISTED or any(len(part) > LONGEST for part in parts):
            faults.append(Fault(name, Sentence("This lists too much. Separate the parts with “|”.")))
            return []
        if any(holds_cpr(part) for part in parts):
            faults.append(Fault(name, Sentence("This looks like a CPR number. No person belongs in this register.")))
            return []
        return parts

    def _known(
        self,
        cells: Mapping[str, Cell],
        name: str,
        known: Mapping[str, str],
        faults: list[Fault],
        refuse: Callable[[str], Sentence],
    ) -> tuple[str, ...]:
        found = []
        for part in self._parts(cells, name, faults):
            key = known.get(part.casefold())
            if key is None:
                faults.append(Fault(name, refuse(shown(part))))
            else:
                found.append(key)
        return tuple(sorted(set(found)))

    def _sections(self, cells: Mapping[str, Cell], faults: list[Fault]) -> tuple[str, ...]:
        found = set()
        for part in self._parts(cells, "legal_sections", faults):
            match = _SECTION.fullmatch(part)
            if match is None:
                sentence = Sentence(
                    "“%(name)s” isn't a law and section. Write it as Serviceloven § 107.", name=shown(part)
                )
                faults.append(Fault("legal_sections", sentence))
                continue
            found.add(f"{match['law'].strip()} § {match['section']}{match['rest']}".strip())
        return tuple(sorted(found))


def _no_intervention(name: str) -> Sentence:
    return Sentence("There is no intervention called “%(name)s” here. Write its short name or its title.", name=name)


def _no_group(name: str) -> Sentence:
    return Sentence("There is no target group called “%(name)s” here. Write its code or its title.", name=name)


def _no_agreement(name: str) -> Sentence:
    return Sentence(
        "“%(name)s” isn't an agreement that is known here. They are NATKO, VISO and rammeaftale.", name=name
    )


def _by_any_name(names: Mapping[str, Any]) -> dict[str, str]:
    """Short names by everything that they may be called, in any language."""
    titles = {
        text.casefold(): key for key, title in reversed(list(names.items())) for _, text in title.texts if text.strip()
    }
    return titles | {key.casefold(): key for key in names}
