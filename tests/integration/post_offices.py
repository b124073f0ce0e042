"""Real servers that messages are handed to: a mail server and an SMS gateway, which can be told to misbehave."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from aiosmtpd.controller import Controller

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class MailServer:
    """What came in, and what to answer: ``behave`` is ``take``, ``refuse`` (for good), ``later`` or ``die`` (after DATA)."""

    port: int = 0
    behave: str = "take"
    taken: list[EmailMessage] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.behave in {"refuse", "later"}:
            return "550 no" if self.behave == "refuse" else "451 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.taken.append(message_from_bytes(envelope.content, policy=default))
        if self.behave == "die":
            server.transport.abort()
        return "250 OK"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    """A mail server on a port of its own."""
    server = MailServer()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        server.port = probe.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[str]:
    """A mail server that takes calls and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield f"smtp://127.0.0.1:{listener.getsockname()[1]}"


@dataclass
class SmsGateway:
    """What came in, and what to answer: a status, or ``die`` without one."""

    url: str = ""
    behave: int | str = 200
    taken: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


@contextmanager
def sms_gateway() -> Iterator[SmsGateway]:
    """A gateway on a port of its own."""
    gateway = SmsGateway()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            gateway.taken.append(body)
            gateway.headers.append(dict(self.headers))
            if gateway.behave == "die":
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(int(gateway.behave))
            self.send_header("Location", gateway.url)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *arguments: object) -> None:
            del arguments

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    gateway.url = f"http://127.0.0.1:{server.server_port}/send?from=us"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield gateway
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def wait_until(seen: Any, *, seconds: float = 20.0) -> None:
    """Wait until ``seen()`` is true, or fail."""
    until = time.monotonic() + seconds
    while not seen():
        assert time.monotonic() < until, "it never came"
        time.sleep(0.05)
