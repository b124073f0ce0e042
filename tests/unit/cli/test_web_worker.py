"""Nobody's slow line stands in the way of the next one: a real web process, and sockets that behave badly."""

from __future__ import annotations

import multiprocessing
import socket
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from gunicorn.app.base import BaseApplication

from outcomes.cli import web_worker
from outcomes.cli.web_worker import PatientWorker

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ASK = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
MOST_CONNECTIONS = 12
MANY = 40
PATIENCE = 10.0
"""Seconds that a test waits for an answer. gunicorn's own threaded worker needs over twice as many in both tests."""


def greet(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "5")])
    return [b"hello"]


class Greeter(BaseApplication):  # type: ignore[misc]
    """One web process with two threads."""

    def __init__(self, listening: int) -> None:
        self.listening = listening
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"fd://{self.listening}",
            "worker_class": PatientWorker,
            "threads": 2,
            "worker_connections": MOST_CONNECTIONS,
            "accesslog": None,
            "loglevel": "critical",
            "control_socket_disable": True,
            "graceful_timeout": 1,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        return greet


def serve(listener: socket.socket, goodbye: float, first_word: float) -> None:
    web_worker.SECONDS_FOR_GOODBYE, web_worker.SECONDS_FOR_FIRST_WORD = goodbye, first_word
    Greeter(listener.fileno()).run()


@pytest.fixture
def start() -> Iterator[Callable[..., tuple[str, int]]]:
    """Starts a server with these times to wait, and gives its address."""
    with ExitStack() as stack:

        def start(*, goodbye: float = 60.0, first_word: float = 60.0) -> tuple[str, int]:
            listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=2 * MANY))
            process = multiprocessing.get_context("fork").Process(target=serve, args=(listener, goodbye, first_word))
            process.start()
            stack.callback(process.join)
            stack.callback(process.terminate)
            address: tuple[str, int] = listener.getsockname()
            return address

        yield start


def ask(client: socket.socket) -> bytes:
    """Everything that is said until the other end says goodbye."""
    client.settimeout(PATIENCE)
    client.sendall(ASK)
    heard = b""
    while more := client.recv(4096):
        heard += more
    return heard


def test_who_is_answered_and_never_closes_keeps_nobody_waiting(start: Callable[..., tuple[str, int]]) -> None:
    address = start()
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS - 1):
            stack.enter_context(socket.create_connection(address)).sendall(ASK)
        assert ask(stack.enter_context(socket.create_connection(address))).endswith(b"hello")


def test_who_says_nothing_takes_no_thread(start: Callable[..., tuple[str, int]]) -> None:
    address = start()
    with ExitStack() as stack:
        for _ in range(MOST_CONNECTIONS - 1):
            stack.enter_context(socket.create_connection(address))
        assert ask(stack.enter_context(socket.create_connection(address))).endswith(b"hello")


def test_who_never_closes_and_who_says_nothing_is_let_go(start: Callable[..., tuple[str, int]]) -> None:
    """Each held connection counts against the most there may be: one that was forgotten would keep the rest out."""
    address = start(goodbye=0.1, first_word=0.1)
    with ExitStack() as stack:
        for number in range(MANY):
            client = stack.enter_context(socket.create_connection(address))
            if number % 2:
                assert ask(client).endswith(b"hello")


def test_who_still_sends_after_the_answer_hears_all_of_it_and_is_let_go(start: Callable[..., tuple[str, int]]) -> None:
    address = start()
    for _ in range(MOST_CONNECTIONS + 2):
        with socket.create_connection(address) as client:
            client.settimeout(PATIENCE)
            client.sendall(ASK)
            heard = b""
            while more := client.recv(4096):
                heard += more
                client.sendall(b"x" * 1000)
            assert heard.endswith(b"hello")
            with pytest.raises((ConnectionError, TimeoutError)):  # noqa: PT012 - which one is the kernel's business
                for _ in range(1000):
                    client.sendall(b"x" * web_worker.MOST_HEARD_OUT)
                    time.sleep(0.001)


def test_a_kept_connection_is_asked_again(start: Callable[..., tuple[str, int]]) -> None:
    address = start()
    with socket.create_connection(address) as client:
        client.settimeout(PATIENCE)
        for _ in range(3):
            client.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            heard = b""
            while not heard.endswith(b"hello"):
                heard += client.recv(4096)
        assert b"keep-alive" in heard
