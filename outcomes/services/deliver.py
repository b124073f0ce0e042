"""Hand one message to the world: a mail server, an SMS gateway, or, in the demo, a folder.

Either it was taken, or one of two errors says what is known: :class:`NotDelivered` (it surely didn't go) or
:class:`Unconfirmed` (it may have gone: the connection ended after everything was said). Neither repeats what the other
side answered: that may hold the address.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from uuid import UUID

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from outcomes.settings import Settings

SECONDS = 10
"""How long to wait for each answer of the other side."""
SMTP_PORT, SMTPS_PORT = 587, 465
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
AT_START = re.compile(rb"^\.", re.MULTILINE)
"""A dot that begins a line is sent as two: one alone ends the mail."""
TAKEN = range(200, 300)
TRY_LATER = frozenset({408, 425, 429})
SERVER_FAULT = 500


class NotDelivered(Exception):  # noqa: N818 - says what happened to the message
    """It didn't go. ``word``: why, in our own word; ``final``: trying again changes nothing."""

    def __init__(self, word: str, *, final: bool = False) -> None:
        super().__init__(word)
        self.word, self.final = word, final


class Unconfirmed(Exception):  # noqa: N818 - says what happened to the message
    """Everything was said and no answer came: it may have gone."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to go. ``message_id``: the outbox row's, the same however often it is tried; ``to``: an address or
    a phone number; ``subject`` is empty for an SMS; ``sender``: the name that it comes from."""

    message_id: UUID
    channel: str
    to: str
    sender: str
    subject: str
    text: str
    locale: str


def deliver(settings: Settings, letter: Letter, at: datetime) -> None:
    """Hand a letter over. Raises ``NotDelivered`` or ``Unconfirmed``."""
    try:
        _hand_over(settings, letter, at)
    except (ValueError, UnicodeError) as error:  # before anything was sent: it can't be written as a mail at all
        raise NotDelivered("bad_address", final=True) from error


def _hand_over(settings: Settings, letter: Letter, at: datetime) -> None:
    if letter.channel == "mail" and settings.mail_url and settings.mail_from:
        _mail(settings, settings.mail_url, settings.mail_from, compose(settings, letter, at))
    elif letter.channel == "sms" and settings.sms_url:
        _sms(settings, letter)
    elif settings.demo:
        _keep(settings.home / "mail", letter, compose(settings, letter, at))
    else:
        raise NotDelivered("not_set_up")


def compose(settings: Settings, letter: Letter, at: datetime) -> EmailMessage:
    """The mail as it goes over the wire."""
    address = settings.mail_from or "outcomes@localhost.invalid"
    mail = EmailMessage()
    mail["From"] = Address(_one_line(letter.sender), addr_spec=address)
    mail["To"] = letter.to
    mail["Subject"] = _one_line(letter.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{letter.message_id}@{urlsplit(settings.base_url).hostname or 'localhost'}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(letter.text, cte="quoted-printable")
    mail["Content-Language"] = letter.locale
    return mail


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _mail(settings: Settings, url: str, sender: str, mail: EmailMessage) -> None:
    """One mail over SMTP, step by step: what goes wrong before the last one surely didn't send it."""
    parts = urlsplit(url)
    content = AT_START.sub(b"..", mail.as_bytes(policy=SMTP)) + b".\r\n"
    server, we = parts.hostname or "", urlsplit(settings.base_url).hostname
    context = ssl.create_default_context()
    connection: smtplib.SMTP | None = None
    try:
        if parts.scheme == "smtps":
            connection = smtplib.SMTP_SSL(server, parts.port or SMTPS_PORT, we, timeout=SECONDS, context=context)
        else:
            connection = smtplib.SMTP(server, parts.port or SMTP_PORT, we, timeout=SECONDS)
            _encrypt(connection, server, context)
        if parts.username:
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        _expect(connection.mail(sender), 250)
        _expect(connection.rcpt(mail["To"]), 250, 251)
        _expect(connection.docmd("DATA"), 354)
    except NotDelivered:
        _leave(connection)
        raise
    except UnicodeError:
        _leave(connection)
        raise
    except (OSError, smtplib.SMTPException) as error:
        _leave(connection)
        raise NotDelivered("server_unreachable") from error
    try:
        connection.send(content)
        answer = connection.getreply()
    except (OSError, smtplib.SMTPException) as error:
        _leave(connection)
        raise Unconfirmed from error
    _leave(connection)
    _expect(answer, 250)


def _encrypt(connection: smtplib.SMTP, server: str, context: ssl.SSLContext) -> None:
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=context)
        connection.ehlo()
    elif server not in THIS_MACHINE:
        raise NotDelivered("not_encrypted")


def _expect(answer: tuple[int, bytes], *wanted: int) -> None:
    if answer[0] not in wanted:
        raise NotDelivered("refused", final=answer[0] >= SERVER_FAULT)


def _leave(connection: smtplib.SMTP | None) -> None:
    if connection is not None:
        connection.close()


def _sms(settings: Settings, letter: Letter) -> None:
    """One SMS over the gateway: an answer of 2xx means that it was taken. No redirect is followed."""
    parts = urlsplit(settings.sms_url or "")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=SECONDS)
    headers = {"Content-Type": "application/json", "Idempotency-Key": str(letter.message_id)}
    if settings.sms_token:
        headers["Authorization"] = f"Bearer {settings.sms_token.get_secret_value()}"
    body = json.dumps({"to": letter.to, "text": letter.text})
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.connect()
    except OSError as error:
        raise NotDelivered("server_unreachable") from error
    try:
        connection.request("POST", path, body=body, headers=headers)
        answer = connection.getresponse()
        answer.read(1000)
    except (OSError, http.client.HTTPException) as error:
        raise Unconfirmed from error
    finally:
        connection.close()
    if answer.status not in TAKEN:
        later = answer.status >= SERVER_FAULT or answer.status in TRY_LATER
        raise NotDelivered("refused", final=not later)


def _keep(folder: Path, letter: Letter, mail: EmailMessage) -> None:
    """In the demo nothing leaves the machine: a mail or SMS is a file that only its owner can read."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    content = mail.as_bytes() if letter.channel == "mail" else f"{letter.to}\n\n{letter.text}\n".encode()
    path = folder / f"{letter.message_id}.{'eml' if letter.channel == 'mail' else 'sms.txt'}"
    half = path.with_suffix(".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    half.replace(path)
