"""The worker that runs beside the web: it sends what is queued, and is there again after it was killed."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from sqlalchemy import text

from outcomes.services.queue_message import queue_message
from outcomes.services.set_contact import clean_contact, seal_contact
from outcomes.store import citizens
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from tests.e2e.running import Demo

pytestmark = pytest.mark.database

SECONDS = 60


def find_worker(demo: Demo) -> int | None:
    """The demo's worker, by the parent that it follows."""
    wanted = ["work", "--parent", str(demo.pid)]
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            command = (entry / "cmdline").read_bytes().decode().split("\0")[:-1]
        except OSError:
            continue
        if command[-3:] == wanted:
            return int(entry.name)
    return None


def wait_for(seen: object) -> object:
    """What ``seen()`` gives, once it gives something."""
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        if found := seen():  # type: ignore[operator]
            return found
        time.sleep(0.1)
    raise AssertionError("it never came")


def test_a_code_lands_in_the_demos_folder_also_after_its_worker_was_killed(demo: Demo) -> None:
    killed = wait_for(lambda: find_worker(demo))
    os.kill(int(str(killed)), signal.SIGKILL)
    with demo.open() as runtime:
        with runtime.database.transaction(Scope(slug="solbjerg")) as session:
            organisation_id = session.scalar(text("SELECT id FROM organisation"))
        with runtime.database.transaction(Scope(organisation_id, actor="command:test")) as session:
            citizen_id = session.scalar(
                text("SELECT citizen_id FROM citizen_identity ORDER BY (email_sealed IS NULL) DESC, citizen_id LIMIT 1")
            )
            identity = citizens.get_identity(session, citizen_id=citizen_id)
            assert identity is not None
            phone, email = clean_contact("", f"demo-{uuid4().hex[:8]}@example.dk")
            seal_contact(runtime.vault, identity, phone=phone, email=email)
            message_id = queue_message(
                runtime, session, organisation_id=organisation_id, kind="login_code", channel="mail",
                cause=f"login_code:{uuid4()}", locale="da", citizen_id=citizen_id, secret="482915",
            )  # fmt: skip
            session.commit()
    kept = demo.home / "mail" / f"{message_id}.eml"
    wait_for(kept.exists)
    content = kept.read_text(encoding="utf-8")
    assert "482915" in content
    assert email in content
    again = wait_for(lambda: find_worker(demo))
    assert again != killed
    assert demo.command("messages").returncode == 0
