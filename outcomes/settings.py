"""All settings, in one typed class, from the environment; wrong or missing ones stop the start with a sentence each.

``OUTCOMES_HOME`` (default ``var``) is the folder for what this machine keeps: the embedded database and, where somebody
made one, ``settings.env`` with settings one a line. The environment wins over the file. ``docs/settings.md`` explains
each setting; a test holds that none is missing there.
"""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from outcomes.errors import Fault, Sentence, SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

SETTINGS_FILE = "settings.env"
KEY_BYTES = 32
MINIMUM_SECRET_LENGTH = 32

HOW_TO_WRITE = {
    "SECRET_KEY": Sentence("It needs at least 32 characters that nobody can guess: openssl rand -base64 48"),
    "DATA_KEYS": Sentence("It is written name:key, with commas between keys; make a key with openssl rand -base64 32"),
    "LOOKUP_KEY": Sentence("It is 32 bytes in base64: openssl rand -base64 32"),
    "DATABASE_URL": Sentence("It is written postgresql://user:password@host:port/name"),
    "DATABASE_OWNER_URL": Sentence("It is written postgresql://user:password@host:port/name"),
    "BASE_URL": Sentence("It is written https://host, without a path."),
    "LOG_LEVEL": Sentence("It is DEBUG, INFO, WARNING or ERROR."),
    "OUTCOMES_DEMO": Sentence("It is 1 or 0."),
    "MAIL_URL": Sentence("It is written smtp://user:password@host:port, or smtps:// where the server wants that."),
    "MAIL_FROM": Sentence("It is an e-mail address."),
    "SMS_URL": Sentence("It is written https://host/path."),
    "CITIZEN_OIDC_ISSUER": Sentence("It is written https://host, as the provider writes its own name."),
    "CITIZEN_OIDC_SCOPE": Sentence("It is words with a space between them, and openid is one of them."),
    "MESSAGES_PER_DAY": Sentence("It is a whole number, 1 or more."),
    "TRUSTED_PROXIES": Sentence("It is a whole number from 0 to 9."),
}

CANT_START = Sentence("outcomes can't start: these settings are missing or wrong. docs/settings.md explains each.")

BASE_URL = r"^(https://[^/]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)$"
"""Without encryption only on the machine itself: cookies would travel in the open."""

MAIL_URL = r"^smtps?://([^/@\s:]+:[^/@\s]+@)?[^/@\s:]+(:\d{1,5})?/?$"
SMS_URL = r"^(https://[^/\s]+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(/\S*)?$"
ISSUER = r"^(https://\S+|http://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?(/\S*)?)$"
SCOPE = r"^(\S+ )*openid( \S+)*$"
MAIL_FROM = r"^[^\s@<>,;:\"]+@[^\s@<>,;:\"]+$"

KeyRing = dict[str, bytes]


def _ring(value: object) -> KeyRing:
    """``name:base64,name:base64``; the first key encrypts, all of them decrypt."""
    if not isinstance(value, str):
        raise ValueError("not a key ring")  # noqa: TRY004
    ring: KeyRing = {}
    for entry in value.split(","):
        name, separator, encoded = entry.strip().partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except ValueError:
            key = b""
        if not separator or not name or len(key) != KEY_BYTES:
            raise ValueError("not a key ring")
        ring[name] = key
    return ring


class Settings(BaseModel):
    """The settings of one instance. Field names in capitals are the environment variables."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    home: Annotated[Path, Field(alias="OUTCOMES_HOME")] = Path("var")
    database_url: Annotated[str | None, Field(alias="DATABASE_URL", repr=False)] = None
    database_owner_url: Annotated[str | None, Field(alias="DATABASE_OWNER_URL", repr=False)] = None
    pg_bin: Annotated[Path | None, Field(alias="PG_BIN")] = None
    secret_key: Annotated[SecretStr, Field(alias="SECRET_KEY", min_length=MINIMUM_SECRET_LENGTH)]
    secret_key_fallbacks: Annotated[tuple[SecretStr, ...], Field(alias="SECRET_KEY_FALLBACKS")] = ()
    data_keys: Annotated[KeyRing, Field(alias="DATA_KEYS", repr=False)]
    lookup_key: Annotated[bytes, Field(alias="LOOKUP_KEY", repr=False)]
    base_url: Annotated[str, Field(alias="BASE_URL", pattern=BASE_URL)] = "http://127.0.0.1:8000"
    trusted_proxies: Annotated[int, Field(alias="TRUSTED_PROXIES", ge=0, le=9)] = 0
    log_level: Annotated[str, Field(alias="LOG_LEVEL", pattern=r"^(DEBUG|INFO|WARNING|ERROR)$")] = "INFO"
    demo: Annotated[bool, Field(alias="OUTCOMES_DEMO")] = False
    mail_url: Annotated[str | None, Field(alias="MAIL_URL", pattern=MAIL_URL, repr=False)] = None
    mail_from: Annotated[str | None, Field(alias="MAIL_FROM", pattern=MAIL_FROM)] = None
    sms_url: Annotated[str | None, Field(alias="SMS_URL", pattern=SMS_URL)] = None
    sms_token: Annotated[SecretStr | None, Field(alias="SMS_TOKEN")] = None
    messages_per_day: Annotated[int, Field(alias="MESSAGES_PER_DAY", ge=1)] = 2000
    citizen_oidc_issuer: Annotated[str | None, Field(alias="CITIZEN_OIDC_ISSUER", pattern=ISSUER)] = None
    citizen_oidc_client_id: Annotated[str | None, Field(alias="CITIZEN_OIDC_CLIENT_ID")] = None
    citizen_oidc_client_secret: Annotated[SecretStr | None, Field(alias="CITIZEN_OIDC_CLIENT_SECRET")] = None
    citizen_oidc_cpr_claim: Annotated[str, Field(alias="CITIZEN_OIDC_CPR_CLAIM")] = "cpr"
    citizen_oidc_scope: Annotated[str, Field(alias="CITIZEN_OIDC_SCOPE", pattern=SCOPE)] = "openid"
    citizen_oidc_acr_values: Annotated[str | None, Field(alias="CITIZEN_OIDC_ACR_VALUES")] = None
    citizen_oidc_level_claim: Annotated[str, Field(alias="CITIZEN_OIDC_LEVEL_CLAIM")] = "acr"
    citizen_oidc_levels: Annotated[tuple[str, ...], Field(alias="CITIZEN_OIDC_LEVELS")] = ()
    operator_name: Annotated[str, Field(alias="OPERATOR_NAME")] = ""
    operator_phone: Annotated[str, Field(alias="OPERATOR_PHONE")] = ""
    operator_email: Annotated[str, Field(alias="OPERATOR_EMAIL")] = ""

    @field_validator("data_keys", mode="before")
    @classmethod
    def _read_ring(cls, value: object) -> object:
        return value if isinstance(value, dict) else _ring(value)

    @field_validator("citizen_oidc_levels", mode="before")
    @classmethod
    def _read_levels(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(level for part in value.split(",") if (level := part.strip()))

    @field_validator("secret_key_fallbacks", mode="before")
    @classmethod
    def _read_list(cls, value: object) -> object:
        return tuple(part for part in value.split(",") if part) if isinstance(value, str) else value

    @field_validator("lookup_key", mode="before")
    @classmethod
    def _read_key(cls, value: object) -> object:
        if isinstance(value, bytes):
            return value
        return next(iter(_ring(f"key:{value}").values()))

    @field_validator("database_url", "database_owner_url", mode="before")
    @classmethod
    def _name_driver(cls, value: object) -> object:
        if not isinstance(value, str) or not value:
            return None
        scheme, separator, rest = value.partition("://")
        if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
            raise ValueError("not a PostgreSQL URL")
        return f"postgresql+psycopg://{rest}"

    @property
    def sends_mail(self) -> bool:
        """Mail goes out: to a server, or in the demo into a folder."""
        return self.demo or bool(self.mail_url and self.mail_from)

    @property
    def sends_sms(self) -> bool:
        """SMS go out: to a gateway, or in the demo into a folder."""
        return self.demo or bool(self.sms_url)

    @property
    def offers_openid(self) -> bool:
        """Citizens can sign in by OpenID Connect: the provider, and who we are to it, are set."""
        return all((self.citizen_oidc_issuer, self.citizen_oidc_client_id, self.citizen_oidc_client_secret))

    @property
    def secure_cookies(self) -> bool:
        """Cookies go over HTTPS only, except where the instance itself is served without it (the demo)."""
        return self.base_url.startswith("https://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in force. Raises ``SettingsError`` naming each one that is missing or wrong, never its value."""
    given: dict[str, str] = dict(os.environ if environment is None else environment)
    home = Path(given.get("OUTCOMES_HOME") or "var")
    values: dict[str, Any] = {**_read_file(home / SETTINGS_FILE), **{k: v for k, v in given.items() if v}}
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise SettingsError(
            CANT_START,
            [_fault(str(each["loc"][0]), missing=each["type"] == "missing") for each in error.errors()],
        ) from None
    if settings.mail_url and not settings.mail_from:
        raise SettingsError(CANT_START, [_fault("MAIL_FROM", missing=True)])
    return settings


def _fault(name: str, *, missing: bool) -> Fault:
    """What to do about one setting. Never its value: it may be a key."""
    how = HOW_TO_WRITE.get(name, Sentence("docs/settings.md says how it is written."))
    return Fault(name, Sentence("It is missing. %(how)s", how=how) if missing else how)


def _read_file(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    lines = (line.strip() for line in path.read_text(encoding="utf-8").splitlines())
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name.strip(): value.strip() for name, _, value in pairs}


def write_new_settings(home: Path, **extra: str) -> Path:
    """Write ``settings.env`` with fresh keys, readable by its owner only, unless there is one; gives its path."""
    path = home / SETTINGS_FILE
    if path.exists():
        return path
    home.mkdir(parents=True, exist_ok=True)
    values = {
        "SECRET_KEY": secrets.token_urlsafe(48),
        "DATA_KEYS": f"k1:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}",
        "LOOKUP_KEY": base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode(),
        **extra,
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(f"{name}={value}\n" for name, value in values.items())
    return path
