"""What every page shares: its language, its menu, and the headers that keep it to itself."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, Response, current_app, g, request, session, url_for

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.language import (
    CITIZEN_LOCALES,
    LANGUAGE_NAMES,
    LOCALES,
    current_locale,
    set_locale,
    supported_locale,
    text_direction,
)
from outcomes.views.addresses import compress_static, install_addresses, keep_static
from outcomes.views.admission import ANYONE, ROLES, STAFF_SESSION, runtime
from outcomes.views.menu import Link, navigation
from outcomes.views.reading import current_reading
from outcomes.views.sender import install_sender

LOCALE = "locale"
"""The language that was chosen in this browser."""
OWN_LOCALE = "own_locale"
"""The language that whoever is here has chosen before, wherever that was."""
LANGUAGE_PARAMETER = "sprog"
RETURN_PARAMETER = "til"
READING_PAGE = "reading.choose"
FIRST_CITIZEN_PAGE = "citizen.start"
STAFF_ENTRANCE = frozenset({"public.sign_in", "public.sign_in_page", "public.use_sign_in_link", "targets.definitions"})
"""Pages that anybody may see, and that are written for staff alone."""

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; media-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
PAGE_TOO_OLD = Sentence("The page was open for a long time. What you wrote is still here: press once more.")
NOT_NOW = Sentence("This could not be saved just now. What you wrote is still here: press once more in a moment.")
"""The database was away for a moment: what was typed comes back with this, instead of being lost on an error page."""


def choose_language() -> None:
    """Before each request: the language asked for by the address, else chosen before, else the browser's, else Danish.

    What was chosen in this browser goes before what the citizen, known by a link or signed in, has chosen elsewhere. The
    citizen's pages are there in more languages than those of the staff.
    """
    if request.endpoint == "static":
        return
    g.for_citizens = is_for_citizens()
    allowed = page_locales()
    asked = request.args.get(LANGUAGE_PARAMETER)
    if asked in allowed:
        session[LOCALE] = asked
    chosen = session.get(LOCALE)
    if chosen not in allowed:
        chosen = session.get(OWN_LOCALE)
    if chosen not in allowed:
        chosen = _browser_language(allowed) if g.for_citizens else None
    set_locale(supported_locale(chosen))


def _browser_language(allowed: tuple[str, ...]) -> str | None:
    """The first of the browser's languages that the page is there in, whichever country it is spoken in."""
    wanted = (code.partition("-")[0].lower() for code, quality in request.accept_languages if quality > 0)
    return next((code for code in wanted if code in allowed), None)


def is_for_citizens() -> bool:
    """Whether a citizen may be the one who reads: the page admits them, or anybody and no staff is signed in."""
    endpoint = request.endpoint
    if endpoint in STAFF_ENTRANCE:
        return False
    others = admitted(endpoint) - set(ROLES) if endpoint is not None else {ANYONE}
    return bool(others - {ANYONE}) or (bool(others) and STAFF_SESSION not in session)


def admitted(endpoint: str) -> frozenset[str]:
    """Whom the page admits."""
    found: frozenset[str] = getattr(current_app.view_functions[endpoint], "admits", frozenset())
    return found


def page_locales() -> tuple[str, ...]:
    """The languages that the page is there in."""
    return CITIZEN_LOCALES if g.get("for_citizens") else LOCALES


def page_variables() -> dict[str, Any]:
    """What ``base.html`` needs on every page."""
    for_citizens = bool(g.get("for_citizens"))
    return {
        "locale": current_locale(),
        "direction": text_direction(),
        "current_user": g.get("actor"),
        "language_links": language_links(),
        "reading_link": reading_link() if for_citizens else None,
        "reading_classes": current_reading().classes if for_citizens else "",
        "navigation": navigation(),
        "demo": runtime().settings.demo,
    }


def language_links() -> list[Link]:
    """This page in each language; none where it can't be read again by address.

    In the middle of a citizen's questions there is one link instead, to the page of languages and reading.
    """
    endpoint = request.endpoint
    if request.method not in {"GET", "HEAD"} or endpoint in {None, READING_PAGE}:
        return []
    if "token" in (request.view_args or {}):  # the address holds a secret: no page repeats it
        return [_language_link(code, url_for("public.link_help"), []) for code in page_locales()]
    if g.get("for_citizens") and ANYONE not in admitted(str(endpoint)) and endpoint != FIRST_CITIZEN_PAGE:
        return []
    address, rest = _here()
    return [_language_link(code, address, rest) for code in page_locales()]


def reading_link() -> str:
    """The way to the page of languages and reading, and back again; empty on that page itself."""
    if request.endpoint == READING_PAGE:
        return ""
    address = url_for(READING_PAGE)
    rule = request.url_rule
    if rule is None or "GET" not in (rule.methods or ()) or "token" in (request.view_args or {}):
        return address
    path, rest = _here()
    here = f"{path}?{urlencode(rest)}" if rest else path
    return f"{address}?{urlencode({RETURN_PARAMETER: here})}"


def _here() -> tuple[str, list[tuple[str, str]]]:
    """The page's own address, and what its query holds beside the language."""
    # The address comes from the route, never from the query: a reader may write anything there.
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != LANGUAGE_PARAMETER]
    return url_for(str(request.endpoint), **(request.view_args or {})), rest


def _language_link(code: str, address: str, rest: list[tuple[str, str]]) -> Link:
    href = f"{address}?{urlencode([*rest, (LANGUAGE_PARAMETER, code)])}"
    return Link(LANGUAGE_NAMES[code], href, code == current_locale(), code)


def seal_response(response: Response) -> Response:
    """After each request: security headers, and no copies of pages that hold anything about anybody."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if runtime().settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        keep_static(response)
        compress_static(response)
    else:
        response.cache_control.no_store = True
    return response


def install_page(app: Flask) -> None:
    """Give every page of ``app`` its language, menu and headers."""
    install_addresses(app)
    app.before_request(choose_language)
    app.context_processor(page_variables)
    install_sender(app)
    app.after_request(seal_response)


def parse_uuid(text: object) -> UUID | None:
    """An id from a form, cookie or address; None where it isn't one."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def require_form_token(refusal: Sentence) -> None:
    """In views that keep what was typed: raises ``AnswerError`` where the form's token was no good."""
    if g.get("csrf_error") is not None:
        raise AnswerError(refusal, [Fault("", PAGE_TOO_OLD)])
