"""How often something may be tried in a while: a code, a link, a sign-in. What is counted tells of nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence, TooManyAttemptsError
from outcomes.store import attempts
from outcomes.store.database import Scope

if TYPE_CHECKING:
    from datetime import timedelta

    from outcomes.services.runtime import Runtime


def spend_attempt(runtime: Runtime, kind: str, subject: str, *, limit: int, window: timedelta) -> None:
    """Count one try of ``kind`` by or at ``subject``, which is stored as a keyed hash only.

    Raises ``TooManyAttemptsError`` where there were ``limit`` of them in the last ``window``: that try isn't counted, and
    whoever raises this must not go on. Tries that come at once are counted one after the other.
    """
    hashed = runtime.vault.lookup_hash(subject, kind=f"attempt:{kind}")
    at = runtime.now()
    with runtime.database.transaction(Scope()) as session:
        attempts.lock_subject(session, subject=hashed)
        if attempts.count_attempts(session, subject=hashed, since=at - window) >= limit:
            raise TooManyAttemptsError(Sentence("This was tried too often in a short time."))
        attempts.add_attempt(session, subject=hashed, at=at)
        session.commit()


def give_back_attempt(runtime: Runtime, kind: str, subject: str) -> None:
    """Uncount a try that :func:`spend_attempt` counted and that was right: limits are for those that go wrong."""
    hashed = runtime.vault.lookup_hash(subject, kind=f"attempt:{kind}")
    with runtime.database.transaction(Scope()) as session:
        attempts.lock_subject(session, subject=hashed)
        attempts.remove_newest_attempt(session, subject=hashed)
        session.commit()
