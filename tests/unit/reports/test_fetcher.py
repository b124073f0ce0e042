"""What a document may load: our own files and data, never the network or another file."""

from __future__ import annotations

import base64
import io
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import TYPE_CHECKING

import pytest
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from outcomes.errors import UnavailableError
from outcomes.reports.fetcher import PackageFetcher, unpack_font
from outcomes.reports.fonts import SCHEME, STATIC_DIRECTORY, font_files
from outcomes.reports.pdf import make_pdf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Listener(HTTPServer):
    """Counts what reaches it; nothing should."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[str] = []

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Listener)
        self.server.seen.append(self.path)
        self.send_response(200)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        return


@pytest.fixture
def listener() -> Iterator[Listener]:
    server = Listener()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def svg_address(content: str) -> str:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="9" height="9">'
        f"{content}</svg>"
    )
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


VECTORS = {
    "image": '<img alt="x" src="{url}/image">',
    "stylesheet": '<link rel="stylesheet" href="{url}/sheet.css">',
    "import": "<style>@import url({url}/import.css);</style>",
    "background": '<p style="background: url({url}/background)">x</p>',
    "font": "<style>@font-face {{ font-family: f; src: url({url}/font) }} p {{ font-family: f }}</style><p>x</p>",
    "object": '<object data="{url}/object"></object>',
    "embed": '<embed src="{url}/embed">',
    "attachment": '<link rel="attachment" href="{url}/attached">',
    "link attachment": '<a rel="attachment" href="{url}/attached">x</a>',
    "content": "<style>p::before {{ content: url({url}/content) }}</style><p>x</p>",
    "list": "<style>li {{ list-style-image: url({url}/list) }}</style><ul><li>x</li></ul>",
}


def document(body: str) -> str:
    return f'<!DOCTYPE html><html lang="en"><head><title>t</title></head><body><h1>t</h1>{body}</body></html>'


@pytest.mark.parametrize("vector", VECTORS)
def test_a_document_that_reaches_for_the_network_is_refused_and_reaches_nothing(
    vector: str, listener: Listener
) -> None:
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1"):
        make_pdf(document(VECTORS[vector].format(url=listener.address)))
    assert listener.seen == []


@pytest.mark.parametrize("vector", VECTORS)
def test_a_document_that_reaches_for_a_local_file_is_refused(vector: str, tmp_path: Path) -> None:
    (tmp_path / "attached").write_text("a secret")
    with pytest.raises(UnavailableError, match="file:"):
        make_pdf(document(VECTORS[vector].format(url=tmp_path.as_uri())))


def test_a_picture_inside_a_picture_reaches_nothing(listener: Listener) -> None:
    inner = f'<image xlink:href="{listener.address}/inner" width="9" height="9"/>'
    with pytest.raises(UnavailableError):
        make_pdf(document(f'<img alt="x" src="{svg_address(inner)}">'))
    assert listener.seen == []


@pytest.mark.parametrize(
    "url",
    [
        "outcomes-static:../settings.py",
        "outcomes-static:%2e%2e/settings.py",
        "outcomes-static:css/../../language.py",
        "outcomes-static:/etc/passwd",
        "outcomes-static:css",
        "outcomes-static:css/not-there.css",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "http://127.0.0.1/",
        "ftp://127.0.0.1/",
        "data:text/html,<script>",
        "data:application/pdf;base64,AAAA",
        "data:image/png",
        "/etc/passwd",
    ],
)
def test_only_our_own_files_and_pictures_are_served(url: str) -> None:
    fetcher = PackageFetcher()
    with pytest.raises(ValueError, match="may not load"):
        fetcher.fetch(url)
    assert fetcher.refused == [url]


def test_a_link_out_of_the_static_directory_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outside, inside = tmp_path / "secret.css", tmp_path / "static"
    outside.write_text("secret")
    inside.mkdir()
    (inside / "link.css").symlink_to(outside)
    (inside / "own.css").write_text("own")
    monkeypatch.setattr("outcomes.reports.fetcher.STATIC_DIRECTORY", inside)
    fetcher = PackageFetcher()
    assert fetcher.fetch("outcomes-static:own.css").read() == b"own"
    with pytest.raises(ValueError, match="may not load"):
        fetcher.fetch("outcomes-static:link.css")


def test_pictures_in_the_document_are_served() -> None:
    fetcher = PackageFetcher()
    response = fetcher.fetch(svg_address("<title>t</title>"))
    assert response.content_type == "image/svg+xml"
    assert b"<title>t</title>" in response.read()
    assert fetcher.fetch("data:image/svg+xml,%3Csvg/%3E").read() == b"<svg/>"
    assert fetcher.refused == []


def test_an_innocent_document_becomes_a_tagged_pdf(tmp_path: Path) -> None:
    (tmp_path / "t.pdf").write_bytes(make_pdf(document("<p>innocent</p>")))
    reader = PdfReader(tmp_path / "t.pdf")
    assert "innocent" in reader.pages[0].extract_text()
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_a_font_is_unpacked_once_for_all_documents() -> None:
    for path in font_files().values():
        address = SCHEME + path.relative_to(STATIC_DIRECTORY).as_posix()
        first, second = (PackageFetcher().fetch(address).read() for _ in range(2))
        assert first == second == unpack_font(path)
        assert unpack_font(path) is unpack_font(path)
        assert TTFont(io.BytesIO(first)).getBestCmap() == TTFont(path).getBestCmap()
