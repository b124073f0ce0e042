"""Who asks, and whom to call: kept by the browser from the way in, so that every page of the citizen's can say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import g, session

from outcomes.services.read_contact import Contact

if TYPE_CHECKING:
    from flask import Flask

SENDER = "sender"


def keep_sender(organisation_name: str, contact: Contact | None) -> None:
    """Let this browser's pages say who asks, until it forgets the link or the session that told it."""
    say_sender(organisation_name, contact)
    if session.get(SENDER) != g.sender:
        session[SENDER] = g.sender


def say_sender(organisation_name: str, contact: Contact | None) -> None:
    """Let this one page say who asks; the browser keeps nothing of it."""
    g.sender = [organisation_name, [contact.name, contact.phone, contact.email] if contact else None]


def take_sender() -> None:
    """Let this one page still say who asked, whatever is forgotten of the session."""
    g.sender = session.get(SENDER)


def sender_variables() -> dict[str, Any]:
    """Who asks, for the pages of whoever holds a link or is signed in to their own page. A page that knows better says so."""
    kept = g.get("sender")
    if kept is None and (g.get("ticket") is not None or g.get("own") is not None):
        kept = session.get(SENDER)
    if not kept:
        return {}
    name, reach = kept
    return {"organisation_name": name, "contact": Contact(*reach) if reach else None}


def install_sender(app: Flask) -> None:
    """Give every page of ``app`` its sender."""
    app.context_processor(sender_variables)
