"""All reports at once: asking for them, following how far they are, and taking them away."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import LOCALES, translate
from outcomes.services.build_report import FORMATS
from outcomes.services.gather_outcomes import Period
from outcomes.services.read_batch import list_batches, read_batch, read_batch_file, zip_batch
from outcomes.services.start_batch import Asked, go_on, start_batch, stop_batch
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.build_report import ReportFile

batches = Blueprint("batches", __name__)

FOLLOW = "foelg"
SECONDS_BETWEEN_LOOKS = 5


@batches.route("/rapporter", methods=["GET", "POST"])
@admits("manager")
def listing() -> str | Response | tuple[str, int]:
    """Batches until now; asking for a new one."""
    actor = current_actor()
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was begun."))
            batch_id = start_batch(runtime(), actor.scope, _asked(), by=actor.name)
            return redirect(url_for("batches.show", batch_id=batch_id, foelg=request.form.get(FOLLOW)), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    rendered = render_template(
        "pages/batches/list.html",
        page=list_batches(runtime(), actor.scope),
        chosen=_chosen(),
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


@batches.get("/rapporter/<uuid:batch_id>")
@admits("manager")
def show(batch_id: UUID) -> Response:
    """How far a batch is. Whoever asks for it gets a page that comes anew by itself until all is done."""
    page = read_batch(runtime(), current_actor().scope, batch_id)
    follows = FOLLOW in request.args and page.batch.at_work
    response = make_response(render_template("pages/batches/batch.html", page=page, follows=follows))
    if follows:
        response.headers["Refresh"] = str(SECONDS_BETWEEN_LOOKS)
    return response


@batches.post("/rapporter/<uuid:batch_id>")
@admits("manager")
def change(batch_id: UUID) -> Response:
    """Stop a batch, or go on with one."""
    work = stop_batch if request.form.get("action") == "stop" else go_on
    work(runtime(), current_actor().scope, batch_id)
    return redirect(url_for("batches.show", batch_id=batch_id), 303)


@batches.get("/rapporter/<uuid:batch_id>/<int:number>")
@admits("manager")
def file(batch_id: UUID, number: int) -> Response:
    """One report of a batch."""
    found: ReportFile = read_batch_file(runtime(), current_actor().scope, batch_id, number)
    return Response(
        found.content, mimetype=found.media_type,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"'},
    )  # fmt: skip


@batches.get("/rapporter/<uuid:batch_id>/alle.zip")
@admits("manager")
def all_files(batch_id: UUID) -> Response:
    """Every finished report of a batch in one file."""
    found = zip_batch(runtime(), current_actor().scope, batch_id)
    return Response(
        found.content, mimetype="application/zip", direct_passthrough=True,
        headers={"Content-Disposition": f'attachment; filename="{found.name}"', "Content-Length": str(found.size)},
    )  # fmt: skip


def _chosen() -> dict[str, object]:
    """What is in the form: everything, until somebody has chosen."""
    form, sent = request.form, request.method == "POST"
    return {
        "locales": form.getlist("locale") if sent else LOCALES,
        "formats": form.getlist("file_format") if sent else FORMATS,
        "from_date": form.get("from_date", ""),
        "to_date": form.get("to_date", ""),
        "follows": FOLLOW in form or not sent,
    }


def _asked() -> Asked:
    """What the form asks for. Raises ``AnswerError`` for days that can't be read."""
    return Asked(tuple(request.form.getlist("locale")), tuple(request.form.getlist("file_format")), _period())


def _period() -> Period | None:
    """Whole quarters, as reports have them; none where no day was written."""
    texts = {name: request.form.get(name, "").strip() for name in ("from_date", "to_date")}
    if not any(texts.values()):
        return None
    faults, days = [], {}
    for name, text in texts.items():
        try:
            days[name] = date.fromisoformat(text)
        except ValueError:
            faults.append(Fault(name, Sentence("Write the day as year-month-day, such as 2026-03-31.")))
    if not faults and days["from_date"] > days["to_date"]:
        faults.append(Fault("from_date", Sentence("The first day must come before the last.")))
    if faults:
        raise AnswerError(Sentence("Nothing was begun."), faults)
    return Period(**days).in_whole_quarters()
