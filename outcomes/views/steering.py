"""The manager's way to everything that is steered by: one page that says which question each page answers."""

from __future__ import annotations

from flask import Blueprint, render_template

from outcomes.errors import Sentence
from outcomes.views.admission import admits

steering = Blueprint("steering", __name__)

ENTRIES = (
    (
        Sentence("What citizens get out of it"),
        (
            (
                "manager.overview",
                Sentence("Interventions"),
                Sentence("What changes for those who get help, and how sure are we?"),
            ),
            (
                "targets.board",
                Sentence("Targets"),
                Sentence("Do we reach what was decided? Met, not met, or can't be said yet."),
            ),
            (
                "learning.listing",
                Sentence("Learning meetings"),
                Sentence("What do we make of it together, and what do we try next?"),
            ),
        ),
    ),
    (
        Sentence("Offers and supervision"),
        (
            ("offers.listing", Sentence("Offers"), Sentence("What is there, for whom, how big, and who runs it?")),
            ("offers.coverage", Sentence("Coverage"), Sentence("Are there places for those who need them?")),
            (
                "offers.specialisation",
                Sentence("Specialisation"),
                Sentence("How specialised are we, and where is it going?"),
            ),
            ("offers.need_map", Sentence("Need"), Sentence("Where is the need greatest, and where don't we know?")),
            (
                "supervision.listing",
                Sentence("Supervision"),
                Sentence("Which provider is there a reason to talk with, and why?"),
            ),
        ),
    ),
    (
        Sentence("Time and money"),
        (
            (
                "requirements.register",
                Sentence("Process requirements"),
                Sentence("What do we no longer write down, and what shows it instead?"),
            ),
            (
                "contracts.listing",
                Sentence("Outcome contracts"),
                Sentence("What is paid for which outcome, and how is it worked out?"),
            ),
            ("value.prices", Sentence("Prices"), Sentence("Which prices does the value of an intervention rest on?")),
        ),
    ),
    (
        Sentence("Reports"),
        (
            (
                "releases.listing",
                Sentence("Releases"),
                Sentence("What has been published? It never changes without a word."),
            ),
            (
                "batches.listing",
                Sentence("All reports at once"),
                Sentence("Every intervention's report, in both languages."),
            ),
            ("subscriptions.listing", Sentence("Subscriptions"), Sentence("Who is told when there are new figures?")),
        ),
    ),
)
"""Groups of pages: endpoint, name, and the question that it answers."""


@steering.get("/styring")
@admits("manager")
def home() -> str:
    """Every page that the manager steers by, under the question that it answers."""
    groups = [
        {"title": title, "pages": [{"endpoint": where, "name": name, "what": what} for where, name, what in pages]}
        for title, pages in ENTRIES
    ]
    return render_template("pages/manager/steering.html", groups=groups)
