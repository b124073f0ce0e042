"""One person's curve: the band, the words, and the citizen's own light one."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.charts.trajectory import TrajectoryChart
from outcomes.reports.parts import LocalText, local_text
from outcomes.reports.trajectory import own_curve_figure, trajectory_figure


@dataclass(frozen=True, slots=True)
class Curve:
    key: str = "wellbeing-total"
    title: LocalText = field(default_factory=lambda: local_text("Wellbeing"))
    minimum: float = 0.0
    maximum: float = 100.0
    decimals: int = 0
    lower_is_better: bool = False
    points: tuple[tuple[date, float], ...] = (
        (date(2026, 1, 5), 45.0),
        (date(2026, 3, 9), 55.0),
        (date(2026, 6, 1), 75.0),
    )
    detectable: float | None = 23.6
    detectable_inclusive: bool = False
    notes: tuple[Sentence, ...] = (Sentence("It is assumed."),)


@pytest.mark.parametrize(
    ("last", "lower_is_better", "words"),
    [
        (75.0, False, "clearly better"),
        (75.0, True, "clearly worse"),
        (10.0, True, "clearly better"),
        (60.0, False, "may be chance"),
    ],
)
def test_the_title_says_whether_the_change_is_more_than_error(last: float, lower_is_better: bool, words: str) -> None:
    curve = Curve(points=((date(2026, 1, 5), 45.0), (date(2026, 6, 1), last)), lower_is_better=lower_is_better)
    assert words in str(trajectory_figure(curve).title)


def test_without_a_known_error_there_is_no_band_and_no_verdict() -> None:
    figure = trajectory_figure(replace(Curve(), detectable=None))
    assert not figure.has_band
    assert isinstance(figure.chart, TrajectoryChart)
    assert figure.chart.band is None
    assert "isn't known" in str(figure.caption)
    assert str(figure.title) == "Wellbeing: from 45.0 to 75.0"


def test_the_band_stays_on_the_scale_and_the_notes_stand_below() -> None:
    figure = trajectory_figure(replace(Curve(), points=((date(2026, 1, 5), 10.0), (date(2026, 2, 5), 20.0))))
    assert isinstance(figure.chart, TrajectoryChart)
    assert figure.chart.band == (0.0, pytest.approx(33.6))
    assert figure.has_band
    assert str(figure.caption).endswith("It is assumed.")


def test_the_table_holds_each_answer_and_the_change_since_the_first() -> None:
    table = trajectory_figure(Curve()).table
    assert table.rows == (
        (date(2026, 1, 5), 45.0, None),
        (date(2026, 3, 9), 55.0, 10.0),
        (date(2026, 6, 1), 75.0, 30.0),
    )
    assert own_curve_figure(Curve()).table.rows[0] == (date(2026, 1, 5), 45.0)


@pytest.mark.parametrize("count", [1, 2, 3, 14])
def test_both_pictures_can_be_drawn_with_any_number_of_answers(count: int) -> None:
    points = tuple((date(2026, 1 + place % 12, 1 + place), 40.0 + place) for place in range(count))
    curve = Curve(points=tuple(sorted(points)))
    with use_locale("da"):
        for figure in (trajectory_figure(curve, cut_offs=((50.0, local_text("<lav>")),)), own_curve_figure(curve)):
            root = ET.fromstring(figure.svg)
            assert root.tag.endswith("svg")
            assert figure.source.startswith("data:image/svg+xml;base64,")


def test_answers_on_one_day_only_are_drawn_in_the_middle() -> None:
    svg = own_curve_figure(Curve(points=((date(2026, 1, 5), 0.0), (date(2026, 1, 5), 100.0)))).svg
    circles = [each for each in ET.fromstring(svg).iter() if each.tag.endswith("circle")]
    assert len({circle.attrib["cx"] for circle in circles}) == 1
    assert float(circles[0].attrib["cy"]) > float(circles[1].attrib["cy"])


def test_the_own_curve_says_nothing_about_good_or_bad_and_draws_no_band() -> None:
    figure = own_curve_figure(Curve())
    assert str(figure.title) == "Wellbeing"
    assert not figure.has_band
    said = f"{figure.title} {figure.description} {figure.caption}"
    assert "clearly" not in said
    assert "worse" not in said


def test_the_own_curve_needs_no_chart_renderer() -> None:
    code = (
        "import sys; from datetime import date; from types import SimpleNamespace as N;"
        "from outcomes.reports.parts import local_text; from outcomes.reports.trajectory import own_curve_figure;"
        "own_curve_figure(N(key='k', title=local_text('t'), minimum=0, maximum=1, decimals=1, lower_is_better=True,"
        "points=((date(2026, 1, 1), 0.5),), detectable=None, detectable_inclusive=False, notes=())).source;"
        "print({'vl_convert', 'weasyprint', 'pandas', 'numpy'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("scores", "lower_is_better", "words", "drawn"),
    [
        ((55,), False, "You have answered once. It gave 55. 100 is best.", False),
        ((55, 20), True, "The first time it was 55, now it is 20. 0 is best.", True),
        ((55, 40, 60, 20), False, "The first time it was 55, the last time 60, now it is 20. 100 is best.", True),
    ],
)
def test_the_citizens_curve_is_said_in_words_without_a_verdict(
    scores: tuple[float, ...], lower_is_better: bool, words: str, drawn: bool
) -> None:
    points = tuple((date(2026, 1, 5 + day), float(score)) for day, score in enumerate(scores))
    figure = own_curve_figure(
        Curve(points=points, minimum=0.0, maximum=100.0, decimals=0, lower_is_better=lower_is_better)
    )
    assert (str(figure.words), figure.drawn) == (words, drawn)
