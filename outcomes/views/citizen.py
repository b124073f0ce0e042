"""The citizen's way in: the link, the start page, no thanks, help at once, and leaving. The questions and the sending of
them are in the modules beside."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from outcomes.language import current_locale
from outcomes.services.choose_language import choose_language
from outcomes.services.decline_occasion import decline_occasion
from outcomes.services.open_link import Ticket, make_browser_key, open_link
from outcomes.services.read_visit import Visit, read_visit
from outcomes.services.read_welcome import read_welcome
from outcomes.views.admission import ANYONE, CITIZEN, TICKET, admits, current_ticket, runtime
from outcomes.views.blocks import speaks_to_child
from outcomes.views.page import LOCALE, OWN_LOCALE, parse_uuid
from outcomes.views.reading import current_reading
from outcomes.views.sender import keep_sender, take_sender

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

citizen = Blueprint("citizen", __name__)

RECEIPT = "receipt"
BROWSER = "browser"
MODE = "mode"
"""How the answers of this browser are given: ``own_device`` where the session says nothing, ``kiosk``, ``assisted``."""
MINUTES_PER_QUESTION = 0.3
Page = str | Response | tuple[str, int]


@citizen.get("/b/<token>")
@admits(ANYONE)
def enter(token: str) -> Response:
    """Exchange the link's token for a ticket, and leave the token's address at once. Changes no row."""
    let_in(open_link(runtime(), token))
    return redirect(url_for("citizen.start"), 303)


def let_in(ticket: Ticket) -> None:
    """Give this browser a ticket; whatever it held of another link is forgotten, also how answers are given."""
    visit = read_visit(runtime(), ticket)
    held = [str(ticket.organisation_id), str(ticket.link_id), str(visit.opened.version_id)]
    if session.get(TICKET) != held:
        session.clear()
    session[TICKET] = held
    session.setdefault(BROWSER, ticket.browser_key)
    keep_sender(visit.organisation_name, visit.contact)
    session[OWN_LOCALE] = visit.locale


@citizen.route("/svar", methods=["GET", "POST"])
@admits(CITIZEN)
def start() -> Page:
    """Who asks, why, how long, who sees it, and that it is voluntary."""
    visit = read_visit(runtime(), own_ticket())
    if (instead := not_now(visit)) is not None:
        return instead
    if request.method == "POST":
        if MODE not in session and LOCALE in session and current_locale() != visit.locale:
            choose_language(runtime(), visit.ticket, locale=current_locale())
        return redirect(first_question(visit), 303)
    welcome = read_welcome(runtime(), visit)
    minutes = visit.instrument.minutes or len(visit.items) * MINUTES_PER_QUESTION
    return render_template(
        "pages/citizen/start.html",
        organisation_name=visit.organisation_name,
        minutes=max(1, math.ceil(minutes)),
        question_count=len(visit.items),
        readers=welcome.readers,
        team=welcome.team,
        privacy=welcome.privacy,
        contact=visit.contact,
        lines=welcome.lines,
        closes_on=visit.closes_on if visit.closes_on >= visit.today else None,
        resumed=bool(visit.kept),
        child=speaks_to_child(visit),
        of_somebody=visit.opened.relation_id is not None,
    )


@citizen.route("/svar/nej-tak", methods=["GET", "POST"])
@admits(CITIZEN)
def decline() -> Page:
    """Not this time: asked once more, since the questions don't come back to the same link."""
    visit = read_visit(runtime(), own_ticket())
    if (instead := not_now(visit)) is not None:
        return instead
    if request.method == "POST":
        decline_occasion(runtime(), visit.ticket)
        return redirect(url_for("citizen.declined"), 303)
    return render_template(
        "pages/citizen/decline.html",
        organisation_name=visit.organisation_name,
        contact=visit.contact,
        own=visit.opened.relation_id is None,
    )


@citizen.get("/svar/nej-tak/tak")
@admits(CITIZEN)
def declined() -> str:
    """That it is fine. Asks the link nothing, since it opens nothing any more."""
    return render_template("pages/citizen/declined.html")


@citizen.get("/svar/hjaelp")
@admits(CITIZEN)
def help_now() -> Page:
    """Whom one can call at once, and who looks at the answer, for whoever answered something that calls for it in this
    browser: a link alone tells nobody what was answered behind it."""
    visit = read_visit(runtime(), own_ticket())
    welcome = read_welcome(runtime(), visit)
    helping = welcome.help
    promise = helping.risk if _sent_here(visit) else helping.risk_said_in(visit.answers)
    if promise is None:
        return redirect(url_for("citizen.start"), 303)
    return render_template(
        "pages/citizen/help.html",
        lines=helping.lines,
        words=helping.words,
        promise=promise,
        onward=url_for("citizen.receipt") if visit.response_id else way_onward(visit),
        answered=visit.response_id is not None,
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )


@citizen.post("/svar/afslut")
@admits(CITIZEN)
def leave() -> str:
    """On a device that others use too: forget everything here. What was sent stays sent."""
    take_sender()
    session.clear()
    return render_template("pages/citizen/left.html")


def own_ticket() -> Ticket:
    """The ticket with this browser's own key."""
    if BROWSER not in session:
        session[BROWSER] = make_browser_key()
    return replace(current_ticket(), browser_key=session[BROWSER])


def not_now(visit: Visit, *, answer_sent: bool = False) -> Page | None:
    """The page that comes instead of the questions: before they open, after they were answered, and where an answer
    could call for help that nobody has arranged."""
    if visit.response_id is not None:
        return answered(visit, different=answer_sent)
    if visit.unguarded:
        page = render_template(
            "pages/citizen/not_ready.html", contact=visit.contact, organisation_name=visit.organisation_name
        )
        return page, 409 if request.method == "POST" else 200
    if visit.today >= visit.opens_on:
        return None
    page = render_template(
        "pages/citizen/not_open_yet.html",
        opens_on=visit.opens_on,
        contact=visit.contact,
        organisation_name=visit.organisation_name,
    )
    return page, 409 if request.method == "POST" else 200


def answered(visit: Visit, *, different: bool = False) -> Page:
    """What whoever comes back after sending sees: the receipt in the same browser, else only that it was received."""
    own = _sent_here(visit)
    if own and not different:
        return redirect(url_for("citizen.receipt"), 303)
    page = render_template(
        "pages/citizen/already_answered.html",
        answered_at=visit.answered_at,
        different=different,
        has_curve=own,
        contact=visit.contact,
        organisation_name=visit.organisation_name,
    )
    return page, 409 if different else 200


def _sent_here(visit: Visit) -> bool:
    """Whether the answers were sent from this browser."""
    return visit.response_id is not None and parse_uuid(session.get(RECEIPT)) == visit.response_id


def first_question(visit: Visit) -> str:
    """Where one goes on: the first question that was neither answered nor skipped, or all of them."""
    if current_reading().pace == "all":
        return url_for("citizen.all_questions")
    number = first_open(visit.items, visit.kept)
    return url_for("citizen.question", number=number) if number else url_for("citizen.review")


def first_open(items: Iterable[Any], kept: Mapping[str, Any]) -> int | None:
    """Number of the first question that was neither answered nor skipped; None where all were."""
    return next((number for number, item in enumerate(items, 1) if item.id not in kept), None)


def way_onward(visit: Visit) -> str:
    """Where one goes on after help: as from the start, and to the review where nothing is left to answer."""
    if first_open(visit.items, visit.kept) is None:
        return url_for("citizen.review")
    return first_question(visit)


def token_refused() -> bool:
    """Whether the form's token was no good: then nothing is kept, and everything comes back filled in."""
    return g.get("csrf_error") is not None
