"""The report for those who decide: one page; and the files that a report can be taken as."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from outcomes.errors import Sentence
from outcomes.language import LANGUAGE_NAMES, translate
from outcomes.services.build_report import build_report, offer_files, read_period
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.period import asked_period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.services.build_report import FileOffer

reports = Blueprint("reports", __name__)

NAMES = {
    "pdf": Sentence("PDF, %(language)s"),
    "udvalg.pdf": Sentence("One page for the committee (PDF): %(language)s"),
    "arkiv.pdf": Sentence("For the archive (PDF/A-3 with the figures attached): %(language)s"),
    "xlsx": Sentence("Excel, %(language)s"),
    "json": Sentence("JSON: %(language)s"),
}


@reports.get("/indsatser/<intervention_id>/udvalg")
@admits("manager")
def committee(intervention_id: str) -> str:
    """The one page for the committee, of the same intervention and period as the report."""
    scope = current_actor().scope
    period, errors = asked_period(read_period(runtime(), scope, intervention_slug=intervention_id))
    context = build_report(runtime(), scope, intervention_slug=intervention_id, period=period)
    return render_template(
        "pages/manager/committee.html",
        report=context,
        intervention={"intervention_id": intervention_id, "name": context.heading.intervention},
        period=period,
        errors=errors,
        files=[each for each in describe_files(offer_files(context)) if each["file_format"] == "udvalg.pdf"],
    )


def describe_files(offers: Iterable[FileOffer]) -> list[dict[str, object]]:
    """The files of a report for a page: format and language in words, pages, and size in kB, where they are known."""
    return [
        {
            "file_format": offer.file_format,
            "language": offer.locale,
            "name": translate(Sentence(NAMES[offer.file_format].message, language=LANGUAGE_NAMES[offer.locale])),
            "pages": offer.facts.pages if offer.facts else None,
            "kilobytes": offer.facts.size // 1024 + 1 if offer.facts else None,
        }
        for offer in offers
    ]
