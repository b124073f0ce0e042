"""Whatever an address holds and whatever breaks: a page that says so, and no word of what it was in the log."""

from __future__ import annotations

import logging
from html import unescape
from typing import TYPE_CHECKING

import pytest
from flask import abort
from structlog.testing import capture_logs

from outcomes.views.admission import ANYONE, admits

if TYPE_CHECKING:
    from flask import Flask

    from tests.integration.views.conftest import Browser

SECRET = "Karen 0101901234"
ODD_QUERIES = (
    "endpoint=x", "_method=POST", "_external=1", "_scheme=javascript", "_anchor=x", "number=abc", "number=7", "values=1",
    "sprog=xx", "sprog=en&sprog=da", "a=1&a=2", "a=%00%ff", "filename=..", "token=x",
)  # fmt: skip


@pytest.fixture
def broken(own_app: Flask) -> Flask:
    """The application with a page that fails, and says something secret in doing so."""

    @admits(ANYONE)
    def fail() -> str:
        raise ValueError(SECRET)

    own_app.add_url_rule("/fejl", view_func=fail)
    own_app.add_url_rule("/ingen", view_func=admits(ANYONE)(lambda: abort(410)), endpoint="gone")
    return own_app


@pytest.mark.parametrize("query", ODD_QUERIES)
def test_no_query_breaks_a_page(citizen: Browser, query: str) -> None:
    citizen.send("/svar")
    for path in ("/", "/svar", "/svar/1", "/svar/gennemse", "/hjaelp"):
        assert citizen.client.get(f"{path}?{query}").status_code < 500, f"{path}?{query}"


def test_the_language_links_keep_the_query_and_the_place(citizen: Browser) -> None:
    citizen.send("/svar")
    html = unescape(citizen.client.get("/svar?change=1&endpoint=//evil&sprog=da").get_data(as_text=True))
    assert 'href="/svar?change=1&endpoint=%2F%2Fevil&sprog=en"' in html


def test_a_fault_is_a_page_with_a_number_and_a_log_without_values(broken: Flask) -> None:
    with capture_logs() as logged:
        response = broken.test_client().get("/fejl")
    assert response.status_code == 500
    (entry,) = logged
    assert entry["kind"] == "ValueError"
    assert entry["reference"] in response.get_data(as_text=True)
    assert any("test_errors.py" in frame for frame in entry["frames"])
    assert SECRET not in str(logged) + response.get_data(as_text=True)


@pytest.mark.parametrize(("path", "status"), [("/fejl", 500), ("/ingen", 500), ("/b/nothing", 500), ("/nowhere", 500)])
def test_where_the_page_about_a_fault_fails_too_there_is_a_bare_one(
    broken: Flask, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    def fail(*_args: object, **_variables: object) -> str:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("outcomes.views.errors.render_template", fail)
    with capture_logs() as logged:
        response = broken.test_client().get(path)
    html = response.get_data(as_text=True)
    assert response.status_code == status
    assert "Noget gik galt hos os" in html
    assert "Something went wrong with us" in html
    assert response.headers["Content-Security-Policy"]
    assert logged
    assert SECRET not in html + str(logged)


def test_flasks_own_log_keeps_addresses_and_values_to_itself(
    broken: Flask, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    """After a request is handled there is nobody left to catch a fault but Flask, which logs it in full."""

    @broken.after_request
    def fail_late(_response: object) -> object:
        raise ValueError(SECRET)

    with capture_logs() as logged, caplog.at_level(logging.DEBUG):
        response = broken.test_client().get("/b/the-token-of-a-link")
    assert response.status_code == 500
    assert {entry["kind"] for entry in logged} == {"ValueError"}
    written = caplog.text + "".join(capsys.readouterr()) + str(logged) + response.get_data(as_text=True)
    assert SECRET not in written
    assert "the-token-of-a-link" not in written
    broken.logger.warning("a sentence without a fault")
    assert "a sentence without a fault" in caplog.text
