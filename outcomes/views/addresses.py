"""Addresses in pages: of files with a name for their content, so that a browser asks for each version once; and of routes,
each worked out once. Files of text are sent compressed: they hold nothing of anybody."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for

if TYPE_CHECKING:
    from flask import Flask, Response

STATIC = "static"
VERSION = "v"
YEAR = 365 * 24 * 3600
DAY = 24 * 3600
HOUR = 3600
FONTS = (".woff2", ".woff", ".ttf")
VERSION_LETTERS = 12
COMPRESSED = ("text/css", "text/javascript", "application/javascript", "image/svg+xml")


def install_addresses(app: Flask) -> None:
    """Let every template of ``app`` have its addresses from here, under the name that it knows."""
    routes: dict[str, str] = {}

    def address(endpoint: str, **values: Any) -> str:
        if endpoint == STATIC:
            return _static_address(str(app.static_url_path), str(app.static_folder), values["filename"])
        if values or request.script_root:
            return url_for(endpoint, **values)
        if endpoint not in routes:
            routes[endpoint] = url_for(endpoint)
        return routes[endpoint]

    app.jinja_env.globals["url_for"] = address


def keep_static(response: Response) -> None:
    """How long a browser keeps a file without asking again: a year where it asked for this very content.

    Where it asked for none in particular, an hour; fonts, which style sheets name without a version, a day. What isn't
    there, or isn't the content that was asked for (a release is on its way), it asks for again each time.
    """
    folder, name = str(current_app.static_folder), (request.view_args or {}).get("filename", "")
    asked = request.args.get(VERSION)
    if response.status_code >= 400 or asked not in (None, content_version(folder, name)):  # noqa: PLR2004
        response.cache_control.no_cache = True
        return
    response.cache_control.no_cache = None  # the framework's own word for a file, which would ask again each time
    if asked is None:
        response.cache_control.max_age = DAY if name.endswith(FONTS) else HOUR
        return
    response.cache_control.max_age = YEAR
    response.cache_control.public = True
    response.cache_control.immutable = True


def compress_static(response: Response) -> None:
    """Send a file of text as gzip to whoever takes it. Its tag is a weak one: the same content, in other bytes."""
    if response.mimetype not in COMPRESSED or response.status_code != 200:  # noqa: PLR2004
        return
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or request.range is not None:
        return
    etag, _ = response.get_etag()
    file: Any = response.response
    file.close()
    response.direct_passthrough = False
    response.set_data(_compressed(str(current_app.static_folder), (request.view_args or {}).get("filename", "")))
    response.content_encoding = "gzip"
    if etag:
        response.set_etag(etag, weak=True)


@lru_cache(maxsize=256)
def _compressed(folder: str, name: str) -> bytes:
    return gzip.compress((Path(folder) / name).read_bytes(), mtime=0)


@lru_cache(maxsize=256)
def content_version(folder: str, name: str) -> str:
    """A name for the content of a file; empty where there is no such file."""
    path = Path(folder) / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:VERSION_LETTERS] if path.is_file() else ""


@lru_cache(maxsize=256)
def _static_address(base: str, folder: str, name: str) -> str:
    version = content_version(folder, name)
    return f"{base}/{name}?{VERSION}={version}" if version else f"{base}/{name}"
