"""A worker asks in a conversation or by phone: one screen with every question, written down as it is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from flask import Blueprint, g, redirect, render_template, request, url_for

from outcomes.errors import (
    AnswerChangedError,
    AnswerError,
    ConflictError,
    MoreQuestionsError,
    OutcomesError,
    UnavailableError,
)
from outcomes.forms.build import build_form
from outcomes.forms.handlers.phrase import language_name, writing_direction
from outcomes.language import translate, use_locale
from outcomes.services.record_interview import (
    SPOKEN,
    InterviewView,
    Spoken,
    keep_interview,
    open_interview,
    record_interview,
)
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.blocks import draw
from outcomes.views.page import NOT_NOW, PAGE_TOO_OLD, parse_uuid

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from werkzeug.wrappers import Response

interview = Blueprint("interview", __name__)

Page = str | tuple[str, int]
SEEN = "seen_"


@dataclass(slots=True)
class Sheet:
    """The screen as it goes out: the form, what is wrong, and what each question was made from."""

    view: InterviewView
    language: str
    mode: str
    form: Any
    seen: Mapping[str, str]
    refusals: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@interview.route("/borger/<uuid:citizen_id>/interview/<uuid:occasion_id>", methods=["GET", "POST"])
@admits("worker")
def ask(citizen_id: UUID, occasion_id: UUID) -> Page | Response:
    """The questions for one person, all on one screen."""
    view = open_interview(runtime(), current_actor(), citizen_id, occasion_id, relation_id=_who())
    if view.receipt is not None and request.method == "GET":
        return render_template("pages/asking/recorded.html", view=view, back=_back(view))
    if request.method == "GET":
        if view.obstacle is not None:
            return redirect(_back(view), 303)
        form = build_form(view.instrument, locale=_language(view), stored=view.answers, elsewhere=view.elsewhere)
        return _show(Sheet(view, _language(view), _mode(), form, view.seen))
    return _take(view)


def _take(view: InterviewView) -> Page | Response:
    """Save or send what stands on the screen; or show it again, in another language or with what is to be put right."""
    form = build_form(view.instrument, locale=_language(view), formdata=request.form, elsewhere=view.elsewhere)
    sheet = Sheet(view, _language(view), _mode(), form, _sent_seen(view))
    action = request.form.get("action", "save")
    if action == "language":
        return _show(sheet)
    if g.get("csrf_error") is not None:
        return _refused(sheet, {"": translate(PAGE_TOO_OLD)}, 400)
    if not form.validate():
        return _refused(sheet, {field.item.id: _fault(field) for field in form.answer_fields if field.errors}, 400)
    try:
        return _send(sheet) if action == "send" else _save(sheet)
    except AnswerChangedError as error:
        fresh = open_interview(
            runtime(), current_actor(), view.citizen_id, view.occasion_id, relation_id=view.who.relation_id
        )
        sheet.view, sheet.seen = fresh, fresh.seen
        return _refused(sheet, _said(error), 409)
    except (AnswerError, ConflictError, UnavailableError) as error:
        return _refused(sheet, *_said_with_status(error))


def _save(sheet: Sheet, *, more: bool = False) -> Response:
    """Keep what stands on the screen."""
    view = sheet.view
    keep_interview(
        runtime(), current_actor(), view.citizen_id, view.occasion_id,
        answers=_answers(sheet), seen=sheet.seen, relation_id=view.who.relation_id,
    )  # fmt: skip
    return redirect(_here(sheet, gemt="flere" if more else "ja"), 303)


def _send(sheet: Sheet) -> Response:
    """Send what stands on the screen, unless it brings questions that weren't on it: then those are asked first."""
    view = sheet.view
    spoken = Spoken(parse_uuid(request.form.get("submission_key")) or uuid4(), sheet.language, sheet.mode)
    try:
        record_interview(
            runtime(), current_actor(), view.citizen_id, view.occasion_id,
            answers=_answers(sheet), seen=sheet.seen, spoken=spoken, relation_id=view.who.relation_id,
        )  # fmt: skip
    except MoreQuestionsError:
        return _save(sheet, more=True)
    return redirect(_here(sheet), 303)


def _answers(sheet: Sheet) -> dict[str, Any]:
    """What stands on the screen, also where another answer on it has hidden the question."""
    given = {item: value for item, value in sheet.form.answers().items() if item in sheet.seen}
    return {**sheet.form.hidden_answers(sheet.seen), **given}


def _refused(sheet: Sheet, refusals: Mapping[str, str], status: int) -> tuple[str, int]:
    sheet.refusals, sheet.status = refusals, status
    return _show(sheet)


def _show(sheet: Sheet) -> tuple[str, int]:
    view = sheet.view
    fields = list(sheet.form.answer_fields)
    page = render_template(
        "pages/asking/interview.html",
        citizen={"citizen_id": view.citizen_id, "name": view.name},
        label=view.label,
        who=view.who,
        back=_back(view),
        questions=list(_questions(sheet, fields)),
        language=sheet.language,
        languages=[{"code": code, "label": language_name(code)} for code in view.languages],
        mode=sheet.mode,
        errors=_errors(sheet, fields),
        saved=request.args.get("gemt", ""),
        view=view,
        submission_key=parse_uuid(request.form.get("submission_key")) or uuid4(),
    )
    return page, sheet.status


def _questions(sheet: Sheet, fields: Iterable[Any]) -> Iterable[dict[str, Any]]:
    """Each question in the language that it is asked in, our own words in it too."""
    for number, each in enumerate(fields, 1):
        if (said := sheet.refusals.get(each.item.id)) and not each.errors:
            each.errors = [said]
        with use_locale(sheet.language):
            block = draw(each, "h2", pictures=False, aloud=False, recording="", notice=number == 1)
        yield {
            "id": each.item.id,
            "number": number,
            "block": block,
            "seen": sheet.seen.get(each.item.id, sheet.view.seen[each.item.id]),
            "elsewhere": each.item.id in sheet.view.elsewhere,
            "language": sheet.language,
            "direction": writing_direction(sheet.language),
        }


def _errors(sheet: Sheet, fields: Iterable[Any]) -> list[dict[str, str]]:
    """What is wrong, in the worker's language, each with the way to it."""
    targets = {each.item.id: each.choices_view[0].id if each.choices_view else each.id for each in fields}
    targets["mode-interview"] = "mode-interview"
    return [{"target": targets.get(place, ""), "message": said} for place, said in sheet.refusals.items()]


def _fault(each: Any) -> str:
    return translate(each.fault) if each.fault is not None else str(each.errors[0])


def _said_with_status(error: OutcomesError) -> tuple[dict[str, str], int]:
    if isinstance(error, UnavailableError):
        return {"": translate(NOT_NOW)}, 503
    return _said(error), 409 if isinstance(error, ConflictError) else 400


def _said(error: OutcomesError) -> dict[str, str]:
    return {fault.place: translate(fault.sentence) for fault in error.faults} or {"": translate(error.sentence)}


def _sent_seen(view: InterviewView) -> dict[str, str]:
    """By question of the screen, what it was made from. Without a name of that, a question was on no screen of ours."""
    known = {item.id for item in view.instrument.items}
    names = {name.removeprefix(SEEN): value for name, value in request.form.items() if name.startswith(SEEN)}
    return {item: value for item, value in names.items() if value and item in known}


def _who() -> UUID | None:
    return parse_uuid(request.values.get("hvem"))


def _language(view: InterviewView) -> str:
    chosen = request.values.get("ord", "")
    return chosen if chosen in view.languages else view.language


def _mode() -> str:
    chosen = request.values.get("mode", "")
    return chosen if chosen in SPOKEN else SPOKEN[0]


def _here(sheet: Sheet, gemt: str | None = None) -> str:
    view = sheet.view
    return url_for(
        "interview.ask", citizen_id=view.citizen_id, occasion_id=view.occasion_id, hvem=view.who.relation_id,
        ord=sheet.language, mode=sheet.mode, gemt=gemt,
    )  # fmt: skip


def _back(view: InterviewView) -> str:
    return url_for("asking.ask", citizen_id=view.citizen_id, occasion_id=view.occasion_id)
