"""The web: one blueprint per audience, admission in front of all of them, errors behind."""

from __future__ import annotations

from flask import Flask, g, request
from flask_wtf.csrf import CSRFError

from outcomes.extensions import csrf
from outcomes.views import all_questions, offer_forms, questions, sending  # noqa: F401 - they add pages to a blueprint
from outcomes.views.admin import admin
from outcomes.views.admission import ANYONE, admit_request, admits
from outcomes.views.asking import asking
from outcomes.views.audio import audio
from outcomes.views.authority import authority
from outcomes.views.batches import batches
from outcomes.views.citizen import citizen
from outcomes.views.contact import contact
from outcomes.views.contracts import contracts
from outcomes.views.errors import install_errors
from outcomes.views.interview import interview
from outcomes.views.learning import learning
from outcomes.views.manager import manager
from outcomes.views.offers import offers
from outcomes.views.own_organisation import own_organisation
from outcomes.views.own_page import own_page
from outcomes.views.own_sign_in import own_sign_in
from outcomes.views.page import install_page
from outcomes.views.paper import paper
from outcomes.views.protocols import protocols
from outcomes.views.public import public
from outcomes.views.questionnaires import questionnaires
from outcomes.views.reading_page import reading
from outcomes.views.releases import releases
from outcomes.views.reports import reports
from outcomes.views.requirements import requirements
from outcomes.views.shared import shared
from outcomes.views.signals import signals
from outcomes.views.staff import staff
from outcomes.views.steering import steering
from outcomes.views.subscriptions import subscriptions
from outcomes.views.supervision import supervision
from outcomes.views.tablet import tablet
from outcomes.views.targets import targets
from outcomes.views.value import value

KEEP_WHAT_WAS_TYPED = frozenset(
    {
        "citizen.question",
        "citizen.all_questions",
        "citizen.review",
        "staff.rate_goal",
        "contact.edit",
        "asking.people",
        "interview.ask",
        "paper.key",
        "signals.handle",
        "questionnaires.upload",
        "protocols.decide",
        "own_organisation.edit",
        "offers.new",
        "offers.record",
        "offers.import",
        "offers.assess",
        "subscriptions.listing",
        "batches.listing",
        "learning.step",
        "learning.follow_up",
        "releases.draft",
        "own_page.rate_goal",
        "own_page.correct",
        "targets.new",
        "targets.change",
        "requirements.new",
        "requirements.show",
        "value.case",
        "value.prices",
        "contracts.new",
        "contracts.change",
        "contracts.show",
        "supervision.dialogue",
        "supervision.pack",
        "supervision.themes",
    }
)
"""Forms that come back filled in when their token is no good: the view looks at ``g.csrf_error``."""


def register_views(app: Flask) -> None:
    """Put every page, its admission and its errors into ``app``."""
    install_page(app)
    app.before_request(admit_request)
    app.before_request(check_form_token)
    install_errors(app)
    for blueprint in (public, reading, citizen, audio, staff, contact, manager, admin, own_sign_in, own_page, shared):
        app.register_blueprint(blueprint)
    for blueprint in (tablet, asking, interview, paper):
        app.register_blueprint(blueprint)
    for blueprint in (signals, questionnaires, protocols, own_organisation):
        app.register_blueprint(blueprint)
    for blueprint in (subscriptions, batches, learning):
        app.register_blueprint(blueprint)
    for blueprint in (targets, requirements, reports):
        app.register_blueprint(blueprint)
    app.register_blueprint(offers)
    for blueprint in (releases, authority):
        app.register_blueprint(blueprint)
    for blueprint in (value, contracts):
        app.register_blueprint(blueprint)
    app.register_blueprint(supervision)
    app.register_blueprint(steering)
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
