"""One question at a time. Every answer that is sent is kept before anything else is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, redirect, render_template, request, session, url_for

from outcomes.errors import AnswerChangedError, AnswerError, ConflictError, UnavailableError
from outcomes.forms.build import build_question_form, find_item
from outcomes.forms.handlers.phrase import phrase
from outcomes.forms.lines import answer_words, answer_words_language
from outcomes.language import translate
from outcomes.services.read_visit import Visit, read_visit
from outcomes.services.recall_instrument import known_instrument
from outcomes.services.save_answers import Kept, save_answer
from outcomes.views.admission import CITIZEN, admits, runtime
from outcomes.views.blocks import faulty_block, question_block, whole_page, words_of
from outcomes.views.citizen import (
    MODE,
    Page,
    citizen,
    first_open,
    not_now,
    own_ticket,
    token_refused,
    way_onward,
)
from outcomes.views.page import NOT_NOW, PAGE_TOO_OLD, reading_link
from outcomes.views.reading import current_reading

if TYPE_CHECKING:
    from collections.abc import Mapping

SEEN = "seen"


@citizen.route("/svar/<int:number>", methods=["GET", "POST"])
@admits(CITIZEN)
def question(number: int) -> Page:
    """One question. Each answer is kept when it is sent; skipping is an answer too."""
    sent = request.method == "POST"
    if sent and (onward := _keep_one(number)) is not None:
        return onward
    visit = read_visit(runtime(), own_ticket())
    if (instead := not_now(visit, answer_sent=sent)) is not None:
        return instead
    if not sent and current_reading().pace == "all" and "change" not in request.args:
        return redirect(url_for("citizen.all_questions"), 303)
    if sent and _asked(visit, number) not in visit.items and g.get("refusal") is not None:
        return _not_asked_any_more(visit)
    if not 1 <= number <= len(visit.items):
        return redirect(url_for("citizen.review"), 303)
    return _returned_page(visit, number) if sent else _question_page(visit, number)


def _keep_one(number: int) -> Page | None:
    """Keep what was sent and go on; None where something must be put right first, which ``g`` then says."""
    ticket = own_ticket()
    instrument = known_instrument(ticket.version_id)
    item = find_item(instrument, request.form.get("item", "")) if instrument else None
    if item is None:  # this process hasn't met the questionnaire yet, or the page doesn't say what it asked
        visit = read_visit(runtime(), ticket)
        if (instead := not_now(visit, answer_sent=True)) is not None:
            return instead
        instrument, item = visit.instrument, _asked(visit, number)
    if token_refused() or item is None or instrument is None:
        return None
    form = build_question_form(instrument, item, locale=current_reading().wording_locale, formdata=request.form)
    leaving = where_to(_page_before(number))
    if not form.validate():
        return redirect(leaving, 303) if leaving else None
    try:
        kept = save_answer(
            runtime(), ticket, item_id=item.id, value=form.answers()[item.id], seen=request.form.get(SEEN, "")
        )
    except (AnswerError, ConflictError, UnavailableError) as error:
        g.refusal = error
        return None
    return redirect(url_for("citizen.help_now") if kept.risk else leaving or _next_page(kept, item.id), 303)


def where_to(back: str) -> str:
    """Where somebody goes who leaves the page by a way that keeps what stands there; empty where they go on."""
    return {"back": back, "reading": reading_link()}.get(request.form.get("action", ""), "")


def _page_before(number: int) -> str:
    if "change" in request.args:
        return url_for("citizen.review")
    return url_for("citizen.question", number=number - 1) if number > 1 else url_for("citizen.start")


def _next_page(kept: Kept, item_id: str) -> str:
    """The next question; from the review, only questions that the change brought, and back."""
    return _page_after(kept.items, kept.answers, item_id)


def _page_after(items: Any, known: Mapping[str, Any], item_id: str) -> str:
    if "change" in request.args:
        new = first_open(items, known)
        return url_for("citizen.question", number=new, change=1) if new else url_for("citizen.review")
    place = next((place for place, each in enumerate(items, 1) if each.id == item_id), 0)
    return url_for("citizen.question", number=place + 1) if place < len(items) else url_for("citizen.review")


def _asked(visit: Visit, number: int) -> Any:
    """The question that the page in front of somebody asked, else the one with the number; None where there is none."""
    named = find_item(visit.instrument, request.form.get("item", ""))
    return named or (visit.items[number - 1] if 1 <= number <= len(visit.items) else None)


def _not_asked_any_more(visit: Visit) -> Page:
    """That another tab has hidden the question meanwhile, with what was just answered, and the way on."""
    item, words = _asked(visit, 0), words_of(visit)
    form = build_question_form(visit.instrument, item, locale=words, formdata=request.form)
    answer = form.answers()[item.id]
    page = render_template(
        "pages/citizen/not_asked.html",
        line={
            "answer": answer_words(item, answer, words),
            "answer_language": answer_words_language(item, answer, words),
        },
        onward=way_onward(visit),
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )
    return page, page_status(sent=True)


def _question_page(visit: Visit, number: int) -> Page:
    """The page of a question as it is, empty or with what this browser answered."""
    items = visit.items
    item, total = items[number - 1], len(items)
    elsewhere, from_review = item.id in visit.answered_elsewhere, "change" in request.args

    def render(block: str, seen: str) -> str:
        keep = _page_after(items, visit.kept, item.id) if elsewhere else None
        return _render(visit, item, number, {"form": None, "block": block, "seen": seen, "keep": keep, "other": None})

    if elsewhere or MODE in session or request.args.keys() - {"change"}:
        block = question_block(visit, item, heading="h1", answer=visit.answers.get(item.id))
        return render(block, visit.seen(item.id))
    demo = runtime().settings.demo
    return whole_page(visit, item, (number, total, from_review, request.script_root, demo), render)


def _returned_page(visit: Visit, number: int) -> Page:
    """The page of a question as it came back: with what was sent, and what is to be put right."""
    items, words = visit.items, words_of(visit)
    item = _asked(visit, number)
    item = item if item in items else items[number - 1]
    number = items.index(item) + 1
    form = build_question_form(visit.instrument, item, locale=words, formdata=request.form)
    form.validate()
    say_refusal(form)
    changed = isinstance(g.get("refusal"), AnswerChangedError)
    content = {
        "form": form,
        "block": faulty_block(visit, form.answer_fields[0], heading="h1"),
        "seen": visit.seen(item.id),
        "keep": _page_after(items, visit.kept, item.id) if item.id in visit.answered_elsewhere else None,
        "other": other_answer(visit, item, words) if changed else None,
    }
    return _render(visit, item, number, content), page_status(sent=True)


def _render(visit: Visit, item: Any, number: int, content: Mapping[str, Any]) -> str:
    title = phrase(item.wording, words_of(visit))
    return render_template(
        "pages/citizen/question.html",
        **content,
        item=item.id,
        title="" if title.foreign else title.text,
        number=number,
        total=len(visit.items),
        intro=phrase(visit.instrument.intro, words_of(visit)),
        from_review="change" in request.args,
        aloud=current_reading().aloud == "yes",
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )


def page_status(*, sent: bool) -> int:
    if not sent:
        return 200
    if isinstance(g.get("refusal"), UnavailableError):
        return 503
    return 409 if isinstance(g.get("refusal"), ConflictError) else 400


def say_refusal(form: Any) -> None:
    """Put what kept an answer from being kept beside what the form has found itself."""
    if token_refused():
        form.form_errors.append(translate(PAGE_TOO_OLD))
    error = g.get("refusal")
    form.meanwhile = isinstance(error, ConflictError) and not form.errors
    if isinstance(error, AnswerError) and error.faults:
        form.form_errors.extend(translate(fault.sentence) for fault in error.faults)
    elif isinstance(error, UnavailableError):
        form.form_errors.append(translate(NOT_NOW))
    elif error is not None:
        form.form_errors.append(translate(error.sentence))


def other_answer(visit: Visit, item: Any, words: str) -> dict[str, str | None]:
    """What another tab answered meanwhile: in words where it was this browser's, else only that it was."""
    shown = item.id in visit.answers
    return {
        "own": "yes" if shown else None,
        "answer": answer_words(item, visit.answers[item.id], words) if shown else None,
        "answer_language": answer_words_language(item, visit.answers[item.id], words) if shown else None,
    }
