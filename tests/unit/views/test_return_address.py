"""The way back leads to a page of ours and nowhere else."""

from __future__ import annotations

import pytest
from flask import Flask

from outcomes.views.return_address import way_back


@pytest.fixture(scope="module")
def pages() -> Flask:
    """An application with a page to go back to and one that isn't."""
    app = Flask(__name__)
    app.add_url_rule("/indsatser", "manager.overview", lambda: "")
    app.add_url_rule("/log-ud", "public.sign_out", lambda: "")
    return app


@pytest.mark.parametrize("address", ["/indsatser", "/indsatser?gruppering=udbyder&from_date=2026-01-01"])
def test_our_own_page_is_gone_back_to(pages: Flask, address: str) -> None:
    with pages.app_context():
        back = way_back(address)

    assert back is not None
    assert back.address == address


@pytest.mark.parametrize(
    "address",
    [
        "", "indsatser", "//evil.example/indsatser", "/\\evil.example", "https://evil.example/indsatser", "/log-ud",
        "/findes-ikke", "javascript:alert(1)", "/indsatser\r\nSet-Cookie: a=b", "/\t/evil.example", "//[",
        "/indsatser?" + 500 * "x", "///indsatser", "///indsatser?a=b", "////indsatser",
    ],
)  # fmt: skip
def test_nothing_else_is(pages: Flask, address: str) -> None:
    with pages.app_context():
        assert way_back(address) is None
