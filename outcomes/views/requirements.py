"""The register of process requirements: what has to be written down, what no longer has to, and the hours that frees."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import current_locale, translate
from outcomes.services.decide_requirement import StepText, decide_requirement
from outcomes.services.enter_requirement import RequirementText, enter_requirement, read_choices
from outcomes.services.export_requirements import export_requirements
from outcomes.services.read_requirement import read_requirement
from outcomes.services.read_requirements import read_requirements
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token
from outcomes.views.targets import as_file, sent_number

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

requirements = Blueprint("requirements", __name__)

WORDS = ("title", "source_kind", "source", "law_bound", "minutes", "minutes_source", "replaced_by", "replacement")
"""The fields of a requirement's form that have one value."""


@requirements.get("/proceskrav")
@admits("manager")
def register() -> str:
    """The account, and everything in the register."""
    return render_template("pages/requirements/register.html", book=read_requirements(runtime(), current_actor().scope))


@requirements.get("/proceskrav/data.json")
@admits("manager")
def data() -> Response:
    """The same as data."""
    return as_file(export_requirements(runtime(), current_actor().scope, locale=current_locale()), "proceskrav.json")


@requirements.route("/proceskrav/nyt", methods=["GET", "POST"])
@admits("manager")
def new() -> str | Response | tuple[str, int]:
    """Enter a requirement."""
    form = request.form
    written = RequirementText(
        **{name: form.get(name, "") for name in WORDS}, interventions=tuple(form.getlist("interventions"))
    )
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("The requirement was not stored."))
            code = enter_requirement(runtime(), current_actor(), written)
            return redirect(url_for("requirements.show", code=code), 303)
        except (AnswerError, ConflictError) as error:
            faults = error.faults or (Fault("", error.sentence),)
    choices = read_choices(runtime(), current_actor())
    errors = _said(faults)
    rendered = render_template("pages/requirements/form.html", text=asdict(written), choices=choices, errors=errors)
    return rendered, 400 if faults else 200


@requirements.route("/proceskrav/<code>", methods=["GET", "POST"])
@admits("manager")
def show(code: str) -> str | Response | tuple[str, int]:
    """One requirement with its history; writing down the next step."""
    form = request.form
    written = StepText(*(form.get(name, "") for name in ("step", "on_day", "reason", "by")))
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The step was not stored."))
            decide_requirement(runtime(), current_actor(), code, written, after=sent_number("after"))
            return redirect(url_for("requirements.show", code=code), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = read_requirement(runtime(), current_actor().scope, code)
    errors = _said(faults)
    return render_template(
        "pages/requirements/requirement.html", page=page, text=asdict(written), errors=errors
    ), status


def _said(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"target": fault.place, "message": translate(fault.sentence)} for fault in faults]
