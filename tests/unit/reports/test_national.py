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
from outcomes.reports.national_steering import PublishedPart, build_steering
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


def test_the_variance_is_by_those_behind_the_number() -> None:
    """The model looks at 60, both answers are known of 20: the number was rounded by 20."""
    few = compare(Aby=make_figures(8.0, n_answered=20), Bro=make_figures(2.0, n_answered=20))
    variances = [(4.0 / Z_95) ** 2 + rounding_step(20, span=LENGTH) ** 2 / 12] * 2
    expected = combine_estimates([8.0, 2.0], variances, hartung_knapp=HartungKnapp.CAUTIOUS)
    assert few.together is not None
    assert few.together.number.low == pytest.approx(expected.pooled.ci_low)


def test_what_a_municipality_has_not_published_is_unknown_in_every_list() -> None:
    heard, silent = uuid4(), uuid4()
    told = {
        "requirements": {"as_of": "2026-11-21", "since": "2026-01-01", "duties": 4, "law_bound": 1, "retired": 2,
                         "questioned": 1, "hours": 40, "net": 39},
        "supervision": {"until": "2026-09-30", "compared": 5, "unknown": 2, "waiting": 1, "in_dialogue": 1,
                        "false_alarms": 0.125},
    }  # fmt: skip
    found = build_steering(
        [(heard, "Bro"), (silent, "Dal")],
        {kind: [PublishedPart(heard, uuid4(), figures)] for kind, figures in told.items()},
    )
    hours, signals = found.hours, found.signals
    assert [(each.name, each.hours) for each in hours] == [("Bro", 40), ("Dal", None)]
    assert (signals[1].until, signals[1].waiting, signals[1].compared) == (None, None, None)
    assert str(found.hours_finding).startswith("About 40 hours")
    assert "(1 of 2)" in str(found.hours_finding)
    assert "that waits: 1. With one that is talked about: 1. That is among 5 providers" in str(found.signals_finding)
    assert "once in 8" in str(found.signals_finding)
    assert found.value == ()
    assert [each.release_id for each in found.contracts] == [None, None]
    nobody = build_steering([(silent, "Dal")], {})
    assert "unknown" in str(nobody.signals_finding)
    assert "known of no municipality" in str(nobody.hours_finding)


@pytest.mark.parametrize(("compared", "said"), [(5, "once in 2.000"), (0, "Nobody could be compared")])
def test_a_rate_that_is_rounded_to_zero_is_not_nobody_compared(compared: int, said: str) -> None:
    heard = uuid4()
    told = {"until": "2026-09-30", "providers": 7, "compared": compared, "unknown": 2, "waiting": 0, "in_dialogue": 0,
            "false_alarms": 0.0}  # fmt: skip
    found = build_steering([(heard, "Bro")], {"supervision": [PublishedPart(heard, uuid4(), told)]})
    assert said in str(found.signals[0].false_alarms)
    assert ("No provider could be compared" in str(found.signals_finding)) is (compared == 0)
