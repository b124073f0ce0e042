"""The administrator decides what happens when an answer to a questionnaire tells of danger."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, translate
from outcomes.services.decide_protocol import MOST_LINES, HelpLineText, ProtocolText, decide_protocol, read_protocols
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

protocols = Blueprint("protocols", __name__)

SPARE_LINES = 2
LANGUAGES = [{"code": code, "name": LANGUAGE_NAMES[code]} for code in CITIZEN_LOCALES]


@protocols.route("/administration/protokol/<key>", methods=["GET", "POST"])
@admits("administrator")
def decide(key: str) -> str | Response | tuple[str, int]:
    """A form for a new protocol, and those decided before."""
    written = _written()
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The protocol was not saved."))
            decide_protocol(runtime(), current_actor(), key, written, after=_number(request.form.get("after")))
            return redirect(url_for("protocols.decide", key=key, gemt=1), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = read_protocols(runtime(), current_actor(), key)
    text = written if faults else page.text
    rendered = render_template(
        "pages/admin/protocol.html",
        page=page,
        text=text,
        lines=[*text.lines, *[HelpLineText()] * SPARE_LINES][:MOST_LINES],
        languages=LANGUAGES,
        saved="gemt" in request.args and not faults,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


def _written() -> ProtocolText:
    """The form as it was sent; a line that was left empty keeps its place, so that a fault finds its field."""
    form = request.form
    lines = [
        HelpLineText(_by_language(f"line-{n}-name"), form.get(f"line-{n}-phone", ""), _by_language(f"line-{n}-hours"))
        for n in range(MOST_LINES)
    ]
    while lines and lines[-1].empty:
        lines.pop()
    return ProtocolText(
        lines=tuple(lines),
        words=_by_language("words"),
        hours=form.get("hours", ""),
        duty=form.get("duty", ""),
        decided_by=form.get("decided_by", ""),
    )


def _by_language(name: str) -> dict[str, str]:
    return {code: request.form.get(f"{name}-{code}", "") for code in CITIZEN_LOCALES}


def _number(text: str | None) -> int:
    return int(text) if text and re.fullmatch("[0-9]{1,6}", text) else 0
