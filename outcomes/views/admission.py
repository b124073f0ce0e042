"""Who may enter which route. Each route says it; a route that doesn't is closed to everybody, and a test names it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from flask import current_app, g, request, session

from outcomes.errors import NotAllowedError, Sentence, SignInRequiredError
from outcomes.services.open_link import Ticket, link_refused
from outcomes.services.sign_in import find_actor
from outcomes.services.sign_in_citizen import find_signed_in, own_page_closed

if TYPE_CHECKING:
    from outcomes.services.runtime import Actor, Runtime
    from outcomes.services.sign_in_citizen import SignedInCitizen

View = TypeVar("View", bound=Callable[..., Any])

ANYONE = "anyone"
CITIZEN = "citizen"
OWN_PAGE = "signed-in citizen"
ROLES = ("worker", "manager", "administrator", "authority")

STAFF_SESSION = "staff"
OWN_SESSION = "own"
ALL_OWN_SESSIONS = "own_all"
"""Tokens of this browser's sessions, where the citizen is known in several organisations."""
OWN_CHALLENGE = "own_challenge"
"""What a code that was asked for in this browser answers."""
TICKET = "ticket"


def admits(*who: str) -> Callable[[View], View]:
    """Declare who may enter a view: ``anyone``, ``citizen`` (holds a live link's ticket), ``signed-in citizen`` (of their
    own page, and nobody else), or roles of staff."""
    unknown = set(who) - {ANYONE, CITIZEN, OWN_PAGE, *ROLES}
    if unknown or not who:
        raise ValueError(f"nobody is called {unknown or 'nothing'}")

    def mark(view: View) -> View:
        view.admits = frozenset(who)  # type: ignore[attr-defined]
        return view

    return mark


def runtime() -> Runtime:
    """The instance at work behind this application."""
    found: Runtime = current_app.extensions["outcomes"]
    return found


def current_place() -> str:
    """Where the request comes from: a network address, for counting what is tried."""
    return request.remote_addr or "nowhere"


def current_actor() -> Actor:
    """The member of staff signed in. Only in views that admit roles."""
    actor: Actor | None = g.get("actor")
    if actor is None:
        raise SignInRequiredError(Sentence("Sign in to see this page."))
    return actor


def current_ticket() -> Ticket:
    """The ticket of the citizen's link. Only in views that admit citizens."""
    ticket: Ticket | None = g.get("ticket")
    if ticket is None:
        raise link_refused()
    return ticket


def current_citizen() -> SignedInCitizen:
    """The citizen who is signed in to their own page. Only in views that admit them."""
    citizen: SignedInCitizen | None = g.get("own")
    if citizen is None:
        raise own_page_closed()
    return citizen


def admit_request() -> None:
    """Before each request: find out who asks, and refuse whoever the view doesn't admit."""
    g.actor = g.ticket = g.own = None
    if request.endpoint is None:
        return  # no such page: the answer is the same for everybody
    allowed: frozenset[str] = getattr(current_app.view_functions[request.endpoint], "admits", frozenset())
    g.ticket = _read_ticket() if CITIZEN in allowed else None
    if request.endpoint != "static" and STAFF_SESSION in session and (CITIZEN not in allowed or allowed & set(ROLES)):
        g.actor = find_actor(runtime(), str(session[STAFF_SESSION]))
    if OWN_PAGE in allowed and OWN_SESSION in session:
        g.own = find_signed_in(runtime(), str(session[OWN_SESSION]))
    if ANYONE in allowed or g.ticket is not None or g.own is not None:
        return
    if OWN_PAGE in allowed:
        raise own_page_closed()
    if CITIZEN in allowed:
        raise link_refused()
    if g.actor is None:
        raise SignInRequiredError(Sentence("Sign in to see this page."))
    if g.actor.role not in allowed:
        raise NotAllowedError(Sentence("This page is for others than you. Go back to your own first page."))


def _read_ticket() -> Ticket | None:
    stored = session.get(TICKET)
    try:
        version = UUID(stored[2]) if stored and len(stored) > 2 else None  # noqa: PLR2004
        return Ticket(UUID(stored[0]), UUID(stored[1]), version_id=version) if stored else None
    except (ValueError, TypeError, IndexError):
        return None
