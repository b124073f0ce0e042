"""How a citizen gets to their own page: a code to their phone or mail, or OpenID Connect. And out again."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, Sentence
from outcomes.language import current_locale, translate
from outcomes.services.request_code import request_code
from outcomes.services.sign_in_citizen import (
    list_own_organisations,
    read_own_language,
    sign_out_citizen,
    sign_out_everywhere,
)
from outcomes.services.sign_in_openid import OpenIdTrip, begin_openid, finish_openid
from outcomes.services.use_code import use_code
from outcomes.views.admission import (
    ALL_OWN_SESSIONS,
    ANYONE,
    OWN_CHALLENGE,
    OWN_PAGE,
    OWN_SESSION,
    admits,
    current_citizen,
    current_place,
    runtime,
)
from outcomes.views.page import LOCALE, OWN_LOCALE
from outcomes.views.tablet import SHARED, end_shared, keep_shared, on_shared_device

own_sign_in = Blueprint("own_sign_in", __name__)

Page = str | Response | tuple[str, int]
TRIP = "own_trip"
FAULT = "own_fault"


@own_sign_in.route("/min-side", methods=["GET", "POST"])
@admits(ANYONE, OWN_PAGE)
def start() -> Page:
    """Phone or mail. What happens next is the same whether we know it or not."""
    if g.own is not None:
        return redirect(url_for("own_page.home"), 303)
    errors: list[dict[str, str]] = []
    address = request.form.get("address", "").strip()
    if request.method == "POST":
        try:
            session[OWN_CHALLENGE] = request_code(runtime(), address, locale=current_locale(), place=current_place())
            return redirect(url_for("own_sign_in.code"), 303)
        except AnswerError as error:
            errors = faults_of(error)
    elif (fault := session.pop(FAULT, None)) is not None:
        errors = [{"target": "", "message": translate(Sentence(fault))}]
    page = render_template(
        "pages/own/sign_in.html",
        address=address,
        errors=errors,
        openid=runtime().settings.offers_openid,
        shared=on_shared_device(),
    )
    return page, 400 if request.method == "POST" else 200


@own_sign_in.route("/min-side/kode", methods=["GET", "POST"])
@admits(ANYONE)
def code() -> Page:
    """The code that was sent."""
    if OWN_CHALLENGE not in session:
        return redirect(url_for("own_sign_in.start"), 303)
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            typed = request.form.get("code", "")
            return _enter(use_code(runtime(), str(session[OWN_CHALLENGE]), typed, place=current_place()))
        except AnswerError as error:
            errors = faults_of(error)
    page = render_template("pages/own/code.html", errors=errors)
    return page, 400 if errors else 200


@own_sign_in.get("/min-side/openid")
@admits(ANYONE)
def openid() -> Response:
    """To the provider, with what it must bring back."""
    trip = begin_openid(runtime(), return_to=_return_address(), locale=current_locale())
    session[TRIP] = [trip.state, trip.nonce, trip.verifier]
    return redirect(trip.address, 303)


@own_sign_in.get("/min-side/openid/retur")
@admits(ANYONE)
def openid_return() -> Response:
    """Back from the provider. Its address holds a code, so that every answer leads away from it."""
    kept = session.pop(TRIP, None)
    try:
        return _enter(
            finish_openid(
                runtime(),
                OpenIdTrip("", *kept) if kept else None,
                state=request.args.get("state", ""),
                code=request.args.get("code", ""),
                return_to=_return_address(),
            )
        )
    except AnswerError as error:
        session[FAULT] = error.faults[0].sentence.message
        return redirect(url_for("own_sign_in.start"), 303)


@own_sign_in.route("/min-side/vaelg", methods=["GET", "POST"])
@admits(OWN_PAGE)
def choose() -> Page:
    """Which organisation's page, for whoever is known in several."""
    pages = list_own_organisations(runtime(), session.get(ALL_OWN_SESSIONS, []))
    if request.method == "POST":
        place = request.form.get("place", "")
        if place.isdecimal() and int(place) < len(pages):
            _open_page(pages[int(place)][0])
        return redirect(url_for("own_page.home"), 303)
    return render_template("pages/own/choose.html", organisations=[name for _, name in pages])


@own_sign_in.post("/min-side/log-ud")
@admits(OWN_PAGE)
def sign_out() -> str | Response:
    """End the session on the server, and forget it here; on every device where that is asked for.

    A device that several people use is then ready for the next one.
    """
    if request.form.get("where") == "everywhere":
        sign_out_everywhere(runtime(), current_citizen())
    if SHARED in session:
        return end_shared("tablet.ready", slut="ud")
    sign_out_citizen(runtime(), {str(session[OWN_SESSION]), *session.get(ALL_OWN_SESSIONS, [])})
    locale = session.get(LOCALE)
    session.clear()
    if locale:
        session[LOCALE] = locale
    return render_template("pages/own/left.html")


def faults_of(error: AnswerError) -> list[dict[str, str]]:
    """What is wrong, for the summary on top and the field."""
    return [{"target": fault.place, "message": translate(fault.sentence)} for fault in error.faults]


def _enter(tokens: tuple[str, ...]) -> Response:
    """Under a new session: what stood in the old one is gone, but for the language that was chosen in this browser, and
    that the device is shared."""
    locale = session.get(LOCALE)
    with keep_shared():
        session.clear()
    if locale:
        session[LOCALE] = locale
    _open_page(tokens[0])
    if len(tokens) == 1:
        return redirect(url_for("own_page.home"), 303)
    session[ALL_OWN_SESSIONS] = list(tokens)
    return redirect(url_for("own_sign_in.choose"), 303)


def _open_page(token: str) -> None:
    """Show the page that ``token`` opens, in its citizen's own language."""
    session[OWN_SESSION] = token
    session[OWN_LOCALE] = read_own_language(runtime(), token)


def _return_address() -> str:
    return runtime().settings.base_url + url_for("own_sign_in.openid_return")
