"""People and money: the value page with its files, the case that it stands on, and the price sets."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import ConflictError, Fault, InputError, NotFoundError, Sentence
from outcomes.language import LANGUAGE_NAMES, LOCALES, current_locale, translate
from outcomes.services.build_report import read_period
from outcomes.services.decide_value_case import decide_value_case, read_value_case
from outcomes.services.import_prices import import_prices
from outcomes.services.list_prices import list_prices, open_prices
from outcomes.services.read_value import read_value, render_value
from outcomes.services.value_text import CASE_FIELDS, CaseText
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token
from outcomes.views.period import asked_period

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

value = Blueprint("value", __name__)

Page = str | Response | tuple[str, int]


@value.get("/indsatser/<intervention_id>/vaerdi")
@admits("manager")
def show(intervention_id: str) -> str | Response:
    """Money beside the citizens' outcome; the form for the case where there is none yet."""
    scope = current_actor().scope
    period, errors = asked_period(read_period(runtime(), scope, intervention_slug=intervention_id))
    context = read_value(runtime(), scope, intervention_slug=intervention_id, period=period)
    if context is None:
        return redirect(url_for("value.case", intervention_id=intervention_id), 303)
    return render_template(
        "pages/value/value.html",
        report=context,
        intervention={"intervention_id": intervention_id, "name": context.heading.intervention},
        period=period,
        errors=errors,
        languages=[{"code": code, "label": LANGUAGE_NAMES[code]} for code in LOCALES],
    )


@value.get("/indsatser/<intervention_id>/vaerdi.<file_format>")
@admits("manager")
def file(intervention_id: str, file_format: str) -> Response:
    """The same as a file."""
    scope = current_actor().scope
    period, errors = asked_period(read_period(runtime(), scope, intervention_slug=intervention_id))
    if errors:  # a file has no place to say that another period was meant
        raise InputError(Sentence("The period can't be read. Go back and choose it again."))
    context = read_value(runtime(), scope, intervention_slug=intervention_id, period=period)
    if context is None:
        raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))
    made = render_value(context, file_format, request.args.get("language", current_locale()))
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, mimetype=made.media_type, headers=headers)


@value.route("/indsatser/<intervention_id>/vaerdi/forudsaetninger", methods=["GET", "POST"])
@admits("manager")
def case(intervention_id: str) -> Page:
    """What the intervention is taken to cost and save: a form for a new version, and those decided before."""
    written = CaseText(**{name: request.form.get(name, "")[:400] for name in CASE_FIELDS})
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The case was not saved."))
            after = _number(request.form.get("after", ""))
            decide_value_case(runtime(), current_actor(), intervention_id, written, after=after)
            return redirect(url_for("value.show", intervention_id=intervention_id), 303)
        except InputError as error:
            faults, status = error.faults or (Fault("", error.sentence),), 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = read_value_case(runtime(), current_actor(), intervention_id)
    text = asdict(written if faults else page.text)
    return render_template("pages/value/case.html", page=page, text=text, errors=_errors(faults)), status


@value.route("/priser", methods=["GET", "POST"])
@admits("manager")
def prices() -> Page:
    """Every price set, and a form for taking in one more."""
    faults: tuple[Fault, ...] = ()
    text = {name: request.form.get(name, "")[:400] for name in ("name", "source", "price_year", "invented")}
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The prices were not taken in."))
            return redirect(url_for("value.price_set", price_set_id=_take_in(text)), 303)
        except InputError as error:
            faults, status = error.faults or (Fault("", error.sentence),), 400
        except ConflictError as error:
            faults, status = (Fault("name", error.sentence),), 409
    sets = list_prices(runtime(), current_actor().scope)
    fields = {"name", "source", "price_year", "file"}
    errors = [{**each, "target": each["target"] if each["target"] in fields else "file"} for each in _errors(faults)]
    return render_template("pages/value/prices.html", price_sets=sets, text=text, errors=errors), status


@value.get("/priser/<uuid:price_set_id>")
@admits("manager")
def price_set(price_set_id: UUID) -> str:
    """One price set with every price."""
    page = open_prices(runtime(), current_actor().scope, price_set_id)
    return render_template("pages/value/price_set.html", page=page)


def _take_in(text: dict[str, str]) -> UUID:
    sent = request.files.get("file")
    actor = current_actor()
    return import_prices(
        runtime(),
        actor.scope,
        name=text["name"],
        source=text["source"],
        price_year=text["price_year"],
        invented=text["invented"] == "yes",
        file_name=sent.filename or "" if sent else "",
        content=sent.read() if sent else b"",
        by=actor.name,
    )


def _errors(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """Faults for a page: one that stands at a spot in a file says where."""
    return [
        {
            "target": fault.place,
            "message": f"{fault.place}: {translate(fault.sentence)}"
            if " " in fault.place
            else translate(fault.sentence),
        }
        for fault in faults
    ]


def _number(text: str) -> int:
    return int(text[:6]) if text.isascii() and text.isdigit() else 0
