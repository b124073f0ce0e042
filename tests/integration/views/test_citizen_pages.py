"""The citizen's pages beside the straight path: all on one page, two tabs, help at once, no thanks, children, slow people."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import psycopg
import pytest
from sqlalchemy import text

from outcomes import create_app
from outcomes.models import RiskProtocol
from outcomes.services.open_link import issue_link
from outcomes.store import answering
from tests.integration.builders import add_case, add_coordinator, add_course, add_staff, add_tenant, small_instrument

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import Browser

SEEN = re.compile(r'name="(seen_[^"]+)" value="([^"]+)"')
ALL = "pace-all"


def items_with(**changes: Any) -> list[dict[str, Any]]:
    items = small_instrument().to_mapping()["items"]
    return [{**item, **changes.get(item["id"], {})} for item in items]


@pytest.fixture
def tenant(runtime: Runtime) -> Any:
    made = add_tenant(runtime)
    with runtime.database.transaction(made.scope) as session:
        session.add(
            RiskProtocol(
                organisation_id=made.organisation_id, instrument_key="small", version=1, act_within_hours=24,
                help_lines=[{"name": {"da": "Livslinjen"}, "phone": "70 201 201", "hours": {"da": "Kl. 11-05"}}],
                decided_by="Ledelsen",
            )
        )  # fmt: skip
        session.commit()
    return made


@pytest.fixture
def link(runtime: Runtime, tenant: Any) -> str:
    """The link to three questions, of which the third is asked of those in pain, and 9 of pain calls for help."""
    items = items_with(pain={"risk": {"at_least": 9}}, mood={"no_answer": ["dont_know"]})
    case = add_case(runtime, add_course(runtime, tenant, instrument=small_instrument(items=items)))
    add_coordinator(runtime, add_staff(runtime, tenant), case.citizen_id)
    return issue_link(runtime, tenant.scope, occasion_id=case.occasions["start"])


@pytest.fixture
def browser(link: str, new_browser: Callable[[], Browser]) -> Browser:
    opened = new_browser()
    opened.get(f"/b/{link}", sprog="en")
    opened.get("/svar", sprog="en")
    return opened


@pytest.fixture
def all_at_once(browser: Browser) -> Browser:
    """A browser whose reader wants all questions on one page, with that page in front of it."""
    browser.client.set_cookie("outcomes-reading", ALL)
    assert browser.send("/svar").request.path == "/svar/alle"
    return browser


def send_all(browser: Browser, action: str, **answers: str) -> Any:
    """Press ``action`` on the page of all questions, with ``answers`` filled in; ``send``: look through them, and send."""
    page = dict(SEEN.findall(browser.html))
    filled = {f"answer_{item}": value for item, value in answers.items()}
    if 'name="elsewhere"' in browser.html:
        page["elsewhere"] = "1"
    pressed = browser.send("/svar/alle", action="review" if action == "send" else action, **page, **filled)
    if action == "send" and pressed.request.path == "/svar/gennemse":
        return browser.send("/svar/gennemse", action="send", reviewed=reviewed(browser))
    return pressed


def rows(database: ServerDatabase, query: str) -> list[dict[str, Any]]:
    with database.admin() as connection:
        return [dict(row) for row in connection.execute(text(query)).mappings()]


def test_all_on_one_page_shows_what_is_asked_now_and_leads_to_the_review(
    all_at_once: Browser, database: ServerDatabase
) -> None:
    assert len(SEEN.findall(all_at_once.html)) == 2
    assert "Question 2 of 2" in all_at_once.html
    shown = send_all(all_at_once, "review", mood="1", pain="3")
    assert shown.request.path == "/svar/gennemse"
    assert rows(database, "SELECT id FROM response") == [], "nothing is sent before it was looked through"
    sent = all_at_once.send(
        "/svar/gennemse", action="send", helper="interpreter", reviewed=reviewed(all_at_once)
    )  # fmt: skip
    assert sent.request.path == "/svar/kvittering"
    (stored,) = rows(database, "SELECT answers, non_answers, helper_kind, locale FROM response")
    assert stored == {
        "answers": {"mood": 1, "pain": 3}, "non_answers": {}, "helper_kind": "interpreter", "locale": "en",
    }  # fmt: skip


@pytest.mark.parametrize("action", ["review", "send", ""])
def test_no_press_on_an_untouched_page_sends_it(all_at_once: Browser, database: ServerDatabase, action: str) -> None:
    page = dict(SEEN.findall(all_at_once.html))
    assert all_at_once.send("/svar/alle", action=action, **page).request.path == "/svar/gennemse"
    assert rows(database, "SELECT id FROM response") == []


def test_enter_saves_the_page_of_all_questions_and_sends_nothing(all_at_once: Browser) -> None:
    buttons = re.findall(r'<button type="submit"[^>]*value="(\w+)"', all_at_once.html)
    assert buttons == ["save", "reading", "back", "save", "review"], (
        "Enter in a field presses the first button of the form"
    )


def test_a_risk_answer_on_the_page_of_all_questions_leads_to_help_and_on_to_the_review(all_at_once: Browser) -> None:
    told = send_all(all_at_once, "review", mood="1", pain="9", back="1")
    told = send_all(all_at_once, "review", mood="1", pain="9", back="1") if "seen_back" in all_at_once.html else told
    assert told.request.path == "/svar/hjaelp"
    onward = re.search(r'button-large" href="([^"]+)"', all_at_once.html)
    assert onward is not None
    all_at_once.get(onward[1])
    if onward[1] == "/svar/alle":
        assert send_all(all_at_once, "review", mood="1", pain="9", back="1").request.path == "/svar/hjaelp"
        onward = re.search(r'button-large" href="([^"]+)"', all_at_once.html)
    assert onward is not None
    assert onward[1] == "/svar/gennemse", "not round and round"


def test_what_is_left_empty_is_skipped(all_at_once: Browser, database: ServerDatabase) -> None:
    assert send_all(all_at_once, "send", mood="1").request.path == "/svar/kvittering"
    assert rows(database, "SELECT answers, non_answers FROM response") == [
        {"answers": {"mood": 1}, "non_answers": {"pain": "skipped"}}
    ]


def test_answers_that_bring_questions_are_saved_and_the_questions_shown(
    all_at_once: Browser, database: ServerDatabase
) -> None:
    brought = send_all(all_at_once, "send", mood="1", pain="6")
    assert brought.request.path == "/svar/alle"
    assert "brought more questions" in all_at_once.html
    assert [name for name, _ in SEEN.findall(all_at_once.html)] == ["seen_mood", "seen_pain", "seen_back"]
    assert rows(database, "SELECT id FROM response") == []
    sent = send_all(all_at_once, "send", mood="1", pain="6", back="4")
    assert sent.request.path == "/svar/kvittering"
    assert rows(database, "SELECT answers FROM response") == [{"answers": {"mood": 1, "pain": 6, "back": 4}}]


def test_an_answer_that_another_on_the_page_hides_is_kept_beside(
    all_at_once: Browser, database: ServerDatabase
) -> None:
    send_all(all_at_once, "save", pain="6")
    send_all(all_at_once, "send", pain="2", back="7")
    (stored,) = rows(database, "SELECT answers, hidden_answers FROM response")
    assert stored == {"answers": {"pain": 2}, "hidden_answers": {"back": 7}}


def test_saving_keeps_the_page_for_later_and_for_the_other_pace(all_at_once: Browser, database: ServerDatabase) -> None:
    saved = send_all(all_at_once, "save", mood="2")
    assert (saved.status_code, saved.request.path) == (200, "/svar/alle")
    assert "come back later" in all_at_once.html
    assert 'value="2" checked' in all_at_once.html
    all_at_once.client.set_cookie("outcomes-reading", "pace-one")
    all_at_once.get("/svar/1")
    assert 'value="2" checked' in all_at_once.html
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 2}}]
    all_at_once.get("/svar")
    assert all_at_once.send("/svar").request.path == "/svar/2", "what was left empty is still to be answered"
    assert "Not answered yet" in all_at_once.get("/svar/gennemse").get_data(as_text=True)


def test_a_way_from_all_questions_keeps_what_is_an_answer_and_skips_nothing(
    all_at_once: Browser, database: ServerDatabase
) -> None:
    kept = "SELECT answers FROM response_draft"
    left = send_all(all_at_once, "reading", mood="1", pain="ninety")
    assert (left.status_code, left.request.path) == (200, "/laesning")
    assert 'value="/svar/alle"' in all_at_once.html, "and back again"
    assert rows(database, kept) == [{"answers": {"mood": 1}}]
    all_at_once.get("/svar/alle")
    assert send_all(all_at_once, "back", mood="1", pain="2").request.path == "/svar"
    assert rows(database, kept) == [{"answers": {"mood": 1, "pain": 2}}]
    all_at_once.get("/svar/alle")
    assert send_all(all_at_once, "back", mood="1", pain="9").request.path == "/svar/hjaelp", "help comes first"


def test_every_fault_of_the_page_is_listed_and_leads_to_its_question(
    all_at_once: Browser, database: ServerDatabase
) -> None:
    refused = send_all(all_at_once, "send", mood="7", pain="99")
    assert refused.status_code == 400
    summary = all_at_once.html.split('id="error-summary"')[1].split("</ul>")[0]
    assert summary.count("<li>") == 2
    assert 'href="#answer_mood' in summary
    assert 'href="#answer_pain' in summary
    assert rows(database, "SELECT id FROM response_draft") == []


def test_two_tabs_of_all_questions(all_at_once: Browser, database: ServerDatabase) -> None:
    old = all_at_once.html
    send_all(all_at_once, "save", mood="2", pain="3")
    all_at_once.html = old
    told = send_all(all_at_once, "send", mood="0", pain="3")
    assert told.status_code == 409
    assert "In another window you have answered this meanwhile: Højt" in all_at_once.html.replace("High", "Højt")
    assert 'value="0" checked' in all_at_once.html, "what was sent is still there"
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 2, "pain": 3}}]
    assert send_all(all_at_once, "send", mood="0", pain="3").request.path == "/svar/kvittering"
    assert rows(database, "SELECT answers FROM response") == [{"answers": {"mood": 0, "pain": 3}}]


def test_what_another_browser_answered_stays_where_it_is_left_empty(
    all_at_once: Browser, link: str, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    send_all(all_at_once, "save", mood="2", pain="6")
    other = new_browser()
    other.client.set_cookie("outcomes-reading", ALL)
    other.get(f"/b/{link}", sprog="en")
    other.send("/svar")
    assert "checked" not in "".join(re.findall(r"<input[^>]*answer_[^>]*>", other.html))
    assert [name for name, _ in SEEN.findall(other.html)] == ["seen_mood", "seen_pain", "seen_back"]
    assert send_all(other, "send", mood="0", back="1").request.path == "/svar/kvittering"
    assert rows(database, "SELECT answers FROM response") == [{"answers": {"mood": 0, "pain": 6, "back": 1}}]


def test_two_tabs_of_one_question_are_told_apart(browser: Browser, database: ServerDatabase) -> None:
    browser.send("/svar")
    old = browser.html
    browser.send("/svar/1", answer_mood="2", action="next")
    browser.html = old
    told = browser.send("/svar/1", answer_mood="0", action="next")
    assert told.status_code == 409
    assert "<title>Error:" in browser.html
    assert "<strong>High</strong>" in " ".join(browser.html.split())
    assert 'value="0" checked' in browser.html
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 2}}]
    assert browser.send("/svar/1", answer_mood="0", action="next").request.path == "/svar/2"
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 0}}]


def test_another_browsers_later_answer_is_not_shown_in_words(
    browser: Browser, link: str, new_browser: Callable[[], Browser]
) -> None:
    browser.send("/svar")
    other = new_browser()
    other.get(f"/b/{link}", sprog="en")
    other.get("/svar/1")
    other.send("/svar/1", answer_mood="2", action="next")
    told = browser.send("/svar/1", answer_mood="0", action="next")
    assert told.status_code == 409
    assert "in another browser meanwhile" in browser.html
    assert "<strong>High</strong>" not in " ".join(browser.html.split())


def test_a_risk_answer_leads_to_help_and_then_on(browser: Browser, database: ServerDatabase) -> None:
    browser.send("/svar")
    browser.send("/svar/1", action="skip")
    helped = browser.send("/svar/2", answer_pain="9", action="next")
    assert helped.request.path == "/svar/hjaelp"
    assert 'href="tel:70201201"' in browser.html
    assert "Test worker looks at your answer by 3 March 2026" in " ".join(browser.html.split())
    assert 'href="/svar/3"' in browser.html
    assert [row["kind"] for row in rows(database, "SELECT kind FROM signal")] == ["risk_answer"]
    browser.get("/svar/3")
    browser.send("/svar/3", action="skip")
    browser.send("/svar/gennemse", action="send", reviewed=reviewed(browser))
    assert 'href="tel:70201201"' in browser.html, "the receipt has the help lines too"
    promised = browser.html.partition('id="what-next"')[2].partition("</section>")[0]
    assert "Test worker looks at your answer by 3 March 2026" in promised
    assert "answers by" not in promised, "no second day for the same"
    called = browser.send("/svar/tal-med-mig")
    assert called.request.path == "/svar/kvittering"
    assert "Test worker contacts you by 4 March 2026" in " ".join(browser.html.split())


def talk_part(browser: Browser) -> str:
    """Whom the first page says one can talk to."""
    return browser.html.partition('id="talk"')[2].partition("</section>")[0]


def test_help_is_for_whoever_it_was_set_going_for(
    browser: Browser, link: str, new_browser: Callable[[], Browser], database: ServerDatabase
) -> None:
    assert browser.get("/svar/hjaelp").request.path == "/svar"
    before = talk_part(browser)
    assert browser.send("/svar/tal-med-mig").request.path == "/svar"
    browser.send("/svar")
    browser.send("/svar/1", action="skip")
    browser.send("/svar/2", answer_pain="9", action="next")
    other = new_browser()
    without = other.get(f"/b/{link}", sprog="en")
    told = other.get("/svar/hjaelp")
    assert (told.request.path, told.status_code) == (without.request.path, 200)
    assert talk_part(other) == before, "the first page names the same to everybody, whatever was answered"
    assert other.html.count("70201201") == before.count("70201201") == 1
    assert "take seriously" not in other.html
    assert browser.get("/svar/hjaelp").request.path == "/svar/hjaelp", "whoever answered it still sees it"
    browser.get("/svar/3")
    browser.send("/svar/3", action="skip")
    browser.send("/svar/gennemse", action="send", reviewed=reviewed(browser))
    assert len(rows(database, "SELECT id FROM response")) == 1
    assert browser.get("/svar/hjaelp").request.path == "/svar/hjaelp"
    other.get("/svar/hjaelp")
    assert "70201201" not in other.html


def test_sending_what_another_browser_answered_tells_nothing_but_that_it_was_received(
    browser: Browser, link: str, new_browser: Callable[[], Browser]
) -> None:
    browser.send("/svar")
    browser.send("/svar/1", action="skip")
    browser.send("/svar/2", answer_pain="9", action="next")
    other = new_browser()
    other.get(f"/b/{link}", sprog="en")
    other.get("/svar/1")
    assert other.send("/svar/1", answer_mood="1", action="next").request.path == "/svar/2"
    assert other.get("/svar/hjaelp").request.path == "/svar"


@pytest.mark.parametrize("pace", ["one", "all"])
def test_what_was_typed_survives_a_database_that_is_away_for_a_moment(
    browser: Browser, monkeypatch: pytest.MonkeyPatch, pace: str, database: ServerDatabase
) -> None:
    def away(*_arguments: Any, **_values: Any) -> None:
        raise psycopg.errors.LockNotAvailable

    browser.client.set_cookie("outcomes-reading", f"pace-{pace}")
    browser.send("/svar")
    with monkeypatch.context() as patched:
        patched.setattr(answering, "keep_answers", away)
        if pace == "one":
            refused = browser.send("/svar/1", answer_mood="2", action="next")
        else:
            refused = send_all(browser, "save", mood="2")
    assert refused.status_code == 503
    assert "What you wrote is still here" in browser.html
    assert 'value="2" checked' in browser.html
    assert rows(database, "SELECT id FROM response_draft") == []
    if pace == "one":
        browser.send("/svar/1", answer_mood="2", action="next")
    else:
        send_all(browser, "save", mood="2")
    browser.get("/svar/gennemse")
    with monkeypatch.context() as patched:
        patched.setattr(answering, "store_response", away)
        refused = browser.send("/svar/gennemse", action="send", reviewed=reviewed(browser))
    assert refused.status_code == 503
    assert 'href="#send"' in browser.html
    assert browser.send("/svar/gennemse", action="send", reviewed=reviewed(browser)).request.path == "/svar/kvittering"


def test_risk_questions_stay_closed_without_a_protocol(
    browser: Browser, database: ServerDatabase, new_browser: Callable[[], Browser]
) -> None:
    browser.send("/svar")
    browser.send("/svar/1", answer_mood="1", action="next")
    one_question = browser.html
    browser.get("/svar/gennemse")
    review, sent = browser.html, reviewed(browser)
    browser.client.set_cookie("outcomes-reading", ALL)
    browser.get("/svar/alle")
    every_question = browser.html
    with database.admin(unwatched=True) as connection:
        connection.execute(text("DELETE FROM risk_protocol"))
    for path in ("/svar", "/svar/1", "/svar/alle", "/svar/gennemse"):
        assert browser.get(path).status_code == 200
        assert "The questions are not ready yet" in browser.html, path
    browser.html = one_question
    answered = browser.send("/svar/2", answer_pain="9", action="next")
    assert (answered.status_code, "The questions are not ready yet" in browser.html) == (409, True)
    for action in ("save", "send"):
        browser.html = every_question
        assert send_all(browser, action, mood="1", pain="9").status_code == 409
        assert "The questions are not ready yet" in browser.html
    browser.html = review
    assert browser.send("/svar/gennemse", action="send", reviewed=sent).status_code == 409
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 1}}]
    assert rows(database, "SELECT id FROM response") == []


def test_no_thanks_is_asked_once_more_and_has_no_consequence(browser: Browser, database: ServerDatabase) -> None:
    browser.get("/svar/nej-tak")
    assert "nobody asks you why" in browser.html
    assert rows(database, "SELECT id FROM occasion WHERE state = 'declined'") == []
    thanked = browser.send("/svar/nej-tak")
    assert (thanked.status_code, thanked.request.path) == (200, "/svar/nej-tak/tak")
    assert browser.get("/svar").status_code == 404


def test_the_start_page_says_what_the_law_wants_said(browser: Browser, tenant: Any, runtime: Runtime) -> None:
    assert "Which law it rests on is not written here yet" in browser.html
    with runtime.database.transaction(tenant.scope) as session:
        session.execute(
            text("UPDATE organisation SET privacy = :said"),
            {"said": '{"legal_basis": {"da": "Serviceloven § 85"}, "kept_for": {"en": "Five years"},'
                     ' "adviser": {"name": "DPO", "email": "dpo@example.dk"}}'},
        )  # fmt: skip
        session.commit()
    browser.get("/svar", sprog="en")
    for words in ("Serviceloven § 85", "Five years", "dpo@example.dk", "datatilsynet.dk"):
        assert words in browser.html


def test_the_start_page_names_whom_to_turn_to(browser: Browser, database: ServerDatabase) -> None:
    """The contact that the organisation gave; help lines where what is asked may call for help."""
    talk = talk_part(browser)
    assert all(words in talk for words in ("00 00 00 00", "Livslinjen", "70 201 201", "112"))
    with database.admin() as connection:
        connection.execute(text("UPDATE organisation SET contact = '{}'"))
    browser.get("/svar")
    assert ("Livslinjen" in browser.html, "00 00 00 00" in browser.html) == (True, False)


@pytest.mark.parametrize(("born", "child"), [(2012, True), (2011, False), (None, False)])
def test_a_child_is_spoken_to_as_one(browser: Browser, database: ServerDatabase, born: int | None, child: bool) -> None:
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen SET birth_year = :born"), {"born": born})
    browser.get("/svar", sprog="en")
    assert ("Nobody gets angry" in browser.html) is child
    browser.client.set_cookie("outcomes-reading", "wording-easy")
    browser.get("/svar", sprog="en")
    assert "Nobody gets angry" not in browser.html, "they have chosen otherwise"


def test_six_hours_and_a_new_key_lose_nothing(
    browser: Browser, runtime: Runtime, clock: Clock, database: ServerDatabase, settings: Any
) -> None:
    """The page was open while the keys were changed and the language too: what was written comes back, and is kept."""
    browser.send("/svar")
    clock.travel(hours=6)
    from dataclasses import replace  # noqa: PLC0415

    from pydantic import SecretStr  # noqa: PLC0415

    newer = settings.model_copy(
        update={
            "secret_key": SecretStr("a-new-key-0123456789-0123456789-0123456789"),
            "secret_key_fallbacks": (settings.secret_key,),
        }
    )
    later = create_app(replace(runtime, settings=newer))
    browser.client.application = later
    browser.client.get("/svar/1", query_string={"sprog": "da"})
    kept = browser.send("/svar/1", answer_mood="2", action="next")
    if kept.status_code == 400:
        assert 'value="2" checked' in browser.html
        kept = browser.send("/svar/1", answer_mood="2", action="next")
    assert kept.request.path == "/svar/2"
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": 2}}]


@pytest.mark.parametrize("sent", ["7", "", "x" * 5000, "1.5", "-1", "1; DROP TABLE response", "\u0000"])
def test_what_is_no_answer_comes_back_and_is_not_kept(browser: Browser, database: ServerDatabase, sent: str) -> None:
    browser.send("/svar")
    assert browser.send("/svar/1", answer_mood=sent, action="next").status_code == 400
    assert rows(database, "SELECT id FROM response_draft") == []


def test_a_question_that_is_hidden_by_now_is_refused_and_the_rest_goes_on(
    browser: Browser, database: ServerDatabase
) -> None:
    browser.send("/svar")
    browser.send("/svar/1", action="skip")
    browser.send("/svar/2", answer_pain="6", action="next")
    third = browser.html
    browser.get("/svar/2")
    browser.send("/svar/2", answer_pain="1", action="next")
    browser.html = third
    refused = browser.send("/svar/3", answer_back="5", action="next")
    assert refused.status_code == 409
    assert "This question is not asked any more" in browser.html
    assert "It is not saved:" in browser.html
    assert ">5" in browser.html, "what was answered is still there to be read"
    onward = re.search(r'button-large" href="([^"]+)"', browser.html)
    assert onward is not None
    assert browser.get(onward[1]).request.path == "/svar/gennemse"
    assert rows(database, "SELECT answers FROM response_draft") == [{"answers": {"mood": None, "pain": 1}}]


def test_a_way_from_a_question_keeps_an_answer_and_skips_nothing(browser: Browser, database: ServerDatabase) -> None:
    kept = "SELECT answers FROM response_draft"
    browser.send("/svar")
    assert browser.send("/svar/1", action="back").request.path == "/svar"
    assert rows(database, kept) == []
    browser.get("/svar/1")
    assert browser.send("/svar/1", action="reading", answer_mood="2").request.path == "/laesning"
    assert 'value="/svar/1"' in browser.html, "and back again"
    browser.get("/svar/2")
    assert browser.send("/svar/2", action="back", answer_pain="ninety").request.path == "/svar/1"
    browser.get("/svar/2")
    assert browser.send("/svar/2", action="back", answer_pain="3").request.path == "/svar/1"
    assert rows(database, kept) == [{"answers": {"mood": 2, "pain": 3}}]
    browser.get("/svar/1", change="1")
    assert browser.send("/svar/1?change=1", action="back", answer_mood="0").request.path == "/svar/gennemse"
    assert rows(database, kept) == [{"answers": {"mood": 0, "pain": 3}}]
    browser.get("/svar")
    assert browser.send("/svar").request.path == "/svar/gennemse", "all is answered"


def test_a_cached_page_holds_nobodys_answer(browser: Browser, link: str, new_browser: Callable[[], Browser]) -> None:
    """The page is made once: what one person chose is not in what the next one gets."""
    browser.send("/svar")
    browser.send("/svar/1", answer_mood="2", action="next")
    browser.get("/svar/1")
    assert 'value="2" checked' in browser.html
    other = new_browser()
    other.get(f"/b/{link}", sprog="en")
    other.get("/svar/1", sprog="en")
    assert "checked" not in other.html
    first, second = (re.findall(r'name="csrf_token" value="([^"]+)"', each.html) for each in (browser, other))
    assert first
    assert first != second


def reviewed(browser: Browser) -> str:
    found = re.search(r'name="reviewed" value="([^"]+)"', browser.html)
    assert found
    return found.group(1)


def test_a_file_is_kept_for_a_year_under_the_name_of_its_content(browser: Browser) -> None:
    found = re.search(r'href="(/static/css/citizen\.css\?v=[0-9a-f]+)"', browser.html)
    assert found
    with browser.client.get(found.group(1)) as kept:
        assert "immutable" in kept.headers["Cache-Control"]
        assert "no-cache" not in kept.headers["Cache-Control"], "else a browser asks again for every page"
        assert "max-age=31536000" in kept.headers["Cache-Control"]
    for other in ("/static/css/citizen.css?v=0000", "/static/css/nothing.css"):
        with browser.client.get(other) as response:
            assert response.headers["Cache-Control"] == "no-cache", "it may be another one in a moment"


def test_a_file_asked_for_without_a_version_is_kept_for_a_while(browser: Browser) -> None:
    """Fonts above all: style sheets name them, and each page would ask for each again."""
    folder = "/static/vendor/dkfds/fonts/IBMPlexSans/split/woff2"
    for address, seconds in ((f"{folder}/IBMPlexSans-Regular-Latin1.woff2", 86400), ("/static/css/citizen.css", 3600)):
        with browser.client.get(address) as kept:
            assert kept.headers["Cache-Control"] == f"max-age={seconds}"


def test_a_file_of_text_comes_compressed_to_whoever_takes_it(browser: Browser) -> None:
    address = "/static/css/citizen.css"
    with browser.client.get(address) as plain:
        assert "Content-Encoding" not in plain.headers
        assert "Accept-Encoding" in plain.headers["Vary"]
        whole = plain.data
    with browser.client.get(address, headers={"Accept-Encoding": "gzip, br"}) as small:
        assert small.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(small.data) == whole
        assert int(small.headers["Content-Length"]) == len(small.data) < len(whole) / 2
        assert "Accept-Encoding" in small.headers["Vary"]
    known = {"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    with browser.client.get(address, headers=known) as again:
        assert (again.status_code, again.data) == (304, b"")
    with browser.client.get("/static/../settings.py", headers={"Accept-Encoding": "gzip"}) as other:
        assert other.status_code == 404


def test_a_page_with_anything_of_anybody_is_never_compressed(browser: Browser) -> None:
    """A secret beside something that somebody else can choose could be guessed from the length."""
    browser.send("/svar")
    with browser.client.get("/svar/1", headers={"Accept-Encoding": "gzip"}) as page:
        assert page.status_code == 200
        assert "Content-Encoding" not in page.headers


def test_who_is_signed_in_as_staff_is_not_looked_up_on_a_citizens_page(
    signed_in: Callable[..., Browser], world: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff = signed_in("worker")
    with staff.client.session_transaction() as session:
        session["ticket"] = [str(world.tenant.organisation_id), str(world.case.citizen_id)]
    monkeypatch.setattr("outcomes.views.admission.find_actor", pytest.fail)
    assert staff.client.get("/svar/1").status_code == 404
