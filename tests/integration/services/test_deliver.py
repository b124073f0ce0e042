"""One message handed to a real mail server or gateway: what is known afterwards is what is said."""

from __future__ import annotations

import stat
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from outcomes.services import deliver as module
from outcomes.services.deliver import Letter, NotDelivered, Unconfirmed, compose, deliver
from tests.integration.post_offices import mail_server, silent_server, sms_gateway

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
MAIL = Letter(
    message_id=UUID(int=7),
    channel="mail",
    to="anna@example.dk",
    sender="Nordby Kommune\r\nBcc: all@example.dk",
    subject="Nordby Kommune har nogle spørgsmål til dig\nX-Evil: 1",
    text="Hej\n.\n..Æble\nhttps://outcomes.example/b/abc\n",
    locale="da",
)
SMS = replace(MAIL, channel="sms", to="+4521345678", subject="", text="Spørgsmål\nhttps://outcomes.example/b/abc\n")


def with_mail(settings, url):
    return settings.model_copy(update={"mail_url": url, "mail_from": "svar@nordby.example"})


def with_sms(settings, gateway):
    return settings.model_copy(update={"sms_url": gateway.url})


def test_a_mail_arrives_whole_and_holds_no_headers_but_ours(settings):
    with mail_server() as server:
        deliver(with_mail(settings, server.url), MAIL, AT)
        deliver(with_mail(settings, server.url), MAIL, AT)
    first, second = server.taken
    assert first.get_content().replace("\r\n", "\n") == MAIL.text
    assert first["Message-ID"] == second["Message-ID"] == f"<{MAIL.message_id}@127.0.0.1>"
    assert first["Subject"] == "Nordby Kommune har nogle spørgsmål til dig X-Evil: 1"
    assert first["To"] == "anna@example.dk"
    assert first["From"].addresses[0].addr_spec == "svar@nordby.example"
    assert first["Bcc"] is None
    assert first["X-Evil"] is None
    assert first["Auto-Submitted"] == "auto-generated"


def test_a_server_that_refuses_for_good_isnt_asked_again_and_one_that_cant_just_now_is(settings):
    with mail_server() as server:
        for behave, final in (("refuse", True), ("later", False)):
            server.behave = behave
            with pytest.raises(NotDelivered) as fault:
                deliver(with_mail(settings, server.url), MAIL, AT)
            assert (fault.value.word, fault.value.final) == ("refused", final)
    with pytest.raises(NotDelivered, match="server_unreachable"):
        deliver(with_mail(settings, server.url), MAIL, AT)


def test_a_server_that_dies_after_data_leaves_it_open_whether_it_went(settings):
    with mail_server() as server:
        server.behave = "die"
        with pytest.raises(Unconfirmed):
            deliver(with_mail(settings, server.url), MAIL, AT)
    assert len(server.taken) == 1


def test_a_server_that_stalls_is_left_alone_after_a_while(settings, monkeypatch):
    monkeypatch.setattr(module, "SECONDS", 0.3)
    with silent_server() as url, pytest.raises(NotDelivered, match="server_unreachable"):
        deliver(with_mail(settings, url), MAIL, AT)


def test_nothing_is_said_in_the_open_to_a_server_elsewhere(settings, monkeypatch):
    monkeypatch.setattr(module, "THIS_MACHINE", frozenset())
    with mail_server() as server:
        with pytest.raises(NotDelivered, match="not_encrypted"):
            deliver(with_mail(settings, server.url), MAIL, AT)
        assert server.taken == []


def test_an_sms_arrives_with_its_key_and_the_gateways_token(settings):
    with sms_gateway() as gateway:
        chosen = settings.model_validate({**settings.model_dump(by_alias=True), "SMS_URL": gateway.url,
                                          "SMS_TOKEN": "hemmelig"})  # fmt: skip
        deliver(chosen, SMS, AT)
    assert gateway.taken == [{"to": "+4521345678", "text": SMS.text}]
    assert gateway.headers[0]["Authorization"] == "Bearer hemmelig"
    assert gateway.headers[0]["Idempotency-Key"] == str(SMS.message_id)


@pytest.mark.parametrize(("status", "final"), [(400, True), (302, True), (429, False), (503, False)])
def test_a_gateway_that_refuses(settings, status, final):
    with sms_gateway() as gateway:
        gateway.behave = status
        with pytest.raises(NotDelivered) as fault:
            deliver(with_sms(settings, gateway), SMS, AT)
    assert fault.value.final is final
    assert len(gateway.taken) == 1, "a redirect is not followed"


def test_a_gateway_that_dies_leaves_it_open_and_one_that_isnt_there_doesnt(settings):
    with sms_gateway() as gateway:
        gateway.behave = "die"
        with pytest.raises(Unconfirmed):
            deliver(with_sms(settings, gateway), SMS, AT)
    with pytest.raises(NotDelivered, match="server_unreachable"):
        deliver(with_sms(settings, gateway), SMS, AT)


def test_the_demo_keeps_messages_in_a_folder_and_without_settings_nothing_goes(settings, tmp_path):
    demo = settings.model_copy(update={"demo": True, "home": tmp_path})
    deliver(demo, MAIL, AT)
    deliver(demo, SMS, AT)
    kept = sorted((tmp_path / "mail").iterdir())
    assert [path.suffix for path in kept] == [".eml", ".txt"]
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in kept)
    assert "+4521345678" in kept[1].read_text(encoding="utf-8")
    for letter in (MAIL, SMS):
        with pytest.raises(NotDelivered, match="not_set_up"):
            deliver(settings, letter, AT)


def test_the_address_in_a_message_id_is_ours_whoever_asks(settings):
    ours = settings.model_copy(update={"base_url": "https://outcomes.nordby.example"})
    assert compose(ours, MAIL, AT)["Message-ID"].endswith("@outcomes.nordby.example>")


@pytest.mark.parametrize("address", ["åse@example.dk", "a@example.dk\r\nRCPT TO:<all@example.dk>"])
def test_what_is_no_address_for_a_mail_server_ends_there(settings, address):
    with mail_server() as server:
        with pytest.raises(NotDelivered) as fault:
            deliver(with_mail(settings, server.url), replace(MAIL, to=address), AT)
        assert (fault.value.word, fault.value.final) == ("bad_address", True)
        assert server.taken == []
