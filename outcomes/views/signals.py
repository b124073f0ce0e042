"""What somebody is to look at, and the form for what was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.forms.lines import answer_words, answer_words_language, question_language, question_words
from outcomes.language import current_locale, translate
from outcomes.services.handle_signal import LONGEST, handle_signal, open_signal
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response

    from outcomes.services.handle_signal import AnswerInQuestion

signals = Blueprint("signals", __name__)


@signals.route("/signal/<uuid:signal_id>", methods=["GET", "POST"])
@admits("worker")
def handle(signal_id: UUID) -> str | Response | tuple[str, int]:
    """One signal: why, from whom, until when; and what was done."""
    typed = request.form.get("handling", "")[: 2 * LONGEST]
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            handle_signal(runtime(), current_actor(), signal_id, handling=typed)
            return redirect(url_for("signals.handle", signal_id=signal_id, gemt=1), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = open_signal(runtime(), current_actor(), signal_id)
    rendered = render_template(
        "pages/staff/signal.html",
        signal=page.signal,
        phone=page.phone,
        answer=_answer(page.answer) if page.answer else None,
        change=page.change,
        opens_page=page.opens_page,
        handling=typed,
        saved="gemt" in request.args and page.signal.handled_at is not None,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


def _answer(answer: AnswerInQuestion) -> dict[str, object]:
    locale = current_locale()
    return {
        "question": question_words(answer.item, locale),
        "language": question_language(answer.item, locale),
        "answer": answer_words(answer.item, answer.value, locale),
        "answer_language": answer_words_language(answer.item, answer.value, locale),
        "at": answer.at,
        "sent": answer.sent,
    }
