"""Whether a sum over several interventions may be out: each of them has a ledger, and the sum is held against all of them.

Somebody who is in two interventions counts once in a sum. So the sum less one of its interventions can be of few people,
though each intervention by itself is of many.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from outcomes.analysis.differencing import find_leak
from outcomes.analysis.disclosure import MINIMUM_ESTIMATE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from outcomes.services.release_ledger import Ledger

SUM = "need="
"""How the part of a ledger's key begins whose figure is out as a sum over interventions, and not by itself."""


def sum_tells_of_few(ledgers: Mapping[str, Ledger], counted: Mapping[UUID, str], name: str) -> bool:
    """Whether a sum would tell of few people, held against all that is out about its interventions.

    ``ledgers``: of the interventions, by slug; ``counted``: in which of them each person counts, once; ``name``: the part of
    the figures that the sum stands on.
    """
    union = dict(
        ledgers[slug].seal(person, name)
        for person, slug in counted.items()
        if name in ledgers[slug].contributed.get(person, ())
    )
    if len(union) < MINIMUM_ESTIMATE:
        return False  # no share of so few is shown
    out = [group for slug in sorted(ledgers) for group in ledgers[slug].groups(name)]
    return find_leak(union, [*out, *_sums(ledgers.values(), union, name)]) is not None


def _sums(ledgers: Iterable[Ledger], union: Mapping[bytes, bytes], name: str) -> list[dict[bytes, bytes]]:
    """Sums that are out already. Where somebody could have counted in several interventions, it was as it is now."""
    sums: dict[tuple[UUID, str], dict[bytes, bytes]] = defaultdict(dict)
    for ledger in ledgers:
        tag = ledger.tag(name)
        for each in ledger.out:
            whole = each.key.partition("|")[2]
            if each.release is None or not whole.startswith(SUM):
                continue
            added = sums[each.release.id, whole]
            for who, mark in each.parts.get(tag, {}).items():
                if added.get(who) is None or added[who] != union.get(who):
                    added[who] = mark
    return list(sums.values())
