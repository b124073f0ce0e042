"""The main menu of whoever is signed in as staff: what it leads to depends on what they are there for."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g, request, url_for

from outcomes.language import gettext

ENTRIES = {
    **dict.fromkeys(("manager", "reports", "value"), "manager.overview"),
    "targets": "targets.board",
    "offers": "offers.listing",
    "supervision": "supervision.listing",
    "learning": "learning.listing",
    **dict.fromkeys(("contracts", "requirements", "subscriptions", "batches", "releases"), "steering.home"),
    **dict.fromkeys(("value.prices", "value.price_set"), "steering.home"),
}
"""Which entry of the menu the pages of a blueprint, or a page of its own, belong to."""


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
        "worker": (("staff.today", gettext("Today")), ("learning.listing", gettext("Learning"))),
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
            ("offers.need_map", gettext("Need")),
        ),
    }[actor.role]
    return [Link(label, url_for(endpoint), _is_here(endpoint)) for endpoint, label in endpoints]


def _is_here(endpoint: str) -> bool:
    """The page of the entry, or one that belongs to it."""
    entry = ENTRIES.get(request.endpoint or "") or ENTRIES.get(request.blueprint or "")
    return endpoint in {request.endpoint, entry}
