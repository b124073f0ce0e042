"""A sum over several interventions beside what each of them has published: nobody can be subtracted out of it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, cast
from uuid import UUID

from outcomes.services.release_ledger import START, Ledger, ledger_key
from outcomes.services.release_sums import sum_tells_of_few

if TYPE_CHECKING:
    from collections.abc import Iterable

    from outcomes.vault import Vault


class Seals:
    """Seals as the vault does, without its keys."""

    def lookup_hash(self, text: str, *, kind: str) -> bytes:
        return hashlib.sha256(f"{kind}\x00{text}".encode()).digest()


def people(first: int, count: int) -> frozenset[UUID]:
    return frozenset(UUID(int=number) for number in range(first, first + count))


def ledger(slug: str, members: Iterable[UUID]) -> Ledger:
    contributed = {person: {"begun": "", START: f"{slug} {person}"} for person in members}
    return Ledger(slug, cast("Vault", Seals()), contributed, "change=month-3")


def test_a_sum_less_one_of_its_interventions_is_never_of_few() -> None:
    own = people(0, 30)
    for other, tells in ((people(21, 12), True), (people(100, 12), False)):  # nine of the twelve are in both, or nobody
        home, house = ledger("home", own), ledger("house", other)
        home.add(ledger_key("home", "", "2026"), own)
        counted = dict.fromkeys(other, "house") | dict.fromkeys(own, "home")
        assert sum_tells_of_few({"home": home, "house": house}, counted, START) is tells
        for each, members in ((home, own), (house, other)):  # by itself each of them may be out
            assert each.check(ledger_key(each.slug, "need=a/b", "2026", START), members) is None


def test_who_counts_in_the_other_intervention_is_another_answer() -> None:
    """Held against the first one, the sum has the nine people's other answers in it: twelve differ."""
    own, other = people(0, 30), people(21, 12)
    home, house = ledger("home", own), ledger("house", other)
    home.add(ledger_key("home", "", "2026"), own)
    counted = dict.fromkeys(own, "home") | dict.fromkeys(other, "house")
    assert not sum_tells_of_few({"home": home, "house": house}, counted, START)


def test_too_few_answers_are_no_sum() -> None:
    home = ledger("home", people(0, 9))
    assert not sum_tells_of_few({"home": home}, dict.fromkeys(people(0, 9), "home"), START)
