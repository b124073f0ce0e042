"""Which region a municipality lies in on a day: data with dates of effect, since regions change by law.

Five regions until 31 December 2026, four from 1 January 2027. ``regions.json`` names its source; the code of Region
Østdanmark wasn't published when it was written, and is empty.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "regions.json"


@dataclass(frozen=True, slots=True)
class Region:
    """A region while it is one. ``valid_to``: its last day (None: still there); ``municipalities``: their codes."""

    code: str | None
    name: str
    valid_from: date
    valid_to: date | None
    municipalities: frozenset[str]

    def is_there(self, on: date) -> bool:
        """Is it a region on a day?"""
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


@cache
def all_regions() -> tuple[Region, ...]:
    """Every region that there was, is, or by law will be; in the order of the file."""
    return tuple(
        Region(
            entry["code"],
            entry["name"],
            date.fromisoformat(entry["valid_from"]),
            date.fromisoformat(entry["valid_to"]) if entry["valid_to"] else None,
            frozenset(entry["municipalities"]),
        )
        for entry in json.loads(DATA.read_text(encoding="utf-8"))["regions"]
    )


def list_regions(on: date) -> tuple[Region, ...]:
    """The regions on a day."""
    return tuple(region for region in all_regions() if region.is_there(on))


def find_region(municipality_code: str | None, on: date) -> Region | None:
    """The region of a municipality on a day; None where the code is unknown or lies in none."""
    return next((region for region in list_regions(on) if municipality_code in region.municipalities), None)
