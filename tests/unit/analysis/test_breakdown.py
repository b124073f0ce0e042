"""The breakdown puts the parts together: the period's people for the parts, everybody before them for the trend."""

from __future__ import annotations

from datetime import date

from outcomes.analysis.breakdown import describe_breakdown
from outcomes.analysis.provider_comparison import ProviderComparison
from outcomes.analysis.results import Withheld
from outcomes.analysis.trend import Trend
from tests.unit.analysis.parts_data import make_plan, simulate_people


def test_the_trend_looks_further_back_than_the_rest() -> None:
    frame, facts = simulate_people(400)
    late = {subject: fact for subject, fact in facts.items() if fact.started >= date(2025, 1, 1)}
    now = frame[frame["subject"].isin(late)].reset_index(drop=True)
    found = describe_breakdown(now, make_plan(), late, compared=False, history=(frame, facts))
    assert isinstance(found.trend, Trend)
    assert len(found.trend.points) == 16
    assert isinstance(found.providers, ProviderComparison)
    assert found.providers.n == len(late)
    counts = {part.name: sum(cell.count or 0 for _level, cell in part.rows) for part in found.composition}
    assert counts == dict.fromkeys(("provider", "target_group", "standing", "age", "living"), len(late))


def test_without_days_there_is_no_trend() -> None:
    frame, facts = simulate_people(60)
    assert isinstance(describe_breakdown(frame, make_plan(), facts, compared=False, dated=False).trend, Withheld)
