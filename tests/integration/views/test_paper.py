"""On paper, without a script: printing, typing in twice, choosing, and what nobody else is let near."""

from __future__ import annotations

import importlib
import re
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid4

import page
import psycopg
import pytest
from click.testing import CliRunner
from pypdf import PdfReader
from sqlalchemy import text

from outcomes.cli import main
from outcomes.services.print_paper_form import sheet_code
from outcomes.store import answering, sheets
from outcomes.store.database import Database

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from outcomes.services.runtime import Runtime
    from outcomes.settings import Settings
    from tests.conftest import ServerDatabase
    from tests.integration.views.conftest import Browser, World

ANSWERS = {"answer_enjoyed": "3", "answer_strength": "2", "answer_worries": "1", "answer_body": "0", "answer_hope": "4"}
FIRST, SECOND = 'name="keying" value="1"', 'name="keying" value="2"'
TOKEN = re.compile(r'name="token" value="([\w-]+)"')


@pytest.fixture
def sheet(world: World) -> str:
    return f"/indtast/{world.case.occasions['start']}"


@pytest.fixture
def worker(signed_in: Callable[..., Browser]) -> Browser:
    return signed_in("worker")


@pytest.fixture
def typed(runtime: Runtime) -> dict[str, str]:
    return {"answered_on": f"{runtime.today():%d-%m-%Y}", "ord": "da", "keying": "1", "helper": "", **ANSWERS}


def text_of(content: bytes) -> str:
    return " ".join(" ".join(each.extract_text() for each in PdfReader(BytesIO(content)).pages).split())


def test_a_sheet_for_one_person_carries_a_code_and_no_name(
    worker: Browser, world: World, database: ServerDatabase
) -> None:
    occasion_id = world.case.occasions["start"]
    address = f"/borger/{world.case.citizen_id}/papir/{occasion_id}.pdf"
    response = worker.client.get(address)
    assert (response.status_code, response.mimetype) == (200, "application/pdf")
    assert "filename=" in response.headers["Content-Disposition"]
    assert "Karen" not in response.headers["Content-Disposition"]
    words = text_of(response.data)
    assert sheet_code(occasion_id) in words
    assert f"/indtast/{occasion_id}" in words.replace(" ", "")
    assert "Karen" not in words
    assert "Prøvesen" not in words
    assert b"Karen" not in response.data
    assert not page.validate_pdf_bytes(response.data, profile="pdfua-1").failures
    assert b"%PDF" in worker.client.get(address, query_string={"ord": "en"}).data
    assert worker.get(address, ord="tlh").status_code == 404
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM access_entry WHERE purpose = 'paper printed'")) >= 2


@pytest.mark.parametrize("role", ["worker", "administrator"])
def test_a_sheet_for_anybody_in_any_wording(signed_in: Callable[..., Browser], role: str) -> None:
    browser = signed_in(role)
    plain = browser.client.get("/papir/wellbeing/1.1/da.pdf")
    easy = browser.client.get("/papir/wellbeing/1.1/da-x-easy.pdf")
    assert (plain.status_code, easy.status_code) == (200, 200)
    assert text_of(plain.data) != text_of(easy.data)
    assert "/indtast/wellbeing/1.1" in text_of(plain.data)
    for nothing in ("wellbeing/9/da", "nothing/1.1/da", "wellbeing/1.1/tlh"):
        assert browser.get(f"/papir/{nothing}.pdf").status_code == 404


def test_a_sheet_is_typed_in_twice_and_stored(
    worker: Browser, sheet: str, typed: dict[str, str], database: ServerDatabase
) -> None:
    assert FIRST in worker.get(sheet).get_data(as_text=True)
    again = worker.send(sheet, **typed).get_data(as_text=True)
    assert SECOND in again
    assert "checked" not in again.partition("data-question")[2].partition("who-helped")[0], "the first time isn't shown"
    stored = worker.send(sheet, **{**typed, "keying": "2"}).get_data(as_text=True)
    assert 'name="keying"' not in stored
    with database.admin() as connection:
        row = connection.execute(text("SELECT answers, mode, late FROM response")).one()
    assert (set(row.answers), row.mode, row.late) == (
        {"enjoyed", "strength", "worries", "body", "hope"},
        "paper",
        False,
    )


def test_where_the_two_times_differ_each_place_is_chosen(
    worker: Browser, sheet: str, typed: dict[str, str], database: ServerDatabase
) -> None:
    worker.get(sheet)
    worker.send(sheet, **typed)
    both = worker.send(sheet, **{**typed, "keying": "2", "answer_hope": "1", "helper": "worker"})
    words = both.get_data(as_text=True)
    assert words.count('<fieldset class="form-group difference">') == 2
    token = TOKEN.search(words)
    assert token
    refused = worker.send(f"{sheet}/vaelg", token=token[1], hope="2")
    assert refused.status_code == 400
    assert 'href="#who-helped-1"' in refused.get_data(as_text=True)
    assert re.search(r'name="hope" value="2"\s+checked', refused.get_data(as_text=True))
    assert worker.send(f"{sheet}/vaelg", token="old", hope="2").status_code == 409
    worker.send(f"{sheet}/vaelg", token=token[1], hope="2", **{"who-helped": "1"})
    with database.admin() as connection:
        row = connection.execute(text("SELECT answers, helper_kind FROM response")).one()
    assert (row.answers["hope"], row.helper_kind) == (1, None)


def test_what_can_not_be_read_counts_as_skipped(
    worker: Browser, sheet: str, typed: dict[str, str], database: ServerDatabase
) -> None:
    worker.get(sheet)
    values = {**typed, "answer_hope": "forged", "unreadable_hope": "1"}
    worker.send(sheet, **values)
    worker.send(sheet, **{**values, "keying": "2"})
    with database.admin() as connection:
        assert connection.scalar(text("SELECT non_answers FROM response")) == {"hope": "skipped"}


def test_a_fault_keeps_what_was_typed_and_leads_to_its_place(
    worker: Browser, sheet: str, typed: dict[str, str], database: ServerDatabase
) -> None:
    worker.get(sheet)
    refused = worker.send(sheet, **{**typed, "answered_on": "i morgen", "answer_hope": "forged"})
    words = refused.get_data(as_text=True)
    assert refused.status_code == 400
    assert 'href="#answered-on"' in words
    assert 'href="#answer_hope-0"' in words
    assert 'value="i morgen"' in words
    assert re.search(r'name="answer_enjoyed" value="3"\s+checked', words)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM keyed_sheet")) == 0


def test_a_database_that_is_away_for_a_moment_loses_nothing(
    worker: Browser, sheet: str, typed: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_arguments: object, **_values: object) -> None:
        raise psycopg.errors.LockNotAvailable

    worker.get(sheet)
    with monkeypatch.context() as patched:
        patched.setattr(sheets, "add_keying", away)
        refused = worker.send(sheet, **typed)
    assert refused.status_code == 503
    assert "What you wrote is still here" in worker.html or "er her stadig" in worker.html
    assert re.search(r'name="answer_enjoyed" value="3"\s+checked', worker.html)
    assert SECOND in worker.send(sheet, **typed).get_data(as_text=True)
    both = worker.send(sheet, **{**typed, "keying": "2", "answer_hope": "1"}).get_data(as_text=True)
    token = TOKEN.search(both)
    assert token
    with monkeypatch.context() as patched:
        patched.setattr(answering, "store_response", away)
        refused = worker.send(f"{sheet}/vaelg", token=token[1], hope="2")
    assert refused.status_code == 503
    assert re.search(r'name="hope" value="2"\s+checked', worker.html)


def test_a_database_that_is_away_altogether_loses_nothing(
    app: Flask, runtime: Runtime, worker: Browser, sheet: str, typed: dict[str, str], database: ServerDatabase
) -> None:
    """Not even the sheet can be read then: the page holds what was sent, and sends it once more."""
    worker.get(sheet)
    nowhere = Database("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    app.extensions["outcomes"] = replace(runtime, database=nowhere)
    refused = worker.send(sheet, **typed)
    app.extensions["outcomes"] = runtime
    assert refused.status_code == 503
    assert refused.headers["Cache-Control"] == "no-store"
    fields = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', worker.html))
    assert fields.items() >= typed.items()
    assert SECOND in worker.client.post(sheet, data=fields, follow_redirects=True).get_data(as_text=True)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM keyed_sheet")) == 1
    app.extensions["outcomes"] = replace(runtime, database=nowhere)
    assert "CDFGHJ" not in worker.client.post("/tablet", data={"code": "CDFGHJ"}).get_data(as_text=True)


def test_typed_in_by_two_at_once_the_other_is_told_and_keeps_what_was_typed(
    worker: Browser, sheet: str, typed: dict[str, str]
) -> None:
    worker.get(sheet)
    worker.send(sheet, **typed)
    told = worker.send(sheet, **{**typed, "answer_hope": "0"})
    words = told.get_data(as_text=True)
    assert told.status_code == 409
    assert SECOND in words
    assert re.search(r'name="answer_hope" value="0"\s+checked', words)


@pytest.mark.parametrize("fault", [{"answered_on": ""}, {"answer_hope": "forged"}, {"csrf_token": "old"}, {}])
@pytest.mark.parametrize("differ", [False, True], ids=["stored", "two that differ"])
def test_a_sheet_that_is_finished_meanwhile_is_told_whatever_is_wrong_with_the_other(
    worker: Browser, sheet: str, typed: dict[str, str], fault: dict[str, str], differ: bool
) -> None:
    worker.get(sheet)
    worker.send(sheet, **typed)
    second = {**typed, "keying": "2"}
    worker.send(sheet, **(second | ({"answer_worries": "3"} if differ else {})))
    told = worker.send(sheet, **{**second, "answer_worries": "2", **fault})
    assert told.status_code == 409
    assert 'name="keying"' not in worker.html, "nothing is typed in any more"
    assert 'href="#answered-on' not in worker.html, "no link to what isn't there"
    assert ("two" in worker.html or "to gange" in worker.html) is differ


def test_a_sheet_that_was_refused_does_not_read_as_stored(
    worker: Browser, citizen: Browser, sheet: str, typed: dict[str, str]
) -> None:
    destroy, stored = "Et skema destrueres", "<h1>Svarene er gemt</h1>"
    worker.get(sheet)
    citizen.send("/svar")
    citizen.send("/svar/1", answer_enjoyed="3", action="next")
    citizen.get("/svar/gennemse")
    citizen.send("/svar/gennemse")
    assert worker.send(sheet, **typed).status_code == 409
    assert stored not in worker.html
    assert destroy not in worker.html
    worker.get(sheet)
    assert stored in worker.html
    assert destroy in worker.html


def test_what_was_typed_is_thrown_away(worker: Browser, sheet: str, typed: dict[str, str]) -> None:
    worker.get(sheet)
    token = TOKEN.search(worker.send(sheet, **typed).get_data(as_text=True))
    assert token
    assert worker.send(f"{sheet}/forfra", token="old").status_code == 409
    assert FIRST in worker.send(f"{sheet}/forfra", token=token[1]).get_data(as_text=True)


def test_a_sheet_without_a_code_leads_to_those_who_have_not_answered(worker: Browser, sheet: str) -> None:
    words = worker.get("/indtast/wellbeing/1.1").get_data(as_text=True)
    assert "Karen Prøvesen" in words
    assert f'href="{sheet}"' in words
    assert worker.get("/indtast/nothing/1").status_code == 404


def test_nobody_elses_sheet_and_no_sheet_look_the_same(
    signed_in: Callable[..., Browser], new_browser: Callable[[], Browser], worker: Browser, world: World, sheet: str
) -> None:
    assert worker.get(f"/indtast/{uuid4()}").status_code == 404
    assert worker.get(sheet, hvem=str(uuid4())).status_code == 404
    assert worker.get(f"/borger/{uuid4()}/papir/{world.case.occasions['start']}.pdf").status_code == 404
    for role in ("manager", "administrator"):
        assert signed_in(role).get(sheet).status_code == 403
    assert new_browser().get(sheet).status_code == 401


def test_the_command_writes_the_sheet(
    world: World, database: ServerDatabase, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = importlib.import_module("outcomes.cli.paper")
    urls = {"database_url": database.app_url, "database_owner_url": database.owner_url}
    monkeypatch.setattr(module, "read_settings", lambda: settings.model_copy(update=urls))
    file = tmp_path / "sheet.pdf"
    arguments = ["--language", "en", "paper", "--organisation", world.tenant.slug, "--instrument", "wellbeing"]
    made = CliRunner().invoke(main, [*arguments, "--language", "en", "--output", str(file)])
    assert made.exit_code == 0, made.output
    assert "sheet.pdf is ready to print." in made.output
    assert "/indtast/wellbeing/1.1" in text_of(file.read_bytes())
    missing = CliRunner().invoke(main, [*arguments, "--language", "tlh", "--output", str(file)])
    assert missing.exit_code != 0
    assert "isn't there in this language" in missing.output
