"""The themes that an authority looks at, by date of effect: read from YAML, checked, and found for a day.

A law changes themes; the program doesn't. Versions of one authority follow each other without a gap and without an overlap:
on every day exactly one is in force.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import yaml

from outcomes.errors import Fault, InputError, Sentence
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.supervision.catalogue import AUTHORITIES, CATALOGUE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHIPPED = Path(__file__).parent / "themes"
MOST_BYTES = 200_000
LONGEST = 400
NO_WORDS = Sentence("Write words here, in quotation marks where they look like a number or a list.")


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme: its code, what it is called, and the keys of the data that show it."""

    code: str
    title: LocalText
    data: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ThemeVersion:
    """An authority's themes from ``valid_from`` until before ``valid_to`` (None: until further notice).

    ``unverified``: what of it nobody has checked. ``shared``: set by an authority for all. ``shipped``: comes with the
    program, and counts only where nobody has set another. ``owner``: the organisation that set it; ``kept_by``: its name,
    where it is shared.
    """

    authority: str
    title: LocalText
    valid_from: date
    valid_to: date | None
    source: str
    unverified: str
    themes: tuple[Theme, ...]
    shared: bool = False
    shipped: bool = False
    owner: UUID | None = None
    kept_by: str = field(default="", compare=False)

    def holds(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@cache
def shipped_themes() -> tuple[ThemeVersion, ...]:
    """The versions that come with the program, by authority and day."""
    return tuple(
        replace(version, shipped=True)
        for path in sorted(SHIPPED.glob("*.yaml"))
        for version in read_theme_file(path.read_bytes())
    )


def themes_on(versions: Iterable[ThemeVersion], day: date) -> tuple[ThemeVersion, ...]:
    """For each authority the version in force: one set by an authority for all, else one's own, else the shipped."""
    found: dict[str, ThemeVersion] = {}
    for version in sorted(versions, key=lambda each: (each.shared, not each.shipped)):
        if version.holds(day):
            found[version.authority] = version
    return tuple(found[authority] for authority in AUTHORITIES if authority in found)


def read_theme_file(content: bytes) -> tuple[ThemeVersion, ...]:
    """The versions in a file. Raises ``InputError`` with every fault, also where they don't follow each other."""
    refused = Sentence("These themes can't be used as they stand. Nothing was stored.")
    if len(content) > MOST_BYTES:
        raise InputError(refused, [Fault("", Sentence("The file is too large. A file of themes is under 200 kB."))])
    try:
        text = content.decode("utf-8-sig")
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader=yaml.SafeLoader)):
            short = Sentence("Anchors and aliases (& and *) can't be used here. Write the value out.")
            raise InputError(refused, [Fault("", short)])  # a few of them can stand for more than there is room for
        given = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as error:
        raise InputError(
            refused, [Fault("", Sentence("The file isn't YAML in UTF-8, or a day in it isn't one."))]
        ) from error
    reader = _Reader([])
    versions = reader.read(given)
    if not reader.faults:
        reader.faults += date_faults(versions)
    if reader.faults:
        raise InputError(refused, reader.faults)
    return versions


def date_faults(versions: Iterable[ThemeVersion]) -> list[Fault]:
    """Each gap, overlap and version that ends before it begins, among versions of one authority."""
    ordered = sorted(versions, key=lambda each: each.valid_from)
    faults = [
        Fault(
            str(each.valid_from),
            Sentence(
                "The version from %(day)s ends before it begins. Change one of the two days.", day=each.valid_from
            ),
        )
        for each in ordered
        if each.valid_to is not None and each.valid_to <= each.valid_from
    ]
    if faults:
        return faults
    for one, other in itertools.pairwise(ordered):
        if one.valid_to is None or one.valid_to > other.valid_from:
            faults.append(Fault(str(other.valid_from), _overlap(one, other)))
        elif one.valid_to < other.valid_from:
            faults.append(Fault(str(other.valid_from), _gap(one.valid_to, other.valid_from)))
    return faults


def _gap(end: date, begin: date) -> Sentence:
    return Sentence(
        "From %(first)s to %(last)s no version of these themes would be in force. Let one begin on %(first)s, or let the"
        " one before it last until %(begin)s.",
        first=end,
        last=begin - timedelta(days=1),
        begin=begin,
    )


def _overlap(one: ThemeVersion, other: ThemeVersion) -> Sentence:
    return Sentence(
        "From %(day)s two versions of these themes would be in force: the one from %(one)s hasn't ended. End it on %(day)s,"
        " or let the new one begin when it ends.",
        day=other.valid_from,
        one=one.valid_from,
    )


@dataclass(slots=True)
class _Reader:
    """Takes plain values apart and keeps every fault with its place."""

    faults: list[Fault]

    def read(self, given: object) -> tuple[ThemeVersion, ...]:
        if not isinstance(given, dict) or not isinstance(given.get("versions"), list) or not given["versions"]:
            self._say("versions", Sentence("Write the authority and a list of versions, as docs/supervision.md shows."))
            return ()
        authority = given.get("authority")
        if not isinstance(authority, str) or authority not in AUTHORITIES:
            known = ", ".join(AUTHORITIES)
            self._say("authority", Sentence("Write one of these authorities: %(known)s.", known=known))
        found = [self._version(str(authority), each, f"versions[{n}]") for n, each in enumerate(given["versions"])]
        return tuple(each for each in found if each is not None)

    def _version(self, authority: str, given: object, place: str) -> ThemeVersion | None:
        if not isinstance(given, dict):
            self._say(place, Sentence("Write a block of names and values here."))
            return None
        title, source = self._words(given.get("title"), f"{place}.title"), self._text(given, "source", place)
        first, last = self._day(given, "valid_from", place), None
        if given.get("valid_to") is not None:
            last = self._day(given, "valid_to", place)
        listed = given.get("themes")
        if not isinstance(listed, list) or not listed:
            self._say(f"{place}.themes", Sentence("A version needs at least one theme."))
            return None
        themes = [self._theme(each, f"{place}.themes[{number}]") for number, each in enumerate(listed)]
        kept = tuple(each for each in themes if each is not None)
        self._say_twice([each.code for each in kept], f"{place}.themes")
        unverified = self._text(given, "unverified", place) if given.get("unverified") else ""
        return ThemeVersion(authority, title, first, last, source, unverified, kept)

    def _theme(self, given: object, place: str) -> Theme | None:
        if not isinstance(given, dict):
            self._say(place, Sentence("Write a block of names and values here."))
            return None
        data = given.get("data")
        keys = [key if isinstance(key, str) else "" for key in data] if isinstance(data, list) else []
        if not keys:
            self._say(f"{place}.data", Sentence("A theme needs at least one datum from the catalogue of evidence."))
        for key in keys:
            if key not in CATALOGUE:
                self._say(
                    f"{place}.data",
                    Sentence(
                        "“%(key)s” isn't in the catalogue of evidence; docs/supervision.md lists it.", key=key[:LONGEST]
                    ),
                )
        self._say_twice(keys, f"{place}.data")
        code, title = self._text(given, "code", place), self._words(given.get("title"), f"{place}.title")
        return Theme(code, title, tuple(keys))

    def _words(self, given: Any, place: str) -> LocalText:
        known = given if isinstance(given, dict) else {}
        said = {code: words for code, words in known.items() if isinstance(code, str) and isinstance(words, str)}
        if not said.get("da", "").strip():
            self._say(place, Sentence("The Danish text (da) is missing."))
            return local_text("")
        if len(said) < len(known):
            self._say(place, NO_WORDS)
        return local_text({code: words[:LONGEST] for code, words in said.items() if words})

    def _text(self, given: dict[str, Any], name: str, place: str) -> str:
        found = given.get(name)
        if found is not None and not isinstance(found, str):
            self._say(f"{place}.{name}", NO_WORDS)
            return ""
        text = (found or "").strip()
        if not text:
            self._say(f"{place}.{name}", Sentence("This is missing."))
        return text[:LONGEST]

    def _day(self, given: dict[str, Any], name: str, place: str) -> date:
        day = given.get(name)
        if type(day) is date:
            return day
        self._say(f"{place}.{name}", Sentence("Write a date here, like 2025-03-31."))
        return date.min

    def _say_twice(self, names: Sequence[str], place: str) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self._say(place, Sentence("“%(name)s” stands here twice. Delete one of them.", name=name))

    def _say(self, place: str, sentence: Sentence) -> None:
        self.faults.append(Fault(place, sentence))
