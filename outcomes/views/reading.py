"""How somebody wants to read: size, contrast, spacing, wording, pictures, sound, pace. Kept by their own browser for a year.

The cookie says nothing about anybody: it holds the choices below and no more, and whatever else stands in it is passed
over. It isn't signed, since a changed one only changes how the page looks to whoever changed it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from flask import request

from outcomes.language import current_locale

if TYPE_CHECKING:
    from collections.abc import Mapping

    from werkzeug.wrappers import Response

COOKIE = "outcomes-reading"
COOKIE_DAYS = 365
CHOICES: Mapping[str, tuple[str, ...]] = {
    "pace": ("one", "all"),
    "size": ("normal", "large", "largest"),
    "contrast": ("normal", "strong", "dark"),
    "spacing": ("normal", "wide"),
    "wording": ("usual", "easy", "child"),
    "pictures": ("yes", "no"),
    "aloud": ("no", "yes"),
}
"""Each setting's choices, the usual one first."""


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings in force. ``pace``: one question at a time or all on one page."""

    pace: str = "one"
    size: str = "normal"
    contrast: str = "normal"
    spacing: str = "normal"
    wording: str = "usual"
    pictures: str = "yes"
    aloud: str = "no"

    @property
    def variant(self) -> str:
        """The variant of the wording that is asked for, as an instrument names it; empty for the usual one."""
        return "" if self.wording == "usual" else self.wording

    @property
    def wording_locale(self) -> str:
        """The language of the moment with the variant of it that an instrument's wording is wanted in."""
        return f"{current_locale()}-x-{self.variant}" if self.variant else current_locale()

    @property
    def classes(self) -> str:
        """Classes of the page's root element, one for each setting that isn't the usual one."""
        return " ".join(f"reading-{name}-{value}" for name, value in self._chosen().items())

    def cookie(self) -> str:
        """The settings as the cookie holds them."""
        return ".".join(f"{name}-{value}" for name, value in self._chosen().items())

    def _chosen(self) -> dict[str, str]:
        values = {field.name: str(getattr(self, field.name)) for field in fields(self)}
        return {name: value for name, value in values.items() if value != CHOICES[name][0]}


def read_reading(values: Mapping[str, str]) -> Reading:
    """The settings among ``values``; what isn't a choice is the usual one."""
    return Reading(**{name: values[name] for name, allowed in CHOICES.items() if values.get(name) in allowed})


def current_reading() -> Reading:
    """The settings of whoever asks."""
    pairs = (part.partition("-") for part in request.cookies.get(COOKIE, "").split("."))
    return read_reading({name: value for name, _, value in pairs})


def forget_reading(response: Response) -> None:
    """Have the browser forget the settings, as on a device that goes on to somebody else."""
    response.delete_cookie(COOKIE)


def keep_reading(response: Response, reading: Reading, *, secure: bool) -> None:
    """Have the browser keep the settings."""
    response.set_cookie(
        COOKIE, reading.cookie(), max_age=COOKIE_DAYS * 24 * 3600, secure=secure, httponly=True, samesite="Lax"
    )
