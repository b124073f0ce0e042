"""After the questions: the review, the sending, the receipt with what happens next, and the own curve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from flask import redirect, render_template, request, session, url_for

from outcomes.errors import AnswerError, ConflictError, DifferentAnswersError, Sentence, UnavailableError
from outcomes.forms.lines import answer_lines
from outcomes.language import current_locale, translate
from outcomes.services.draw_curves import draw_own_curves
from outcomes.services.raise_signals import day_looked_at, wish_to_talk
from outcomes.services.read_visit import Visit, read_visit
from outcomes.services.read_welcome import read_welcome
from outcomes.services.show_own_curve import read_own_answers, show_own_curve
from outcomes.services.submit_response import OWN_DEVICE, receipt_key, submit_response
from outcomes.views.admission import CITIZEN, admits, runtime
from outcomes.views.blocks import speaks_to_child, words_of
from outcomes.views.citizen import MODE, RECEIPT, Page, answered, citizen, not_now, own_ticket, token_refused
from outcomes.views.helpers import WORKER, helper_choices, sent_helper
from outcomes.views.page import NOT_NOW, PAGE_TOO_OLD, parse_uuid
from outcomes.views.reading import current_reading
from outcomes.views.tablet import ASSISTED

if TYPE_CHECKING:
    from outcomes.services.open_link import Ticket


@citizen.route("/svar/gennemse", methods=["GET", "POST"])
@admits(CITIZEN)
def review() -> Page:
    """The answers before they are sent, each with a way to change it."""
    sent = request.method == "POST"
    key = parse_uuid(request.form.get("submission_key"))
    if sent and key is not None and not token_refused():
        return _send(own_ticket(), key)
    visit = read_visit(runtime(), own_ticket())
    if (instead := not_now(visit)) is not None:
        return instead
    if not visit.kept:
        return redirect(url_for("citizen.start"), 303)
    return _review_page(visit, [_error(PAGE_TOO_OLD)] if sent else [], 400 if sent else 200)


@citizen.get("/svar/kvittering")
@admits(CITIZEN)
def receipt() -> Page:
    """Thanks, what happens next, and a copy to keep; only for the browser that sent the answers."""
    visit = read_visit(runtime(), own_ticket())
    own = parse_uuid(session.get(RECEIPT))
    if own is None or own != visit.response_id:
        return redirect(url_for("citizen.start"), 303)
    answers = read_own_answers(runtime(), visit.ticket, response_id=own)
    welcome = read_welcome(runtime(), visit)
    return render_template(
        "pages/citizen/receipt.html",
        organisation_name=visit.organisation_name,
        received_at=visit.answered_at,
        receipt_key=receipt_key(own),
        reader=welcome.readers[0] if welcome.readers else None,
        looked_at_by=day_looked_at(visit.answered_at or runtime().now()),
        next_on=welcome.next_on,
        contact=visit.contact,
        has_curve=True,
        answers=answer_lines(visit.items_given(answers), answers, wording_locale=words_of(visit)),
        help=welcome.help,
        child=speaks_to_child(visit),
    )


@citizen.post("/svar/tal-med-mig")
@admits(CITIZEN)
def ask_to_be_called() -> Page:
    """Somebody who has just answered wants to talk: it is passed on at once."""
    visit = read_visit(runtime(), own_ticket())
    if visit.response_id is None or parse_uuid(session.get(RECEIPT)) != visit.response_id:
        return redirect(url_for("citizen.start"), 303)
    wish_to_talk(runtime(), visit.ticket)
    return redirect(url_for("citizen.receipt", _anchor="talk"), 303)


@citizen.get("/svar/kurve")
@admits(CITIZEN)
def curve() -> str:
    """Own curves, only for the browser that sent the answers."""
    ticket = own_ticket()
    curves = show_own_curve(runtime(), ticket, response_id=parse_uuid(session.get(RECEIPT)))
    visit = read_visit(runtime(), ticket)
    return render_template(
        "pages/citizen/curve.html",
        charts=draw_own_curves(curves),
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )


def _send(ticket: Ticket, key: UUID) -> Page:
    """Send what was reviewed, and nothing else: where it changed meanwhile, it is shown again."""
    try:
        sent = submit_response(
            runtime(),
            ticket,
            submission_key=key,
            locale=current_locale(),
            mode=session.get(MODE, OWN_DEVICE),
            reviewed=request.form.get("reviewed"),
            helper_kind=sent_helper(),
        )
    except DifferentAnswersError:
        return answered(read_visit(runtime(), ticket), different=True)
    except (AnswerError, ConflictError, UnavailableError) as error:
        return _not_sent(read_visit(runtime(), ticket), error)
    session[RECEIPT] = str(sent.response_id)
    return redirect(url_for("citizen.receipt"), 303)


def _not_sent(visit: Visit, error: AnswerError | ConflictError | UnavailableError) -> Page:
    """The review again, with what is to be put right; or the page that comes instead of it."""
    if (instead := not_now(visit)) is not None:
        return instead
    if isinstance(error, UnavailableError):
        return _review_page(visit, [_error(NOT_NOW)], 503)
    if isinstance(error, ConflictError):
        return _review_page(visit, [_error(error.sentence)], 409)
    faults = [_error(fault.sentence, _number(visit, fault.place)) for fault in error.faults]
    return _review_page(visit, faults or [_error(error.sentence)], 400)


def _review_page(visit: Visit, errors: list[dict[str, str]], status: int) -> Page:
    items = visit.items
    page = render_template(
        "pages/citizen/review.html",
        answers=answer_lines(items, visit.answers, wording_locale=words_of(visit)),
        elsewhere={number for number, item in enumerate(items, 1) if item.id in visit.answered_elsewhere},
        open={number for number, item in enumerate(items, 1) if item.id not in visit.kept},
        errors=errors,
        digest=visit.digest,
        submission_key=parse_uuid(request.form.get("submission_key")) or uuid4(),
        helpers=helper_choices(WORKER if session.get(MODE) == ASSISTED else ""),
        back=_back(len(items)),
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )
    return page, status


def _back(last: int) -> str:
    if current_reading().pace == "all":
        return url_for("citizen.all_questions")
    return url_for("citizen.question", number=last) if last else ""


def _error(sentence: Sentence, number: int | None = None) -> dict[str, str]:
    """A line of the review's error summary: it leads to the question's own line, else to the button."""
    if number is None:
        return {"target": "send", "message": translate(sentence)}
    said = Sentence("Question %(number)s: %(what)s", number=number, what=sentence)
    return {"target": f"change-{number}", "message": translate(said)}


def _number(visit: Visit, item_id: str) -> Any:
    return next((number for number, item in enumerate(visit.items, 1) if item.id == item_id), None)
