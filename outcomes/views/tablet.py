"""A tablet that several people answer on, one after the other: a short code lets one in, and nothing of theirs stays.

A browser session that is shared says so itself (``SHARED``: when it was last used). It ends when the answers were sent,
when somebody says so, and when nobody has touched it for a while; what was kept until then stays kept. Whoever signs in to
their own page on such a device is under the same rules, and their session ends on the server too.
"""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, LinkError, Sentence, UnavailableError
from outcomes.language import translate
from outcomes.services.open_link import Ticket
from outcomes.services.raise_signals import wish_to_talk
from outcomes.services.read_sender import read_sender
from outcomes.services.read_visit import read_visit
from outcomes.services.read_welcome import read_welcome
from outcomes.services.redeem_code import redeem_code
from outcomes.services.sign_in_citizen import sign_out_citizen
from outcomes.views.admission import (
    ALL_OWN_SESSIONS,
    ANYONE,
    OWN_CHALLENGE,
    OWN_SESSION,
    TICKET,
    admits,
    current_place,
    runtime,
)
from outcomes.views.citizen import MODE, let_in
from outcomes.views.page import LOCALE, OWN_LOCALE, parse_uuid
from outcomes.views.reading import forget_reading
from outcomes.views.sender import SENDER, say_sender, take_sender

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.services.raise_signals import HelpLine

tablet = Blueprint("tablet", __name__)

Page = str | tuple[str, int]
COOKIE = "outcomes-tablet"
COOKIE_DAYS = 365
SHARED = "shared"
SOMEBODY = (TICKET, OWN_SESSION, OWN_CHALLENGE)
"""What tells that somebody is here: to answer, on their own page, or on the way there."""
AFTER = "after"
"""Who has just sent their answers here, so that they can ask to be called: organisation, link, and when."""
KIOSK, ASSISTED = "kiosk", "assisted"
IDLE = timedelta(minutes=10)
"""Nobody has asked for anything so long: whoever comes now may be somebody else."""
AFTER_SENDING = timedelta(minutes=2)
WARN_SECONDS, END_SECONDS = 120, 60
"""With scripts: no touch for so long, and the page asks; no answer for so long, and it ends. Without: on pages of ours."""
WARN_SECONDS_WITHOUT_SCRIPT = 300
LONGEST_CODE = 40
NO_TRACES = {"Clear-Site-Data": '"cache"'}
SENT = frozenset({"citizen.receipt", "citizen.curve"})
"""Pages that come after sending and show answers: on a shared device the session has ended before."""
ENDED = {"citizen.declined": "nej", "citizen.leave": "slut"}
WORDS = {
    "nej": Sentence("That is fine. You are not asked these questions any more."),
    "ud": Sentence("You are signed out"),
    "slut": Sentence("You are done here. What you have sent is safely stored."),
    "tid": Sentence("Nobody touched the screen for a while. The answers that were given are kept."),
    "ring": Sentence("It is passed on. Somebody contacts you."),
}


@tablet.route("/tablet", methods=["GET", "POST"])
@admits(ANYONE)
def ready() -> Page | Response:
    """Ready for the next person: a code opens their questions. Whoever was here before is forgotten."""
    if SHARED in session and request.method == "GET":
        return end_shared("tablet.ready")
    fault = None
    if request.method == "POST":
        try:
            ticket = redeem_code(runtime(), request.form.get("code", "")[:LONGEST_CODE], place=current_place())
            return let_in_shared(ticket, KIOSK, remember=True)
        except (AnswerError, LinkError) as error:
            fault = translate(error.sentence)
    _say_who_asks()
    page = render_template(
        "pages/tablet/ready.html",
        errors=[{"target": "code", "message": fault}] if fault else [],
        said=None if fault else WORDS.get(request.args.get("slut", "")),
        shared=COOKIE in request.cookies,
    )
    return page, 400 if fault else 200


@tablet.get("/tablet/tak")
@admits(ANYONE)
def thanks() -> str | Response:
    """That the answers have come, for whoever has just sent them; nothing of what they said."""
    ticket = _just_sent()
    if ticket is None:
        return redirect(url_for("tablet.ready"), 303)
    take_sender()
    return render_template("pages/tablet/thanks.html", seconds=END_SECONDS, lines=_help_lines(ticket))


@tablet.post("/tablet/ring")
@admits(ANYONE)
def call_me() -> Response:
    """Whoever has just sent their answers wants to talk with somebody."""
    ticket = _just_sent()
    if ticket is None:
        return redirect(url_for("tablet.ready"), 303)
    wish_to_talk(runtime(), ticket)
    return end_shared("tablet.ready", slut="ring")


@tablet.get("/tablet/er-du-der")
@admits(ANYONE)
def still_here() -> str | Response:
    """Where a page without scripts leads after a while: asks whether somebody is there, and ends by itself."""
    if SHARED not in session:
        return redirect(url_for("tablet.ready"), 303)
    return render_template("pages/tablet/still_here.html", seconds=2 * END_SECONDS)


@tablet.get("/tablet/her")
@admits(ANYONE)
def touched() -> Response:
    """Somebody is there: a page with scripts says so while it is read or written on. An empty drawing is all it gets."""
    return Response('<svg xmlns="http://www.w3.org/2000/svg"/>', mimetype="image/svg+xml")


@tablet.get("/tablet/slut")
@admits(ANYONE)
def time_out() -> Response:
    """Nobody is there any more: forget whoever it was. Kept answers stay kept."""
    return end_shared("tablet.ready", slut="tid" if any(sign in session for sign in SOMEBODY) else None)


@tablet.post("/tablet/enhed")
@admits(ANYONE)
def own_device() -> Response:
    """This device isn't shared after all: links opened on it belong to one person again."""
    response = end_shared("tablet.ready")
    response.delete_cookie(COOKIE)
    return response


@tablet.before_app_request
def watch_shared() -> Response | None:
    """Before each request: a shared session that has ended shows nothing, and one whose answers were sent ends."""
    endpoint = request.endpoint
    if endpoint == "static" or not any(sign in session for sign in (SHARED, *SOMEBODY)):
        return None
    if SHARED not in session and COOKIE in request.cookies:
        session[MODE], session[SHARED] = KIOSK, _now()
    if SHARED not in session:
        return None
    if _now() - int(session[SHARED]) > IDLE.total_seconds():
        return end_shared("tablet.ready", slut="tid")
    session[SHARED] = _now()
    if endpoint in SENT and TICKET in session:
        thanked = {name: session[name] for name in (SENDER, LOCALE, OWN_LOCALE) if name in session}
        thanked[AFTER] = [*session[TICKET][:2], _now()]
        response = end_shared("tablet.thanks")
        session.update(thanked)
        return response
    return end_shared("tablet.ready", slut=ENDED[endpoint]) if endpoint in ENDED else None


@tablet.app_context_processor
def shared_variables() -> dict[str, Any]:
    """Whether the device is shared, for the pages of citizens: they ask whether somebody is still there."""
    return {
        "kiosk": {"warn": WARN_SECONDS, "end": END_SECONDS, "warn_without_script": WARN_SECONDS_WITHOUT_SCRIPT}
        if SHARED in session
        else None
    }


def on_shared_device() -> bool:
    """Whether several people use this device: it says so now, or is remembered as one."""
    return SHARED in session or COOKIE in request.cookies


def let_in_shared(ticket: Ticket, mode: str, *, remember: bool) -> Response:
    """Begin a shared session with a ticket; ``remember``: the device is one that several people use, and whose.

    There, whoever has just chosen a language on it goes on in that language.
    """
    language = session.get(LOCALE) if remember else None
    session.clear()
    let_in(ticket)
    if language:
        session[LOCALE] = language
    session[MODE], session[SHARED] = mode, _now()
    response = redirect(url_for("citizen.start"), 303)
    response.headers.update(NO_TRACES)
    if remember:
        secure = runtime().settings.secure_cookies
        response.set_cookie(
            COOKIE, str(ticket.organisation_id), max_age=COOKIE_DAYS * 24 * 3600, secure=secure, httponly=True,
            samesite="Lax",
        )  # fmt: skip
    return response


def end_shared(endpoint: str, *, slut: str | None = None) -> Response:
    """Forget whoever was here, how they read and what the browser kept, and go on to a page.

    Their own page is closed on the server too, so that nothing that the browser may still hold opens it again.
    """
    tokens = {str(token) for token in (session.get(OWN_SESSION), *session.get(ALL_OWN_SESSIONS, [])) if token}
    session.clear()
    sign_out_citizen(runtime(), tokens)
    response = redirect(url_for(endpoint, slut=slut), 303)
    response.headers.update(NO_TRACES)
    forget_reading(response)
    return response


@contextmanager
def keep_shared() -> Iterator[None]:
    """Whatever else is forgotten of a session inside, a shared one stays shared."""
    kept = {name: session[name] for name in (MODE, SHARED) if SHARED in session and name in session}
    yield
    session.update(kept)


def _say_who_asks() -> None:
    """Whose tablet it is: the one that its address names, else the one whose questions were answered on it before.

    The page is good without: where the database is away, nobody is named.
    """
    try:
        named = read_sender(runtime(), organisation_id=None, slug=request.args.get("hos", ""))
        before = parse_uuid(request.cookies.get(COOKIE))
        sender = named or read_sender(runtime(), organisation_id=before, slug="")
    except UnavailableError:
        return
    if sender is not None:
        say_sender(sender.organisation_name, sender.contact)


def _help_lines(ticket: Ticket) -> tuple[HelpLine, ...]:
    """Whom one can call at once, as the first page named them: the same for all who were asked, whatever they answered.

    The page is good without: where the link has ended since, or the database is away.
    """
    try:
        return read_welcome(runtime(), read_visit(runtime(), ticket)).lines
    except (LinkError, UnavailableError):
        return ()


def _just_sent() -> Ticket | None:
    """The ticket of whoever has just sent their answers here; None where that was a while ago."""
    organisation_id, link_id, at = session.get(AFTER) or ("", "", 0)
    if not link_id or _now() - int(at) > AFTER_SENDING.total_seconds():
        return None
    return Ticket(UUID(organisation_id), UUID(link_id))


def _now() -> int:
    return int(runtime().now().timestamp())
