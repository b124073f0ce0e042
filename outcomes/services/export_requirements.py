"""The register of process requirements as data: the figures of its page, and which code made them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.reports.plain import to_plain
from outcomes.services.read_requirements import read_requirements
from outcomes.services.runtime import code_version

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def export_requirements(runtime: Runtime, scope: Scope, *, locale: str) -> dict[str, Any]:
    """The page of the register as plain data, with sentences in ``locale``."""
    return {**to_plain(read_requirements(runtime, scope), locale), "code_version": code_version()}
