"""A citizen's own page: what they answered, who has looked, and what they decide themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from flask import Blueprint, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Sentence
from outcomes.forms.lines import answer_lines
from outcomes.language import current_locale, translate
from outcomes.services.add_correction import add_correction
from outcomes.services.copy_own_data import copy_own_data
from outcomes.services.draw_curves import draw_own_curves
from outcomes.services.rate_goal import LEVELS, clean_note
from outcomes.services.rate_own_goal import open_own_goal, rate_own_goal
from outcomes.services.read_own_page import (
    read_corrections,
    read_goals,
    read_home,
    read_looks,
    read_readers,
    read_responses,
)
from outcomes.services.share_access import LONGEST_DAYS, share_access, stop_sharing
from outcomes.services.stop_asking import ask_again, stop_asking
from outcomes.views.admission import ALL_OWN_SESSIONS, OWN_PAGE, admits, current_citizen, runtime
from outcomes.views.own_sign_in import faults_of
from outcomes.views.page import parse_uuid, require_form_token
from outcomes.views.sender import keep_sender

if TYPE_CHECKING:
    from outcomes.services.read_own_page import OwnResponse

own_page = Blueprint("own_page", __name__)

Page = str | Response | tuple[str, int]
USUAL_DAYS = 14


@own_page.get("/min-side/oversigt")
@admits(OWN_PAGE)
def home() -> str:
    """What there is, and where."""
    own = read_home(runtime(), current_citizen())
    keep_sender(own.organisation_name, own.contact)
    return render_template(
        "pages/own/home.html",
        own=own,
        organisation_name=own.organisation_name,
        contact=own.contact,
        several=bool(session.get(ALL_OWN_SESSIONS)),
        saved=SAVED.get(request.args.get("gemt", "")),
    )


@own_page.get("/min-side/svar")
@admits(OWN_PAGE)
def answers() -> str:
    """Everything the citizen answered, and the curves through it."""
    responses, curves = read_responses(runtime(), current_citizen())
    return render_template(
        "pages/own/answers.html",
        responses=[_in_words(each) for each in responses],
        charts=draw_own_curves(curves),
    )


@own_page.get("/min-side/maal")
@admits(OWN_PAGE)
def goals() -> str:
    """The citizen's goals in their own words."""
    return render_template(
        "pages/own/goals.html",
        goals=read_goals(runtime(), current_citizen()),
        saved=SAVED.get(request.args.get("gemt", "")),
    )


@own_page.route("/min-side/maal/<uuid:goal_id>", methods=["GET", "POST"])
@admits(OWN_PAGE)
def rate_goal(goal_id: UUID) -> Page:
    """Say where a goal stands."""
    level, note = _level(request.form.get("level")), clean_note(request.form.get("note", ""))
    key, errors, status = parse_uuid(request.form.get("submission_key")) or uuid4(), [], 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The rating was not saved."))
            rate_own_goal(runtime(), current_citizen(), goal_id, level=level, note=note, submission_key=key)
            return redirect(url_for("own_page.goals", gemt="maal"), 303)
        except AnswerError as error:
            errors, status = faults_of(error), 400
        except ConflictError as error:
            errors, status, key = [{"target": "", "message": translate(error.sentence)}], 409, uuid4()
    goal = open_own_goal(runtime(), current_citizen(), goal_id)
    page = render_template(
        "pages/own/rate_goal.html",
        goal=goal,
        levels=[{"value": value, "wording": goal.levels[value + 2]} for value in reversed(LEVELS)],
        chosen=level,
        note=note,
        submission_key=key,
        errors=errors,
    )
    return page, status


@own_page.get("/min-side/hvem-har-set")
@admits(OWN_PAGE)
def looked() -> str:
    """Who has looked, when, and why."""
    return render_template("pages/own/looked.html", looks=read_looks(runtime(), current_citizen()))


@own_page.get("/min-side/hvem-kan-se")
@admits(OWN_PAGE)
def readers() -> str:
    """Who can see the citizen today."""
    return render_template("pages/own/readers.html", readers=read_readers(runtime(), current_citizen()))


@own_page.get("/min-side/kopi")
@admits(OWN_PAGE)
def copy() -> str:
    """What a copy is, and where to get it."""
    return render_template("pages/own/copy.html")


@own_page.get("/min-side/kopi.<file_format>")
@admits(OWN_PAGE)
def copy_file(file_format: str) -> Response:
    """The copy itself."""
    file = copy_own_data(
        runtime(), current_citizen(), file_format=file_format, locale=current_locale(), in_words=answer_lines
    )
    return Response(
        file.content,
        mimetype=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


@own_page.route("/min-side/ret", methods=["GET", "POST"])
@admits(OWN_PAGE)
def correct() -> Page:
    """Say that something is wrong: in some answers, in a goal, or in general."""
    words = clean_note(request.form.get("words", ""))
    response_id, goal_id = parse_uuid(request.values.get("svar")), parse_uuid(request.values.get("maal"))
    key, errors, status = parse_uuid(request.form.get("submission_key")) or uuid4(), [], 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("It was not saved."))
            add_correction(
                runtime(), current_citizen(), words=words, response_id=response_id, goal_id=goal_id, submission_key=key
            )
            return redirect(url_for("own_page.home", gemt="rettelse"), 303)
        except AnswerError as error:
            errors, status = faults_of(error), 400
        except ConflictError as error:
            errors, status, key = [{"target": "", "message": translate(error.sentence)}], 409, uuid4()
    page = render_template(
        "pages/own/correct.html",
        words=words,
        response_id=response_id or "",
        goal_id=goal_id or "",
        earlier=read_corrections(runtime(), current_citizen()),
        submission_key=key,
        errors=errors,
    )
    return page, status


@own_page.route("/min-side/stop", methods=["GET", "POST"])
@admits(OWN_PAGE)
def stop() -> Page:
    """Don't ask me any more; and ask me again."""
    if request.method == "POST":
        again = request.form.get("action") == "again"
        (ask_again if again else stop_asking)(runtime(), current_citizen())
        return redirect(url_for("own_page.home", gemt="igen" if again else "stop"), 303)
    return render_template("pages/own/stop.html", stopped_on=read_home(runtime(), current_citizen()).stopped_on)


@own_page.route("/min-side/del", methods=["GET", "POST"])
@admits(OWN_PAGE)
def share() -> Page:
    """Let a new worker read, for some days. The code is shown once, on the answer to the form."""
    days, code, errors = request.form.get("days", str(USUAL_DAYS)).strip(), None, []
    if request.method == "POST":
        try:
            number = int(days) if days.isascii() and days.isdecimal() else None
            code = share_access(runtime(), current_citizen(), days=number)
        except AnswerError as error:
            errors = faults_of(error)
    page = render_template("pages/own/share.html", code=code, days=days, most=LONGEST_DAYS, errors=errors)
    return page, 400 if errors else 200


@own_page.post("/min-side/del/<uuid:share_id>/stop")
@admits(OWN_PAGE)
def stop_share(share_id: UUID) -> Response:
    """End a share at once."""
    stop_sharing(runtime(), current_citizen(), share_id)
    return redirect(url_for("own_page.readers"), 303)


SAVED = {
    "rettelse": Sentence(
        "Your words are saved. They stand beside what was there, and those who help you can see them."
    ),
    "maal": Sentence("It is saved. Those who help you can see it."),
    "stop": Sentence("We don't ask you any more."),
    "igen": Sentence("We ask you again."),
}
"""What was just done, by the word in the address."""


def _in_words(response: OwnResponse) -> dict[str, object]:
    return {
        "response_id": response.response_id,
        "title": response.title,
        "answered_at": response.answered_at,
        "helped": bool(response.helper_kind),
        "lines": answer_lines(response.items, response.answers),
        "corrections": response.corrections,
    }


def _level(text: str | None) -> int | None:
    return int(text) if text in {str(level) for level in LEVELS} else None
