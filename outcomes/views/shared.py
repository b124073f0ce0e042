"""A worker uses the code that a citizen gave them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError
from outcomes.services.share_access import redeem_share
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.own_sign_in import faults_of

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

shared = Blueprint("shared", __name__)


@shared.route("/delt", methods=["GET", "POST"], endpoint="redeem")
@admits("worker")
def redeem_page() -> str | Response | tuple[str, int]:
    """The code of eight characters."""
    errors: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            citizen_id = redeem_share(runtime(), current_actor(), request.form.get("code", ""))
            return redirect(url_for("staff.citizen", citizen_id=citizen_id), 303)
        except AnswerError as error:
            errors = faults_of(error)
    return render_template("pages/staff/shared.html", errors=errors), 400 if errors else 200
