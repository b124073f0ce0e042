"""The learning meeting: what changed, for whom, what isn't known, and what the team thinks and does. Never a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import AnswerError, ConflictError, Fault, NotFoundError, Sentence
from outcomes.language import LANGUAGE_NAMES, LOCALES, current_locale, translate
from outcomes.services.begin_meeting import begin_meeting
from outcomes.services.list_learning import list_learning
from outcomes.services.print_learning import print_learning
from outcomes.services.read_learning import read_learning
from outcomes.services.write_point import PointText, follow_up_point, open_point, write_point
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

learning = Blueprint("learning", __name__)

Page = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a meeting: its word in the address, its question, and which part of the context it shows."""

    word: str
    title: Sentence
    part: str


STEPS = (
    Step("fulgt-op", Sentence("What came of what we agreed?"), "followed"),
    Step("aendret", Sentence("What has changed?"), "changed"),
    Step("for-hvem", Sentence("For whom?"), "groups"),
    Step("ved-ikke", Sentence("What don't we know?"), "unknown"),
    Step("udrulning", Sentence("How does the roll-out go?"), "roll_out"),
    Step("tanker", Sentence("What do we think, and what will we do?"), "written"),
)
KINDS = {
    "written": (
        ("hypothesis", Sentence("Something we think: why it goes as it goes")),
        ("action", Sentence("Something we will do or try")),
        ("question", Sentence("Something we want to know")),
    ),
    "roll_out": (
        ("driver", Sentence("Something that helps the roll-out")),
        ("barrier", Sentence("Something that stands in its way")),
    ),
}
"""What can be written down at a step."""


@learning.get("/laering")
@admits("worker", "manager")
def listing() -> str:
    """The interventions to meet about."""
    return render_template("pages/learning/list.html", rows=list_learning(runtime(), current_actor().scope))


@learning.get("/indsatser/<intervention_id>/laering")
@admits("worker", "manager")
def start(intervention_id: str) -> str:
    """Where a meeting begins."""
    return render_template(
        "pages/learning/start.html",
        learning=read_learning(runtime(), current_actor().scope, intervention_slug=intervention_id),
        steps=STEPS,
        languages=[{"code": code, "label": LANGUAGE_NAMES[code]} for code in LOCALES],
        is_manager=current_actor().role == "manager",
    )


@learning.post("/indsatser/<intervention_id>/laering")
@admits("worker", "manager")
def begin(intervention_id: str) -> Response:
    """Begin today's meeting."""
    begin_meeting(runtime(), current_actor(), intervention_id)
    return redirect(url_for("learning.step", intervention_id=intervention_id, word=STEPS[0].word), 303)


@learning.route("/indsatser/<intervention_id>/laering/<word>", methods=["GET", "POST"])
@admits("worker", "manager")
def step(intervention_id: str, word: str) -> Page:
    """One step in large type; writing something down at it."""
    number, asked = _step(word)
    faults: tuple[Fault, ...] = ()
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            write_point(runtime(), current_actor(), intervention_id, _written(asked.part))
            return redirect(url_for("learning.step", intervention_id=intervention_id, word=word, gemt=1), 303)
        except AnswerError as error:
            faults = error.faults
    rendered = render_template(
        "pages/learning/step.html",
        learning=read_learning(runtime(), current_actor().scope, intervention_slug=intervention_id),
        steps=STEPS,
        number=number,
        kinds=KINDS.get(asked.part, ()),
        written=_written(asked.part),
        saved="gemt" in request.args and not faults,
        errors=_errors(faults),
    )
    return rendered, 400 if faults else 200


@learning.get("/indsatser/<intervention_id>/laering/udskrift")
@admits("worker", "manager")
def printout(intervention_id: str) -> str:
    """Everything on one page, to print."""
    context = read_learning(runtime(), current_actor().scope, intervention_slug=intervention_id)
    return render_template("pages/learning/printout.html", learning=context)


@learning.get("/indsatser/<intervention_id>/laering.pdf")
@admits("worker", "manager")
def pdf(intervention_id: str) -> Response:
    """The same as a file."""
    locale = request.args.get("language", current_locale())
    file = print_learning(runtime(), current_actor().scope, intervention_slug=intervention_id, locale=locale)
    return Response(
        file.content, mimetype=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )  # fmt: skip


@learning.route("/indsatser/<intervention_id>/laering/punkt/<uuid:point_id>", methods=["GET", "POST"])
@admits("worker", "manager")
def follow_up(intervention_id: str, point_id: UUID) -> Page:
    """Say what came of something that was written down."""
    chosen = {name: request.form.get(name, "") for name in ("state", "outcome")}
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was saved."))
            follow_up_point(runtime(), current_actor(), intervention_id, point_id, **chosen)
            return redirect(url_for("learning.step", intervention_id=intervention_id, word=STEPS[0].word, gemt=1), 303)
        except AnswerError as error:
            faults, status = error.faults, 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    page = open_point(runtime(), current_actor().scope, intervention_id, point_id)
    return render_template("pages/learning/follow_up.html", page=page, chosen=chosen, errors=_errors(faults)), status


def _step(word: str) -> tuple[int, Step]:
    for number, each in enumerate(STEPS, start=1):
        if each.word == word:
            return number, each
    raise NotFoundError(Sentence("There is no such page, or it is not yours to see."))


def _written(part: str) -> PointText:
    """The form as it was sent; a kind that the step doesn't have is none."""
    form, kinds = request.form, dict(KINDS.get(part, ()))
    kind = form.get("kind", "")
    return PointText(
        kind if kind in kinds else "", form.get("words", ""), form.get("observed_on", ""), form.get("due_on", ""),
        form.get("responsible", ""),
    )  # fmt: skip


def _errors(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"target": fault.place, "message": translate(fault.sentence)} for fault in faults]
