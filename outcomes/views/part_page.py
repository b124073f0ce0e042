"""The page of a part of an intervention's people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template

from outcomes.services.list_interventions import Grouping
from outcomes.services.read_part_report import offer_part_files, read_part_report
from outcomes.views.admission import current_actor, runtime
from outcomes.views.reports import describe_files
from outcomes.views.return_address import this_address

if TYPE_CHECKING:
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.read_part_report import Population


def show_part(part: Population, period: Period, errors: list[dict[str, str]]) -> str:
    """The page of ``part`` as HTML; ``errors``: what is wrong with the period that was asked for."""
    context = read_part_report(runtime(), current_actor().scope, part=part, period=period)
    grouping = Grouping.PROVIDER if part.provider_id else Grouping.TARGET_GROUP
    return render_template(
        "pages/manager/part.html",
        report=context,
        intervention={"intervention_id": part.intervention, "name": context.heading.intervention},
        part={"provider_id": part.provider_id, "target_group": part.target_group, "grouping": grouping.value},
        period=period,
        errors=errors,
        here=this_address(),
        files=describe_files(offer_part_files()),
    )
