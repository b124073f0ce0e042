"""What a manager writes in the register: an offer's next record, a table of them, a level of specialisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, Fault, ImportFileError, Sentence
from outcomes.language import translate
from outcomes.services.assess_specialisation import Assessment, assess_specialisation, open_assessment
from outcomes.services.import_offers import import_offers
from outcomes.services.offer_facts import FIELDS
from outcomes.services.record_offer import open_offer_form, record_offer
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.offers import offers
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

Page = str | Response | tuple[str, int]


@offers.route("/tilbud/nyt", methods=["GET", "POST"])
@admits("manager")
def new() -> Page:
    """A new offer."""
    return _record(None)


@offers.route("/tilbud/<uuid:provider_id>/ny-oplysning", methods=["GET", "POST"])
@admits("manager")
def record(provider_id: UUID) -> Page:
    """An offer's next record."""
    return _record(provider_id)


def _record(provider_id: UUID | None) -> Page:
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            stored = record_offer(runtime(), current_actor(), _written(), provider_id)
            return redirect(url_for("offers.show", provider_id=stored, gemt=1), 303)
        except AnswerError as error:
            faults = error.faults
    form = open_offer_form(runtime(), current_actor(), provider_id)
    rendered = render_template(
        "pages/offers/record.html",
        form=form,
        text=_written() if request.method == "POST" else form.text,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, 400 if faults else 200


def _written() -> dict[str, str]:
    """The form as it was sent; what may be chosen several times, line by line."""
    return {name: "\n".join(request.form.getlist(name)) for name in FIELDS}


@offers.route("/tilbud/indlaes", methods=["GET", "POST"], endpoint="import")
@admits("manager")
def import_page() -> Page:
    """Take in the register from a table."""
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        file = request.files.get("file")
        try:
            require_form_token(Sentence("Nothing was saved."))
            content = file.read() if file else b""
            done = import_offers(runtime(), current_actor(), name=(file and file.filename) or "", content=content)
            address = url_for(
                "offers.listing", laest=done.read, nye=done.new, aendrede=done.changed, uaendrede=done.unchanged
            )
            return redirect(address, 303)
        except (ImportFileError, AnswerError) as error:
            faults = error.faults or (Fault("", error.sentence),)
    rendered = render_template(
        "pages/offers/import.html",
        faults=[{"place": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, 400 if faults else 200


@offers.route("/specialisering/ny", methods=["GET", "POST"])
@admits("manager")
def assess() -> Page:
    """Set a level from a day on."""
    written = _assessment()
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            assess_specialisation(runtime(), current_actor(), written)
            return redirect(url_for("offers.specialisation", gemt=1), 303)
        except AnswerError as error:
            faults = error.faults
    rendered = render_template(
        "pages/offers/assess.html",
        form=open_assessment(runtime(), current_actor()),
        written=written,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, 400 if faults else 200


def _assessment() -> Assessment:
    form = request.form
    names = ("intervention", "target_group", "offer", "valid_from", "reason")
    return Assessment(**{name: form.get(name, "") for name in names}, met=frozenset(form.getlist("met")))
