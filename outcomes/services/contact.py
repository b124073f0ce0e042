"""Where a person is reached: how a phone number and an e-mail address are written, sealed and found again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from outcomes.errors import AnswerError, Fault, Sentence

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.vault import Vault

DANISH_DIGITS = 8
LONGEST_ADDRESS = 254  # RFC 5321

_PHONE = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_ADDRESS = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]",
    re.ASCII,
)


def normal_phone(text: str) -> str:
    """A phone number as it is stored: ``+4512345678``, for eight digits the Danish ones. Raises ``AnswerError``."""
    digits = re.sub(r"[\s().\-\u00a0\u2010-\u2015]", "", text)
    if re.fullmatch(r"[0-9]{8}", digits, re.ASCII):
        digits = f"+45{digits}"
    elif digits.startswith("00"):
        digits = f"+{digits[2:]}"
    danish = digits.startswith("+45")
    if not _PHONE.fullmatch(digits) or (danish and len(digits) != len("+45") + DANISH_DIGITS):
        sentence = Sentence("Write the phone number with 8 digits, or begin with + and the code of the country.")
        raise AnswerError(sentence, [Fault("phone", sentence)])
    return digits


def normal_email(text: str) -> str:
    """An e-mail address as it is stored: small letters. Raises ``AnswerError``."""
    address = text.strip().lower()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        sentence = Sentence("Write the e-mail address like this: name@example.dk")
        raise AnswerError(sentence, [Fault("email", sentence)])
    return address


def phone_hash(vault: Vault, phone: str) -> bytes:
    """What a citizen is found by from a phone number as :func:`normal_phone` writes it."""
    return vault.lookup_hash(phone, kind="phone")


def email_hash(vault: Vault, email: str) -> bytes:
    """What a citizen is found by from an address as :func:`normal_email` writes it."""
    return vault.lookup_hash(email, kind="email")


def citizen_place(what: str, citizen_id: UUID) -> str:
    """Where a citizen's ``phone`` or ``email`` belongs: it doesn't decrypt anywhere else."""
    return f"citizen_identity.{what}:{citizen_id}"


def relation_place(what: str, relation_id: UUID) -> str:
    """Where the ``name``, ``phone`` or ``email`` of somebody who answers for a citizen belongs."""
    return f"relation.{what}:{relation_id}"
