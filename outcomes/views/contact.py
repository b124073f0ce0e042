"""Where a citizen is reached: a small form for whoever helps them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.language import translate
from outcomes.services.set_contact import read_contact_details, set_contact
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response

contact = Blueprint("contact", __name__)

LONGEST = 254


@contact.route("/borger/<uuid:citizen_id>/kontakt", methods=["GET", "POST"])
@admits("worker")
def edit(citizen_id: UUID) -> str | Response | tuple[str, int]:
    """Phone and mail of one citizen."""
    typed = {name: request.form.get(name, "")[:LONGEST] for name in ("phone", "email")}
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The contact was not saved."))
            set_contact(runtime(), current_actor(), citizen_id, phone=typed["phone"], email=typed["email"])
            return redirect(url_for("staff.citizen", citizen_id=citizen_id), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    found = read_contact_details(runtime(), current_actor(), citizen_id)
    rendered = render_template(
        "pages/staff/contact.html",
        citizen=found,
        phone=typed["phone"] if faults else found.phone,
        email=typed["email"] if faults else found.email,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status
