"""The web: one blueprint per audience, admission in front of all of them, errors behind."""

from __future__ import annotations

from flask import Flask, g, request
from flask_wtf.csrf import CSRFError

from outcomes.extensions import csrf
from outcomes.views.admin import admin
from outcomes.views.admission import ANYONE, admit_request, admits
from outcomes.views.citizen import citizen
from outcomes.views.errors import install_errors
from outcomes.views.manager import manager
from outcomes.views.page import install_page
from outcomes.views.public import public
from outcomes.views.staff import staff

KEEP_WHAT_WAS_TYPED = frozenset({"citizen.question", "citizen.review", "staff.rate_goal"})
"""Forms that come back filled in when their token is no good: the view looks at ``g.csrf_error``."""


def register_views(app: Flask) -> None:
    """Put every page, its admission and its errors into ``app``."""
    install_page(app)
    app.before_request(admit_request)
    app.before_request(check_form_token)
    install_errors(app)
    for blueprint in (public, citizen, staff, manager, admin):
        app.register_blueprint(blueprint)
    app.view_functions["static"] = admits(ANYONE)(app.view_functions["static"])


def check_form_token() -> None:
    """Before each request that changes something: the form must come from our own page."""
    g.csrf_error = None
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.endpoint is None:
        return
    try:
        csrf.protect()
    except CSRFError as error:
        if request.endpoint not in KEEP_WHAT_WAS_TYPED:
            raise
        g.csrf_error = error
