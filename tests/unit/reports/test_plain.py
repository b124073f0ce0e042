"""A context as plain data: nothing is lost, nothing is rounded, and what can't be written is refused."""

from __future__ import annotations

import json
import math
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import numpy as np
import pytest

from outcomes.analysis.evidence import DesignLabel, EvidenceGrade
from outcomes.analysis.results import Share, WithheldReason
from outcomes.analysis.results import Withheld as WithheldResult
from outcomes.errors import Sentence
from outcomes.reports.parts import Points, Withheld, local_text
from outcomes.reports.plain import to_plain

NAME = local_text({"da": "Bostøtte", "en": "Home support"})


def test_every_kind_has_its_plain_form():
    value = {
        "share": Share(1, 3, 1 / 3, 0.06, 0.79),
        "why": WithheldResult(WithheldReason.TOO_FEW, Sentence("Fewer than %(n)s", n=5)),
        "cell": Withheld(Sentence("Because")),
        "names": (NAME, "Havnehuset", None, True),
        "day": date(2026, 3, 31),
        "moment": datetime(2026, 3, 31, 12, tzinfo=UTC),
        "kroner": (Decimal("12.50"), Decimal("7400.00")),
        "label": DesignLabel.D2,
        "grade": EvidenceGrade.C,
        "id": UUID(int=3),
        "points": Points(2.5),
        "counts": (np.int64(4), np.float64(0.1), math.nan),
        "set": frozenset({"b", "a"}),
    }
    plain = to_plain(value, "en")
    assert json.loads(json.dumps(plain, allow_nan=False)) == plain
    assert plain["share"] == {"count": 1, "total": 3, "share": 1 / 3, "ci_low": 0.06, "ci_high": 0.79}
    assert (plain["why"], plain["cell"]) == ({"withheld": "Fewer than 5"}, {"withheld": "Because"})
    assert plain["names"] == ["Home support", "Havnehuset", None, True]
    assert (plain["day"], plain["moment"]) == ("2026-03-31", "2026-03-31T12:00:00+00:00")
    assert plain["kroner"] == [12.5, 7400]
    assert (plain["label"], plain["grade"], plain["points"]) == ("D2", "C", 2.5)
    assert (plain["counts"], plain["set"]) == ([4, 0.1, None], ["a", "b"])


def test_names_are_in_the_language_asked_for():
    assert to_plain([NAME], "da") == ["Bostøtte"]


def test_what_cannot_be_written_is_refused():
    with pytest.raises(TypeError):
        to_plain({"x": object()}, "da")
