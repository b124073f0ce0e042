"""A citizen asks for a code to sign in with. Whether we know the phone or mail can't be told from what happens.

The answer is the same, the page after it is the same, and it takes the same time: at least :data:`SECONDS`, whatever was
found. Who asks too often is stopped whether the address is known or not: for one address, from one place, and in all.

A new code doesn't end those before it. Anybody may ask for a code for somebody else's phone, and must not thereby take
away the one that its owner is just typing. Each is worth something only to the browser that asked for it, and has its own
tries.
"""

from __future__ import annotations

import secrets
import time
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, Sentence
from outcomes.services.contact import email_hash, normal_email, normal_phone, phone_hash
from outcomes.services.limit_attempts import spend_attempt
from outcomes.services.queue_message import queue_message
from outcomes.services.sign_in_citizen import citizen_scope
from outcomes.store import own_sign_in
from outcomes.store.database import Scope
from outcomes.vault import TOKEN_BYTES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.models import CitizenIdentity
    from outcomes.services.runtime import Runtime
    from outcomes.vault import Vault

DIGITS = 6
LIFETIME = timedelta(minutes=10)
CODES_AN_HOUR = 5
CODES_FROM_A_PLACE, CODES_IN_ALL = 60, 2000
"""Within an hour: a place may be a whole house, and one of them can't use up everybody's."""
SECONDS = 0.25
"""Longer than looking up, storing and queueing take together, so that they can't be told apart from outside."""


def request_code(runtime: Runtime, address: str, *, locale: str, place: str) -> str:
    """Send a code to a phone or mail, where somebody has it; gives the challenge that the code answers.

    ``place``: where it is asked for (a network address), for counting. Raises ``AnswerError`` for what is neither phone
    nor mail, and ``TooManyAttemptsError`` from the sixth time in an hour on, or where there are too many from a place.
    """
    channel, key = _read_address(runtime.vault, address)
    with taking_the_same_time():
        hour = timedelta(hours=1)
        spend_attempt(runtime, "login_code_request_place", place, limit=CODES_FROM_A_PLACE, window=hour)
        spend_attempt(runtime, "login_code_request", key.hex(), limit=CODES_AN_HOUR, window=hour)
        spend_attempt(runtime, "login_code_request_place", "everywhere", limit=CODES_IN_ALL, window=hour)
        challenge, code = secrets.token_urlsafe(TOKEN_BYTES), f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
        with runtime.database.transaction(Scope(key=key)) as session:
            holders = own_sign_in.list_holders(session, key=key)
        for number, holder in enumerate(holders):
            _store_code(runtime, holder, challenge, code, channel=None if number else channel, locale=locale)
        return challenge


def _read_address(vault: Vault, text: str) -> tuple[str, bytes]:
    """How somebody is reached there, and what they are found by. Raises ``AnswerError`` for neither phone nor mail."""
    try:
        if "@" in text:
            return "mail", email_hash(vault, normal_email(text))
        return "sms", phone_hash(vault, normal_phone(text))
    except AnswerError:
        wrong = Sentence("Write your phone number with 8 digits, or your e-mail address.")
        raise AnswerError(Sentence("No code was sent."), [Fault("address", wrong)]) from None


def code_hash(vault: Vault, challenge: str, code: str) -> bytes:
    """What is stored in a code's place: keyed, so that a million codes can't be tried against it, and bound to its
    challenge."""
    return vault.lookup_hash(f"{challenge}:{code}", kind="login_code")


def _store_code(
    runtime: Runtime, holder: CitizenIdentity, challenge: str, code: str, *, channel: str | None, locale: str
) -> None:
    """The code of one organisation's citizen. Several organisations share the one code, and one of them sends it."""
    at = runtime.now()
    with runtime.database.transaction(citizen_scope(holder.organisation_id, holder.citizen_id)) as session:
        stored = own_sign_in.add_login_code(
            session,
            organisation_id=holder.organisation_id,
            citizen_id=holder.citizen_id,
            challenge=challenge,
            code_hash=code_hash(runtime.vault, challenge, code),
            expires_at=at + LIFETIME,
        )
        if channel is not None:
            queue_message(
                runtime,
                session,
                organisation_id=holder.organisation_id,
                kind="login_code",
                channel=channel,
                citizen_id=holder.citizen_id,
                cause=f"login_code:{stored.id}",
                locale=locale,
                secret=code,
            )
        session.commit()


@contextmanager
def taking_the_same_time() -> Iterator[None]:
    """Whatever happens inside, it ends at a whole number of :data:`SECONDS`, an error too."""
    begun = time.monotonic()
    try:
        yield
    finally:
        time.sleep(SECONDS - (time.monotonic() - begun) % SECONDS)
