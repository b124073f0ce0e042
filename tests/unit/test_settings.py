"""Settings: wrong ones stop the start, each with its name and never with its value."""

from __future__ import annotations

import base64
import stat

import pytest

from outcomes.errors import SettingsError
from outcomes.settings import HOW_TO_WRITE, Settings, read_settings, write_new_settings

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER = base64.b64encode(bytes(32)).decode()
RIGHT = {"SECRET_KEY": "s" * 48, "DATA_KEYS": f"k1:{KEY}", "LOOKUP_KEY": OTHER}


@pytest.fixture
def read(tmp_path):
    """Read settings from an environment of only these."""
    return lambda **given: read_settings({"OUTCOMES_HOME": str(tmp_path), **given})


def test_what_is_needed_is_enough(read, tmp_path):
    settings = read(**RIGHT)
    assert settings.home == tmp_path
    assert settings.data_keys == {"k1": bytes(range(32))}
    assert settings.lookup_key == bytes(32)
    assert (settings.database_url, settings.base_url, settings.demo) == (None, "http://127.0.0.1:8000", False)


def test_every_missing_setting_is_named_at_once(read):
    with pytest.raises(SettingsError) as refused:
        read()
    assert {fault.place for fault in refused.value.faults} == {"SECRET_KEY", "DATA_KEYS", "LOOKUP_KEY"}
    assert all("missing" in str(fault.sentence) for fault in refused.value.faults)
    assert "docs/settings.md" in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "secret-but-short"),
        ("DATA_KEYS", "secret-without-a-name"),
        ("DATA_KEYS", f":{KEY}"),
        ("DATA_KEYS", "k1:c2VjcmV0LXNob3J0"),
        ("DATA_KEYS", f"k1:{KEY},k2:secret!!"),
        ("LOOKUP_KEY", "secret-no-base64"),
        ("LOOKUP_KEY", "c2VjcmV0LXNob3J0"),
        ("BASE_URL", "ftp://secret.example"),
        ("BASE_URL", "https://secret.example/path"),
        ("BASE_URL", "https://secret.example/"),
        ("LOG_LEVEL", "secret"),
        ("DATABASE_URL", "mysql://secret@host/db"),
        ("DATABASE_URL", "secret"),
        ("DATABASE_OWNER_URL", "sqlite:///secret.db"),
        ("OUTCOMES_DEMO", "secret"),
        ("MAIL_URL", "secret.example"),
        ("MAIL_URL", "smtp://user:secret/word@host"),
        ("MAIL_FROM", "secret"),
        ("MAIL_FROM", "secret@example.dk>,<b@example.dk"),
        ("SMS_URL", "http://secret.example"),
        ("MESSAGES_PER_DAY", "0"),
        ("CITIZEN_OIDC_SCOPE", "secret"),
        ("CITIZEN_OIDC_SCOPE", "openidsecret"),
    ],
)
def test_a_wrong_setting_is_named_and_its_value_kept_to_itself(read, name, value):
    with pytest.raises(SettingsError) as refused:
        read(**{**RIGHT, name: value})
    assert [fault.place for fault in refused.value.faults] == [name]
    assert "secret" not in str(refused.value).lower().replace("secret_key", "")
    assert "missing" not in str(refused.value.faults[0])
    assert KEY not in str(refused.value)
    assert refused.value.__cause__ is None, "nor in the error behind it"


def test_the_environment_wins_over_the_file_and_nothing_set_is_not_set(read, tmp_path):
    (tmp_path / "settings.env").write_text(
        f"# a comment\n\nSECRET_KEY = {'f' * 40}\nDATA_KEYS=k1:{KEY}\nLOOKUP_KEY={OTHER}\nLOG_LEVEL=ERROR\n", "utf-8"
    )
    settings = read(LOG_LEVEL="DEBUG", SECRET_KEY="")
    assert settings.log_level == "DEBUG"
    assert settings.secret_key.get_secret_value() == "f" * 40
    assert settings.lookup_key == bytes(32), "base64 may end in equals signs"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_database_may_be_named_in_each_of_the_usual_ways(read, scheme):
    settings = read(**RIGHT, DATABASE_URL=f"{scheme}://user:pass@host:5432/name")
    assert settings.database_url == "postgresql+psycopg://user:pass@host:5432/name"


def test_keys_rotate_in_order(read):
    settings = read(**{**RIGHT, "DATA_KEYS": f"new:{OTHER}, old:{KEY}", "SECRET_KEY_FALLBACKS": "a,b"})
    assert list(settings.data_keys) == ["new", "old"], "the first one encrypts"
    assert [key.get_secret_value() for key in settings.secret_key_fallbacks] == ["a", "b"]


@pytest.mark.parametrize(("url", "secure"), [("https://maal.example.dk", True), ("http://127.0.0.1:8000", False)])
def test_cookies_are_secure_wherever_the_instance_is(read, url, secure):
    assert read(**RIGHT, BASE_URL=url).secure_cookies is secure


def test_settings_keep_their_secrets_to_themselves(read):
    settings = read(**RIGHT, DATABASE_URL="postgresql://user:password-of-the-database@host/name")
    described = f"{settings!r} {settings}"
    assert "password-of-the-database" not in described
    assert "s" * 48 not in described
    for key in (bytes(range(32)), bytes(32)):
        assert repr(key) not in described
        assert base64.b64encode(key).decode() not in described


def test_settings_stay_as_they_were_read(read):
    settings = read(**RIGHT)
    with pytest.raises(ValueError, match="frozen"):
        settings.demo = True


def test_new_settings_are_fresh_keys_for_the_owner_only(tmp_path):
    home = tmp_path / "new"
    path = write_new_settings(home, OUTCOMES_DEMO="1")
    assert path == home / "settings.env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    first = read_settings({"OUTCOMES_HOME": str(home)})
    assert first.demo
    other = read_settings({"OUTCOMES_HOME": str(write_new_settings(tmp_path / "other").parent)})
    assert first.data_keys != other.data_keys
    assert first.lookup_key != other.lookup_key
    assert first.secret_key != other.secret_key


def test_settings_that_are_there_are_never_overwritten(tmp_path):
    path = write_new_settings(tmp_path)
    before = path.read_text("utf-8")
    assert write_new_settings(tmp_path) == path
    assert path.read_text("utf-8") == before


def test_every_setting_that_can_be_wrong_says_how_it_is_written():
    operator = {"OPERATOR_NAME", "OPERATOR_PHONE", "OPERATOR_EMAIL"}
    provider = {"CITIZEN_OIDC_CLIENT_ID", "CITIZEN_OIDC_CLIENT_SECRET", "CITIZEN_OIDC_CPR_CLAIM"}
    provider |= {"CITIZEN_OIDC_ACR_VALUES", "CITIZEN_OIDC_LEVELS", "CITIZEN_OIDC_LEVEL_CLAIM"}
    free = {"OUTCOMES_HOME", "PG_BIN", "SECRET_KEY_FALLBACKS", "SMS_TOKEN", *operator, *provider}
    assert set(HOW_TO_WRITE) == {str(field.alias) for field in Settings.model_fields.values()} - free


def test_every_setting_has_a_name_in_capitals():
    names = [field.alias for field in Settings.model_fields.values()]
    assert all(name and name == name.upper() for name in names)
    assert len(set(names)) == len(names)


def test_levels_of_sign_in_are_read_as_a_list(read):
    assert read(**RIGHT).citizen_oidc_levels == ()
    assert read(**RIGHT, CITIZEN_OIDC_LEVELS="urn:a, urn:b,").citizen_oidc_levels == ("urn:a", "urn:b")
    assert read(**RIGHT, CITIZEN_OIDC_SCOPE="openid ssn").citizen_oidc_scope == "openid ssn"


def test_mail_needs_a_server_and_a_sender(read):
    assert read(**RIGHT, MAIL_URL="smtps://us:s%40fe@mail.example:465", MAIL_FROM="svar@nordby.dk").sends_mail
    assert not read(**RIGHT).sends_mail
    assert read(**RIGHT, OUTCOMES_DEMO="1").sends_mail
    with pytest.raises(SettingsError) as refused:
        read(**RIGHT, MAIL_URL="smtp://mail.example")
    assert [fault.place for fault in refused.value.faults] == ["MAIL_FROM"]
