"""Sign-in by OpenID Connect, against a provider that runs in a process of its own, and against tokens that lie."""

from __future__ import annotations

import hmac
import json
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from dataclasses import replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from pydantic import SecretStr
from sqlalchemy import text

from outcomes.errors import AnswerError, UnavailableError
from outcomes.services import sign_in_openid
from outcomes.services.sign_in_citizen import find_signed_in
from outcomes.services.sign_in_openid import begin_openid, finish_openid
from tests.e2e.running import free_port, is_served
from tests.integration.builders import Case, add_case, add_citizen, add_course, add_tenant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.services.runtime import Runtime
    from outcomes.services.sign_in_openid import OpenIdTrip
    from tests.conftest import ServerDatabase

pytestmark = pytest.mark.database
CPR = "0101901234"
BACK = "http://127.0.0.1:8000/min-side/openid/retur"
CLIENT = "outcomes-test"
STARTED = "The sign-in was not finished. Begin again from here."


class NoRedirects(HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object) -> None:
        return None


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider where ``karen`` has a CPR number and ``nobody`` has another."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        for _ in range(300):
            if is_served(port):
                break
            time.sleep(0.1)
        address = f"http://127.0.0.1:{port}"
        for sub, claims in (("karen", {"cpr": "010190-1234", "name": "Karen"}), ("nobody", {"cpr": "0202911235"})):
            request = Request(f"{address}/users/{sub}", json.dumps(claims).encode(), method="PUT")
            request.add_header("Content-Type", "application/json")
            build_opener().open(request).close()
        yield address
    finally:
        process.terminate()
        process.wait()


@pytest.fixture
def instance(runtime: Runtime, provider: str) -> Runtime:
    """An instance that lets citizens sign in at the provider."""
    return with_provider(runtime, provider)


def with_provider(runtime: Runtime, issuer: str) -> Runtime:
    changed = {
        "citizen_oidc_issuer": issuer,
        "citizen_oidc_client_id": CLIENT,
        "citizen_oidc_client_secret": SecretStr("a-secret/+&"),
    }
    return replace(runtime, settings=runtime.settings.model_copy(update=changed))


@pytest.fixture
def case(runtime: Runtime) -> Case:
    tenant = add_tenant(runtime)
    citizen_id = add_citizen(runtime, tenant, cpr=CPR)
    return add_case(runtime, add_course(runtime, tenant), citizen_id=citizen_id)


def agree(address: str, sub: str) -> dict[str, str]:
    """Sign in at the provider as a person does; gives what its redirect brings back."""
    with pytest.raises(HTTPError) as sent:
        build_opener(NoRedirects).open(Request(address, urlencode({"sub": sub}).encode()))
    sent.value.close()
    assert sent.value.code == 302
    found = urlsplit(sent.value.headers["Location"])
    assert found.geturl().startswith(BACK)
    return {name: values[0] for name, values in parse_qs(found.query).items()}


def begin(instance: Runtime) -> OpenIdTrip:
    return begin_openid(instance, return_to=BACK, locale="da")


def test_a_citizen_known_by_cpr_number_gets_a_session_and_the_number_is_forgotten(
    instance: Runtime, case: Case, database: ServerDatabase
) -> None:
    trip = begin(instance)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(trip.address).query).items()}
    challenge = urlsafe_b64encode(sha256(trip.verifier.encode()).digest()).decode().rstrip("=")
    assert asked == {
        "response_type": "code", "client_id": CLIENT, "redirect_uri": BACK, "scope": "openid", "state": trip.state,
        "nonce": trip.nonce, "code_challenge": challenge, "code_challenge_method": "S256", "ui_locales": "da",
    }  # fmt: skip
    back = agree(trip.address, "karen")
    (token,) = finish_openid(instance, trip, state=back["state"], code=back["code"], return_to=BACK)
    found = find_signed_in(instance, token)
    assert found is not None
    assert found.citizen_id == case.citizen_id
    with database.admin() as connection:
        assert connection.scalar(text("SELECT method FROM citizen_session")) == "openid"
        for table in ("citizen_session", "audit_entry", "attempt"):
            rows = connection.scalars(text(f"SELECT t::text FROM {table} t")).all()
            assert rows or table == "attempt", f"{table} is looked into"
            for secret in (CPR, "010190-1234", "Karen"):  # bytes are written in hexadecimal digits
                assert not any(secret in row or secret.encode().hex() in row for row in rows), table


def test_a_code_is_exchanged_once_and_only_in_the_browser_that_began(instance: Runtime, case: Case) -> None:
    trip, other = begin(instance), begin(instance)
    back = agree(trip.address, "karen")
    for wrong in (None, other):
        with pytest.raises(AnswerError, match=STARTED):
            finish_openid(instance, wrong, state=back["state"], code=back["code"], return_to=BACK)
    with pytest.raises(AnswerError, match=STARTED):
        finish_openid(instance, trip, state="", code=back["code"], return_to=BACK)
    assert finish_openid(instance, trip, state=back["state"], code=back["code"], return_to=BACK)
    with pytest.raises(AnswerError, match=STARTED):
        finish_openid(instance, trip, state=back["state"], code=back["code"], return_to=BACK)


def test_a_code_for_another_question_is_refused(instance: Runtime, case: Case) -> None:
    """An attacker's code with the victim's state: the nonce in the token is the attacker's."""
    mine, theirs = begin(instance), begin(instance)
    back = agree(theirs.address, "karen")
    with pytest.raises(AnswerError, match="could not be checked"):
        finish_openid(instance, mine, state=mine.state, code=back["code"], return_to=BACK)


@pytest.mark.parametrize("sub", ["nobody", "without-cpr"])
def test_whoever_is_not_known_here_is_told_so_and_gets_no_session(
    instance: Runtime, case: Case, database: ServerDatabase, sub: str
) -> None:
    trip = begin(instance)
    back = agree(trip.address, sub)
    with pytest.raises(AnswerError, match="You were signed in, but"):
        finish_openid(instance, trip, state=back["state"], code=back["code"], return_to=BACK)
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM citizen_session")) == 0


def test_a_provider_that_is_away_or_speaks_as_another_is_named_without_its_words(
    runtime: Runtime, provider: str
) -> None:
    for issuer in (f"http://127.0.0.1:{free_port()}", provider.replace("127.0.0.1", "localhost") + "/elsewhere"):
        with pytest.raises(UnavailableError) as away:
            begin(with_provider(runtime, issuer))
        assert str(away.value) == "MitID can't be reached just now. Try again in a few minutes, or use a code."


KEY, OTHER_KEY = RSAKey.generate_key(2048, {"kid": "1"}), RSAKey.generate_key(2048, {"kid": "1"})


def signed(key: Any = KEY, header: dict[str, str] | None = None, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": "https://id.example",
        "aud": CLIENT,
        "sub": "1",
        "exp": now + 60,
        "iat": now,
        "nonce": "n",
        "cpr": CPR,
    }
    return jwt.encode(header or {"alg": "RS256", "kid": "1"}, {**claims, **changes}, key, algorithms=["RS256", "HS256"])


def unsigned() -> str:
    head = urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    return f"{head}.{signed().split('.')[1]}."


def signed_with_what_everybody_knows() -> str:
    """The provider's public key taken for a shared secret, as it is published, to the letter."""
    head = urlsafe_b64encode(b'{"alg":"HS256","kid":"1"}').decode().rstrip("=")
    told = f"{head}.{signed().split('.')[1]}"
    mark = hmac.digest(KEY.as_pem(private=False), told.encode(), "sha256")
    return f"{told}.{urlsafe_b64encode(mark).decode().rstrip('=')}"


def test_only_a_true_token_is_believed(runtime: Runtime) -> None:
    settings = with_provider(runtime, "https://id.example").settings
    keys = KeySet([KEY]).as_dict(private=False)

    def check(token: str) -> dict[str, Any]:
        return sign_in_openid._check_token(settings, token, keys, nonce="n")

    assert check(signed())["cpr"] == CPR
    assert check(signed(aud=[CLIENT]))["cpr"] == CPR
    lies = {
        "another key": signed(OTHER_KEY),
        "another issuer": signed(iss="https://evil.example"),
        "another audience": signed(aud="another"),
        "another question": signed(nonce="m"),
        "too old": signed(exp=int(time.time()) - 120),
        "for ever": signed(exp=None),
        "about nobody": signed(sub=None),
        "signed by nobody": unsigned(),
        "signed with what everybody knows": signed_with_what_everybody_knows(),
        "changed": signed()[:-4] + "AAAA",
        "no token": "",
    }
    for token in lies.values():
        with pytest.raises(AnswerError, match="could not be checked"):
            check(token)


def test_a_sign_in_below_the_level_that_is_demanded_is_refused(runtime: Runtime) -> None:
    open_to_all = with_provider(runtime, "https://id.example").settings
    keys = KeySet([KEY]).as_dict(private=False)
    high = open_to_all.model_copy(update={"citizen_oidc_levels": ("substantial", "high")})
    loa = high.model_copy(update={"citizen_oidc_level_claim": "loa"})
    for settings, claims in (
        (open_to_all, {}),
        (open_to_all, {"acr": "low"}),
        (high, {"acr": "high"}),
        (loa, {"acr": "low", "loa": "substantial"}),
    ):
        assert sign_in_openid._check_token(settings, signed(**claims), keys, nonce="n")["cpr"] == CPR
    for settings, claims in ((high, {}), (high, {"acr": "low"}), (high, {"acr": ["high"]}), (loa, {"acr": "high"})):
        with pytest.raises(AnswerError, match="not safe enough"):
            sign_in_openid._check_token(settings, signed(**claims), keys, nonce="n")


def test_the_level_and_the_scope_that_are_set_are_asked_for(instance: Runtime) -> None:
    changed = {"citizen_oidc_scope": "openid ssn", "citizen_oidc_acr_values": "urn:level:substantial"}
    asking = replace(instance, settings=instance.settings.model_copy(update=changed))
    asked = parse_qs(urlsplit(begin(asking).address).query)
    assert (asked["scope"], asked["acr_values"]) == (["openid ssn"], ["urn:level:substantial"])


@pytest.mark.parametrize(
    "keys", [{}, {"keys": []}, {"keys": None}, {"keys": ["x"]}, {"keys": [{"kty": "RSA"}]}], ids=range(5)
)
def test_a_provider_without_keys_is_as_one_that_is_away(runtime: Runtime, keys: dict[str, Any]) -> None:
    settings = with_provider(runtime, "https://id.example").settings
    with pytest.raises(UnavailableError, match="can't be reached"):
        sign_in_openid._check_token(settings, signed(), keys, nonce="n")


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"])
def test_no_endpoint_may_be_in_the_open(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    settings = with_provider(runtime, "https://id.example").settings
    said = {"issuer": "https://id.example", "authorization_endpoint": "https://id.example/a",
            "token_endpoint": "https://id.example/t", "jwks_uri": "https://id.example/j"}  # fmt: skip
    monkeypatch.setattr(sign_in_openid, "_ask", lambda _address: dict(said))
    assert sign_in_openid._read_provider(settings) == said
    said[name] = "http://id.example/open"
    with pytest.raises(UnavailableError):
        sign_in_openid._read_provider(settings)


def test_addresses_of_a_provider_must_be_encrypted_where_it_is() -> None:
    assert sign_in_openid._as_safe("https://id.example", "https://id.example/token")
    assert not sign_in_openid._as_safe("https://id.example", "http://id.example/token")
    assert not sign_in_openid._as_safe("https://id.example", "file:///etc/passwd")
    assert sign_in_openid._as_safe("http://127.0.0.1:1", "http://127.0.0.1:1/token")
