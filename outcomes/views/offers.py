"""The manager's register of offers: which there are, whom they cover, how specialised they are, and where the need is."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request

from outcomes.errors import Sentence
from outcomes.language import translate
from outcomes.services.read_coverage import read_coverage
from outcomes.services.read_intervention_card import read_intervention_card
from outcomes.services.read_national_need import read_national_need
from outcomes.services.read_need_map import read_need_map
from outcomes.services.read_offers import read_offer, read_offers
from outcomes.services.read_specialisation import read_specialisation
from outcomes.views.admission import admits, current_actor, runtime

if TYPE_CHECKING:
    from uuid import UUID

offers = Blueprint("offers", __name__)

COUNTS = ("laest", "nye", "aendrede", "uaendrede")


@offers.get("/tilbud")
@admits("manager")
def listing() -> str:
    """The offers that fit what the address asks for, as they were on a day."""
    day, errors = _day("dag")
    return render_template(
        "pages/offers/register.html",
        register=read_offers(runtime(), current_actor().scope, request.args, day=day),
        today=runtime().today(),
        imported=_imported(),
        errors=errors,
    )


@offers.get("/tilbud/<uuid:provider_id>")
@admits("manager")
def show(provider_id: UUID) -> str:
    """One offer, and everything that was ever recorded of it."""
    return render_template(
        "pages/offers/offer.html",
        offer=read_offer(runtime(), current_actor().scope, provider_id),
        today=runtime().today(),
        saved="gemt" in request.args,
    )


@offers.get("/tilbud/daekning")
@admits("manager")
def coverage() -> str:
    """Places against people, by target group and legal section."""
    return render_template("pages/offers/coverage.html", coverage=read_coverage(runtime(), current_actor().scope))


@offers.get("/specialisering")
@admits("manager")
def specialisation() -> str:
    """How specialised interventions are for their target groups, and whether they have become less so."""
    since, errors = _day("fra")
    return render_template(
        "pages/offers/specialisation.html",
        page=read_specialisation(runtime(), current_actor().scope, since=since),
        saved="gemt" in request.args,
        errors=errors,
    )


@offers.get("/behov")
@admits("manager", "authority")
def need_map() -> str:
    """Where the need is: by place in one's own municipality; by municipality, as published, for the authority."""
    if current_actor().role == "authority":
        need = read_national_need(runtime(), current_actor().scope)
        return render_template("pages/offers/national_need.html", need=need)
    return render_template("pages/offers/need.html", need=read_need_map(runtime(), current_actor().scope))


@offers.get("/indsatser/<intervention_id>/kort")
@admits("manager")
def card(intervention_id: str) -> str:
    """What an intervention is, what guideline it follows, and what is known of it here."""
    found = read_intervention_card(runtime(), current_actor().scope, intervention_id)
    return render_template("pages/offers/card.html", card=found)


def _day(name: str) -> tuple[date | None, list[dict[str, str]]]:
    """The day that the address asks for; None where it asks for none that can be read, with what is wrong in words."""
    text = request.args.get(name, "")
    if not text:
        return None, []
    try:
        return date.fromisoformat(text), []
    except ValueError:
        sentence = Sentence("Write the day as year-month-day, such as 2026-03-31.")
        return None, [{"target": name, "message": translate(sentence)}]


def _imported() -> dict[str, int] | None:
    """What an import did, as the address says it; None where it doesn't add up."""
    counts = {name: request.args.get(name, type=int) for name in COUNTS}
    known = {name: count for name, count in counts.items() if count is not None and count >= 0}
    if len(known) < len(COUNTS) or known["laest"] != known["nye"] + known["aendrede"] + known["uaendrede"]:
        return None
    return known
