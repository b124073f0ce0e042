"""Exchange the code that was sent for a session. Five tries, ten minutes, once."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.services.limit_attempts import spend_attempt
from outcomes.services.request_code import LIFETIME, code_hash, taking_the_same_time
from outcomes.services.sign_in_citizen import IDLE, citizen_scope
from outcomes.store import own_sign_in
from outcomes.store.database import Scope
from outcomes.vault import TOKEN_BYTES, token_hash

if TYPE_CHECKING:
    from outcomes.models import LoginCode
    from outcomes.services.runtime import Runtime

TRIES = 5


def use_code(runtime: Runtime, challenge: str, code: str) -> tuple[str, ...]:
    """The tokens of new sessions: one for each organisation where the citizen is known by the same phone or mail.

    Raises ``AnswerError``, the same for a wrong code, an old or used one, and a phone that nobody has;
    ``TooManyAttemptsError`` from the sixth try on, whatever it is.
    """
    with taking_the_same_time():
        spend_attempt(runtime, "login_code", challenge, limit=TRIES, window=LIFETIME)
        given = code_hash(runtime.vault, challenge, "".join(code.split()))
        with runtime.database.transaction(Scope(key=token_hash(challenge))) as session:
            sent = own_sign_in.list_login_codes(session, challenge=challenge)
        tokens = tuple(token for each in sent if (token := _try_code(runtime, each, given)) is not None)
        if not tokens:
            wrong = Sentence("The code is not right, or it is too old. Look at it again, or ask for a new one.")
            raise AnswerError(Sentence("You are not signed in yet."), [Fault("code", wrong)])
        return tokens


def _try_code(runtime: Runtime, sent: LoginCode, given: bytes) -> str | None:
    """A session's token where the code is right; every try counts, and two at once count as two."""
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
