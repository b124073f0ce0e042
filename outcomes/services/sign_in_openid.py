"""A citizen signs in by OpenID Connect (MitID through a broker): who they are is asked for, looked up, and forgotten.

Code flow with PKCE, state and nonce. The identity token's signature, issuer, audience and times are checked, and the level
of the sign-in where one is demanded; of all else that it says one claim is used, the CPR number, to find the citizen by its
keyed hash. Nothing of it is stored or logged.
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from outcomes.errors import AnswerError, Fault, Sentence, UnavailableError
from outcomes.services.sign_in_citizen import begin_session
from outcomes.store import own_sign_in
from outcomes.store.database import Scope
from outcomes.tables.cpr import read_cpr

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.services.runtime import Runtime
    from outcomes.settings import Settings

ALGORITHMS = ("RS256", "PS256", "ES256")
SECONDS = 10
LARGEST_ANSWER = 1 << 20
SERVER_FAULT = 500
LEEWAY = 60
"""Seconds that two clocks may differ."""


@dataclass(frozen=True, slots=True)
class OpenIdTrip:
    """A sign-in on its way: where to send the browser, and what it must bring back. Kept by the browser, used once."""

    address: str
    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


class NoRedirects(HTTPRedirectHandler):
    """The provider answers itself, or not at all."""

    def redirect_request(self, *_arguments: object) -> None:
        """Follow nothing."""


def begin_openid(runtime: Runtime, *, return_to: str, locale: str) -> OpenIdTrip:
    """Where the browser goes to sign in. Raises ``UnavailableError`` where the provider doesn't answer."""
    from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # noqa: PLC0415 - few sign in this way
    from authlib.oauth2.rfc7636 import create_s256_code_challenge  # noqa: PLC0415

    provider = _read_provider(runtime.settings)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    level = runtime.settings.citizen_oidc_acr_values
    address = prepare_grant_uri(
        provider["authorization_endpoint"],
        client_id=runtime.settings.citizen_oidc_client_id,
        response_type="code",
        redirect_uri=return_to,
        scope=runtime.settings.citizen_oidc_scope,
        state=state,
        nonce=nonce,
        code_challenge=create_s256_code_challenge(verifier),
        code_challenge_method="S256",
        ui_locales=locale,
        **({"acr_values": level} if level else {}),
    )
    return OpenIdTrip(address, state, nonce, verifier)


def finish_openid(
    runtime: Runtime, trip: OpenIdTrip | None, *, state: str, code: str, return_to: str
) -> tuple[str, ...]:
    """The tokens of new sessions, one for each organisation that knows the citizen.

    Raises ``AnswerError`` where this browser didn't begin the sign-in, it was broken off, or nobody here is that person.
    """
    if trip is None or not code or not hmac.compare_digest(trip.state.encode(), state.encode()):
        raise _refused(Sentence("The sign-in was not finished. Begin again from here."))
    cpr = _read_person(runtime.settings, trip, code, return_to)
    key = runtime.vault.lookup_hash(cpr, kind="cpr") if cpr else None
    if key is None:
        raise _refused(Sentence("You were signed in, but we did not get to know who you are. Use a code instead."))
    with runtime.database.transaction(Scope(key=key)) as session:
        holders = own_sign_in.list_holders(session, key=key)
    if not holders:
        raise _refused(Sentence("You were signed in, but there is no page about you here."))
    return tuple(
        begin_session(runtime, holder.organisation_id, holder.citizen_id, method="openid") for holder in holders
    )


def _read_person(settings: Settings, trip: OpenIdTrip, code: str, return_to: str) -> str | None:
    """The CPR number that the provider vouches for; it lives in this call and no longer."""
    provider = _read_provider(settings)
    answer = _ask(
        provider["token_endpoint"],
        form={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": return_to,
            "code_verifier": trip.verifier,
            "client_id": str(settings.citizen_oidc_client_id),
        },
        authorization=_basic(settings),
    )
    claims = _check_token(settings, str(answer.get("id_token", "")), _ask(provider["jwks_uri"]), nonce=trip.nonce)
    claim = settings.citizen_oidc_cpr_claim
    if claim not in claims and "userinfo_endpoint" in provider and "access_token" in answer:
        more = _ask(provider["userinfo_endpoint"], authorization=f"Bearer {answer['access_token']}")
        claims = more if more.get("sub") == claims["sub"] else claims
    return read_cpr(str(claims.get(claim, "")), lost_zero=False)


def _check_token(settings: Settings, token: str, keys: Mapping[str, Any], *, nonce: str) -> dict[str, Any]:
    """The claims of an identity token that is signed by the provider, meant for us, and an answer to our question."""
    from joserfc import jwt  # noqa: PLC0415
    from joserfc.errors import JoseError  # noqa: PLC0415
    from joserfc.jwk import KeySet  # noqa: PLC0415

    try:
        known = KeySet.import_key_set(keys)  # type: ignore[arg-type]
    except (JoseError, ValueError, TypeError, KeyError, AttributeError):
        raise _away() from None
    demanded = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": str(settings.citizen_oidc_issuer)},
        aud={"essential": True, "value": str(settings.citizen_oidc_client_id)},
        sub={"essential": True},
        exp={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        decoded = jwt.decode(token, known, algorithms=ALGORITHMS)
        demanded.validate(decoded.claims)
    except (JoseError, ValueError) as error:
        raise _refused(Sentence("The sign-in could not be checked. Begin again from here.")) from error
    enough = settings.citizen_oidc_levels
    if enough and decoded.claims.get(settings.citizen_oidc_level_claim) not in enough:
        raise _refused(Sentence("This way of signing in is not safe enough here. Sign in another way, or use a code."))
    return decoded.claims


def _read_provider(settings: Settings) -> dict[str, Any]:
    """What the provider says of itself; it must speak as the one who was asked."""
    issuer = str(settings.citizen_oidc_issuer)
    found = _ask(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    endpoints = ["authorization_endpoint", "token_endpoint", "jwks_uri"]
    endpoints += ["userinfo_endpoint"] if "userinfo_endpoint" in found else []
    if found.get("issuer") != issuer or not all(_as_safe(issuer, str(found.get(name))) for name in endpoints):
        raise _away()
    return found


def _as_safe(issuer: str, endpoint: str) -> bool:
    """Encrypted, wherever the provider itself is."""
    return urlsplit(endpoint).scheme == "https" or (issuer.startswith("http://") and endpoint.startswith("http://"))


def _ask(address: str, *, form: Mapping[str, str] | None = None, authorization: str | None = None) -> dict[str, Any]:
    """A JSON answer. Raises ``UnavailableError`` with none of what the other side said, ``AnswerError`` for a refusal."""
    request = Request(address, data=urlencode(form).encode() if form else None)  # noqa: S310 - settings name the provider
    request.add_header("Accept", "application/json")
    if authorization:
        request.add_header("Authorization", authorization)
    try:
        with build_opener(NoRedirects).open(request, timeout=SECONDS) as response:
            answer = json.loads(response.read(LARGEST_ANSWER))
    except HTTPError as error:
        error.close()
        if form is not None and error.code < SERVER_FAULT:  # the code was used before, or isn't ours
            raise _refused(Sentence("The sign-in was not finished. Begin again from here.")) from None
        raise _away() from None
    except (OSError, ValueError):
        raise _away() from None
    if not isinstance(answer, dict):
        raise _away()
    return answer


def _basic(settings: Settings) -> str:
    secret = settings.citizen_oidc_client_secret
    pair = f"{quote(str(settings.citizen_oidc_client_id))}:{quote(secret.get_secret_value() if secret else '')}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _refused(sentence: Sentence) -> AnswerError:
    return AnswerError(Sentence("You are not signed in yet."), [Fault("", sentence)])


def _away() -> UnavailableError:
    return UnavailableError(Sentence("MitID can't be reached just now. Try again in a few minutes, or use a code."))
