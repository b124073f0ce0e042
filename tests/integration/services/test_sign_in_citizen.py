"""A citizen's way to their own page by a code: nobody learns whom we know, and nobody guesses a code."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from outcomes.errors import AnswerError, TooManyAttemptsError
from outcomes.services import request_code as requesting
from outcomes.services import use_code as using
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
    challenge = request_code(runtime, PHONE, locale="ar", place="here")
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
    assert rows_hold(rows, str(case.citizen_id).encode())
    for secret in (code, challenge, "20304050", EMAIL):
        assert not rows_hold(rows, secret.encode()), secret


def rows_hold(rows: list[str], secret: bytes) -> bool:
    """Whether a secret stands in a table, as text, or as bytes, which are written in hexadecimal digits."""
    return any(secret.decode(errors="replace") in row or secret.hex() in row for row in rows)


def test_bytes_in_the_open_are_found(runtime: Runtime, case: Case, database: ServerDatabase) -> None:
    with database.admin() as connection:
        connection.execute(text("UPDATE citizen_identity SET phone_sealed = :open"), {"open": b"20304050"})
        rows = list(connection.execute(text("SELECT t::text FROM citizen_identity t")).scalars())
    assert rows_hold(rows, b"20304050")


def test_known_and_unknown_take_the_same_time_and_give_the_same(
    runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the work takes, the answer comes at a whole number of steps."""
    monkeypatch.setattr(requesting, "SECONDS", 0.25)
    worked = {PHONE: 0.07, UNKNOWN: 0.01, "unknown@example.org": 0.31}
    taken = {}
    for address, seconds in worked.items():
        clock, slept = iter([100.0, 100.0 + seconds]), list[float]()
        monkeypatch.setattr(requesting, "time", SimpleNamespace(monotonic=partial(next, clock), sleep=slept.append))
        assert len(request_code(runtime, address, locale="da", place="here")) == 22
        taken[address] = seconds + sum(slept)
    assert list(taken.values()) == pytest.approx([0.25, 0.25, 0.5]), "told apart by the time that it takes"


def test_a_code_for_nobody_fails_as_a_wrong_one_does_and_is_stopped_as_often(runtime: Runtime, case: Case) -> None:
    for address in (PHONE, UNKNOWN):
        challenge = request_code(runtime, address, locale="da", place="here")
        said = set()
        for _ in range(5):
            with pytest.raises(AnswerError) as wrong:
                use_code(runtime, challenge, "no code", place="here")
            said.add(str(wrong.value))
        with pytest.raises(TooManyAttemptsError) as stopped:
            use_code(runtime, challenge, "no code", place="here")
        assert said == {
            "You are not signed in yet.\n"
            "  code: The code is not right, or it is too old. Look at it again, or ask for a new one."
        }
        assert str(stopped.value) == "This was tried too often in a short time."


def test_after_five_tries_the_right_code_is_worth_nothing(runtime: Runtime, case: Case, clock: Clock) -> None:
    challenge = request_code(runtime, PHONE, locale="da", place="here")
    (code,) = sent_codes(runtime, case.tenant)
    for _ in range(5):
        with pytest.raises(AnswerError):
            use_code(runtime, challenge, "000000" if code != "000000" else "111111", place="here")
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, code, place="here")
    clock.travel(minutes=9)
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, code, place="here")


def test_many_guesses_at_once_are_counted_one_by_one(runtime: Runtime, case: Case) -> None:
    challenge = request_code(runtime, PHONE, locale="da", place="here")

    def guess(number: int) -> str:
        try:
            return str(use_code(runtime, challenge, f"{number:06d}", place="here"))
        except (AnswerError, TooManyAttemptsError) as error:
            return type(error).__name__

    with ThreadPoolExecutor(8) as pool:
        came = list(pool.map(guess, range(24)))
    assert came.count("AnswerError") <= 5
    assert came.count("TooManyAttemptsError") == 19


def test_a_code_works_once_for_its_own_browser_and_for_ten_minutes(runtime: Runtime, case: Case, clock: Clock) -> None:
    challenge = request_code(runtime, PHONE, locale="da", place="here")
    (code,) = sent_codes(runtime, case.tenant)
    other = request_code(runtime, UNKNOWN, locale="da", place="here")
    with pytest.raises(AnswerError):
        use_code(runtime, other, code, place="here")
    assert len(use_code(runtime, challenge, f" {code[:3]} {code[3:]} ", place="here")) == 1
    with pytest.raises(AnswerError):
        use_code(runtime, challenge, code, place="here")
    late = request_code(runtime, PHONE, locale="da", place="here")
    clock.travel(minutes=10, seconds=1)
    with pytest.raises(AnswerError):
        use_code(runtime, late, sent_codes(runtime, case.tenant)[-1], place="here")


def test_somebody_elses_request_takes_no_code_away_and_gives_nothing(runtime: Runtime, case: Case) -> None:
    mine = request_code(runtime, PHONE, locale="da", place="here")
    theirs = request_code(runtime, PHONE, locale="da", place="there")
    one, two = sent_codes(runtime, case.tenant)
    for challenge, code in ((theirs, one), (mine, two)):
        with pytest.raises(AnswerError):
            use_code(runtime, challenge, code, place="there")
    for _ in range(4):
        with pytest.raises(AnswerError):
            use_code(runtime, theirs, "no code", place="there")
    assert use_code(runtime, mine, one, place="here"), "their wrong tries aren't mine"


def test_requests_from_one_place_are_limited_whoever_they_are_for(
    runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(requesting, "CODES_FROM_A_PLACE", 3)
    for number in range(3):
        request_code(runtime, f"2000000{number}", locale="da", place="there")
    with pytest.raises(TooManyAttemptsError):
        request_code(runtime, PHONE, locale="da", place="there")
    assert request_code(runtime, PHONE, locale="da", place="here"), "elsewhere it goes on"
    monkeypatch.setattr(requesting, "CODES_IN_ALL", 4)
    with pytest.raises(TooManyAttemptsError):
        request_code(runtime, UNKNOWN, locale="da", place="here")
    clock.travel(hours=1, seconds=1)
    assert request_code(runtime, PHONE, locale="da", place="there")


def test_wrong_codes_from_one_place_are_limited_and_right_ones_are_not_counted(
    runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(using, "PLACE_TRIES", 2)
    for _ in range(4):
        sign_in_with_code(runtime, case)
    for _ in range(2):
        with pytest.raises(AnswerError):
            use_code(runtime, request_code(runtime, UNKNOWN, locale="da", place="x"), "no code", place="here")
    challenge = request_code(runtime, PHONE, locale="da", place="x")
    code = sent_codes(runtime, case.tenant)[-1]
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, code, place="here")
    assert use_code(runtime, challenge, code, place="elsewhere")


def test_wrong_codes_are_limited_in_all(runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(using, "ALL_TRIES", 3)
    challenge = request_code(runtime, PHONE, locale="da", place="x")
    for number in range(3):
        with pytest.raises(AnswerError):
            use_code(runtime, challenge, "no code", place=f"place {number}")
    with pytest.raises(TooManyAttemptsError):
        use_code(runtime, challenge, "no code", place="place 3")


def test_wrong_codes_of_one_citizen_are_limited_over_a_day_without_telling_that_we_know_them(
    runtime: Runtime, case: Case, monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.setattr(using, "CITIZEN_TRIES", 6)
    for _ in range(2):
        clock.travel(hours=2)
        challenge = request_code(runtime, PHONE, locale="da", place="x")
        for _ in range(3):
            with pytest.raises(AnswerError):
                use_code(runtime, challenge, "no code", place="x")
    challenge = request_code(runtime, PHONE, locale="da", place="x")
    with pytest.raises(AnswerError):
        use_code(runtime, challenge, sent_codes(runtime, case.tenant)[-1], place="x")
    clock.travel(hours=23)
    assert sign_in_with_code(runtime, case)


def test_who_asks_too_often_is_stopped_known_or_not(runtime: Runtime, case: Case, clock: Clock) -> None:
    for address in (PHONE, UNKNOWN):
        for _ in range(5):
            request_code(runtime, address, locale="da", place="here")
        with pytest.raises(TooManyAttemptsError):
            request_code(runtime, address, locale="da", place="here")
    clock.travel(hours=1, seconds=1)
    assert request_code(runtime, PHONE, locale="da", place="here")


@pytest.mark.parametrize("address", ["", "karen", "12", "a@b", "0101901234", "karen@example.org\nBcc: x@example.org"])
def test_what_is_no_address_is_said_at_the_field(runtime: Runtime, case: Case, address: str) -> None:
    with pytest.raises(AnswerError) as wrong:
        request_code(runtime, address, locale="da", place="here")
    assert [fault.place for fault in wrong.value.faults] == ["address"]
    assert address == "" or address not in str(wrong.value)


def test_the_same_phone_in_two_organisations_opens_both_with_one_message(runtime: Runtime, case: Case) -> None:
    other = add_tenant(runtime, "sydby", "Sydby Kommune")
    second = add_case(runtime, add_course(runtime, other))
    give_contact(runtime, other, second.citizen_id)
    challenge = request_code(runtime, PHONE, locale="da", place="here")
    codes = sent_codes(runtime, case.tenant) + sent_codes(runtime, other)
    assert len(codes) == 1
    tokens = use_code(runtime, challenge, codes[0], place="here")
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
