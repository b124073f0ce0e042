"""What every page shares: its language, its menu, and the headers that keep it to itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from flask import Flask, Response, g, request, session, url_for

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.language import LOCALES, current_locale, gettext, set_locale, supported_locale, text_direction
from outcomes.views.admission import runtime

LOCALE = "locale"
LANGUAGE_PARAMETER = "sprog"
LANGUAGE_NAMES = {"da": "Dansk", "en": "English"}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
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
STATIC_LIFETIME = 3600
PAGE_TOO_OLD = Sentence("The page was open for a long time. What you wrote is still here: press once more.")


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a menu."""

    label: str
    href: str
    current: bool
    code: str = ""


def choose_language() -> None:
    """Before each request: the language asked for by the address, else chosen before, else Danish."""
    asked = request.args.get(LANGUAGE_PARAMETER)
    if asked in LOCALES:
        session[LOCALE] = asked
    set_locale(supported_locale(session.get(LOCALE)))


def page_variables() -> dict[str, Any]:
    """What ``base.html`` needs on every page."""
    return {
        "locale": current_locale(),
        "direction": text_direction(),
        "current_user": g.get("actor"),
        "language_links": language_links(),
        "navigation": navigation(),
        "demo": runtime().settings.demo,
    }


def language_links() -> list[Link]:
    """This page in each language; none where it can't be read again by address."""
    if request.method not in {"GET", "HEAD"} or request.endpoint is None:
        return []
    if "token" in (request.view_args or {}):  # the address holds a secret: no page repeats it
        return [_language_link(code, url_for("public.link_help"), []) for code in LOCALES]
    rest = [(key, value) for key, value in request.args.items(multi=True) if key != LANGUAGE_PARAMETER]
    # The address comes from the route, never from the query: a reader may write anything there.
    address = url_for(request.endpoint, **(request.view_args or {}))
    return [_language_link(code, address, rest) for code in LOCALES]


def _language_link(code: str, address: str, rest: list[tuple[str, str]]) -> Link:
    href = f"{address}?{urlencode([*rest, (LANGUAGE_PARAMETER, code)])}"
    return Link(LANGUAGE_NAMES[code], href, code == current_locale(), code)


def navigation() -> list[Link]:
    """The main menu of the one signed in."""
    actor = g.get("actor")
    if actor is None:
        return []
    endpoints = {
        "worker": (("staff.today", gettext("Today")),),
        "manager": (("manager.overview", gettext("Interventions")),),
        "administrator": (("admin.home", gettext("Administration")),),
    }[actor.role]
    return [Link(label, url_for(endpoint), request.endpoint == endpoint) for endpoint, label in endpoints]


def seal_response(response: Response) -> Response:
    """After each request: security headers, and no copies of pages that hold anything about anybody."""
    for name, value in SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if runtime().settings.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    if request.endpoint == "static":
        response.cache_control.max_age = STATIC_LIFETIME
    else:
        response.cache_control.no_store = True
    return response


def install_page(app: Flask) -> None:
    """Give every page of ``app`` its language, menu and headers."""
    app.before_request(choose_language)
    app.context_processor(page_variables)
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
