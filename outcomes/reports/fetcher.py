"""What a document may load while it is made into PDF: our own static files and data inside the document. Nothing else.

A renderer that follows addresses is a way into the network and the file system of the server (server-side request
forgery), so this fetcher knows two kinds of address and refuses the rest before anything is opened.
"""

from __future__ import annotations

import io
import mimetypes
from base64 import b64decode
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_to_bytes

from fontTools.ttLib import woff2
from weasyprint.urls import URLFetcher, URLFetcherResponse

from outcomes.reports.fonts import SCHEME, STATIC_DIRECTORY

if TYPE_CHECKING:
    from pathlib import Path

SERVED_SUFFIXES = frozenset({".css", ".woff2", ".svg", ".png"})
SERVED_DATA_TYPES = frozenset({"image/svg+xml", "image/png", "text/css"})


class PackageFetcher(URLFetcher):  # type: ignore[misc]
    """Serves ``outcomes-static:<path under outcomes/static>`` and ``data:`` images; no network, no other file.

    ``refused`` lists what was asked for in vain.
    """

    def __init__(self) -> None:
        super().__init__(timeout=1, allowed_protocols=("data",), allow_redirects=False)
        self.refused: list[str] = []

    def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - the renderer passes them
        """What stands behind ``url``; raises ValueError, which the renderer passes over, for what may not be loaded."""
        if url.startswith("data:"):
            return self._data(url)
        if url.startswith(SCHEME):
            return self._static_file(url)
        return self._refuse(url)

    def _refuse(self, url: str) -> URLFetcherResponse:
        self.refused.append(url[:200])
        msg = f"Reports may not load {url[:200]}"
        raise ValueError(msg)

    def _data(self, url: str) -> URLFetcherResponse:
        head, comma, body = url.removeprefix("data:").partition(",")
        kind, *parameters = head.split(";")
        if not comma or kind not in SERVED_DATA_TYPES:
            return self._refuse(url)
        content = b64decode(unquote(body)) if "base64" in parameters else unquote_to_bytes(body)
        return URLFetcherResponse(url, content, {"Content-Type": kind})

    def _static_file(self, url: str) -> URLFetcherResponse:
        path = (STATIC_DIRECTORY / unquote(url.removeprefix(SCHEME)).lstrip("/")).resolve()
        served = path.is_relative_to(STATIC_DIRECTORY.resolve()) and path.suffix in SERVED_SUFFIXES
        if not served or not path.is_file():
            return self._refuse(url)
        if path.suffix == ".woff2":
            return URLFetcherResponse(url, unpack_font(path), {"Content-Type": "font/ttf"})
        kind = mimetypes.guess_type(path.name)[0]
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind or "application/octet-stream"})


@cache
def unpack_font(path: Path) -> bytes:
    """A packed font as the renderer would unpack it, once in a process's life: it would do so for each document."""
    unpacked = io.BytesIO()
    woff2.decompress(io.BytesIO(path.read_bytes()), unpacked)
    return unpacked.getvalue()
