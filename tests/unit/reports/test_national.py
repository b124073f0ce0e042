"""The national overview from published figures alone: by name, honest about whom nobody has heard from."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from outcomes.analysis.intervals import Z_95
from outcomes.analysis.meta_analysis import HartungKnapp, combine_estimates
from outcomes.analysis.suppression import rounding_step
from outcomes.errors import Sentence
from outcomes.reports.national import NationalIntervention, Published, compare_places
from outcomes.reports.parts import local_text
from outcomes.reports.stored_values import to_stored

LENGTH = 100.0


def make_figures(estimate: float | None, margin: float = 4.0, n: int = 60, **changes: Any) -> dict[str, Any]:
    main = (
        {"estimate": estimate, "ci_low": estimate - margin, "ci_high": estimate + margin}
        if estimate is not None
        else {}
    )
    return {
        "slug": "bostoette", "title": to_stored(local_text({"da": "Bostøtte", "en": "Support"})), "label": "D0",
        "word": to_stored(Sentence("change")), "grade": "C", "unit": to_stored(Sentence("points, higher is better")),
        "n_behind": n, "n_due": n + 10, "completeness": 0.8, "main": main,
        "finding": to_stored(Sentence("People got better")),
        "measure": {"instrument": "wellbeing", "scale": "total", "length": LENGTH},
        "indicators": {},
    } | changes  # fmt: skip


def publish(name: str, figures: dict[str, Any] | None) -> Published:
    return Published(uuid4(), name, uuid4(), None, None, {"bostoette": figures} if figures else {})


def compare(**places: dict[str, Any] | None) -> NationalIntervention:
    (found,) = compare_places([publish(name, figures) for name, figures in places.items()], [(uuid4(), "Dal")])
    return found


def test_pools_as_the_published_intervals_say() -> None:
    """A separate computation from what is published gives the same."""
    found = compare(Aby=make_figures(8.0), Bro=make_figures(2.0, 5.0), Cove=make_figures(5.0, 3.0))
    step = rounding_step(60, span=LENGTH)
    variances = [(margin / Z_95) ** 2 + step**2 / 12 for margin in (4.0, 5.0, 3.0)]
    expected = combine_estimates([8.0, 2.0, 5.0], variances, hartung_knapp=HartungKnapp.CAUTIOUS)
    assert found.together is not None
    assert found.together.number.estimate == pytest.approx(expected.pooled.estimate)
    assert found.together.number.low == pytest.approx(expected.pooled.ci_low)
    assert found.together.prediction is not None
    assert found.together.prediction.high == pytest.approx(expected.prediction_high)
    assert found.together.n == 180


def test_stands_by_name_and_never_by_result() -> None:
    found = compare(Cove=make_figures(1.0), Aby=make_figures(-5.0), Bro=make_figures(9.0))
    assert [place.name for place in found.places] == ["Aby", "Bro", "Cove", "Dal"]


def test_who_did_not_report_is_unknown_not_well() -> None:
    found = compare(Aby=make_figures(8.0), Bro=make_figures(2.0), Cove=None)
    unknown = {place.name for place in found.places if place.finding is None}
    assert unknown == {"Cove", "Dal"}
    assert all(place.number is None and place.expected is None for place in found.places if place.name in unknown)
    assert found.together is not None
    assert found.together.n_places == 2


def test_an_uncertain_place_is_drawn_to_the_others() -> None:
    found = compare(Aby=make_figures(10.0, 1.0), Bro=make_figures(-10.0, 1.0), Cove=make_figures(30.0, 25.0))
    expected = {place.name: place.expected for place in found.places}
    assert expected["Cove"] is not None
    assert expected["Aby"] is not None
    assert expected["Cove"].estimate < 27
    assert expected["Aby"].estimate == pytest.approx(10, abs=1)


def test_other_measures_and_designs_are_not_put_together() -> None:
    other = make_figures(8.0, label="D3")
    found = compare(Aby=make_figures(8.0), Bro=make_figures(2.0), Cove=other)
    assert found.together is not None
    assert found.together.n_places == 2
    assert {place.name for place in found.places if place.apart} == {"Cove"}


def test_figures_of_other_days_are_not_put_together() -> None:
    days = (date(2025, 1, 1), date(2025, 12, 31))
    published = [
        replace(publish(name, make_figures(8.0)), first_day=days[0], last_day=days[1]) for name in ("Aby", "Bro")
    ]
    published.append(replace(published[0], organisation_id=uuid4(), name="Cove", last_day=date(2026, 12, 31)))
    (found,) = compare_places(published, [])
    assert found.together is not None
    assert (found.together.n_places, [place.name for place in found.places if place.apart]) == (2, ["Cove"])


@pytest.mark.parametrize("figures", [make_figures(None), make_figures(4.0, n=9)])
def test_too_few_people_are_not_put_together(figures: dict[str, Any]) -> None:
    found = compare(Aby=make_figures(8.0), Bro=figures)
    assert found.together is None
    assert "at least two" in str(found.not_together)


def test_says_in_words_how_places_differ() -> None:
    alike = compare(Aby=make_figures(5.0), Bro=make_figures(5.2), Cove=make_figures(4.9))
    apart = compare(Aby=make_figures(-20.0), Bro=make_figures(25.0), Cove=make_figures(4.9))
    assert alike.together is not None
    assert apart.together is not None
    assert "hardly more than chance" in str(alike.together.words[0])
    assert "Most of what" in str(apart.together.words[0])
    assert apart.together.i2 > 75 > alike.together.i2
