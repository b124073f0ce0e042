"""Sample variables of the manager's overview."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence

POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
DAY = date(2026, 11, 21)
SHARES = Thing(better=0.4, same=0.5, worse=0.1)
INTERVAL = Thing(estimate=-2.3, low=-5.7, high=1.1, reach=15.0, unit=Sentence("points"))


def figure(key: str, **changes: Any) -> Thing:
    """One figure of a row: a share with its interval."""
    values = {
        "key": key, "label": Sentence("Reliably better"), "value": 0.4, "is_share": True, "total": 30, "low": 0.2,
        "high": 0.6, "known": 0.7, "mark": None, "section": "progression", "indicator": "share_better",
        "base": Sentence("of the 30 whose time has come"),
    }  # fmt: skip
    return Thing(**{**values, **changes})


FIGURES = (
    figure("begun", value=30, is_share=False, total=None, low=None, high=None, known=None, indicator=None, base=None),
    figure("share_success"),
    figure("goal_attainment", value=None, mark=Sentence("too few")),
)


def row(number: int, **changes: Any) -> Thing:
    """One intervention of the overview."""
    values = {
        "intervention_id": f"i{number}",
        "name": POLYGLOT,
        "part": POLYGLOT,
        "population": Thing(provider_id="p1" if number == 1 else None, target_group="unge"),
        "caution": Sentence("Uncertain"),
        "finding": Sentence("No result yet"),
        "answered": 12,
        "total": 30,
        "shares": SHARES,
        "interval": INTERVAL,
        "withheld": None,
        "word": Sentence("change"),
        "grade": "C",
        "grade_words": Sentence("low certainty"),
        "figures": FIGURES,
        "targets": Thing(met=1, not_met=2, not_said=3),
        "plan_status": "",
        "answers_since": number == 1,
        "days": (date(2025, 1, 1), date(2025, 6, 30)) if number == 1 else None,
    }
    return Thing(**{**values, **changes})


PAGE = Thing(
    organisation_name="Solbakke Kommune",
    groups=[
        Thing(key="p1", title=POLYGLOT, rows=[row(1)]),
        Thing(key="", title=None, rows=[row(2, shares=None, interval=None, withheld=Sentence("Fewer than 10"))]),
    ],
    choosers=[
        Thing(
            key="udbyder",
            label=Sentence("Provider"),
            nothing=Sentence("All providers"),
            choices=[Thing(value="p1", label=POLYGLOT, chosen=True)],
        )
    ],
    computed_at=datetime(2026, 11, 21, 14, 3, tzinfo=UTC),
    outdated=True,
    filtered=True,
)

OVERVIEW_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/manager/overview.html": {
        "page": PAGE,
        "period": Thing(from_date=date(2026, 1, 1), to_date=DAY),
        "errors": [Thing(target="to_date", message="Write a day")],
        "here": "/indsatser?gruppering=udbyder",
    }
}
