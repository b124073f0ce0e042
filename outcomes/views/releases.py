"""What is published: the manager looks at it first, publishes exactly that, and corrects it in the open."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import ConflictError, Fault, InputError, OutcomesError, Sentence
from outcomes.language import translate
from outcomes.services.build_report import read_period
from outcomes.services.draft_release import publish_draft, read_draft
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_releases import list_releases
from outcomes.services.read_release import read_release, read_release_data
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import parse_uuid, require_form_token

if TYPE_CHECKING:
    from collections.abc import Iterable

releases = Blueprint("releases", __name__)


@releases.get("/udgivelser")
@admits("manager")
def listing() -> str:
    """Everything that is out, and what can be published."""
    scope = current_actor().scope
    period = read_period(runtime(), scope).in_whole_quarters()
    return render_template("pages/releases/list.html", page=list_releases(runtime(), scope), period=period)


@releases.route("/udgivelser/ny", methods=["GET", "POST"])
@admits("manager")
def draft() -> str | Response | tuple[str, int]:
    """Exactly what would be out; publishing it."""
    actor, period = current_actor(), _period()
    kind, _, subject = request.args.get("figures", "").partition(":")
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was published."))
            release_id = publish_draft(
                runtime(), actor.scope, kind=kind, subject=subject, period=period, seen=request.form.get("seen", ""),
                for_authority="for_authority" in request.form, reason=request.form.get("reason", ""), by=actor.name,
            )  # fmt: skip
            return redirect(url_for("releases.show", release_id=release_id, ny=1), 303)
        except (ConflictError, InputError) as error:
            faults, status = _faults(error), 409 if isinstance(error, ConflictError) else 400
    found = read_draft(runtime(), actor.scope, kind=kind, subject=subject, period=period)
    rendered = render_template("pages/releases/draft.html", draft=found, written=request.form, errors=_said(faults))
    return rendered, status


@releases.get("/udgivelser/<release_id>")
@admits("manager", "authority")
def show(release_id: str) -> str:
    """A release as it was published, beside the version before it."""
    actor = current_actor()
    return render_template(
        "pages/releases/release.html",
        page=read_release(runtime(), actor.scope, parse_uuid(release_id)),
        just_published="ny" in request.args,
        for_authority=actor.role == "authority",
    )


@releases.get("/udgivelser/<release_id>/data.json")
@admits("manager", "authority")
def data(release_id: str) -> Response:
    """The same for machines."""
    content = read_release_data(runtime(), current_actor().scope, parse_uuid(release_id))
    headers = {"Content-Disposition": f'attachment; filename="release-{release_id}.json"'}
    return Response(content, mimetype="application/json", headers=headers)


def _period() -> Period:
    """The period in the address, in whole quarters; raises ``InputError`` where it can't be read."""
    try:
        first, last = (date.fromisoformat(request.args.get(name, "")) for name in ("from_date", "to_date"))
    except ValueError:
        first, last = date.max, date.min
    if first > last:
        raise InputError(Sentence("The period can't be read. Go back and choose it again."))
    return Period(first, last).in_whole_quarters()


def _faults(error: OutcomesError) -> tuple[Fault, ...]:
    """What was wrong: of a release that would tell of few people, each reason once, without its key."""
    if isinstance(error, InputError) and error.faults:
        return error.faults
    reasons = dict.fromkeys((error.sentence, *(fault.sentence for fault in error.faults)))
    return tuple(Fault("", sentence) for sentence in reasons)


def _said(faults: Iterable[Fault]) -> list[dict[str, str]]:
    return [{"target": fault.place, "message": translate(fault.sentence)} for fault in faults]
