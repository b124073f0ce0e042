"""Outcome targets: what is to be reached for citizens, how it stands, and how each indicator is defined."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import current_locale, translate
from outcomes.services.describe_indicators import describe_indicators
from outcomes.services.export_targets import export_targets
from outcomes.services.read_target import read_target
from outcomes.services.read_targets import read_targets
from outcomes.services.set_target import read_target_form, set_target
from outcomes.services.target_rules import TargetText
from outcomes.views.admission import ANYONE, admits, current_actor, runtime
from outcomes.views.page import require_form_token
from outcomes.views.return_address import asked_way_back, this_address

if TYPE_CHECKING:
    from collections.abc import Mapping

targets = Blueprint("targets", __name__)

Page = str | Response | tuple[str, int]


@targets.get("/maaltal")
@admits("manager", "authority")
def board() -> str:
    """Every target in force with how it stands."""
    return render_template(
        "pages/targets/board.html", board=read_targets(runtime(), current_actor().scope), here=this_address()
    )


@targets.get("/maaltal/data.json")
@admits("manager", "authority")
def data() -> Response:
    """The same as data, from which anybody can work the standings out again."""
    return as_file(export_targets(runtime(), current_actor().scope, locale=current_locale()), "maaltal.json")


@targets.get("/maaltal/definitioner")
@admits(ANYONE)
def definitions() -> str:
    """How each indicator is defined, in every version: for anyone, and without a figure."""
    return render_template("pages/targets/definitions.html", indicators=describe_indicators(), back=asked_way_back())


@targets.route("/maaltal/nyt", methods=["GET", "POST"])
@admits("manager", "authority")
def new() -> Page:
    """Set a target."""
    return _form(None)


@targets.get("/maaltal/<code>")
@admits("manager", "authority")
def show(code: str) -> str:
    """One of the organisation's own targets, its versions side by side."""
    page = read_target(runtime(), current_actor().scope, code)
    return render_template("pages/targets/target.html", page=page, here=this_address())


@targets.get("/maaltal/nationalt/<code>")
@admits("manager", "authority")
def show_national(code: str) -> str:
    """A national target, its versions side by side."""
    page = read_target(runtime(), current_actor().scope, code, national=True)
    return render_template("pages/targets/target.html", page=page, here=this_address())


@targets.route("/maaltal/<code>/ny-version", methods=["GET", "POST"])
@admits("manager", "authority")
def change(code: str) -> Page:
    """Set a new version of one's own target."""
    return _form(code)


def _form(code: str | None) -> Page:
    faults: tuple[Fault, ...] = ()
    status = 200
    written = TargetText(**{each.name: request.form.get(each.name, "") for each in fields(TargetText)})
    if request.method == "POST":
        try:
            require_form_token(Sentence("The target was not set."))
            stored = set_target(runtime(), current_actor(), written, code=code, after=sent_number("after"))
            return redirect(url_for("targets.show", code=stored), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    form = read_target_form(runtime(), current_actor(), code)
    rendered = render_template(
        "pages/targets/form.html",
        form=form,
        text=asdict(written if faults else form.text),
        code=code,
        indicators=describe_indicators(),
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


def sent_number(name: str) -> int:
    """The number that a form carries in a hidden field; 0 where it isn't one."""
    text = request.form.get(name, "")
    return int(text[:6]) if text.isdecimal() else 0


def as_file(content: Mapping[str, object], name: str) -> Response:
    """Plain data as a JSON file to keep."""
    text = json.dumps(content, ensure_ascii=False, indent=1)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(text, mimetype="application/json", headers=headers)
