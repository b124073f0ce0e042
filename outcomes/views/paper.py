"""On paper: the sheet to print, and typing it in when it comes back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, OutcomesError, Sentence, UnavailableError
from outcomes.forms.build import build_form
from outcomes.forms.handlers.fields import AnswerField
from outcomes.forms.handlers.phrase import language_name
from outcomes.forms.lines import answer_words, answer_words_language, question_language, question_words
from outcomes.language import current_locale, format_date, translate
from outcomes.services.key_paper import Typed, discard_keyings, key_sheet, settle_sheet
from outcomes.services.list_sheets import list_sheets
from outcomes.services.open_sheet import DAY, HELPER, LANGUAGE, Difference, SheetView, open_sheet
from outcomes.services.print_paper_form import PaperFile, print_for_occasion, print_paper_form
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.blocks import draw
from outcomes.views.helpers import HELPERS, helper_choices, sent_helper
from outcomes.views.page import NOT_NOW, parse_uuid, require_form_token

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from werkzeug.wrappers import Response as AnyResponse

paper = Blueprint("paper", __name__)

Page = str | tuple[str, int]
UNREADABLE = "unreadable_"
LONGEST_DAY = 60
CONFLICT, UNAVAILABLE = 409, 503
BESIDE = {
    DAY: Sentence("Which day was it answered?"),
    LANGUAGE: Sentence("Which language is the sheet in?"),
    HELPER: Sentence("Did somebody help?"),
}


@dataclass(slots=True)
class Draft:
    """The form as it goes out: what stands in it, and what is wrong."""

    view: SheetView
    form: Any
    refusals: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def fields(self) -> list[AnswerField]:
        """Every question of the sheet: on paper none is hidden."""
        return [each for each in self.form if isinstance(each, AnswerField)]


@paper.get("/papir/<key>/<version>/<locale>.pdf")
@admits("worker", "administrator")
def blank(key: str, version: str, locale: str) -> Response:
    """A sheet for anybody."""
    return _pdf(print_paper_form(runtime(), current_actor().scope, key=key, version=version, locale=locale))


@paper.get("/borger/<uuid:citizen_id>/papir/<uuid:occasion_id>.pdf")
@admits("worker")
def for_occasion(citizen_id: UUID, occasion_id: UUID) -> Response:
    """A sheet for one measurement of one person."""
    locale = request.args.get("ord") or None
    return _pdf(
        print_for_occasion(runtime(), current_actor(), citizen_id, occasion_id, relation_id=_who(), locale=locale)
    )


@paper.get("/indtast/<key>/<version>")
@admits("worker")
def whose(key: str, version: str) -> str:
    """Whose a sheet without a code can be."""
    return render_template(
        "pages/paper/whose.html", waiting=list_sheets(runtime(), current_actor(), key=key, version=version)
    )


@paper.route("/indtast/<uuid:occasion_id>", methods=["GET", "POST"])
@admits("worker")
def key(occasion_id: UUID) -> Page | AnyResponse:
    """Type a sheet in; or what is to be done with it next."""
    view = open_sheet(runtime(), current_actor(), occasion_id, relation_id=_who())
    if request.method == "GET":
        return _show(view)
    draft = Draft(view, build_form(view.instrument, locale=current_locale(), formdata=request.form))
    try:
        require_form_token(Sentence("Nothing was stored."))
        key_sheet(runtime(), current_actor(), occasion_id, _typed(draft), relation_id=_who())
    except (AnswerError, UnavailableError) as error:
        draft.refusals, draft.status = _refusal(error)
        return _show_form(draft) if view.is_open else _stale(draft)
    except ConflictError as error:
        view = open_sheet(runtime(), current_actor(), occasion_id, relation_id=_who())
        return _conflict(Draft(view, draft.form, *_refusal(error)))
    return redirect(_here(view), 303)


@paper.post("/indtast/<uuid:occasion_id>/vaelg")
@admits("worker")
def settle(occasion_id: UUID) -> Page | AnyResponse:
    """Choose what stands on the paper, where it was typed in differently."""
    chosen = {name: int(value) for name, value in request.form.items() if value in ("1", "2")}
    view = open_sheet(runtime(), current_actor(), occasion_id, relation_id=_who())
    try:
        settle_sheet(
            runtime(), current_actor(), occasion_id, chosen=chosen, token=request.form.get("token", ""),
            relation_id=_who(),
        )  # fmt: skip
    except (AnswerError, ConflictError, UnavailableError) as error:
        return _show(view, *_refusal(error))
    return redirect(_here(view), 303)


@paper.post("/indtast/<uuid:occasion_id>/forfra")
@admits("worker")
def again(occasion_id: UUID) -> Page | AnyResponse:
    """It was the wrong sheet: what was typed in goes."""
    view = open_sheet(runtime(), current_actor(), occasion_id, relation_id=_who())
    try:
        discard_keyings(
            runtime(), current_actor(), occasion_id, token=request.form.get("token", ""), relation_id=_who()
        )
    except (ConflictError, UnavailableError) as error:
        return _show(view, *_refusal(error))
    return redirect(_here(view), 303)


def _pdf(file: PaperFile) -> Response:
    return Response(
        file.content,
        mimetype="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{file.name}"'},
    )


def _typed(draft: Draft) -> Typed:
    """What stands in the form; what can't be read on the paper isn't there."""
    faults, answers = {}, {}
    for each in draft.fields:
        if f"{UNREADABLE}{each.item.id}" in request.form:
            each.data, each.fault = None, None
        if each.fault is not None:
            faults[each.item.id] = each.fault
        elif each.data is not None:
            answers[each.item.id] = each.data
    return Typed(
        keying=2 if request.form.get("keying") == "2" else 1,
        answered_on=request.form.get("answered_on", "")[:LONGEST_DAY],
        locale=request.form.get("ord", ""),
        helper_kind=sent_helper(),
        answers=answers,
        unread=faults,
    )


def _conflict(draft: Draft) -> Page:
    """Something else is to be done by now; where it is still to be typed in, what was typed stays."""
    if draft.view.is_open:
        return _show_form(draft)
    return _show(draft.view, draft.refusals, draft.status)


def _stale(draft: Draft) -> Page:
    """What is wrong with a form that isn't there any more: only that nothing of it was stored, not each fault of it."""
    if draft.status == UNAVAILABLE:
        return _show(draft.view, draft.refusals, draft.status)
    return _show(draft.view, {"": translate(Sentence("Nothing was stored."))}, CONFLICT)


def _show(view: SheetView, refusals: Mapping[str, str] | None = None, status: int = 200) -> Page:
    """The page that fits: the answers are stored, nothing can be, two keyings differ, or the form."""
    errors = [
        {"target": "" if not place else f"{place}-1", "message": said} for place, said in (refusals or {}).items()
    ]
    if view.receipt is not None:
        return render_template("pages/paper/stored.html", view=view, back=_back(view), errors=errors), status
    if view.is_open:
        return _show_form(Draft(view, build_form(view.instrument, locale=current_locale()), refusals or {}, status))
    page = render_template(
        "pages/paper/compare.html",
        view=view,
        back=_back(view),
        differences=[_difference(view, each) for each in view.differences],
        chosen={name: value for name, value in request.form.items() if value in ("1", "2")},
        errors=errors,
    )
    return page, status


def _show_form(draft: Draft) -> Page:
    view, fields = draft.view, draft.fields
    page = render_template(
        "pages/paper/key.html",
        view=view,
        back=_back(view),
        questions=list(_questions(draft, fields)),
        languages=[{"code": code, "label": language_name(code)} for code in view.instrument.languages],
        language=request.form.get("ord") or view.language,
        answered_on=request.form.get("answered_on", "")[:LONGEST_DAY],
        helpers=helper_choices(),
        refusals=draft.refusals,
        errors=_errors(draft, fields),
    )
    return page, draft.status


def _questions(draft: Draft, fields: Iterable[AnswerField]) -> Iterable[dict[str, Any]]:
    for number, each in enumerate(fields, 1):
        said = draft.refusals.get(each.item.id)
        each.errors = [said] if said else []
        yield {
            "id": each.item.id,
            "number": number,
            "block": draw(each, "h2", pictures=False, aloud=False, recording="", notice=False),
            "line": each.limits if each.kind == "visual_analogue" else None,
            "unreadable": f"{UNREADABLE}{each.item.id}" in request.form,
        }


def _errors(draft: Draft, fields: Iterable[AnswerField]) -> list[dict[str, str]]:
    targets = {each.item.id: each.choices_view[0].id if each.choices_view else each.id for each in fields}
    targets |= {DAY: DAY, LANGUAGE: LANGUAGE}
    return [{"target": targets.get(place, ""), "message": said} for place, said in draft.refusals.items()]


def _difference(view: SheetView, each: Difference) -> dict[str, Any]:
    sides = [
        {"value": value, "keyer": keyer, "answer": _side(each, said), "answer_language": _side_language(each, said)}
        for value, said, keyer in zip((1, 2), (each.first, each.second), view.keyers, strict=True)
    ]
    return {
        "place": each.place,
        "number": each.number,
        "question": question_words(each.item, current_locale()) if each.item else translate(BESIDE[each.place]),
        "language": question_language(each.item, current_locale()) if each.item else None,
        "sides": sides,
    }


def _side_language(each: Difference, said: Any) -> str | None:
    return answer_words_language(each.item, said, current_locale()) if each.item else None


def _side(each: Difference, said: Any) -> str:
    """What one keying says, in words."""
    if each.item is not None:
        return answer_words(each.item, said, current_locale()) or translate(Sentence("Empty, or can't be read"))
    if each.place == DAY:
        day: date = said
        return format_date(day)
    if each.place == LANGUAGE:
        return language_name(str(said))
    return translate(HELPERS[said] if said else Sentence("No, I answered alone"))


def _refusal(error: OutcomesError) -> tuple[dict[str, str], int]:
    """What is wrong, by place, and the status that says so."""
    if isinstance(error, UnavailableError):
        return {"": translate(NOT_NOW)}, UNAVAILABLE
    said = {fault.place: translate(fault.sentence) for fault in error.faults} or {"": translate(error.sentence)}
    return said, CONFLICT if isinstance(error, ConflictError) else 400


def _who() -> UUID | None:
    return parse_uuid(request.values.get("hvem"))


def _here(view: SheetView) -> str:
    return url_for("paper.key", occasion_id=view.occasion_id, hvem=view.who.relation_id)


def _back(view: SheetView) -> str:
    return url_for("asking.ask", citizen_id=view.citizen_id, occasion_id=view.occasion_id)
