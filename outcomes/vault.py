"""Encryption of what identifies a person, and keyed hashes to find them by.

AES-256-GCM with a fresh nonce; the place a value belongs to (table, column, row id) is authenticated with it, so that a
value moved to another row doesn't decrypt. The key's name is stored with the value: a new key is put first in the ring,
old ones stay until everything is written again. Look-up is by HMAC-SHA-256 under a key of its own (a plain hash of a CPR
number could be guessed by trying all ten thousand million).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from outcomes.errors import Sentence, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping

NONCE_BYTES = 12
TOKEN_BYTES = 16  # 128 bits: a personal link can't be guessed


class Vault:
    """Encrypts, decrypts and hashes with the instance's keys. Holds no state but the keys."""

    def __init__(self, data_keys: Mapping[str, bytes], lookup_key: bytes) -> None:
        self._keys = {name: AESGCM(key) for name, key in data_keys.items()}
        self._current = next(iter(data_keys))
        self._lookup_key = lookup_key

    def encrypt(self, text: str, *, place: str) -> bytes:
        """``text`` as ciphertext that only decrypts at ``place`` (``citizen_identity.name:<row id>``)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._current].encrypt(nonce, text.encode(), place.encode())
        name = self._current.encode()
        return bytes([len(name)]) + name + nonce + sealed

    def decrypt(self, sealed: bytes, *, place: str) -> str:
        """The text encrypted for ``place``. Raises ``UnavailableError`` for a missing key or a changed value."""
        start = 1 + int.from_bytes(sealed[:1])
        name = sealed[1:start].decode(errors="replace")
        nonce, rest = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
        try:
            return self._keys[name].decrypt(nonce, rest, place.encode()).decode()
        except (KeyError, InvalidTag, ValueError) as error:
            raise UnavailableError(
                Sentence("A protected value can't be read: its key is missing from DATA_KEYS, or it was changed.")
            ) from error

    def lookup_hash(self, value: str, *, kind: str) -> bytes:
        """32 bytes to find ``value`` by (``kind`` keeps a CPR number and a phone number of the same digits apart)."""
        return hmac.new(self._lookup_key, f"{kind}\x00{value}".encode(), hashlib.sha256).digest()


def token_hash(token: str) -> bytes:
    """SHA-256 of a link's or session's token: what is stored in its place."""
    return hashlib.sha256(token.encode()).digest()
