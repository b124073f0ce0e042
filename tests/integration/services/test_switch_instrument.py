"""Nobody is asked about danger before it is decided what happens then: not by the service, and not past it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text, update
from sqlalchemy.exc import IntegrityError, ProgrammingError

from outcomes.errors import AnswerError, ConflictError, InstrumentError, NotFoundError
from outcomes.instruments import shipped_instruments
from outcomes.models import InstrumentVersion
from outcomes.services import switch_instrument as switching
from outcomes.services.decide_protocol import HelpLineText, ProtocolText, decide_protocol, read_protocols
from outcomes.services.install_instrument import install_instrument
from outcomes.services.list_instruments import list_instruments
from outcomes.services.open_instrument import open_instrument
from outcomes.services.send_invitations import send_invitations
from outcomes.services.submit_response import constraint_name
from outcomes.services.switch_instrument import switch_instrument
from outcomes.services.upload_instrument import upload_instrument
from tests.integration.builders import add_staff, add_tenant, small_instrument
from tests.integration.outbox import outbox, reachable_case, with_servers
from tests.integration.risk import RISKY, add_protocol, risky_instrument

pytestmark = pytest.mark.database


def find(runtime, admin, key):
    return next(entry for entry in list_instruments(runtime, admin) if entry.key == key)


def written(who, **changes):
    lines = (HelpLineText({"da": "Livslinjen"}, "70 201 201", {"da": "Hver dag"}),)
    return ProtocolText(**{"lines": lines, "words": {}, "hours": "24", "duty": str(who), "decided_by": "L", **changes})


def test_with_a_risk_item_it_is_off_until_there_is_a_protocol(runtime):
    tenant = add_tenant(runtime)
    admin, worker = add_staff(runtime, tenant, "administrator"), add_staff(runtime, tenant)
    version_id = upload_instrument(runtime, admin, name="safety.yaml", content=RISKY.encode())
    entry = find(runtime, admin, "safety")
    assert (entry.version_id, entry.active, entry.has_risk, entry.guarded) == (version_id, False, True, False)
    with pytest.raises(ConflictError, match="make a protocol"):
        switch_instrument(runtime, admin, version_id, active=True)
    assert not find(runtime, admin, "safety").active
    assert decide_protocol(runtime, admin, "safety", written(worker.user_id), after=0) == 1
    switch_instrument(runtime, admin, version_id, active=True)
    assert find(runtime, admin, "safety").active
    switch_instrument(runtime, admin, version_id, active=False)
    switch_instrument(runtime, admin, version_id, active=False)
    assert not find(runtime, admin, "safety").active


def test_the_database_refuses_it_on_its_own(runtime, monkeypatch):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator")
    version_id = upload_instrument(runtime, admin, name="safety.yaml", content=RISKY.encode())
    with runtime.database.transaction(tenant.scope) as session, pytest.raises(IntegrityError) as refused:
        session.execute(update(InstrumentVersion).values(active=True))
    assert constraint_name(refused.value) == "risk_needs_protocol"
    monkeypatch.setattr(switching, "may_be_active", lambda *_: True)
    with pytest.raises(ConflictError, match="make a protocol"):
        switch_instrument(runtime, admin, version_id, active=True)


def test_another_organisations_protocol_doesnt_count(runtime):
    north, south = add_tenant(runtime), add_tenant(runtime, "sydby")
    add_protocol(runtime, south)
    admin = add_staff(runtime, north, "administrator")
    version_id = upload_instrument(runtime, admin, name="x.yaml", content=RISKY.encode())
    with pytest.raises(ConflictError):
        switch_instrument(runtime, admin, version_id, active=True)
    stranger = add_staff(runtime, south, "administrator")
    for refused in (switch_instrument, lambda *a, active: open_instrument(*a, code="da")):
        with pytest.raises(NotFoundError):
            refused(runtime, stranger, version_id, active=False)
    with pytest.raises(NotFoundError):
        read_protocols(runtime, stranger, "safety")


def test_a_scoring_profile_with_a_risk_item_asks_nobody_and_is_no_hindrance(runtime):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator")
    profile = next(each for each in shipped_instruments() if each.kind == "profile" and each.has_risk_items)
    install_instrument(runtime, tenant.scope, profile)
    assert find(runtime, admin, profile.key).scoring_only
    assert open_instrument(runtime, admin, find(runtime, admin, profile.key).version_id, code="da").questions == ()


def test_nobody_is_invited_to_what_is_switched_off(runtime, tmp_path):
    runtime = with_servers(runtime, mail="smtp://127.0.0.1:1")
    case = reachable_case(runtime)
    admin = add_staff(runtime, case.tenant, "administrator")
    version_id = find(runtime, admin, "wellbeing").version_id
    switch_instrument(runtime, admin, version_id, active=False)
    send_invitations(runtime, runtime.now())
    assert not outbox(runtime, case.tenant)
    switch_instrument(runtime, admin, version_id, active=True)
    send_invitations(runtime, runtime.now() + timedelta(minutes=5))
    assert len(outbox(runtime, case.tenant)) == 1


def test_what_was_decided_stays_and_the_newest_is_in_force(runtime, database):
    tenant = add_tenant(runtime)
    admin, worker = add_staff(runtime, tenant, "administrator"), add_staff(runtime, tenant)
    install_instrument(runtime, tenant.scope, risky_instrument())
    first = written(worker.user_id)
    assert decide_protocol(runtime, admin, "safety", first, after=0) == 1
    assert decide_protocol(runtime, admin, "safety", first, after=0) == 1, "the same again is the same"
    assert decide_protocol(runtime, admin, "safety", written(worker.user_id, hours="12"), after=1) == 2
    with pytest.raises(ConflictError):
        decide_protocol(runtime, admin, "safety", written(worker.user_id, hours="1"), after=1)
    page = read_protocols(runtime, admin, "safety")
    assert [(each.version, each.hours) for each in page.decided] == [(2, 12), (1, 24)]
    assert page.text == written(worker.user_id, hours="12")
    with database.connect(database.app_url) as connection:
        connection.execute(text("SET ROLE outcomes_app"))
        with pytest.raises(ProgrammingError, match="permission denied"):
            connection.execute(text("UPDATE risk_protocol SET act_within_hours = 1"))
        connection.rollback()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"lines": ()}, "line-0-phone"),
        ({"lines": (HelpLineText({"en": "Lifeline"}, "112"),)}, "line-0-name-da"),
        ({"lines": (HelpLineText({"da": "Alarm"}, "ring 112"),)}, "line-0-phone"),
        ({"hours": "0"}, "hours"),
        ({"hours": "337"}, "hours"),
        ({"hours": "²"}, "hours"),
        ({"hours": "1" * 5000}, "hours"),
        ({"duty": ""}, "duty"),
        ({"duty": "00000000-0000-4000-8000-000000000000"}, "duty"),
        ({"decided_by": " \x00 "}, "decided_by"),
    ],
)
def test_a_protocol_that_helps_nobody_is_refused(runtime, changes, place):
    tenant = add_tenant(runtime)
    admin, worker = add_staff(runtime, tenant, "administrator"), add_staff(runtime, tenant)
    install_instrument(runtime, tenant.scope, risky_instrument())
    with pytest.raises(AnswerError) as refused:
        decide_protocol(runtime, admin, "safety", written(worker.user_id, **changes), after=0)
    assert [fault.place for fault in refused.value.faults] == [place]


def test_who_has_left_and_who_isnt_a_worker_cant_be_on_duty(runtime):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator")
    left = add_staff(runtime, tenant, ended_on=runtime.today())
    install_instrument(runtime, tenant.scope, risky_instrument())
    for who in (admin, left):
        with pytest.raises(AnswerError):
            decide_protocol(runtime, admin, "safety", written(who.user_id), after=0)


def test_a_version_with_other_content_needs_another_number(runtime):
    admin = add_staff(runtime, add_tenant(runtime), "administrator")
    first = upload_instrument(runtime, admin, name="x.yaml", content=RISKY.encode())
    assert upload_instrument(runtime, admin, name="x.yaml", content=RISKY.encode()) == first
    with pytest.raises(InstrumentError, match="new version"):
        upload_instrument(runtime, admin, name="x.yaml", content=RISKY.replace("Hvor rolig", "Hvor glad").encode())
    with pytest.raises(InstrumentError):
        upload_instrument(runtime, admin, name="x.json", content=RISKY.encode())


def test_languages_say_who_has_checked_them_and_what_is_missing(runtime):
    tenant = add_tenant(runtime)
    admin = add_staff(runtime, tenant, "administrator")
    checked = {"en": {"by": "The project", "checked_by": "Jane Doe", "checked_on": "2026-03-01"}}
    install_instrument(runtime, tenant.scope, small_instrument(translations=checked))
    danish, english = find(runtime, admin, "small").languages
    assert (danish.original, danish.unchecked) == (True, False)
    assert (english.by, english.checked_by, english.unchecked, english.missing) == ("The project", "Jane Doe", False, 0)
    install_instrument(runtime, tenant.scope, small_instrument(version="2.0"))
    newer = list_instruments(runtime, admin)[-1]
    assert newer.unchecked == 1
    assert danish.texts[0].lix is not None
    page = open_instrument(runtime, admin, newer.version_id, code="en")
    assert [(each.words, each.conditional) for each in page.questions] == [
        ("Mood?", False), ("Pain?", False), ("Your back?", True),
    ]  # fmt: skip
