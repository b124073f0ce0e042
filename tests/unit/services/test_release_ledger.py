"""What the ledger lets out: whole, or not at all; and a published status that rests on the published numbers alone."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, cast
from uuid import UUID

from outcomes.analysis.indicators import IndicatorValue
from outcomes.analysis.target_status import TargetStatus
from outcomes.reports.release_overview import as_released
from outcomes.reports.targets import TargetView, stand
from outcomes.services.draft_steering import _stand_released
from outcomes.services.release_ledger import START, Ledger, admit_together, ledger_key
from outcomes.vault import Vault

if TYPE_CHECKING:
    from outcomes.settings import Settings


def make_ledger(settings: Settings, slug: str, people: range) -> Ledger:
    contributed = {UUID(int=each): {"begun": "x", START: str(each)} for each in people}
    return Ledger(slug, Vault(settings.data_keys, settings.lookup_key), contributed, "change=month-3")


def test_what_is_refused_leaves_nothing_behind(settings: Settings) -> None:
    ledgers = {slug: make_ledger(settings, slug, range(30)) for slug in ("one", "two")}
    enough, few = (frozenset(UUID(int=each) for each in range(count)) for count in (12, 9))
    wanted = {ledger_key("one", "need=a", "", START): enough, ledger_key("two", "need=a", "", START): few}
    assert not admit_together(ledgers, wanted)
    assert ledgers["one"].out == ledgers["two"].out == []
    wanted[ledger_key("two", "need=a", "", START)] = enough
    assert admit_together(ledgers, wanted)
    assert [len(ledger.out) for ledger in ledgers.values()] == [1, 1]


def test_a_published_status_follows_the_rounded_ends() -> None:
    value = IndicatorValue("share_better", 0.5, 0.31, 0.7, 24, 1.0)
    target = cast("TargetView", SimpleNamespace(threshold=0.305, direction="at_least", minimum_n=10))
    standing = stand(value, threshold=0.305, direction="at_least", minimum_n=10, snapshot="s")
    assert standing.status is TargetStatus.MET
    released = as_released(value, "share", 100.0)
    assert (released.ci_low, released.ci_high) == (0.3, 0.7)
    assert _stand_released(target, released, standing).status is TargetStatus.NOT_SAID
