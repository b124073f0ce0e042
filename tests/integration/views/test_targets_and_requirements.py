"""The manager sets a target and retires a requirement by hand; a bad one comes back with what was written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from sqlalchemy import text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import ServerDatabase
    from tests.integration.views.conftest import Browser, World

TARGET = {
    "title": "Folk får det bedre", "indicator": "share_better", "intervention": "hverdag", "threshold": "40",
    "first_day": "2026-01-01", "last_day": "2026-12-31", "minimum_n": "30", "decided_by": "Udvalget",
}  # fmt: skip
DUTY = {
    "title": "Ugentlig status", "source_kind": "local_rule", "source": "Instruks 2019", "minutes": "26,5",
    "minutes_source": "Skønnet", "interventions": "hverdag", "replaced_by": "share_better",
}  # fmt: skip


def test_a_target_is_set_changed_and_read_as_data(world: World, signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("manager")
    browser.get("/maaltal/nyt")
    refused = browser.send("/maaltal/nyt", **{**TARGET, "threshold": "mange", "decided_by": ""})
    assert refused.status_code == 400
    assert "<title>Fejl:" in browser.html
    assert 'value="Folk får det bedre"' in browser.html
    assert 'value="mange"' in browser.html
    assert 'href="#threshold"' in browser.html
    done = browser.send("/maaltal/nyt", **TARGET)
    assert done.request.path == "/maaltal/folk-faar-det-bedre"
    browser.get("/maaltal/folk-faar-det-bedre/ny-version")
    assert 'value="40"' in browser.html
    browser.send("/maaltal/folk-faar-det-bedre/ny-version", **TARGET, after="1", reason="Mere", ends="yes")
    assert "Version 2" in browser.html
    again = browser.send("/maaltal/folk-faar-det-bedre/ny-version", **TARGET, after="1", reason="Mere")
    assert again.status_code == 409
    content = json.loads(browser.get("/maaltal/data.json").get_data())
    assert (content["targets"], [each["version"] for each in content["ended"]]) == ([], [2])
    assert browser.get("/maaltal").status_code == 200
    for nobody in ("/maaltal/findes-ikke", "/maaltal/nationalt/folk-faar-det-bedre", "/maaltal/findes-ikke/ny-version"):
        assert browser.get(nobody).status_code == 404


def test_a_form_whose_token_is_no_good_comes_back_filled_in(world: World, signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("manager")
    for path, fields in (("/maaltal/nyt", TARGET), ("/proceskrav/nyt", DUTY)):
        refused = browser.send(path, **fields, csrf_token="old")
        assert refused.status_code == 400
        assert fields["title"] in browser.html


def test_the_definitions_are_open_to_anyone_and_hold_no_figure(
    world: World, new_browser: Callable[[], Browser], signed_in: Callable[..., Browser]
) -> None:
    anybody = new_browser()
    assert anybody.get("/maaltal/definitioner").status_code == 200
    assert 'id="share_better"' in anybody.html
    assert "Nordby" not in anybody.html
    assert signed_in("worker").get("/maaltal/definitioner").status_code == 200


def test_a_requirement_is_proposed_heard_and_retired_by_hand(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("manager")
    browser.get("/proceskrav/nyt")
    assert browser.send("/proceskrav/nyt", **{**DUTY, "source": "", "minutes": "x"}).status_code == 400
    assert 'value="Ugentlig status"' in browser.html
    assert browser.send("/proceskrav/nyt", **DUTY).request.path == "/proceskrav/ugentlig-status"
    said = {"on_day": "2026-03-02", "reason": "Borgerne svarer selv", "by": "Udvalget"}
    refused = browser.send("/proceskrav/ugentlig-status", **said, after="0", step="retired")
    assert refused.status_code == 400
    assert "Borgerne svarer selv" in browser.html
    for after, step in enumerate(("proposed", "heard", "retired")):
        done = browser.send("/proceskrav/ugentlig-status", **said, after=str(after), step=step)
        assert (done.status_code, done.request.method) == (200, "GET")
    assert browser.send("/proceskrav/ugentlig-status", **said, after="1", step="heard").status_code == 409
    assert browser.get("/proceskrav").status_code == 200
    assert "Ugentlig status" in browser.html
    content = json.loads(browser.get("/proceskrav/data.json").get_data())
    assert [row["state"] for row in content["rows"]] == ["retired"]
    with database.admin() as connection:
        audited = connection.scalars(text("SELECT table_name FROM audit_entry WHERE table_name LIKE '%requirement%'"))
        assert len(audited.all()) == 4, "the requirement, and each step"
    assert browser.get("/proceskrav/findes-ikke").status_code == 404
