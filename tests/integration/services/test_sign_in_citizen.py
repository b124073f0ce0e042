"""A citizen's way to their own page by a code: nobody learns whom we know, and nobody guesses a code."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, TooManyAttemptsError
from outcomes.services import request_code as requesting
from outcomes.services.request_code import request_code
from outcomes.services.sign_in_citizen import (
    find_signed_in,
    list_own_organisations,
    sign_out_citizen,
    sign_out_everywhere,
)
from outcomes.services.use_code import use_code
from tests.integration.builders import Case, add_case, add_course, add_tenant
from tests.integration.own_page import EMAIL, PHONE, give_contact, sent_codes, sign_in_with_code

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from tests.conftest import Clock, ServerDatabase

pytestmark = pytest.mark.database
UNKNOWN = "29 99 99 99"


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the test of the time waits for it."""
    monkeypatch.setattr(requesting, "SECONDS", 0.0001)


@pytest.fixture
def case(runtime: Runtime) -> Case:
    """A citizen whose phone and mail we know."""
    tenant = add_tenant(runtime)
    case = add_case(runtime, add_course(runtime, tenant))
    give_contact(runtime, tenant, case.citizen_id)
    return case


@pytest.mark.parametrize(
    "address", [PHONE, "+45 20304050", "0045-2030.4050", EMAIL, "  KAREN@example.ORG "], ids=range(5)
)
def test_the_code_that_was_sent_opens_the_own_page(runtime: Runtime, case: Case, address: str) -> None:
    citizen = sign_in_with_code(runtime, case, address)
    assert (citizen.citizen_id, citizen.organisation_id) == (case.citizen_id, case.tenant.organisation_id)


def test_neither_the_code_nor_the_address_is_stored_in_the_open(
    runtime: Runtime, case: Case, database: ServerDatabase
) -> None:
    challenge = request_code(runtime, PHONE, locale="ar")
    (code,) = sent_codes(runtime, case.tenant)
    with database.admin() as connection:
        rows = [
            str(row)
            for table in ("login_code", "message", "attempt", "citizen_identity", "queue.procrastinate_jobs")
            for row in connection.execute(text(f"SELECT t::text FROM {table} t")).scalars()
        ]
        assert connection.scalar(text("SELECT locale FROM message")) == "ar"
        assert connection.scalar(text("SELECT channel FROM message")) == "sms"
    assert len(rows) >= 4
    for secret in (code, challenge, "20304050", EMAIL):
        assert not any(secret in row for row in rows), secret


def test_known_and_unknown_take_the_same_time_and_give_the_same(
    runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(requesting, "CODES_AN_HOUR", 1000)
    monkeypatch.setattr(requesting, "SECONDS", 0.1)
    times: dict[str, list[float]] = {PHONE: [], UNKNOWN: []}
    for _ in range(8):
        for address, taken in times.items():
            begun = time.monotonic()
            challenge = request_code(runtime, address, locale="da")
            taken.append(time.monotonic() - begun)
            assert len(challenge) == 22
    known, unknown = (statistics.median(taken) for taken in times.values())
    assert abs(known - unknown) < 0.01, "told apart by the time that it takes"


def test_a_code_for_nobody_fails_as_a_wrong_one_does_and_is_stopped_as_often(runtime: Runtime, case: Case) -> None:
    for address in (PHONE, UNKNOWN):
        challenge = request_code(runtime, address, locale="da")
        said = set()
        for _ in range(5):
            with pytest.raises(AnswerError) as wrong:
                use_code(runtime, challenge, "no code")
            said.add(str(wrong.value))
        with pytest.raises(TooManyAttemptsError) as stopped:
            use_code(runtime, challenge, "no code")
        assert said == {
            "You are not signed in yet.\n"
            "  code: The code is not right, or it is too old. Look at it again, or ask for a new one."
        }
        assert str(stopped.value) == "This was tried too often in a short time."


def test_after_five_tries_the_right_code_is_worth_nothing(runtime: Runtime, case: Case, clock: Clock) -> None:
    challenge = request_code(runtime, PHONE, locale="da")
    (code,) = sent_codes(runtime, case.tenant)
    for _ in range(5):
        with pytest.raises(AnswerError):
            use_code(runtime, challenge, "000000" if code != "000000" else "111111")
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, code)
    clock.travel(minutes=9)
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, code)


def test_many_guesses_at_once_are_counted_one_by_one(runtime: Runtime, case: Case) -> None:
    challenge = request_code(runtime, PHONE, locale="da")

    def guess(number: int) -> str:
        try:
            return str(use_code(runtime, challenge, f"{number:06d}"))
        except (AnswerError, TooManyAttemptsError) as error:
            return type(error).__name__

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(guess, range(24)))
    assert came.count("AnswerError") <= 5
    assert came.count("TooManyAttemptsError") == 19


def test_a_code_works_once_for_its_own_browser_and_for_ten_minutes(runtime: Runtime, case: Case, clock: Clock) -> None:
    challenge = request_code(runtime, PHONE, locale="da")
    (code,) = sent_codes(runtime, case.tenant)
    other = request_code(runtime, UNKNOWN, locale="da")
    with pytest.raises(AnswerError):
        use_code(runtime, other, code)
    assert len(use_code(runtime, challenge, f" {code[:3]} {code[3:]} ")) == 1
    with pytest.raises(AnswerError):
        use_code(runtime, challenge, code)
    late = request_code(runtime, PHONE, locale="da")
    clock.travel(minutes=10, seconds=1)
    with pytest.raises(AnswerError):
        use_code(runtime, late, sent_codes(runtime, case.tenant)[-1])


def test_a_new_code_ends_the_one_before(runtime: Runtime, case: Case) -> None:
    first = request_code(runtime, PHONE, locale="da")
    second = request_code(runtime, PHONE, locale="da")
    one, two = sent_codes(runtime, case.tenant)
    with pytest.raises(AnswerError):
        use_code(runtime, first, one)
    assert use_code(runtime, second, two)


def test_who_asks_too_often_is_stopped_known_or_not(runtime: Runtime, case: Case, clock: Clock) -> None:
    for address in (PHONE, UNKNOWN):
        for _ in range(5):
            request_code(runtime, address, locale="da")
        with pytest.raises(TooManyAttemptsError):
            request_code(runtime, address, locale="da")
    clock.travel(hours=1, seconds=1)
    assert request_code(runtime, PHONE, locale="da")


@pytest.mark.parametrize("address", ["", "karen", "12", "a@b", "0101901234", "karen@example.org\nBcc: x@example.org"])
def test_what_is_no_address_is_said_at_the_field(runtime: Runtime, case: Case, address: str) -> None:
    with pytest.raises(AnswerError) as wrong:
        request_code(runtime, address, locale="da")
    assert [fault.place for fault in wrong.value.faults] == ["address"]
    assert address == "" or address not in str(wrong.value)


def test_the_same_phone_in_two_organisations_opens_both_with_one_message(runtime: Runtime, case: Case) -> None:
    other = add_tenant(runtime, "sydby", "Sydby Kommune")
    second = add_case(runtime, add_course(runtime, other))
    give_contact(runtime, other, second.citizen_id)
    challenge = request_code(runtime, PHONE, locale="da")
    codes = sent_codes(runtime, case.tenant) + sent_codes(runtime, other)
    assert len(codes) == 1
    tokens = use_code(runtime, challenge, codes[0])
    assert [name for _, name in list_own_organisations(runtime, tokens)] == ["Nordby Kommune", "Sydby Kommune"]
    citizens = {found.citizen_id for token in tokens if (found := find_signed_in(runtime, token))}
    assert citizens == {case.citizen_id, second.citizen_id}


def test_a_session_ends_by_itself_and_by_signing_out(runtime: Runtime, case: Case, clock: Clock) -> None:
    idle = sign_in_with_code(runtime, case)
    clock.travel(minutes=31)
    assert find_signed_in(runtime, idle.token) is None
    used = sign_in_with_code(runtime, case)
    for _ in range(4):
        clock.travel(minutes=28)
        assert find_signed_in(runtime, used.token) == used
    clock.travel(minutes=10)
    assert find_signed_in(runtime, used.token) is None, "two hours are the most, however it is used"
    out = sign_in_with_code(runtime, case)
    sign_out_citizen(runtime, [out.token, "unknown"])
    assert find_signed_in(runtime, out.token) is None


def test_signing_out_everywhere_ends_the_sessions_of_other_browsers(runtime: Runtime, case: Case) -> None:
    here, there = sign_in_with_code(runtime, case), sign_in_with_code(runtime, case)
    sign_out_everywhere(runtime, here)
    assert find_signed_in(runtime, here.token) is None
    assert find_signed_in(runtime, there.token) is None
