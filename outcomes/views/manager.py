"""The manager's pages: the overview, the report with its files, the analysis plan. Aggregates only, never a person."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import InputError, Sentence
from outcomes.language import current_locale
from outcomes.services.build_report import build_report, offer_files, read_period, render_report
from outcomes.services.describe_plan import describe_plan
from outcomes.services.freeze_plan import freeze_plan, read_plan
from outcomes.services.list_interventions import list_interventions
from outcomes.services.read_part_report import read_part_report, render_part
from outcomes.services.store_results import store_results
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.overview_question import asked_part, asked_question
from outcomes.views.part_page import show_part
from outcomes.views.period import asked_period
from outcomes.views.reports import describe_files
from outcomes.views.return_address import asked_way_back, this_address

manager = Blueprint("manager", __name__)


@manager.route("/indsatser", methods=["GET", "POST"])
@admits("manager")
def overview() -> str | Response:
    """One finding per intervention or part of its people, as it was last worked out; working it out now."""
    scope = current_actor().scope
    if request.method == "POST":
        store_results(runtime(), scope)
        return redirect(url_for("manager.overview"), 303)
    period, errors = asked_period(read_period(runtime(), scope))
    page = list_interventions(runtime(), scope, period, asked_question())
    return render_template("pages/manager/overview.html", page=page, period=period, errors=errors, here=this_address())


@manager.get("/indsatser/<intervention_id>")
@admits("manager")
def report(intervention_id: str) -> str:
    """The report of one intervention and period; of a part of its people where the address names one."""
    scope = current_actor().scope
    period, errors = asked_period(read_period(runtime(), scope, intervention_slug=intervention_id))
    part = asked_part(intervention_id)
    if part is not None:
        return show_part(part, period, errors)
    context = build_report(runtime(), scope, intervention_slug=intervention_id, period=period)
    return render_template(
        "pages/manager/report.html",
        report=context,
        intervention={"intervention_id": intervention_id, "name": context.heading.intervention},
        period=period,
        errors=errors,
        here=this_address(),
        files=describe_files(offer_files(context)),
    )


@manager.get("/indsatser/<intervention_id>/rapport.<file_format>")
@admits("manager")
def report_file(intervention_id: str, file_format: str) -> Response:
    """The same report as a file."""
    scope = current_actor().scope
    period, errors = asked_period(read_period(runtime(), scope, intervention_slug=intervention_id))
    if errors:  # a file has no place to say that another period was meant
        raise InputError(Sentence("The period can't be read. Go back and choose it again."))
    language, part = request.args.get("language", current_locale()), asked_part(intervention_id)
    if part is not None:
        file = render_part(read_part_report(runtime(), scope, part=part, period=period), file_format, language)
    else:
        context = build_report(runtime(), scope, intervention_slug=intervention_id, period=period)
        file = render_report(context, file_format, language)
    return Response(
        file.content,
        mimetype=file.media_type,
        headers={"Content-Disposition": f'attachment; filename="{file.name}"'},
    )


@manager.route("/indsatser/<intervention_id>/analyseplan", methods=["GET", "POST"])
@admits("manager")
def analysis_plan(intervention_id: str) -> str | Response:
    """The plan that results follow, and freezing it."""
    actor = current_actor()
    if request.method == "POST":
        freeze_plan(runtime(), actor.scope, intervention_id, by=actor.name)
        return redirect(url_for("manager.analysis_plan", intervention_id=intervention_id), 303)
    view = read_plan(runtime(), actor.scope, intervention_id)
    return render_template(
        "pages/manager/analysis_plan.html",
        intervention={"intervention_id": intervention_id, "name": view.intervention},
        plan={
            "version": view.version,
            "created_on": view.created_at.date(),
            "frozen_at": view.frozen_at,
            "frozen_by": view.frozen_by,
            "lines": describe_plan(view),
        },
        earlier=[{"version": version, "frozen_at": at, "reason": None} for version, at in view.earlier],
        may_freeze=view.frozen_at is None,
        errors=[],
        back=asked_way_back(),
    )
