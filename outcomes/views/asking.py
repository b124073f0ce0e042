"""A worker asks: the ways of asking somebody about an occasion, and who is asked beside the citizen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, session, url_for

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.forms.handlers.phrase import language_name
from outcomes.forms.lines import answer_lines
from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, translate
from outcomes.services.give_code import give_code
from outcomes.services.give_link import give_link
from outcomes.services.hand_over import hand_over
from outcomes.services.open_asking import RESPONDENT_WORDS, AskingView, RespondentView, open_asking
from outcomes.services.print_paper_form import SheetWording, other_sheets, sheet_language
from outcomes.services.relate_person import KINDS, NewRelation, add_person, end_person, list_people
from outcomes.views.admission import STAFF_SESSION, admits, current_actor, runtime
from outcomes.views.page import parse_uuid, require_form_token
from outcomes.views.tablet import ASSISTED, KIOSK, let_in_shared

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response

asking = Blueprint("asking", __name__)

Page = str | tuple[str, int]
LONGEST = 254
MODE_WORDS = {
    "own_device": Sentence("on their own device"),
    "kiosk": Sentence("on a shared device"),
    "assisted": Sentence("with a worker beside them"),
    "paper": Sentence("on paper"),
    "phone": Sentence("by phone"),
    "interview": Sentence("in a conversation"),
    "imported": Sentence("in another system"),
}


@asking.get("/borger/<uuid:citizen_id>/spoerg/<uuid:occasion_id>")
@admits("worker")
def ask(citizen_id: UUID, occasion_id: UUID) -> str:
    """How somebody is to be asked about an occasion, and who has answered it."""
    view = open_asking(runtime(), current_actor(), citizen_id, occasion_id)
    return render_template(
        "pages/asking/ask.html",
        citizen={"citizen_id": view.citizen_id, "name": view.name},
        occasion={"occasion_id": view.occasion_id, "label": view.label, "closes_on": view.closes_on},
        obstacle=view.obstacle,
        respondents=[_respondent(view, each) for each in view.respondents],
        only_citizen=view.only_citizen,
    )


@asking.post("/borger/<uuid:citizen_id>/spoerg/<uuid:occasion_id>/link")
@admits("worker")
def link(citizen_id: UUID, occasion_id: UUID) -> str:
    """A link that the worker passes on themself, shown once."""
    given = give_link(runtime(), current_actor(), citizen_id, occasion_id, relation_id=_who())
    return _given(citizen_id, occasion_id, given, url=given.url)


@asking.post("/borger/<uuid:citizen_id>/spoerg/<uuid:occasion_id>/kode")
@admits("worker")
def code(citizen_id: UUID, occasion_id: UUID) -> str:
    """A short code for the tablet, shown once."""
    given = give_code(runtime(), current_actor(), citizen_id, occasion_id, relation_id=_who())
    return _given(citizen_id, occasion_id, given, hos=given.slug, code=given.code, expires_at=given.expires_at)


@asking.post("/borger/<uuid:citizen_id>/spoerg/<uuid:occasion_id>/aflever")
@admits("worker")
def hand_device_over(citizen_id: UUID, occasion_id: UUID) -> Response:
    """The device in the worker's hands is somebody else's from here on: the worker is signed out."""
    ticket = hand_over(
        runtime(), current_actor(), str(session[STAFF_SESSION]), citizen_id, occasion_id, relation_id=_who()
    )
    beside = request.form.get("mode") == ASSISTED
    return let_in_shared(ticket, ASSISTED if beside else KIOSK, remember=False)


@asking.route("/borger/<uuid:citizen_id>/omkring", methods=["GET", "POST"])
@admits("worker")
def people(citizen_id: UUID) -> Page | Response:
    """Who is asked about a citizen beside them: a list, and a form to add somebody."""
    typed = {name: request.form.get(name, "")[:LONGEST] for name in ("kind", "name", "phone", "email", "from_date")}
    typed["locale"] = request.form.get("locale", "")
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nobody was added."))
            add_person(runtime(), current_actor(), citizen_id, NewRelation(**typed))
            return redirect(url_for("asking.people", citizen_id=citizen_id), 303)
        except AnswerError as error:
            faults = error.faults
    view = list_people(runtime(), current_actor(), citizen_id)
    page = render_template(
        "pages/asking/people.html",
        citizen={"citizen_id": view.citizen_id, "name": view.name},
        people=[_person(each) for each in view.people],
        kinds=[{"value": kind, "label": translate(RESPONDENT_WORDS[kind])} for kind in KINDS],
        languages=[{"code": code, "label": LANGUAGE_NAMES[code]} for code in CITIZEN_LOCALES],
        typed=typed,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return page, 400 if faults else 200


@asking.post("/borger/<uuid:citizen_id>/omkring/<uuid:relation_id>/slut")
@admits("worker")
def end(citizen_id: UUID, relation_id: UUID) -> Response:
    """Somebody isn't asked about the citizen any more."""
    end_person(runtime(), current_actor(), citizen_id, relation_id)
    return redirect(url_for("asking.people", citizen_id=citizen_id), 303)


def _who() -> UUID | None:
    """Whom a button is about: the one of a relation, or the citizen."""
    return parse_uuid(request.form.get("who"))


def _given(citizen_id: UUID, occasion_id: UUID, given: Any, hos: str | None = None, **shown: Any) -> str:
    return render_template(
        "pages/asking/given.html",
        back=url_for("asking.ask", citizen_id=citizen_id, occasion_id=occasion_id),
        who=given.who,
        given={"url": None, "code": None, "expires_at": None, **shown},
        tablet=f"{runtime().settings.base_url}{url_for('tablet.ready', hos=hos)}",
    )


def _respondent(view: AskingView, each: RespondentView) -> dict[str, Any]:
    given, language = each.given, sheet_language(view.instrument, each.who)
    return {
        "who": each.who,
        "sheet": {
            "own": None if language == each.who.locale else language_name(each.who.locale),
            "language": language_name(language),
            "others": [{"code": one.code, "words": _words(one)} for one in other_sheets(view.instrument, each.who)],
        },
        "begun": each.begun,
        "ended": each.ended,
        "given": {
            "answered_at": given.answered_at,
            "late": given.late,
            "how": MODE_WORDS[given.mode],
            "lines": answer_lines(given.items, given.answers),
        }
        if given
        else None,
    }


def _words(wording: SheetWording) -> str:
    """The language of a sheet, and which words of it."""
    language = language_name(wording.language)
    return f"{language}, {translate(wording.variant)}" if wording.variant else language


def _person(each: Any) -> dict[str, Any]:
    return {
        "relation_id": each.relation_id,
        "kind": RESPONDENT_WORDS[each.kind],
        "name": each.name,
        "phone": each.phone,
        "email": each.email,
        "language": LANGUAGE_NAMES[each.locale] if each.locale else translate(Sentence("Not known")),
        "from_date": each.from_date,
        "ended_on": each.ended_on,
        "live": each.live,
    }
