"""The options ``name=value`` of a method: what each may hold, and a sentence for each that can't be used."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from outcomes.errors import Fault, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

YES = frozenset({"true", "yes", "1", "ja", "on"})
NO = frozenset({"false", "no", "0", "nej", "off"})


class Kind(StrEnum):
    """What an option holds."""

    CHOICE = "choice"
    FLAG = "flag"
    NUMBER = "number"
    NUMBERS = "numbers"
    COLUMN = "column"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Option:
    """One option. ``choices``: for a choice the words that it takes. ``low`` and ``high``: the ends of a number's range,
    themselves within it unless ``open_low`` or ``open_high``; ``whole``: only whole numbers. ``aliases``: other words
    for a choice."""

    kind: Kind
    choices: tuple[str, ...] = ()
    low: float = -math.inf
    high: float = math.inf
    open_low: bool = False
    open_high: bool = False
    whole: bool = False
    aliases: tuple[tuple[str, str], ...] = ()


def choice(*words: str, **aliases: str) -> Option:
    """One of ``words``; an alias is written with underscores for hyphens."""
    return Option(Kind.CHOICE, choices=words, aliases=tuple(aliases.items()))


def number(
    low: float = -math.inf, high: float = math.inf, *, above: float | None = None, below: float | None = None
) -> Option:
    """A number from ``low`` to ``high``; ``above`` and ``below`` are ends that it may not reach."""
    return Option(
        Kind.NUMBER,
        low=low if above is None else above,
        high=high if below is None else below,
        open_low=above is not None,
        open_high=below is not None,
    )


def whole_number(low: int, high: int | None = None) -> Option:
    """A whole number from ``low`` to ``high``."""
    return Option(Kind.NUMBER, low=low, high=math.inf if high is None else high, whole=True)


FLAG = Option(Kind.FLAG)
COLUMN = Option(Kind.COLUMN)
TEXT = Option(Kind.TEXT)
NUMBERS = Option(Kind.NUMBERS)

COMMON: dict[str, Option] = {
    "decimal": choice("auto", "comma", "point"),
    "sheet": TEXT,
    "missing": TEXT,
    "individuals": FLAG,
    "design": choice("none", "adjusted", "waiting-list", "staggered", "randomised", randomized="randomised"),
}
"""Options that every method takes."""

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "mean_pre": ("mean_before",),
    "mean_post": ("mean_after",),
    "sd_pre": ("sd_before",),
    "sd_post": ("sd_after",),
    "r": ("correlation", "rho", "reliability"),
    "rxx": ("reliability",),
    "n": ("total",),
    "denominator": ("total",),
    "events": ("observed",),
    "numerator": ("observed",),
    "expected": ("probability",),
    "ddf": ("df",),
    "control_group": ("comparison",),
    "first_treat": ("first_treated",),
    "gname": ("first_treated",),
    "est_method": ("method",),
    "robust": ("vcov",),
    "knha": ("hartung_knapp",),
    "yi": ("estimate",),
    "vi": ("variance",),
    "sei": ("std_error",),
}
"""Names that other programs give the same options: the first that the method has is meant."""

Value = str | bool | float | tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one call, read and checked. Asking for one that the method doesn't have is a fault of ours."""

    values: Mapping[str, Value]
    known: Mapping[str, Option]

    def given(self, name: str) -> bool:
        """True where the option was written."""
        return self._known(name) in self.values

    def choice(self, name: str, default: str) -> str:
        """The word chosen."""
        return str(self.values.get(self._known(name), default))

    def text(self, name: str) -> str | None:
        """Text or the name of a column; None where not given."""
        value = self.values.get(self._known(name))
        return None if value is None else str(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        return bool(self.values.get(self._known(name), default))

    def number(self, name: str) -> float | None:
        """A number; None where not given."""
        value = self.values.get(self._known(name))
        return None if value is None else float(value)  # type: ignore[arg-type]

    def numbers(self, name: str) -> tuple[float, ...]:
        """A row of numbers, empty where not given."""
        value = self.values.get(self._known(name), ())
        return value if isinstance(value, tuple) else (float(value),)

    def _known(self, name: str) -> str:
        if name not in self.known:
            raise KeyError(name)
        return name


def read_options(written: Sequence[str], known: Mapping[str, Option]) -> tuple[Options, list[Fault]]:
    """The options that can be used, and a fault for each that can't."""
    values: dict[str, Value] = {}
    faults: list[Fault] = []
    for pair in written:
        name, equals, text = (part.strip() for part in pair.partition("="))
        place = f"--option {name}"
        key = name.replace("-", "_")
        if key not in known:
            key = next((other for other in OTHER_NAMES.get(key, ()) if other in known), key)
        if not equals or not name:
            sentence = Sentence("“%(pair)s” isn't an option. Write it as name=value.", pair=pair)
            faults.append(Fault("--option", sentence))
        elif key not in known:
            faults.append(Fault(place, _unknown(name, known)))
        elif key in values:
            faults.append(Fault(place, Sentence("The option is given twice. Give it once.")))
        else:
            read = _read(text, known[key])
            if isinstance(read, Sentence):
                faults.append(Fault(place, read))
            else:
                values[key] = read
    return Options(values, known), faults


def _unknown(name: str, known: Mapping[str, Option]) -> Sentence:
    names = ", ".join(sorted(known))
    close = get_close_matches(name, list(known), n=1)
    if close:
        return Sentence(
            "This method has no option “%(name)s”. Did you mean “%(close)s”? Its options are: %(names)s.",
            name=name,
            close=close[0],
            names=names,
        )
    return Sentence("This method has no option “%(name)s”. Its options are: %(names)s.", name=name, names=names)


def _read(text: str, option: Option) -> Value | Sentence:
    if not text:
        return Sentence("The option has no value. Write it as name=value.")
    read = READERS.get(option.kind)
    return text if read is None else read(text, option)


def _read_flag(text: str, _: Option) -> bool | Sentence:
    if text.casefold() in YES | NO:
        return text.casefold() in YES
    return Sentence("“%(value)s” can't be used here. Write true or false.", value=text)


def _read_numbers(text: str, option: Option) -> tuple[float, ...] | Sentence:
    parts = [_read_number(part.strip(), option) for part in text.split(";" if ";" in text else ",")]
    wrong = [part for part in parts if isinstance(part, Sentence)]
    return wrong[0] if wrong else tuple(part for part in parts if isinstance(part, float))


def _read_choice(text: str, option: Option) -> str | Sentence:
    words = {word.casefold(): word for word in option.choices}
    words |= {alias.replace("_", "-"): word for alias, word in option.aliases}
    folded = text.casefold()
    for spelling in (folded, folded.replace("_", "-"), folded.replace("-", "_")):
        if spelling in words:
            return words[spelling]
    return Sentence(
        "“%(value)s” can't be used here. It can be: %(choices)s.", value=text, choices=", ".join(option.choices)
    )


def _read_number(text: str, option: Option) -> float | Sentence:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return Sentence("“%(value)s” isn't a number.", value=text)
    if not math.isfinite(value):
        return Sentence("“%(value)s” isn't a finite number.", value=text)
    if option.whole and not value.is_integer():
        return Sentence("“%(value)s” isn't a whole number.", value=text)
    too_low = value <= option.low if option.open_low else value < option.low
    too_high = value >= option.high if option.open_high else value > option.high
    if too_low or too_high:
        return Sentence("“%(value)s” is outside what this option may be: %(range)s.", value=text, range=_range(option))
    return value


def _range(option: Option) -> Sentence:
    low, high = f"{option.low:g}", f"{option.high:g}"
    if math.isinf(option.high):
        if option.open_low:
            return Sentence("above %(low)s", low=low)
        return Sentence("%(low)s or more", low=low)
    if option.open_low and option.open_high:
        return Sentence("above %(low)s and under %(high)s", low=low, high=high)
    if option.open_high:
        return Sentence("from %(low)s and under %(high)s", low=low, high=high)
    if option.open_low:
        return Sentence("above %(low)s and no more than %(high)s", low=low, high=high)
    return Sentence("from %(low)s to %(high)s", low=low, high=high)


READERS: Mapping[Kind, Callable[[str, Option], Value | Sentence]] = {
    Kind.CHOICE: _read_choice,
    Kind.FLAG: _read_flag,
    Kind.NUMBER: _read_number,
    Kind.NUMBERS: _read_numbers,
}
