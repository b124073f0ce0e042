"""The administrator's questionnaires: which there are, what one of them asks, taking one in, switching one on or off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, InstrumentError, Sentence
from outcomes.language import current_locale, translate
from outcomes.services.list_instruments import list_instruments
from outcomes.services.open_instrument import open_instrument
from outcomes.services.switch_instrument import switch_instrument
from outcomes.services.upload_instrument import upload_instrument
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

questionnaires = Blueprint("questionnaires", __name__)

Page = str | Response | tuple[str, int]


@questionnaires.get("/administration/spoergeskemaer")
@admits("administrator")
def listing() -> str:
    """Every version of every questionnaire."""
    return render_template("pages/admin/questionnaires.html", instruments=list_instruments(runtime(), current_actor()))


@questionnaires.route("/administration/spoergeskemaer/nyt", methods=["GET", "POST"])
@admits("administrator")
def upload() -> Page:
    """Take in a questionnaire from a file, or from what is written in the field."""
    name, content = _uploaded()
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was stored."))
            version_id = upload_instrument(runtime(), current_actor(), name=name, content=content)
            return redirect(url_for("questionnaires.show", version_id=version_id), 303)
        except (InstrumentError, AnswerError) as error:
            faults = error.faults or (Fault("", error.sentence),)
    rendered = render_template(
        "pages/admin/upload.html",
        content=content.decode("utf-8-sig", errors="replace"),
        faults=[{"place": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, 400 if faults else 200


@questionnaires.route("/administration/spoergeskemaer/<uuid:version_id>", methods=["GET", "POST"])
@admits("administrator")
def show(version_id: UUID) -> Page:
    """One version: its questions in a language, its scoring, where it is used; and the switch."""
    refusal: Sentence | None = None
    if request.method == "POST":
        try:
            active = request.form.get("active") == "on"
            switch_instrument(runtime(), current_actor(), version_id, active=active)
            return redirect(url_for("questionnaires.show", version_id=version_id), 303)
        except ConflictError as error:
            refusal = error.sentence
    page = open_instrument(runtime(), current_actor(), version_id, code=request.args.get("ordlyd", current_locale()))
    rendered = render_template(
        "pages/admin/questionnaire.html",
        page=page,
        instrument=page.entry,
        errors=[{"target": "switch", "message": translate(refusal)}] if refusal else [],
    )
    return rendered, 409 if refusal else 200


def _uploaded() -> tuple[str, bytes]:
    """Name and content of the file; else what stands in the field."""
    file = request.files.get("file")
    content = file.read() if file is not None and file.filename else b""
    if file is not None and content:
        return str(file.filename), content
    typed = request.form.get("content", "")
    return ("typed.json" if typed.lstrip().startswith("{") else "typed.yaml"), typed.encode()
