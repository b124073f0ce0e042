"""The citizen's pages: who asks and why, one question at a time, the review, the receipt, the own curve."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, DifferentAnswersError, Sentence
from outcomes.forms.build import build_question_form
from outcomes.forms.lines import answer_lines
from outcomes.language import current_locale, translate
from outcomes.services.answer_questions import Visit, read_visit, save_answer
from outcomes.services.draw_curves import draw_own_curves
from outcomes.services.open_link import Ticket, make_browser_key, open_link
from outcomes.services.show_own_curve import read_own_answers, show_own_curve
from outcomes.services.submit_response import receipt_key, submit_response
from outcomes.views.admission import ANYONE, CITIZEN, TICKET, admits, current_ticket, runtime
from outcomes.views.page import LOCALE, PAGE_TOO_OLD, parse_uuid

if TYPE_CHECKING:
    from collections.abc import Mapping

citizen = Blueprint("citizen", __name__)

RECEIPT = "receipt"
BROWSER = "browser"
MINUTES_PER_QUESTION = 0.3
Page = str | Response | tuple[str, int]


@citizen.get("/b/<token>")
@admits(ANYONE)
def enter(token: str) -> Response:
    """Exchange the link's token for a ticket, and leave the token's address at once. Changes no row."""
    ticket = open_link(runtime(), token)
    if session.get(TICKET) != [str(ticket.organisation_id), str(ticket.link_id)]:
        session.clear()
    session[TICKET] = [str(ticket.organisation_id), str(ticket.link_id)]
    session.setdefault(BROWSER, ticket.browser_key)
    if LOCALE not in session:
        session[LOCALE] = read_visit(runtime(), ticket).locale
    return redirect(url_for("citizen.start"), 303)


@citizen.route("/svar", methods=["GET", "POST"])
@admits(CITIZEN)
def start() -> Page:
    """Who asks, why, how long, who sees it, and that it is voluntary."""
    visit = read_visit(runtime(), _ticket())
    if (instead := _not_now(visit)) is not None:
        return instead
    if request.method == "POST":
        return redirect(url_for("citizen.question", number=_first_open(visit)), 303)
    minutes = visit.instrument.minutes or len(visit.instrument.items) * MINUTES_PER_QUESTION
    return render_template(
        "pages/citizen/start.html",
        organisation_name=visit.organisation_name,
        minutes=max(1, math.ceil(minutes)),
        question_count=len(visit.instrument.items),
        readers=visit.readers,
        contact=visit.contact,
        closes_on=visit.closes_on if visit.closes_on >= runtime().today() else None,
        resumed=bool(visit.kept),
    )


@citizen.route("/svar/<int:number>", methods=["GET", "POST"])
@admits(CITIZEN)
def question(number: int) -> Page:
    """One question. Each answer is kept when it is sent; skipping is an answer too."""
    visit = read_visit(runtime(), _ticket())
    if (instead := _not_now(visit, answer_sent=request.method == "POST")) is not None:
        return instead
    if not 1 <= number <= len(visit.items):
        return redirect(url_for("citizen.review"), 303)
    item = visit.items[number - 1]
    form = build_question_form(
        visit.instrument,
        item,
        locale=current_locale(),
        formdata=request.form if request.method == "POST" else None,
        stored=visit.answers,
    )
    if request.method == "POST" and _accept(form, item.id):
        return redirect(_next_page(visit, item.id, number, form.answers()), 303)
    page = render_template(
        "pages/citizen/question.html",
        form=form,
        field=form.answer_fields[0],
        number=number,
        total=len(visit.items),
        previous=number - 1 if number > 1 else None,
        intro=str(visit.intro),
        from_review="change" in request.args,
        keep=_next_page(visit, item.id, number, {}) if item.id in visit.answered_elsewhere else None,
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )
    return page, 400 if request.method == "POST" else 200


@citizen.route("/svar/gennemse", methods=["GET", "POST"])
@admits(CITIZEN)
def review() -> Page:
    """The answers before they are sent, each with a way to change it."""
    visit = read_visit(runtime(), _ticket())
    key = parse_uuid(request.form.get("submission_key"))
    sent = request.method == "POST"
    if sent and key is not None and g.get("csrf_error") is None:
        return _send(visit, key)
    if (instead := _not_now(visit)) is not None:
        return instead
    if not visit.kept:
        return redirect(url_for("citizen.start"), 303)
    return _review_page(visit, [_error(PAGE_TOO_OLD)] if sent else [], 400 if sent else 200)


@citizen.get("/svar/kvittering")
@admits(CITIZEN)
def receipt() -> Page:
    """Thanks, what happens next, and a copy to keep; only for the browser that sent the answers."""
    visit = read_visit(runtime(), _ticket())
    own = parse_uuid(session.get(RECEIPT))
    if visit.response_id is None or own != visit.response_id:
        return redirect(url_for("citizen.start"), 303)
    answers = read_own_answers(runtime(), _ticket(), response_id=own)
    return render_template(
        "pages/citizen/receipt.html",
        organisation_name=visit.organisation_name,
        received_at=visit.answered_at,
        receipt_key=receipt_key(own),
        reader=visit.readers[0] if visit.readers else None,
        next_on=visit.next_on,
        contact=visit.contact,
        has_curve=True,
        answers=answer_lines(visit.items_given(answers), answers),
    )


@citizen.get("/svar/kurve")
@admits(CITIZEN)
def curve() -> str:
    """Own curves, only for the browser that sent the answers."""
    ticket = _ticket()
    curves = show_own_curve(runtime(), ticket, response_id=parse_uuid(session.get(RECEIPT)))
    visit = read_visit(runtime(), ticket)
    return render_template(
        "pages/citizen/curve.html",
        charts=draw_own_curves(curves),
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )


@citizen.post("/svar/afslut")
@admits(CITIZEN)
def leave() -> str:
    """On a device that others use too: forget everything here. What was sent stays sent."""
    session.clear()
    return render_template("pages/citizen/left.html")


def _ticket() -> Ticket:
    """The ticket with this browser's own key."""
    return replace(current_ticket(), browser_key=session.setdefault(BROWSER, make_browser_key()))


def _not_now(visit: Visit, *, answer_sent: bool = False) -> Page | None:
    """The page that comes instead of the questions: before they open, and after they were answered."""
    if visit.response_id is not None:
        return _answered(visit, different=answer_sent)
    if runtime().today() >= visit.opens_on:
        return None
    page = render_template(
        "pages/citizen/not_open_yet.html",
        opens_on=visit.opens_on,
        contact=visit.contact,
        organisation_name=visit.organisation_name,
    )
    return page, 409 if request.method == "POST" else 200


def _accept(form: Any, item_id: str) -> bool:
    """Keep the answer; False where something must be put right first, which the form then says."""
    form.validate()
    if g.get("csrf_error") is not None:
        form.form_errors.append(translate(PAGE_TOO_OLD))
    if form.errors or form.form_errors:
        return False
    try:
        save_answer(runtime(), _ticket(), item_id=item_id, value=form.answers()[item_id])
    except AnswerError as error:
        form.form_errors.extend(translate(fault.sentence) for fault in error.faults)
        return False
    return True


def _send(visit: Visit, key: UUID) -> Page:
    """Send what was reviewed, and nothing else: where it changed meanwhile, it is shown again."""
    reviewed = request.form.get("reviewed")
    try:
        sent = submit_response(runtime(), visit.ticket, submission_key=key, locale=current_locale(), reviewed=reviewed)
    except DifferentAnswersError:
        return _answered(read_visit(runtime(), visit.ticket), different=True)
    except AnswerError as error:
        faults = [_error(fault.sentence, _number(visit, fault.place)) for fault in error.faults]
        return _review_page(visit, faults or [_error(error.sentence)], 400)
    except ConflictError as error:
        visit = read_visit(runtime(), visit.ticket)
        return _not_now(visit) or _review_page(visit, [_error(error.sentence)], 409)
    session[RECEIPT] = str(sent.response_id)
    return redirect(url_for("citizen.receipt"), 303)


def _review_page(visit: Visit, errors: list[dict[str, str]], status: int) -> Page:
    numbers = {number for number, item in enumerate(visit.items, 1) if item.id in visit.answered_elsewhere}
    page = render_template(
        "pages/citizen/review.html",
        answers=answer_lines(visit.items, visit.answers),
        elsewhere=numbers,
        errors=errors,
        digest=visit.digest,
        submission_key=parse_uuid(request.form.get("submission_key")) or uuid4(),
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )
    return page, status


def _error(sentence: Sentence, number: int | None = None) -> dict[str, str]:
    """A line of the review's error summary: it leads to the question's own line, else to the button."""
    if number is None:
        return {"target": "send", "message": translate(sentence)}
    said = Sentence("Question %(number)s: %(what)s", number=number, what=sentence)
    return {"target": f"change-{number}", "message": translate(said)}


def _number(visit: Visit, item_id: str) -> int | None:
    return next((number for number, item in enumerate(visit.items, 1) if item.id == item_id), None)


def _answered(visit: Visit, *, different: bool = False) -> Page:
    """What whoever comes back after sending sees: the receipt in the same browser, else only that it was received."""
    own = parse_uuid(session.get(RECEIPT)) == visit.response_id
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


def _first_open(visit: Visit) -> int:
    """Number of the first question that was neither answered nor skipped; the last one where all were."""
    numbers = (number for number, item in enumerate(visit.items, 1) if item.id not in visit.kept)
    return next(numbers, len(visit.items))


def _next_page(visit: Visit, item_id: str, number: int, answers: Mapping[str, Any]) -> str:
    """The next question; from the review, only questions that the change brought, and back."""
    known = {**visit.kept, **answers}
    items = visit.items_given(known)
    if "change" in request.args:
        new = next((place for place, each in enumerate(items, 1) if each.id not in known), None)
        return url_for("citizen.question", number=new, change=1) if new else url_for("citizen.review")
    place = next((place for place, each in enumerate(items, 1) if each.id == item_id), number)
    return url_for("citizen.question", number=place + 1) if place < len(items) else url_for("citizen.review")
