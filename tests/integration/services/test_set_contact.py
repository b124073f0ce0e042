"""Where a citizen is reached: written one way, sealed, one person each, and for those who need to know."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from outcomes.errors import AnswerError, ConflictError, NotFoundError
from outcomes.services.contact import email_hash, normal_email, normal_phone, phone_hash
from outcomes.services.request_code import request_code
from outcomes.services.set_contact import read_contact_details, set_contact
from outcomes.services.sign_in_citizen import begin_session, find_signed_in
from outcomes.services.use_code import use_code
from tests.integration.builders import add_case, add_citizen, add_coordinator, add_course, add_staff, add_tenant
from tests.integration.own_page import codes_of

pytestmark = pytest.mark.database


@pytest.fixture
def world(runtime):
    """A worker with two citizens, the second without a name."""
    course = add_course(runtime, add_tenant(runtime))
    actor = add_staff(runtime, course.tenant)
    ids = [add_citizen(runtime, course.tenant, name="Karen"), add_case(runtime, course).citizen_id]
    for citizen_id in ids:
        add_coordinator(runtime, actor, citizen_id)
    return actor, ids


@pytest.mark.parametrize(
    ("written", "stored"),
    [("21 34 56 78", "+4521345678"), ("+45 2134-5678", "+4521345678"), ("0045 21345678", "+4521345678"),
     ("+48 601 234 567", "+48601234567"), ("(21) 34.56.78", "+4521345678")],
)  # fmt: skip
def test_a_number_is_stored_in_one_way(written, stored):
    assert normal_phone(written) == stored


@pytest.mark.parametrize(
    "written", ["2134567", "213456789", "+4521", "+452134567890", "tolv", "+0012345678", "٢١٣٤٥٦٧٨"]
)
def test_what_is_no_number_is_refused(written):
    with pytest.raises(AnswerError):
        normal_phone(written)


@pytest.mark.parametrize(
    "written", ["anna", "anna@", "@b.dk", "a b@c.dk", "a@b", "a@b.dk\nBcc: x@y.dk", "a@b.dk,c@d.dk", "<a@b.dk>", "a..b@c.dk",
                "å@c.dk",
                "a@-b.dk", f"{'a' * 250}@b.dk"]
)  # fmt: skip
def test_what_is_no_address_is_refused(written):
    with pytest.raises(AnswerError):
        normal_email(written)


@given(st.emails(domains=st.just("example.dk")))
def test_an_address_is_stored_in_one_way_or_refused(written):
    try:
        stored = normal_email(f"  {written} ")
    except AnswerError:
        return
    assert stored == normal_email(stored) == written.lower()


def test_it_is_sealed_found_by_hash_read_again_and_taken_away(runtime, world, database):
    actor, (citizen_id, nameless) = world
    for each, phone, email in ((citizen_id, "21 34 56 78", "Anna@Example.dk"), (nameless, "", "bo@example.dk")):
        set_contact(runtime, actor, each, phone=phone, email=email)
    found = read_contact_details(runtime, actor, citizen_id)
    assert (found.name, found.phone, found.email, found.stopped) == ("Karen", "+4521345678", "anna@example.dk", False)
    assert "anna" not in repr(found)
    with database.admin() as connection:
        rows = connection.execute(
            text("SELECT phone_hash, email_hash, encode(phone_sealed, 'escape') || encode(email_sealed, 'escape')"
                 " FROM citizen_identity WHERE citizen_id = :id"), {"id": citizen_id},
        ).one()  # fmt: skip
    assert rows[:2] == (phone_hash(runtime.vault, "+4521345678"), email_hash(runtime.vault, "anna@example.dk"))
    assert "example" not in rows[2]
    set_contact(runtime, actor, citizen_id, phone="", email="")
    found = read_contact_details(runtime, actor, citizen_id)
    assert (found.name, found.phone, found.email) == ("Karen", "", "")


def test_every_fault_is_named_and_nothing_is_stored(runtime, world):
    actor, (citizen_id, _) = world
    with pytest.raises(AnswerError) as error:
        set_contact(runtime, actor, citizen_id, phone="1", email="x")
    assert [fault.place for fault in error.value.faults] == ["phone", "email"]
    with pytest.raises(AnswerError):
        set_contact(runtime, actor, citizen_id, phone="21345678", email="x")
    assert read_contact_details(runtime, actor, citizen_id).phone == ""


def test_a_number_is_one_persons(runtime, world):
    actor, (citizen_id, other) = world
    set_contact(runtime, actor, citizen_id, phone="21345678", email="")
    with pytest.raises(ConflictError):
        set_contact(runtime, actor, other, phone="+45 21 34 56 78", email="")
    assert read_contact_details(runtime, actor, other).phone == ""


@pytest.mark.parametrize(
    "now", [("20304051", "anna@example.dk"), ("", "anna@example.dk"), ("20304050", "ny@example.dk")]
)
def test_whoever_had_the_former_phone_or_mail_is_shut_out(runtime, world, now):
    actor, (citizen_id, other) = world
    set_contact(runtime, actor, citizen_id, phone="20304050", email="anna@example.dk")
    set_contact(runtime, actor, other, phone="20304059", email="")
    token = begin_session(runtime, actor.organisation_id, citizen_id, method="code")
    others = begin_session(runtime, actor.organisation_id, other, method="code")
    challenge = request_code(runtime, "20304050", locale="da", place="here")
    (code,) = codes_of(runtime, actor.scope)
    set_contact(runtime, actor, citizen_id, phone="20304050", email="anna@example.dk")
    assert find_signed_in(runtime, token), "nothing has changed"
    set_contact(runtime, actor, citizen_id, phone=now[0], email=now[1])
    assert find_signed_in(runtime, token) is None
    with pytest.raises(AnswerError):
        use_code(runtime, challenge, code, place="here")
    assert find_signed_in(runtime, others)


def test_a_first_address_shuts_nobody_out(runtime, world):
    actor, (citizen_id, _) = world
    token = begin_session(runtime, actor.organisation_id, citizen_id, method="openid")
    set_contact(runtime, actor, citizen_id, phone="20304050", email="")
    set_contact(runtime, actor, citizen_id, phone="20304050", email="anna@example.dk")
    assert find_signed_in(runtime, token)


def test_only_for_those_who_need_to_know_and_logged(runtime, world, database):
    actor, (citizen_id, _) = world
    stranger = add_staff(runtime, add_tenant(runtime, "sydby"))
    colleague = add_staff(runtime, add_tenant(runtime, "vestby"), "manager")
    for other in (stranger, colleague):
        with pytest.raises(NotFoundError):
            read_contact_details(runtime, other, citizen_id)
        with pytest.raises(NotFoundError):
            set_contact(runtime, other, citizen_id, phone="21345678", email="")
    read_contact_details(runtime, actor, citizen_id)
    with database.admin() as connection:
        logged = connection.execute(text("SELECT user_id, purpose FROM access_entry")).all()
    assert logged == [(actor.user_id, "contact")]
