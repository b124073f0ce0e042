"""Supervision by risk: which providers there is a statistical reason to ask, one pack of evidence each, the themes."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, InputError, Sentence
from outcomes.language import LANGUAGE_NAMES, LOCALES, current_locale, translate
from outcomes.services.add_themes import add_themes
from outcomes.services.enter_fact import FactText, enter_fact, list_fact_kinds
from outcomes.services.find_supervision_signals import find_supervision_signals
from outcomes.services.handle_supervision import handle_supervision, read_signal, seen_mark
from outcomes.services.print_pack import print_pack
from outcomes.services.read_pack import read_pack
from outcomes.services.read_supervision import read_supervision
from outcomes.services.read_themes import read_themes
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

supervision = Blueprint("supervision", __name__)

Page = str | Response | tuple[str, int]
NOT_SAVED = Sentence("Nothing was saved.")


@supervision.route("/tilsyn", methods=["GET", "POST"])
@admits("manager")
def listing() -> Page:
    """The list with its reasons; working it out now."""
    scope = current_actor().scope
    if request.method == "POST":
        find_supervision_signals(runtime(), scope)
        return redirect(url_for("supervision.listing"), 303)
    return render_template("pages/supervision/list.html", context=read_supervision(runtime(), scope))


@supervision.route("/tilsyn/signal/<uuid:signal_id>", methods=["GET", "POST"])
@admits("manager")
def dialogue(signal_id: UUID) -> Page:
    """One signal, and what the provider says to it."""
    state, response = request.form.get("state", ""), request.form.get("response", "")
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(NOT_SAVED)
            handle_supervision(
                runtime(), current_actor(), signal_id, state=state, response=response, seen=request.form.get("seen", "")
            )
            return redirect(url_for("supervision.dialogue", signal_id=signal_id, gemt=1), 303)
        except InputError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    group = read_signal(runtime(), current_actor().scope, signal_id)
    text = {"state": state, "response": response} if faults else {"state": group.state, "response": group.response}
    return render_template(
        "pages/supervision/signal.html", group=group, text=text, seen=seen_mark(group), saved=_saved(faults),
        errors=_errors(faults),
    ), status  # fmt: skip


@supervision.route("/tilsyn/<uuid:provider_id>", methods=["GET", "POST"])
@admits("manager")
def pack(provider_id: UUID) -> Page:
    """One provider's pack of evidence, and telling a fact that only the provider knows."""
    written = FactText(**{each.name: request.form.get(each.name, "") for each in fields(FactText)})
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(NOT_SAVED)
            enter_fact(runtime(), current_actor(), provider_id, written)
            return redirect(url_for("supervision.pack", provider_id=provider_id, gemt=1), 303)
        except InputError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("as_of", error.sentence),), 409
    return render_template(
        "pages/supervision/pack.html", pack=read_pack(runtime(), current_actor().scope, provider_id), text=written,
        kinds=list_fact_kinds(), languages=[{"code": code, "label": LANGUAGE_NAMES[code]} for code in LOCALES],
        saved=_saved(faults), errors=_errors(faults),
    ), status  # fmt: skip


@supervision.get("/tilsyn/<uuid:provider_id>/bevispakke.pdf")
@admits("manager")
def pack_file(provider_id: UUID) -> Response:
    """The same pack to hand over."""
    locale = request.args.get("language", current_locale())
    file = print_pack(runtime(), current_actor().scope, provider_id, locale)
    return Response(
        file.content,
        mimetype=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


@supervision.route("/tilsyn/temaer", methods=["GET", "POST"])
@admits("manager", "authority")
def themes() -> Page:
    """The themes of every authority by date of effect; taking in a file of them."""
    content = _uploaded()
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was stored."))
            stored = add_themes(runtime(), current_actor(), content)
            return redirect(url_for("supervision.themes", gemt=stored), 303)
        except (InputError, AnswerError) as error:
            faults = error.faults or (Fault("", error.sentence),)
    return render_template(
        "pages/supervision/themes.html",
        context=read_themes(runtime(), current_actor()),
        content=content.decode("utf-8-sig", errors="replace"),
        saved=_saved(faults),
        faults=[{"place": fault.place, "message": translate(fault.sentence)} for fault in faults],
    ), (400 if faults else 200)


def _uploaded() -> bytes:
    """Content of the file; else what stands in the field."""
    file = request.files.get("file")
    content = file.read() if file is not None and file.filename else b""
    return content or request.form.get("content", "").encode()


def _saved(faults: tuple[Fault, ...]) -> bool:
    return "gemt" in request.args and not faults


def _errors(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"target": fault.place, "message": translate(fault.sentence)} for fault in faults]
