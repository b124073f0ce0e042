"""The way back: a page says in its link where one comes from, and the page of definitions leads there again."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import current_app, request
from werkzeug.exceptions import HTTPException

from outcomes.errors import Sentence

NAME = "tilbage"
LONGEST = 500
PAGES = {
    "manager.overview": Sentence("Back to the overview"),
    "manager.report": Sentence("Back to the report"),
    "targets.board": Sentence("All targets"),
    "targets.show": Sentence("Back to the target"),
    "targets.show_national": Sentence("Back to the target"),
}
"""The pages that may be gone back to, by endpoint, with the words of the link. Nowhere else."""


@dataclass(frozen=True, slots=True)
class WayBack:
    """An address of ours, and the words of the link to it."""

    address: str
    words: Sentence


def this_address() -> str:
    """The page that is asked for, with what its address asks."""
    return request.full_path.removesuffix("?")[:LONGEST]


def asked_way_back() -> WayBack | None:
    """Where the address says that one came from; None where that is no page of ours to go back to."""
    return way_back(request.args.get(NAME, ""))


def way_back(address: str) -> WayBack | None:
    """The way back to ``address``: only the path and the question of one of :data:`PAGES`, never another site."""
    if not address.startswith("/") or address.startswith("//"):  # what follows two or more is a site to a browser
        return None
    if len(address) > LONGEST or not address.isprintable() or "\\" in address:
        return None
    try:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            return None
        endpoint, _ = current_app.url_map.bind("localhost").match(parts.path, method="GET")
    except (ValueError, HTTPException):
        return None
    words = PAGES.get(endpoint)
    return WayBack(address, words) if words else None
