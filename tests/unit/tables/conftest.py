"""What the tests of tables share: English messages, and a small study written as a mapping."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from outcomes.language import use_locale
from outcomes.tables import TableMapping, read_mapping

if TYPE_CHECKING:
    from pathlib import Path

SMALL: dict[str, Any] = {
    "format": 1,
    "source": "other-system",
    "organisation": {"slug": "nordby", "name": "Nordby Kommune", "kind": "municipality", "municipality_code": "999"},
    "provider": {"name": "Støttecentret"},
    "intervention": {"slug": "stoette", "name": {"da": "Støtte", "en": "Support"}},
    "measure": {"instrument": "wellbeing", "scale": "total"},
    "comparison": {"kind": "waiting_list", "name": {"da": "Venteliste", "en": "Waiting list"}},
    "missing": ["NA"],
    "columns": {
        "subject": "borger",
        "time": "måned",
        "score": "score",
        "arm": {"column": "gruppe", "values": {"indsats": "intervention", "venter": "comparison"}},
    },
    "background": [{"key": "age", "column": "alder", "type": "number", "name": {"da": "Alder", "en": "Age"}}],
    "start": {"column": "start"},
    "occasions": [
        {"code": "baseline", "months": 0, "baseline": True, "values": ["før"]},
        {"code": "month-3", "months": 3, "values": ["efter"]},
    ],
    "window": {"opens_days_before": 7, "due_days_after": 7, "closes_days_after": 14},
}

MakeMapping = Callable[..., TableMapping]


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with use_locale("en"):
        yield


@pytest.fixture
def small() -> dict[str, Any]:
    """A whole mapping as plain values, free to be changed."""
    return copy.deepcopy(SMALL)


@pytest.fixture
def write_mapping(tmp_path: Path) -> Callable[[object], Path]:
    """Write values as a mapping file."""

    def write(values: object) -> Path:
        path = tmp_path / "mapping.yaml"
        path.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def make_mapping(small: dict[str, Any], write_mapping: Callable[[object], Path]) -> MakeMapping:
    """A mapping like the small one, with some of its parts replaced (None takes a part out)."""

    def make(**changes: object) -> TableMapping:
        values = {**small, **changes}
        return read_mapping(write_mapping({name: value for name, value in values.items() if value is not None}))

    return make
