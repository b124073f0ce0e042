"""Encryption of what identifies a person, and hashes to find them by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import UnavailableError
from outcomes.vault import NONCE_BYTES, Vault, token_hash

OLD, NEW, LOOKUP = bytes(range(32)), bytes(32), bytes(range(32, 64))
PLACE = "citizen_identity.name:1"


@pytest.fixture
def vault():
    return Vault({"k1": OLD}, LOOKUP)


@given(text=st.text(), place=st.text())
def test_what_goes_in_comes_out(text, place):
    sealed = Vault({"k1": OLD}, LOOKUP)
    assert sealed.decrypt(sealed.encrypt(text, place=place), place=place) == text


def test_the_same_twice_looks_different_and_shows_nothing(vault):
    first, second = (vault.encrypt("Karen Prøvesen", place=PLACE) for _ in range(2))
    assert first != second
    assert b"Karen" not in first
    assert len(first) == 1 + 2 + NONCE_BYTES + len("Karen Prøvesen".encode()) + 16


def test_a_value_does_not_open_in_another_place(vault):
    sealed = vault.encrypt("Karen", place=PLACE)
    for place in ("citizen_identity.name:2", "citizen_identity.cpr:1", ""):
        with pytest.raises(UnavailableError, match="can't be read"):
            vault.decrypt(sealed, place=place)


def test_a_changed_value_does_not_open(vault):
    sealed = vault.encrypt("Karen", place=PLACE)
    for position in range(len(sealed)):
        damaged = bytearray(sealed)
        damaged[position] ^= 1
        with pytest.raises(UnavailableError):
            vault.decrypt(bytes(damaged), place=PLACE)
    for short in (b"", sealed[:1], sealed[:5], sealed[:-1]):
        with pytest.raises(UnavailableError):
            vault.decrypt(short, place=PLACE)


def test_keys_rotate_without_losing_what_the_old_one_sealed(vault):
    before = vault.encrypt("Karen", place=PLACE)
    rotated = Vault({"k2": NEW, "k1": OLD}, LOOKUP)
    after = rotated.encrypt("Karen", place=PLACE)
    assert rotated.decrypt(before, place=PLACE) == rotated.decrypt(after, place=PLACE) == "Karen"
    assert after[1:3] == b"k2", "new values are sealed with the first key of the ring"
    with pytest.raises(UnavailableError, match="DATA_KEYS"):
        vault.decrypt(after, place=PLACE)
    with pytest.raises(UnavailableError):
        Vault({"k2": NEW}, LOOKUP).decrypt(before, place=PLACE)
    with pytest.raises(UnavailableError):
        Vault({"k1": NEW}, LOOKUP).decrypt(before, place=PLACE)


def test_a_person_is_found_by_a_hash_that_needs_the_key(vault):
    found = vault.lookup_hash("0101901234", kind="cpr")
    assert found == Vault({"k9": NEW}, LOOKUP).lookup_hash("0101901234", kind="cpr"), "rotation keeps it"
    assert len(found) == 32
    others = {
        vault.lookup_hash("0101901235", kind="cpr"),
        vault.lookup_hash("0101901234", kind="phone"),
        vault.lookup_hash("r\x000101901234", kind="cp"),
        Vault({"k1": OLD}, NEW).lookup_hash("0101901234", kind="cpr"),
        token_hash("0101901234"),
    }
    assert found not in others
    assert len(others) == 5


def test_a_token_is_hashed_without_a_key_since_it_cannot_be_guessed():
    assert token_hash("abc").hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
