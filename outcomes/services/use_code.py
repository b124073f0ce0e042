"""Exchange the code that was sent for a session. Five tries, ten minutes, once.

Wrong tries are also counted for the place where they are made, for everybody together, and over a day for each citizen:
whoever asks for code after code of one person doesn't get five new tries each time.
"""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, Sentence, TooManyAttemptsError
from outcomes.services.limit_attempts import give_back_attempt, spend_attempt
from outcomes.services.request_code import LIFETIME, code_hash, taking_the_same_time
from outcomes.services.sign_in_citizen import IDLE, citizen_scope
from outcomes.store import own_sign_in
from outcomes.store.database import Scope
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from outcomes.models import LoginCode
    from outcomes.services.runtime import Runtime

TRIES = 5
PLACE_TRIES, PLACE_WINDOW = 30, timedelta(minutes=10)
ALL_TRIES, ALL_WINDOW = 1000, timedelta(hours=1)
"""A thousand guesses at six digits find a code with a chance of 1 to 1,000."""
CITIZEN_TRIES, CITIZEN_WINDOW = 50, timedelta(days=1)


def use_code(runtime: Runtime, challenge: str, code: str, *, place: str) -> tuple[str, ...]:
    """The tokens of new sessions: one for each organisation where the citizen is known by the same phone or mail.

    ``place``: where it is typed (a network address), for counting. Raises ``AnswerError``, the same for a wrong code, an
    old or used one, and a phone that nobody has; ``TooManyAttemptsError`` from the sixth try on, whatever it is, or where
    there were too many wrong ones from a place.
    """
    with taking_the_same_time():
        spend_attempt(runtime, "login_code_place", place, limit=PLACE_TRIES, window=PLACE_WINDOW)
        spend_attempt(runtime, "login_code", challenge, limit=TRIES, window=LIFETIME)
        spend_attempt(runtime, "login_code_place", "everywhere", limit=ALL_TRIES, window=ALL_WINDOW)
        given = code_hash(runtime.vault, challenge, "".join(code.split()))
        with runtime.database.transaction(Scope(key=token_hash(challenge))) as session:
            sent = own_sign_in.list_login_codes(session, challenge=challenge)
        tokens = tuple(token for each in sent if (token := _try_code(runtime, each, given)) is not None)
        if not tokens:
            wrong = Sentence("The code is not right, or it is too old. Look at it again, or ask for a new one.")
            raise AnswerError(Sentence("You are not signed in yet."), [Fault("code", wrong)])
        for subject in (place, "everywhere"):
            give_back_attempt(runtime, "login_code_place", subject)
        return tokens


def _try_code(runtime: Runtime, sent: LoginCode, given: bytes) -> str | None:
    """A session's token where the code is right; every try counts, and two at once count as two.

    Where there were too many wrong ones for this citizen today, even the right one is as wrong as any: to say more would
    tell that the phone is known.
    """
    whose = f"{sent.organisation_id}:{sent.citizen_id}"
    try:
        spend_attempt(runtime, "login_code_citizen", whose, limit=CITIZEN_TRIES, window=CITIZEN_WINDOW)
    except TooManyAttemptsError:
        return None
    token = _spend_code(runtime, sent, given)
    if token is not None:
        give_back_attempt(runtime, "login_code_citizen", whose)
    return token


def _spend_code(runtime: Runtime, sent: LoginCode, given: bytes) -> str | None:
    """Count a try of a code, and begin a session where it is right."""
    at = runtime.now()
    with runtime.database.transaction(citizen_scope(sent.organisation_id, sent.citizen_id)) as session:
        live = own_sign_in.lock_login_code(session, code_id=sent.id, at=at)
        if live is None or live.attempts >= TRIES:
            return None
        live.attempts += 1
        token = None
        if hmac.compare_digest(live.code_hash, given):
            live.used_at = at
            token = secrets.token_urlsafe(2 * TOKEN_BYTES)
            own_sign_in.add_session(
                session, organisation_id=live.organisation_id, citizen_id=live.citizen_id, token=token, method="code",
                at=at, expires_at=at + IDLE,
            )  # fmt: skip
        session.commit()
        return token
