"""How the outbox and the queue stand: what went, what waits and why, for whoever looks after the instance."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.store import messages, queue, stored_results
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime


@dataclass(frozen=True, slots=True)
class OutboxHealth:
    """Messages by channel and state, jobs by status, and what is wrong, one sentence each."""

    messages: Mapping[tuple[str, str], int]
    jobs: Mapping[str, int]
    concerns: tuple[Sentence, ...]


def check_messages(runtime: Runtime) -> OutboxHealth:
    """Count over every organisation; nothing of any message is read but its channel and state."""
    found: Counter[tuple[str, str]] = Counter()
    with runtime.database.transaction(Scope(actor="command:messages")) as session:
        jobs = queue.count_jobs(session)
        organisation_ids = stored_results.list_organisation_ids(session)
    for organisation_id in organisation_ids:
        with runtime.database.transaction(Scope(organisation_id, actor="command:messages")) as session:
            found.update(messages.count_by_state(session))
    settings = runtime.settings
    concerns = []
    if found["mail", "queued"] and not settings.sends_mail:
        concerns.append(Sentence("%(count)s mails wait: set MAIL_URL and MAIL_FROM.", count=found["mail", "queued"]))
    if found["sms", "queued"] and not settings.sends_sms:
        concerns.append(Sentence("%(count)s SMS wait: set SMS_URL.", count=found["sms", "queued"]))
    if jobs.get("failed"):
        concerns.append(Sentence("%(count)s jobs failed for good; the log says of what kind.", count=jobs["failed"]))
    return OutboxHealth(dict(sorted(found.items())), jobs, tuple(concerns))
