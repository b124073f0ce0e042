"""The targets as data that stand on their own: whoever has the file can work every standing out again, without us."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.reports.plain import to_plain
from outcomes.services.describe_indicators import describe_indicators
from outcomes.services.read_targets import read_targets
from outcomes.services.runtime import code_version

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def export_targets(runtime: Runtime, scope: Scope, *, locale: str) -> dict[str, Any]:
    """The page of targets with the definitions that its figures follow, and which code made them."""
    board: dict[str, Any] = to_plain(read_targets(runtime, scope), locale)
    return {**board, "definitions": to_plain(describe_indicators(), locale), "code_version": code_version()}
