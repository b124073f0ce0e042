"""Pages that anybody may see: the front page, signing in, and whether we are well."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import Blueprint, g, redirect, render_template, session, url_for

from outcomes.language import CITIZEN_LOCALES, LANGUAGE_NAMES, current_locale
from outcomes.services.check_health import is_ready
from outcomes.services.read_responsible import read_responsible
from outcomes.services.sign_in import check_sign_in_link, find_actor, sign_in, sign_out
from outcomes.views.admission import ANYONE, CITIZEN, ROLES, STAFF_SESSION, admits, current_actor, runtime
from outcomes.views.page import LOCALE

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

public = Blueprint("public", __name__)

REVIEWED_ON = date(2026, 11, 22)
"""When the accessibility statement was last gone through, with the tests that it stands on."""
FIRST_PAGES = {
    "worker": "staff.today",
    "manager": "manager.overview",
    "administrator": "admin.home",
    "authority": "authority.national",
}


@public.get("/")
@admits(ANYONE)
def front() -> str:
    """What this is."""
    return render_template("pages/public/front.html")


@public.get("/log-ind", endpoint="sign_in")
@admits(ANYONE)
def sign_in_help() -> str:
    """How staff sign in."""
    return render_template("pages/staff/sign_in.html", confirm=False)


@public.get("/log-ind/<token>")
@admits(ANYONE)
def sign_in_page(token: str) -> str:
    """One button, so that a scanner that follows links signs nobody in."""
    check_sign_in_link(runtime(), token)
    return render_template("pages/staff/sign_in.html", confirm=True)


@public.post("/log-ind/<token>")
@admits(ANYONE)
def use_sign_in_link(token: str) -> Response:
    """Exchange the link for a session, under a new session id."""
    session_token = sign_in(runtime(), token)
    session.clear()
    session[STAFF_SESSION] = session_token
    actor = find_actor(runtime(), session_token)
    session[LOCALE] = actor.locale if actor else current_locale()
    return redirect(url_for(FIRST_PAGES[actor.role] if actor else "public.front"), 303)


@public.post("/log-ud", endpoint="sign_out")
@admits(*ROLES)
def sign_out_here() -> Response:
    """End the session on the server, and forget it here."""
    sign_out(runtime(), current_actor(), str(session[STAFF_SESSION]))
    session.clear()
    return redirect(url_for("public.front"), 303)


@public.get("/link-hjaelp")
@admits(ANYONE)
def link_help() -> str:
    """What to do with a link that doesn't open anything."""
    return render_template("pages/citizen/link_not_valid.html")


@public.get("/was")
@admits(ANYONE, CITIZEN)
def accessibility() -> str:
    """The accessibility statement that the law wants of every public site."""
    asks = g.get("ticket") or g.get("actor")
    return render_template(
        "pages/public/accessibility.html",
        responsible=read_responsible(runtime(), asks.scope if asks else None),
        languages=[LANGUAGE_NAMES[code] for code in CITIZEN_LOCALES],
        reviewed_on=REVIEWED_ON,
    )


@public.get("/healthz")
@admits(ANYONE)
def alive() -> tuple[str, int]:
    """The process answers."""
    return "ok", 200


@public.get("/readyz")
@admits(ANYONE)
def ready() -> tuple[str, int]:
    """The process can do its work: the database answers and has our schema."""
    return ("ready", 200) if is_ready(runtime()) else ("not ready", 503)
