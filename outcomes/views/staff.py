"""The worker's pages: who waits today, one citizen, one goal's rating."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, Sentence
from outcomes.forms.lines import answer_lines
from outcomes.language import gettext, translate
from outcomes.services.draw_curves import draw_curves
from outcomes.services.open_citizen import open_citizen
from outcomes.services.rate_goal import LEVELS, clean_note, open_goal, rate_goal
from outcomes.services.read_today import read_today
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import parse_uuid, require_form_token

if TYPE_CHECKING:
    from outcomes.services.list_caseload import CaseloadEntry

staff = Blueprint("staff", __name__)

Page = str | Response | tuple[str, int]


@staff.get("/i-dag")
@admits("worker")
def today() -> str:
    """What the worker is to look at, who waits for them, and who comes this week."""
    day = read_today(runtime(), current_actor())
    found = day.caseload
    return render_template(
        "pages/staff/today.html",
        to_look_at=day.to_look_at,
        count=day.n_people,
        people=[_waiting(entry) for entry in day.others],
        upcoming=[
            {"citizen_id": entry.citizen_id, "name": entry.name, "what": entry.sentence, "on": entry.since}
            for entry in found.coming
        ],
        shared=found.shared,
        today=runtime().today(),
    )


@staff.get("/borger/<uuid:citizen_id>")
@admits("worker")
def citizen(citizen_id: UUID) -> str:
    """Goals, curves, measurements and latest answers of one citizen."""
    view = open_citizen(runtime(), current_actor(), citizen_id)
    episode = view.episode
    return render_template(
        "pages/staff/citizen.html",
        citizen=view,
        episode={
            "intervention": episode.intervention if episode else "",
            "provider": episode.provider if episode else "",
            "started_on": episode.started_on if episode else None,
            "ended_on": episode.ended_on if episode else None,
            "coordinator": episode.coordinator if episode else None,
        },
        goals=view.goals,
        charts=draw_curves(view.curves),
        occasions=view.occasions,
        latest={
            "answered_at": view.latest.answered_at,
            "by": Sentence("the citizen"),
            "lines": answer_lines(view.latest.items, view.latest.answers),
        }
        if view.latest
        else None,
        corrections=view.corrections,
        signals=view.signals,
        shared_until=view.shared_until,
        saved=Sentence("The rating is saved.") if "gemt" in request.args else None,
    )


@staff.route("/maal/<uuid:goal_id>", methods=["GET", "POST"], endpoint="rate_goal")
@admits("worker")
def rate_goal_page(goal_id: UUID) -> Page:
    """Record where a goal stands."""
    level, note = _level(request.form.get("level")), clean_note(request.form.get("note", ""))
    key = parse_uuid(request.form.get("submission_key")) or uuid4()
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The rating was not saved."))
            citizen_id = rate_goal(runtime(), current_actor(), goal_id, level=level, note=note, submission_key=key)
            return redirect(url_for("staff.citizen", citizen_id=citizen_id, gemt=1), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status, key = (Fault("", error.sentence),), 409, uuid4()
    page = open_goal(runtime(), current_actor(), goal_id)
    rendered = render_template(
        "pages/staff/rate_goal.html",
        citizen=page,
        goal=page.goal,
        levels=[{"value": value, "wording": page.goal.levels[value + 2]} for value in reversed(LEVELS)],
        chosen=level,
        last=page.goal.latest,
        note=note,
        submission_key=key,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status


def _level(text: str | None) -> int | None:
    return int(text) if text in {str(level) for level in LEVELS} else None


def _waiting(entry: CaseloadEntry) -> dict[str, object]:
    return {
        "citizen_id": entry.citizen_id,
        "name": entry.name,
        "status": entry.reason,
        "reason": entry.sentence,
        "since": entry.since,
        "action": gettext("See the answers") if entry.reason == "new_answer" else gettext("Open"),
    }
