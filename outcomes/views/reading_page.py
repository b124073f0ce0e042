"""The page of languages and reading: each choice is kept by the browser, and leads back to where one was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from outcomes.errors import Sentence
from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, current_locale
from outcomes.services.choose_language import choose_language, choose_own_language
from outcomes.views.admission import ANYONE, CITIZEN, OWN_PAGE, ROLES, admits, runtime
from outcomes.views.menu import Link
from outcomes.views.page import LANGUAGE_PARAMETER, LOCALE, READING_PAGE, RETURN_PARAMETER, admitted
from outcomes.views.reading import CHOICES, current_reading, keep_reading, read_reading

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

reading = Blueprint("reading", __name__)


@dataclass(frozen=True, slots=True)
class Setting:
    """One of the choices on the page: what it is called, and its values as they are said."""

    name: str
    legend: Sentence
    values: tuple[tuple[str, Sentence], ...]


LOOK = (
    Setting(
        "size",
        Sentence("Size of the text"),
        (("normal", Sentence("Usual")), ("large", Sentence("Large")), ("largest", Sentence("Largest"))),
    ),
    Setting(
        "contrast",
        Sentence("Colours"),
        (
            ("normal", Sentence("Usual")),
            ("strong", Sentence("Black on white")),
            ("dark", Sentence("Light on dark")),
        ),
    ),
    Setting(
        "spacing",
        Sentence("Space between lines and letters"),
        (("normal", Sentence("Usual")), ("wide", Sentence("More space"))),
    ),
    Setting(
        "wording",
        Sentence("Words in the questions"),
        (("usual", Sentence("Usual")), ("easy", Sentence("Easy words")), ("child", Sentence("For children"))),
    ),
    Setting(
        "pictures",
        Sentence("Pictures beside the words"),
        (("yes", Sentence("With pictures")), ("no", Sentence("Only words"))),
    ),
)
"""What the sample on the page shows."""
WAY = (
    Setting(
        "aloud",
        Sentence("Hear the questions"),
        (("no", Sentence("Without sound")), ("yes", Sentence("With a button that reads aloud"))),
    ),
    Setting(
        "pace",
        Sentence("Questions on each page"),
        (("one", Sentence("One at a time")), ("all", Sentence("All on one page"))),
    ),
)


@reading.route("/laesning", methods=["GET", "POST"])
@admits(ANYONE, CITIZEN, OWN_PAGE)
def choose() -> str | Response:
    """Language, and how one wants to read. A language is one press, which keeps the settings too; both lead back."""
    back = own_address(request.values.get(RETURN_PARAMETER, "")) or _first_page()
    if request.method == "POST":
        return _keep(redirect(back, 303))
    return render_template(
        "pages/citizen/reading.html",
        languages=[Link(LANGUAGE_NAMES[code], "", code == current_locale(), code) for code in CITIZEN_LOCALES],
        look=LOOK,
        way=WAY,
        chosen=current_reading(),
        back=back,
    )


def own_address(text: str) -> str:
    """``text`` where it is the address of a page of ours that a citizen may come back to; empty where it isn't.

    It is written anew from the route that it leads to, so that nothing else of it is followed.
    """
    try:
        parts = urlsplit(text)
        if parts.scheme or parts.netloc or not parts.path.startswith("/"):
            return ""
        endpoint, values = current_app.url_map.bind("").match(parts.path, method="GET")
    except (ValueError, HTTPException, RequestRedirect):
        return ""
    if endpoint in {"static", READING_PAGE} or "token" in values or not admitted(endpoint) - set(ROLES):
        return ""
    rest = [(key, value) for key, value in parse_qsl(parts.query) if key != LANGUAGE_PARAMETER]
    address = url_for(endpoint, **values)
    return f"{address}?{urlencode(rest)}" if rest else address


def _first_page() -> str:
    return url_for("citizen.start" if g.get("ticket") is not None else "public.front")


def _keep(response: Response) -> Response:
    """Keep the language that was pressed, for whoever it is as well, and the settings that came with it or alone."""
    language = request.form.get(LANGUAGE_PARAMETER)
    if language in CITIZEN_LOCALES:
        session[LOCALE] = language
        if g.get("ticket") is not None:
            choose_language(runtime(), g.ticket, locale=language)
        elif g.get("own") is not None:
            choose_own_language(runtime(), g.own, locale=language)
    if CHOICES.keys() & request.form.keys():
        keep_reading(response, read_reading(request.form), secure=runtime().settings.secure_cookies)
    return response
