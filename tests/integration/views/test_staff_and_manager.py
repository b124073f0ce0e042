"""What the worker, the manager and the administrator see: the same case, each in their own way."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import text

from outcomes.services.start_episode import NewEpisode, start_episode
from tests.integration.builders import add_analysis_plan, add_case, add_citizen, answer, get_ticket

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase
    from tests.integration.builders import Course
    from tests.integration.views.conftest import Browser, World

ANSWERS = {"enjoyed": 2, "strength": 2, "worries": 2, "body": 2, "hope": 2}


def test_today_names_who_waits_why_and_since_when(
    world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    assert "Karen Prøvesen" in signed_in("worker").html
    clock.travel(days=10)
    browser = signed_in("worker")
    assert "status-overdue" in browser.html
    clock.travel(days=30 * 12)
    assert "Ingen venter på dig" in signed_in("worker").html


def test_a_new_answer_stands_on_today_until_it_is_opened(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser]
) -> None:
    answer(runtime, get_ticket(runtime, world.case), ANSWERS)
    browser = signed_in("worker")
    assert "status-new_answer" in browser.html
    browser.get(f"/borger/{world.case.citizen_id}")
    assert "50" in browser.html
    browser.get("/i-dag")
    assert "status-new_answer" not in browser.html


def test_a_goal_rating_is_saved_once_and_shown(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("worker")
    browser.get(f"/maal/{world.goal_id}")
    page = browser.html
    assert "Jeg vil handle ind selv" in page
    for _ in range(2):
        browser.html = page
        done = browser.send(f"/maal/{world.goal_id}", level="1", note="Var i butikken i dag")
    assert done.request.path == f"/borger/{world.case.citizen_id}"
    assert "Vurderingen er gemt" in browser.html
    with database.admin() as connection:
        assert connection.execute(text("SELECT level, note, rated_by FROM goal_rating")).all() == [
            (1, "Var i butikken i dag", "worker")
        ]


def test_a_rating_without_a_level_comes_back_with_what_was_written(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("worker")
    browser.get(f"/maal/{world.goal_id}")
    refused = browser.send(f"/maal/{world.goal_id}", note="Var i butikken i dag", level="7")
    assert refused.status_code == 400
    assert "Var i butikken i dag" in browser.html
    assert "<title>Fejl:" in browser.html
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM goal_rating")) == 0


def test_a_second_rating_from_one_page_is_not_said_to_be_saved(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    """Back, change, Save: the first rating stands, and what was typed comes back with a key of its own."""
    browser = signed_in("worker")
    browser.get(f"/maal/{world.goal_id}")
    page = browser.html
    browser.send(f"/maal/{world.goal_id}", level="1", note="Var i butikken")
    browser.html = page
    refused = browser.send(f"/maal/{world.goal_id}", level="-1", note="Blev hjemme")
    assert refused.status_code == 409
    assert "Der blev gemt en anden vurdering" in browser.html
    assert "Blev hjemme" in browser.html
    ratings = text("SELECT level, note FROM goal_rating ORDER BY created_at")
    with database.admin() as connection:
        assert connection.execute(ratings).all() == [(1, "Var i butikken")]
    done = browser.send(f"/maal/{world.goal_id}", level="-1", note="Blev hjemme")
    assert done.request.path == f"/borger/{world.case.citizen_id}"
    with database.admin() as connection:
        assert connection.execute(ratings).all() == [(1, "Var i butikken"), (-1, "Blev hjemme")]


def test_control_characters_in_a_note_are_no_fault_of_ours(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("worker")
    browser.get(f"/maal/{world.goal_id}")
    refused = browser.send(f"/maal/{world.goal_id}", note="Godt\x00 nok\x1b")
    assert refused.status_code == 400
    assert "Godt nok</textarea>" in browser.html
    assert browser.send(f"/maal/{world.goal_id}", level="1", note="Godt\x00 nok\x1b").status_code == 200
    with database.admin() as connection:
        assert connection.scalar(text("SELECT note FROM goal_rating")) == "Godt nok"


def answer_everybody(runtime: Runtime, course: Course, clock: Clock, n: int) -> None:
    """``n`` more citizens who answer at the start and after three months."""
    start = runtime.today()
    cases = []
    for number in range(n):
        citizen_id = add_citizen(runtime, course.tenant, name=None)
        case = add_case(runtime, course, citizen_id=citizen_id)
        answer(runtime, get_ticket(runtime, case), {**ANSWERS, "hope": number % 5})
        cases.append(case)
    clock.at += timedelta(days=92)
    for number, case in enumerate(cases):
        answer(runtime, get_ticket(runtime, case, "month-3"), {**ANSWERS, "enjoyed": 2 + number % 3})
    assert runtime.today() > start


def test_the_manager_freezes_the_plan_first_and_then_sees_change_not_effect(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    course = find_course(runtime, world)
    add_analysis_plan(runtime, course)
    answer_everybody(runtime, course, clock, 15)
    browser = signed_in("manager")
    assert browser.get("/indsatser/hverdag").status_code == 409
    browser.get("/indsatser/hverdag/analyseplan")
    assert browser.send("/indsatser/hverdag/analyseplan", action="freeze").status_code == 200
    page = browser.get("/indsatser/hverdag")
    assert page.status_code == 200
    assert "udvikling" in browser.html.lower()
    assert "effekt, " not in browser.html.lower()
    file = browser.get("/indsatser/hverdag/rapport.json", language="da")
    numbers = json.loads(file.get_data())
    assert numbers["design_label"] == "D0"
    assert browser.get("/indsatser").status_code == 200
    assert "Støtte i hverdagen" in browser.html
    button = 'action="/indsatser"'
    assert button in browser.html, "nothing is worked out yet"
    assert browser.send("/indsatser").status_code == 200
    assert button not in browser.html


def test_a_number_for_fewer_than_ten_says_why_it_is_not_shown(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    course = find_course(runtime, world)
    add_analysis_plan(runtime, course)
    answer_everybody(runtime, course, clock, 4)
    browser = signed_in("manager")
    browser.get("/indsatser/hverdag/analyseplan")
    browser.send("/indsatser/hverdag/analyseplan", action="freeze")
    assert browser.get("/indsatser/hverdag").status_code == 200
    assert "10" in browser.html
    assert "vises ikke" in browser.html or "for få" in browser.html.lower()


def test_a_period_that_is_no_date_is_explained_and_the_page_is_shown(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in("manager")
    assert browser.get("/indsatser", from_date="i går").status_code == 200
    assert "år-måned-dag" in browser.html
    browser.get("/indsatser", from_date="2026-05-01", to_date="2026-01-01")
    assert "ligge før den sidste" in browser.html


def test_the_days_chosen_are_widened_to_whole_quarters(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], clock: Clock
) -> None:
    course = find_course(runtime, world)
    add_analysis_plan(runtime, course)
    answer_everybody(runtime, course, clock, 4)
    browser = signed_in("manager")
    browser.get("/indsatser/hverdag/analyseplan")
    browser.send("/indsatser/hverdag/analyseplan", action="freeze")
    browser.get("/indsatser", from_date="2026-02-11", to_date="2026-05-12")
    assert "hele kvartaler" in browser.html
    for shown in ('value="2026-01-01"', 'value="2026-06-30"', "from_date=2026-01-01&amp;to_date=2026-06-30"):
        assert shown in browser.html
    file = browser.get("/indsatser/hverdag/rapport.json", from_date="2026-02-11", to_date="2026-05-12")
    assert "--from 2026-01-01 --to 2026-06-30" in file.get_data(as_text=True)


def test_unknown_interventions_and_formats_are_not_found(world: World, signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("manager")
    for path in ("/indsatser/findes-ikke", "/indsatser/hverdag/rapport.exe", "/indsatser/hverdag/analyseplan"):
        assert browser.get(path).status_code == 404, path


def test_the_administrator_sees_staff_and_a_whole_record(
    world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    browser = signed_in("administrator")
    for words in ("/administration/spoergeskemaer", "Test manager"):
        assert words in browser.html
    assert "Karen" not in browser.html
    assert "Kæden er hel" not in browser.html, "nothing is said of a record that wasn't checked"
    assert browser.send("/administration").status_code == 200
    assert "Kæden er hel" in browser.html
    with database.admin(unwatched=True) as connection:
        connection.execute(text("UPDATE goal SET own_words = 'Noget andet'"))
    browser.get("/administration")
    assert str(world.goal_id) not in browser.html
    browser.send("/administration")
    assert str(world.goal_id) in browser.html
    assert "rækken er ændret" in browser.html


def test_looking_at_the_administration_does_not_read_every_row_again(
    world: World, signed_in: Callable[..., Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check takes the longer the more there is: it runs when it is asked for."""
    checks: list[object] = []
    monkeypatch.setattr("outcomes.services.administer.check_audit", lambda *given: checks.append(given) or ())
    browser = signed_in("administrator")
    browser.get("/administration")
    assert checks == []
    browser.send("/administration")
    assert len(checks) == 1


def test_who_has_left_is_not_active_and_who_will_leave_still_is(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser], database: ServerDatabase
) -> None:
    with database.admin() as connection:
        for email, days in (("worker@example.org", 0), ("manager@example.org", 1)):
            connection.execute(
                text("UPDATE app_user SET ended_on = :day, name = :email WHERE email = :email"),
                {"day": runtime.today() + timedelta(days=days), "email": email},
            )
    page = signed_in("administrator").html
    assert "Lukket" in page.split("worker@example.org")[1].split("</tr>")[0]
    assert "Aktiv" in page.split("manager@example.org")[1].split("</tr>")[0]


def find_course(runtime: Runtime, world: World) -> Course:
    from tests.integration.builders import Course  # noqa: PLC0415

    with runtime.database.transaction(world.tenant.scope) as session:
        row = session.execute(
            text("SELECT i.id, p.id, s.instrument_version_id FROM intervention i JOIN measurement_plan p"
                 " ON p.intervention_id = i.id JOIN plan_step s ON s.plan_id = p.id LIMIT 1")
        ).one()  # fmt: skip
    return Course(world.tenant, row[0], "hverdag", row[1], row[2])


def test_an_ended_episode_is_shown_with_its_end(
    runtime: Runtime, world: World, signed_in: Callable[..., Browser]
) -> None:
    start_episode(
        runtime,
        world.tenant.scope,
        intervention_slug="hverdag",
        new=NewEpisode(
            citizen_id=world.case.citizen_id,
            started_on=runtime.today() + timedelta(days=1),
            ended_on=runtime.today() + timedelta(days=40),
            end_reason="completed",
        ),
    )
    browser = signed_in("worker")
    assert browser.get(f"/borger/{world.case.citizen_id}").status_code == 200
    assert f"{runtime.today() + timedelta(days=40):%Y}" in browser.html


def test_a_file_for_a_period_that_cannot_be_read_is_refused(world: World, signed_in: Callable[..., Browser]) -> None:
    refused = signed_in("manager").get("/indsatser/hverdag/rapport.json", from_date="i går")
    assert refused.status_code == 400
    assert "vælg den igen" in refused.get_data(as_text=True)


def test_the_overview_is_asked_by_its_address(world: World, signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("manager")
    for asked in (
        {"gruppering": "paragraf"},
        {"udbyder": str(world.tenant.provider_id)},
        {"maalgruppe": "findes-ikke"},
    ):
        assert browser.get("/indsatser", **asked).status_code == 200, asked
    for asked in ({"gruppering": "medarbejder"}, {"udbyder": "alle"}):
        assert browser.get("/indsatser", **asked).status_code == 404, asked
