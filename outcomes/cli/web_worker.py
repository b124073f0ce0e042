"""The web process: gunicorn's threads, with nobody's slow line standing in the way of the next one's question.

gunicorn's own threaded worker waits in two places where others wait with it. A connection that has said nothing yet takes
a thread for five seconds, and browsers open such connections to be ready. And the loop that lets people in stops, for up to
two seconds, until whoever was answered has closed the connection (RFC 9112, section 9.6, asks a server to hear the other
end out, so that the last of the answer isn't cut off). Here both wait in the loop's selector, which costs nobody anything.
"""

from __future__ import annotations

import errno
import socket
import time
from functools import partial
from selectors import EVENT_READ
from typing import TYPE_CHECKING, Any

from gunicorn.workers.gthread import TConn, ThreadWorker

if TYPE_CHECKING:
    from concurrent.futures import Future

SECONDS_FOR_FIRST_WORD = 10.0
SECONDS_FOR_GOODBYE = 2.0
MOST_HEARD_OUT = 65_536
"""Bytes that are read and thrown away from somebody who still sends after the answer."""
NOBODY_THERE = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """Answers as gunicorn's ``gthread`` does; waits for the other end in the selector instead of in a thread or the loop."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.leaving: dict[TConn, int] = {}
        """Answered connections whose other end hasn't closed yet, oldest first, with the bytes heard since."""

    def accept(self, listener: socket.socket) -> None:
        """Let one in; a thread is for whoever has said something."""
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        conn = TConn(self.cfg, client, address, listener.getsockname())
        conn.timeout = time.monotonic() + SECONDS_FOR_FIRST_WORD
        self.pending_conns.append(conn)
        self.poller.register(client, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def finish_request(self, conn: TConn, fs: Future[Any]) -> None:
        """In the loop, after an answer: keep the connection where it was asked for, or say goodbye."""
        if fs.cancelled() or fs.exception() is not None or fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self.hear_out, conn))
        except (OSError, ValueError):  # already closed, by them or by us
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + SECONDS_FOR_GOODBYE
        self.leaving[conn] = 0

    def hear_out(self, conn: TConn, client: socket.socket) -> None:
        """Throw away what still comes, until the other end closes or has said too much."""
        try:
            heard = len(client.recv(MOST_HEARD_OUT))
        except BlockingIOError:
            return
        except OSError:
            heard = 0
        self.leaving[conn] += heard
        if not heard or self.leaving[conn] >= MOST_HEARD_OUT:
            self.part(conn)

    def part(self, conn: TConn) -> None:
        """Close for good."""
        del self.leaving[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Called at each turn of the loop: also those who never close are let go."""
        super().murder_pending()
        now = time.monotonic()
        for conn in [conn for conn in self.leaving if conn.timeout <= now]:
            self.part(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """When stopping: whoever has said nothing yet isn't waited for longer than a kept connection."""
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)
