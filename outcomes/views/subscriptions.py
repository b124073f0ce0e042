"""Subscriptions: a manager lets themself or a colleague be told by mail where new figures are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.language import translate
from outcomes.services.add_subscription import add_subscription
from outcomes.services.end_subscription import end_subscription
from outcomes.services.list_subscriptions import list_subscriptions
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import parse_uuid, require_form_token

if TYPE_CHECKING:
    from uuid import UUID

    from werkzeug.wrappers import Response

subscriptions = Blueprint("subscriptions", __name__)


@subscriptions.route("/abonnementer", methods=["GET", "POST"])
@admits("manager")
def listing() -> str | Response | tuple[str, int]:
    """Who is told what; subscribing somebody."""
    form = request.form
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nobody was subscribed."))
            add_subscription(
                runtime(), current_actor(), user_id=parse_uuid(form.get("user")), subject=form.get("subject", ""),
                schedule=form.get("schedule", ""),
            )  # fmt: skip
            return redirect(url_for("subscriptions.listing", gemt=1), 303)
        except AnswerError as error:
            faults = error.faults
    rendered = render_template(
        "pages/subscriptions/list.html",
        page=list_subscriptions(runtime(), current_actor()),
        chosen={name: form.get(name, "") for name in ("user", "subject", "schedule")},
        saved="gemt" in request.args and not faults,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, 400 if faults else 200


@subscriptions.post("/abonnementer/<uuid:subscription_id>/stop")
@admits("manager")
def end(subscription_id: UUID) -> Response:
    """Unsubscribe."""
    end_subscription(runtime(), current_actor(), subscription_id)
    return redirect(url_for("subscriptions.listing"), 303)
