"""What the organisation says of itself to citizens, and how far its languages are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, translate
from outcomes.services.describe_organisation import (
    BY_LANGUAGE,
    ONE_LINE,
    OrganisationText,
    describe_organisation,
    read_organisation,
)
from outcomes.services.translation_state import read_translation_state
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

own_organisation = Blueprint("own_organisation", __name__)


@own_organisation.route("/administration/organisation", methods=["GET", "POST"])
@admits("administrator")
def edit() -> str | Response | tuple[str, int]:
    """Whom citizens can turn to, and what they are told of how answers are handled."""
    written = _written()
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            describe_organisation(runtime(), current_actor(), written, seen=request.form.get("seen", ""))
            return redirect(url_for("own_organisation.edit", gemt=1), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = read_organisation(runtime(), current_actor())
    rendered = render_template(
        "pages/admin/organisation.html",
        organisation_name=page.organisation_name,
        text=written if faults else page.text,
        seen=page.seen,
        languages=[{"code": code, "name": LANGUAGE_NAMES[code]} for code in CITIZEN_LOCALES],
        saved="gemt" in request.args and not faults,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


@own_organisation.get("/administration/sprog")
@admits("administrator")
def languages() -> str:
    """How far each language of the interface is, and which person has checked it."""
    return render_template("pages/admin/languages.html", languages=read_translation_state())


def _written() -> OrganisationText:
    form = request.form
    return OrganisationText(
        lines={name: form.get(name, "") for name in ONE_LINE},
        texts={name: {code: form.get(f"{name}-{code}", "") for code in CITIZEN_LOCALES} for name in BY_LANGUAGE},
    )
