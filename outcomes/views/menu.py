"""The main menu of whoever is signed in as staff: what it leads to depends on what they are there for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from outcomes.language import gettext

WITH_MANY_PAGES = frozenset({"targets", "offers", "supervision", "learning"})
"""Blueprints whose pages all belong to the one entry of the menu."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link in a menu."""

    label: str
    href: str
    current: bool
    code: str = ""


def navigation() -> list[Link]:
    """The main menu of the one signed in."""
    actor = g.get("actor")
    if actor is None:
        return []
    endpoints = {
        "worker": (("staff.today", gettext("Today")),),
        "manager": (
            ("manager.overview", gettext("Interventions")),
            ("targets.board", gettext("Targets")),
            ("offers.listing", gettext("Offers")),
            ("supervision.listing", gettext("Supervision")),
            ("learning.listing", gettext("Learning")),
            ("steering.home", gettext("More")),
        ),
        "administrator": (
            ("admin.home", gettext("Administration")),
            ("questionnaires.listing", gettext("Questionnaires")),
            ("own_organisation.edit", gettext("What citizens are told")),
            ("own_organisation.languages", gettext("Languages")),
        ),
        "authority": (
            ("authority.national", gettext("All municipalities")),
            ("targets.board", gettext("Targets")),
        ),
    }[actor.role]
    return [Link(label, url_for(endpoint), _is_here(endpoint)) for endpoint, label in endpoints]


def _is_here(endpoint: str) -> bool:
    blueprint = endpoint.partition(".")[0]
    return request.endpoint == endpoint or (blueprint in WITH_MANY_PAGES and request.blueprint == blueprint)
