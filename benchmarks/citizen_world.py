"""Citizens for the benchmark of the citizen's pages: an organisation, open links, half-filled drafts, and their requests."""

from __future__ import annotations

import base64
import sys
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from itsdangerous import URLSafeTimedSerializer

sys.path.insert(0, str(Path(__file__).parent.parent))

from outcomes.services.open_database import EMBEDDED_DATABASE
from outcomes.services.open_link import Ticket
from outcomes.services.read_visit import Visit, read_visit
from outcomes.services.runtime import Runtime
from outcomes.services.save_answers import save_answers
from outcomes.settings import Settings
from outcomes.store import migrate
from outcomes.store.database import Database
from outcomes.store.embedded import EmbeddedPostgres
from outcomes.vault import Vault
from tests.integration.builders import (
    add_case,
    add_coordinator,
    add_course,
    add_staff,
    add_tenant,
    get_ticket,
    small_instrument,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTIONS, CHOICES = 10, 5
DATABASE = EMBEDDED_DATABASE
"""The one that the settings name: the server's worker opens it by them, and not by the address that the server is given."""
RAW_TOKEN = "0123456789abcdef0123456789abcdef01234567"
SETTINGS: dict[str, Any] = {
    "SECRET_KEY": "a-key-for-benchmarks-that-nobody-else-uses-0123456789",
    "DATA_KEYS": {"bench": bytes(range(32))},
    "LOOKUP_KEY": bytes(range(32, 64)),
}


def settings_environment(home: Path) -> dict[str, str]:
    """The same settings for a process of its own."""
    encoded = {name: base64.b64encode(key).decode() for name, key in SETTINGS["DATA_KEYS"].items()}
    return {
        "OUTCOMES_HOME": str(home),
        "SECRET_KEY": SETTINGS["SECRET_KEY"],
        "DATA_KEYS": ",".join(f"{name}:{key}" for name, key in encoded.items()),
        "LOOKUP_KEY": base64.b64encode(SETTINGS["LOOKUP_KEY"]).decode(),
    }


@dataclass(frozen=True)
class Citizen:
    """Somebody with a link in their browser; ``visit`` as it was when their answers were half filled in."""

    ticket: Ticket
    visit: Visit
    cookie: str


@contextmanager
def open_world(home: Path) -> Iterator[tuple[EmbeddedPostgres, Runtime]]:
    """A migrated database of its own, and the instance on it."""
    settings = Settings.model_validate({**SETTINGS, "OUTCOMES_HOME": home})
    with EmbeddedPostgres(home / "postgresql") as server:
        server.create_database(DATABASE)
        migrate.upgrade(server.owner_url(DATABASE))
        database = Database(server.app_url(DATABASE))
        yield server, make_world_runtime(settings, database)
        database.dispose()


def make_world_runtime(settings: Settings, database: Database) -> Runtime:
    """The instance at work on the benchmark's database."""
    return Runtime(settings, database, Vault(settings.data_keys, settings.lookup_key), lambda: datetime.now(UTC))


def ten_questions() -> Any:
    """Ten questions with five answers each, and their sum."""
    items = [
        {
            "id": f"q{number}",
            "type": "single_choice",
            "wording": {
                "da": f"Hvor ofte har du haft det sådan her i de sidste to uger, nummer {number}?",
                "en": f"How often have you been like this in the last two weeks, number {number}?",
            },
            "options": [
                {"value": value, "wording": {"da": f"Svar nummer {value}", "en": f"Answer number {value}"}}
                for value in range(CHOICES)
            ],
        }
        for number in range(QUESTIONS)
    ]
    scale = {
        "key": "total", "title": {"da": "I alt", "en": "Total"}, "items": [item["id"] for item in items],
        "missing": {"min_answered": 5, "fill": "prorate"}, "range": [0, QUESTIONS * (CHOICES - 1)],
        "direction": "higher_is_better",
    }  # fmt: skip
    return small_instrument(key="ten", items=items, scales=[scale])


def add_citizens(runtime: Runtime, number: int, app: Any) -> list[Citizen]:
    """``number`` people with an open link each, a coordinator, and all ten questions answered but not sent."""
    tenant = add_tenant(runtime, f"by-{uuid4().hex[:8]}")
    course = add_course(runtime, tenant, instrument=ten_questions())
    worker = add_staff(runtime, tenant)
    made = []
    for _ in range(number):
        case = add_case(runtime, course)
        add_coordinator(runtime, worker, case.citizen_id)
        ticket = get_ticket(runtime, case)
        ticket = replace(ticket, version_id=read_visit(runtime, ticket).opened.version_id)
        save_answers(runtime, ticket, answers={f"q{place}": place % CHOICES for place in range(QUESTIONS)})
        made.append(Citizen(ticket, read_visit(runtime, ticket), cookie_of(app, ticket)))
    return made


def cookie_of(app: Any, ticket: Ticket) -> str:
    """The session of somebody's browser."""
    serializer = app.session_interface.get_signing_serializer(app)
    content = {
        "ticket": [str(ticket.organisation_id), str(ticket.link_id), str(ticket.version_id)],
        "browser": ticket.browser_key,
        "locale": "da",
        "csrf_token": RAW_TOKEN,
    }
    return f"outcomes={serializer.dumps(content)}"


def form_token(app: Any) -> str:
    """The form token that belongs to every one of these sessions."""
    signed: str = URLSafeTimedSerializer(app.secret_key, salt="wtf-csrf-token").dumps(RAW_TOKEN)
    return signed


def environ(path: str, cookie: str, form: dict[str, str] | None = None) -> dict[str, Any]:
    """A request as the server hands it to the application."""
    body = urlencode(form or {}).encode()
    return {
        "REQUEST_METHOD": "GET" if form is None else "POST",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_COOKIE": cookie,
        "HTTP_ACCEPT_LANGUAGE": "da",
        "CONTENT_TYPE": "application/x-www-form-urlencoded",
        "CONTENT_LENGTH": str(len(body)) if form is not None else "0",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }


def sending_form(app: Any, citizen: Citizen, key: UUID | None = None) -> dict[str, str]:
    """What the review of somebody sends."""
    return {
        "csrf_token": form_token(app),
        "reviewed": citizen.visit.digest,
        "submission_key": str(key or uuid4()),
        "helper": "",
        "action": "send",
    }
