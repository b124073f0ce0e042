"""The national authority's page: what municipalities have published, and never a person."""

from __future__ import annotations

from flask import Blueprint, render_template

from outcomes.views.admission import admits, current_actor, runtime

authority = Blueprint("authority", __name__)


@authority.get("/national")
@admits("authority")
def national() -> str:
    """The same overview of every municipality, by name."""
    from outcomes.services.read_national import read_national  # noqa: PLC0415 - statistics that no citizen waits for

    return render_template("pages/authority/national.html", national=read_national(runtime(), current_actor().scope))
