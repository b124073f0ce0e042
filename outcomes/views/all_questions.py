"""All questions on one page: kept when it is saved, then looked through, and shown again with whatever is to be put right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, get_template_attribute, redirect, render_template, request, url_for
from markupsafe import escape

from outcomes.errors import AnswerChangedError, AnswerError, ConflictError, UnavailableError
from outcomes.forms.build import build_form
from outcomes.forms.handlers.phrase import Phrase, language_name, phrase
from outcomes.language import current_locale, gettext
from outcomes.services.read_visit import Visit, read_visit
from outcomes.services.recall_instrument import known_instrument
from outcomes.services.save_answers import save_answers
from outcomes.views.admission import CITIZEN, admits, runtime
from outcomes.views.blocks import faulty_block, question_block, words_of
from outcomes.views.citizen import Page, citizen, not_now, own_ticket, token_refused
from outcomes.views.questions import SEEN, other_answer, page_status, say_refusal, where_to
from outcomes.views.reading import current_reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@citizen.route("/svar/alle", methods=["GET", "POST"])
@admits(CITIZEN)
def all_questions() -> Page:
    """Every question on one page. Nothing is sent from here: the review comes first."""
    sent = request.method == "POST"
    if sent and (onward := _take_all()) is not None:
        return onward
    visit = read_visit(runtime(), own_ticket())
    if (instead := not_now(visit, answer_sent=sent)) is not None:
        return instead
    if not sent and current_reading().pace == "one":
        return redirect(url_for("citizen.start"), 303)
    return _all_page(visit)


def _take_all() -> Page | None:
    """Keep what stands on the page of all questions; None where something must be put right first, which ``g`` then says."""
    ticket = own_ticket()
    instrument, elsewhere = known_instrument(ticket.version_id), {}
    if instrument is None or "elsewhere" in request.form:
        visit = read_visit(runtime(), ticket)
        if (instead := not_now(visit, answer_sent=True)) is not None:
            return instead
        instrument = visit.instrument
        elsewhere = {item: visit.kept[item] for item in visit.answered_elsewhere}
    form = build_form(instrument, locale=current_reading().wording_locale, formdata=request.form, elsewhere=elsewhere)
    leaving = where_to(url_for("citizen.start"))
    if token_refused() or not (form.validate() or leaving):
        return None
    seen, faulty = _seen_by_item(), {field.item.id for field in form.answer_fields if field.errors}
    given = {item: value for item, value in form.answers().items() if item in seen and item not in faulty}
    added = {**form.hidden_answers(seen), **given}
    try:
        return _save_all(added, seen, leaving)
    except (AnswerError, ConflictError, UnavailableError) as error:
        g.refusal = error
        return None


def _seen_by_item() -> dict[str, str]:
    """By question of the page, what the page was made from."""
    prefix = f"{SEEN}_"
    return {name.removeprefix(prefix): value for name, value in request.form.items() if name.startswith(prefix)}


def _save_all(added: Mapping[str, Any], seen: Mapping[str, str], leaving: str) -> Page:
    """Keep what stands on the page, and go on to the review; first to the questions that the answers have brought.

    What is left empty is skipped by whoever goes on, and open for whoever comes back.
    """
    stays = request.form.get("action") == "save"
    kept = save_answers(runtime(), own_ticket(), answers=added, seen=seen, unfinished=stays or bool(leaving))
    if kept.risk or leaving:
        return redirect(url_for("citizen.help_now") if kept.risk else leaving, 303)
    new = next((item.id for item in kept.items if item.id not in seen and item.id not in kept.answers), None)
    if new is None and not stays:
        return redirect(url_for("citizen.review"), 303)
    page = url_for("citizen.all_questions", gemt="flere" if new else "ja")
    return redirect(f"{page}#question-{new}" if new else page, 303)


def _all_page(visit: Visit) -> Page:
    """The page of all questions, as it is kept or as it came back."""
    sent, words = request.method == "POST", words_of(visit)
    form = _returned_form(visit, words) if sent else None
    fields = {field.item.id: field for field in form.answer_fields} if form else {}
    items = tuple(field.item for field in fields.values()) or visit.items
    questions = []
    for number, item in enumerate(items, 1):
        field = fields.get(item.id)
        block = (
            faulty_block(visit, field, heading="h2", notice=False)
            if field
            else question_block(visit, item, heading="h2", answer=visit.answers.get(item.id), notice=False)
        )
        questions.append(
            {
                "id": item.id,
                "number": number,
                "block": block,
                "seen": visit.seen(item.id),
                "elsewhere": item.id in visit.answered_elsewhere,
            }
        )
    page = render_template(
        "pages/citizen/all_questions.html",
        form=form,
        questions=questions,
        elsewhere=bool(visit.answered_elsewhere),
        intro=phrase(visit.instrument.intro, words_of(visit)),
        untranslated=_untranslated(phrase(item.wording, words_of(visit)) for item in items),
        saved=request.args.get("gemt", ""),
        aloud=current_reading().aloud == "yes",
        organisation_name=visit.organisation_name,
        contact=visit.contact,
    )
    return page, page_status(sent=sent)


def _untranslated(questions: Iterable[Phrase]) -> str:
    """Once for the whole page, that questions aren't in its language, and which they are in; empty where all are."""
    shown = sorted({question.language for question in questions if question.foreign})
    if not shown:
        return ""
    return gettext(
        "Not all questions are translated into %(language)s yet. Those are shown in %(shown)s.",
        language=language_name(current_locale()),
        shown=", ".join(language_name(code) for code in shown),
    )


def _returned_form(visit: Visit, words: str) -> Any:
    """The form as it was sent, with everything that is wrong at the question that it is wrong with."""
    elsewhere = {item: visit.kept[item] for item in visit.answered_elsewhere}
    form = build_form(visit.instrument, locale=words, formdata=request.form, elsewhere=elsewhere)
    form.validate()
    error = g.get("refusal")
    if not isinstance(error, AnswerChangedError):
        say_refusal(form)
        return form
    form.meanwhile = True
    changed = {fault.place: fault.sentence for fault in error.faults}
    for field in form.answer_fields:
        if field.item.id in changed:
            field.errors = [*field.errors, _changed_words(visit, field.item, words)]
    return form


def _changed_words(visit: Visit, item: Any, words: str) -> str:
    """What another tab answered meanwhile, in its own language, and that pressing once more decides."""
    other = other_answer(visit, item, words)
    if not other["own"]:
        return gettext(
            "You have answered this in another browser meanwhile. Press once more if what stands here is what you mean."
        )
    said = gettext("You skipped this one")
    if other["answer"] is not None:
        said = get_template_attribute("macros/said.html", "answer")(other)
    sentence = gettext(
        "In another window you have answered this meanwhile: %(words)s. Press once more if what stands here is what you"
        " mean."
    )
    return escape(sentence) % {"words": said}
