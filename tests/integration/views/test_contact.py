"""The form for where a citizen is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.integration.views.conftest import Browser, World


def test_a_worker_writes_down_where_a_citizen_is_reached(world: World, signed_in: Callable[..., Browser]) -> None:
    browser = signed_in("worker")
    page = f"/borger/{world.case.citizen_id}/kontakt"
    assert page in browser.get(f"/borger/{world.case.citizen_id}").get_data(as_text=True)
    browser.get(page)
    assert (
        browser.send(page, phone="21 34 56 78", email="Karen@Example.dk").request.path
        == f"/borger/{world.case.citizen_id}"
    )
    shown = browser.get(page).get_data(as_text=True)
    assert 'value="+4521345678"' in shown
    assert 'value="karen@example.dk"' in shown


def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_stays(
    world: World, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in("worker")
    page = f"/borger/{world.case.citizen_id}/kontakt"
    browser.get(page)
    refused = browser.send(page, phone="12", email='"><b>@x')
    assert refused.status_code == 400
    assert 'href="#phone"' in browser.html
    assert 'href="#email"' in browser.html
    assert 'value="12"' in browser.html
    assert "<b>" not in browser.html
    assert browser.html.count('aria-invalid="true"') == 2


def test_a_form_without_its_token_changes_nothing_and_comes_back_filled_in(
    world: World, signed_in: Callable[..., Browser]
) -> None:
    browser = signed_in("worker")
    page = f"/borger/{world.case.citizen_id}/kontakt"
    browser.get(page)
    refused = browser.send(page, phone="21345678", csrf_token="x")
    assert refused.status_code == 400
    assert 'value="21345678"' in browser.html
    assert "21345678" not in browser.get(page).get_data(as_text=True)
