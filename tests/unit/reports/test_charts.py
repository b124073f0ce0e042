"""Charts: what is drawn is what was given, in the language in force, and uncertain marks are hollow."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from datetime import date
from itertools import pairwise

import pytest

from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.charts.balance import BalanceChart, BalanceMark
from outcomes.reports.charts.control import ControlChartPicture, ControlLimits, ControlMark
from outcomes.reports.charts.course import CourseChart, CourseLine, CoursePoint
from outcomes.reports.charts.distribution import DistributionChart, Histogram
from outcomes.reports.charts.draw import draw
from outcomes.reports.charts.effect import EffectChart
from outcomes.reports.charts.flow import FlowBar, FlowChart, FlowPanel
from outcomes.reports.charts.funnel import NAME_HEIGHT, NARROW_HEIGHT, FunnelChart, FunnelCurve, FunnelMark
from outcomes.reports.charts.need_map import NeedBar, NeedMapChart, NeedPanelChart
from outcomes.reports.charts.periods import PeriodChart, PeriodMark
from outcomes.reports.charts.progression import Part, ProgressionBar, ProgressionChart
from outcomes.reports.charts.subgroups import SubgroupChart, SubgroupMark, SubgroupPanel
from outcomes.reports.charts.theme import INTERVENTION, NARROW
from outcomes.reports.charts.trajectory import TrajectoryChart
from outcomes.reports.charts.uptake import UptakeChart, UptakeMark
from outcomes.reports.charts.value import PayerRow, PayersByYear
from outcomes.reports.parts import Chart, local_text

OURS, THEIRS = local_text("Ours"), local_text("Theirs")
START = Sentence("Start")

CHARTS: dict[str, Chart] = {
    "flow": FlowChart(
        (FlowPanel(OURS, True, (FlowBar(START, 10, 7, 0.7), FlowBar(Sentence("Later"), 10, None, None))),), 0.6
    ),
    "course": CourseChart(
        (
            CourseLine(OURS, True, (CoursePoint(0, 20, 18, 22, 40), CoursePoint(3, 15, 12, 18, 12))),
            CourseLine(THEIRS, False, (CoursePoint(0, 21, 19, 23, 40),)),
        ),
        0,
        63,
        True,
    ),
    "progression": ProgressionChart(
        (ProgressionBar(OURS, 50, ((Part.BETTER, 20), (Part.UNCHANGED, 3), (Part.WORSE, 1), (Part.NOT_COMPARED, 26))),)
    ),
    "effect": EffectChart(-2.3, -5.7, 1.1, True),
    "distribution": DistributionChart((Histogram(OURS, True, START, 20, 9.5, ((0, 10, 12), (10, 63, 8))),), 0, 63),
    "subgroups": SubgroupChart(
        (
            SubgroupPanel(
                OURS, (SubgroupMark(START, 61, 7.2, 3.1, 11.0, 9.0), SubgroupMark(THEIRS, 14, 2.2, -2.1, 6.0, 1.0))
            ),
        ),
        False,
    ),
    "funnel": FunnelChart(
        (
            FunnelMark("Lind", 30, -14.0, "far"),
            FunnelMark("Eg", 12, 9.5, "outside"),
            FunnelMark("Birk", 80, 1.1, "inside"),
        ),
        tuple(FunnelCurve(n, -60 / n**0.5, -38 / n**0.5, 38 / n**0.5, 60 / n**0.5) for n in (12, 40, 80)),
        False,
    ),
    "control": ControlChartPicture(
        (ControlMark("2025-Q1", 5, 3, 7, False), ControlMark("2025-Q2", -2, -4, 0, True)),
        ControlLimits(5, 1, 9),
        4,
        False,
    ),
    "no limits yet": ControlChartPicture((ControlMark("2025-Q1", 5, 3, 7, False),), None, 5, True),
    "periods": PeriodChart(
        (PeriodMark(START, 3, 1, 5, now=False), PeriodMark(Sentence("Later"), 6, 4, 8, now=True)), False
    ),
    "balance": BalanceChart((BalanceMark(OURS, 0.05, True), BalanceMark(THEIRS, -0.3, False)), 0.1),
    "need map": NeedMapChart(
        (
            NeedPanelChart(
                "Voksne med psykiske vanskeligheder, Serviceloven § 85",
                (NeedBar("Alle", Sentence("%(n)s people", n=31), (("high", 0.2), ("unknown", 0.8))),),
            ),
        ),
        (("high", Sentence("High need")), ("unknown", Sentence("Not known"))),
    ),
    "trajectory": TrajectoryChart(
        tuple((date(2026, month, 3), 10.0 + month) for month in range(1, 9)), (5, 15), 0, 30, 0, True, ()
    ),
    "uptake": UptakeChart(((date(2025, 1, 1), 0), (date(2026, 1, 1), 80)), (UptakeMark(1, date(2025, 3, 1), True),)),
    "value": PayersByYear(
        (PayerRow(START, (-16_517_000.0, *[530_000.0] * 10)), PayerRow(Sentence("Later"), (0.0, *[-1900.0] * 10)))
    ),
}


def texts(svg: str) -> list[str]:
    return re.findall(r">([^<>]+)</text>", svg)


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("locale", ["da", "en"])
def test_every_chart_is_a_whole_picture_without_anything_from_outside(name: str, locale: str) -> None:
    with use_locale(locale):
        svg = draw(CHARTS[name].spec())
    root = ET.fromstring(svg)
    assert root.tag.endswith("svg")
    assert float(root.attrib["width"]) <= 660
    assert "style=" not in svg
    assert not re.findall(r"(?:href|src)=", svg)
    assert "NaN" not in svg
    assert "undefined" not in svg


@pytest.mark.parametrize("name", CHARTS)
def test_every_chart_is_drawn_for_a_phone_with_letters_that_are_read_there(name: str) -> None:
    """A screen of 320 pixels leaves 288 for a picture: letters are at least 11 pixels there."""
    with use_locale("da"):
        svg = draw(CHARTS[name].spec(NARROW))
    sizes = [float(size) for size in re.findall(r'<text[^>]*font-size="([\d.]+)px"', svg)]
    assert min(sizes) * min(1, 288 / float(ET.fromstring(svg).attrib["width"])) >= 11
    assert "NaN" not in svg


def test_a_phone_is_told_the_same_numbers() -> None:
    with use_locale("en"):
        parts = [re.sub(r"\s+", " ", text) for text in texts(draw(CHARTS["progression"].spec(NARROW)))]
        assert "Better: 20 (40%)" in parts
        assert "Worse: 1 (2%)" in parts
        years = texts(draw(CHARTS["value"].spec(NARROW)))
    assert years.count("530") == 10
    assert years.count("−16,517") == 1


def test_names_of_providers_stand_clear_of_each_other_on_a_phone() -> None:
    marks = tuple(FunnelMark(f"Offer {n}", 10 + n, n / 10, "inside") for n in range(8))
    chart = FunnelChart(marks, tuple(FunnelCurve(n, -9, -6, 6, 9) for n in (10, 20)), False)
    layers = chart.spec(NARROW)["layer"]
    names = [row for layer in layers if layer["mark"].get("type") == "text" for row in layer["data"]["values"]]
    heights = sorted({row["v"] for row in names if row["t"].startswith("Offer")})
    low, high = layers[0]["encoding"]["y"]["scale"]["domain"]
    line = (high - low) * NAME_HEIGHT / NARROW_HEIGHT
    assert len(heights) == 8
    assert min(b - a for a, b in pairwise(heights)) > 0.999 * line


def test_numbers_are_written_as_in_the_language() -> None:
    with use_locale("da"):
        assert "−2,3 (−5,7" in " ".join(texts(draw(CHARTS["effect"].spec())))
    with use_locale("en"):
        assert "−2.3 (−5.7" in " ".join(texts(draw(CHARTS["effect"].spec())))


def test_an_interval_with_zero_in_it_is_hollow_and_one_without_is_filled() -> None:
    hollow = draw(EffectChart(-2.3, -5.7, 1.1, True).spec())
    filled = draw(EffectChart(-3.3, -5.7, -1.1, True).spec())
    circle = r'<path[^>]*aria-roledescription="point"[^>]*>'
    assert 'fill="white"' in re.findall(circle, hollow)[0]
    assert f'fill="{INTERVENTION}"' in re.findall(circle, filled)[0]


def test_the_better_side_follows_the_scale() -> None:
    with use_locale("en"):
        lower = texts(draw(EffectChart(1.0, -1.0, 3.0, True).spec()))
        higher = texts(draw(EffectChart(1.0, -1.0, 3.0, False).spec()))
    assert any(text.startswith("← ") for text in lower)
    assert lower != higher


def test_the_course_begins_where_the_scale_begins_and_stays_inside_it() -> None:
    spec = CHARTS["course"].spec()
    layers = spec["layer"]
    assert isinstance(layers, list)
    domain = layers[0]["encoding"]["y"]["scale"]["domain"]
    assert domain[0] == 0
    assert 23 <= domain[1] <= 63


def test_means_of_few_people_are_hollow() -> None:
    layers = CHARTS["course"].spec()["layer"]
    assert isinstance(layers, list)
    assert [value["few"] for value in layers[0]["data"]["values"]] == [False, True]


def test_parts_too_small_for_words_are_left_without_and_never_overflow() -> None:
    with use_locale("en"):
        shown = texts(draw(CHARTS["progression"].spec()))
    assert "20 (40%)" in [re.sub(r"\s+", " ", text) for text in shown]
    assert "1" not in shown
    bar = CHARTS["progression"]
    assert isinstance(bar, ProgressionChart)
    assert sum(count for _part, count in bar.bars[0].parts) == bar.bars[0].n


def test_a_withheld_count_is_said_in_the_chart() -> None:
    with use_locale("en"):
        assert "withheld" in texts(draw(CHARTS["flow"].spec()))


def test_marks_that_say_more_differ_in_shape_as_well_as_hue() -> None:
    """A picture printed in grey still tells who lies outside the limits, and which quarter signals."""
    shapes = {
        name: {layer["mark"].get("shape") for layer in CHARTS[name].spec()["layer"] if isinstance(layer["mark"], dict)}  # type: ignore[attr-defined]
        for name in ("funnel", "control", "balance", "periods")
    }
    assert {"circle", "diamond", "square"} <= shapes["funnel"]
    assert {"circle", "diamond"} <= shapes["control"]
    assert {"circle", "diamond"} <= shapes["balance"]
    assert {"circle", "square"} <= shapes["periods"]


def test_providers_are_named_in_the_picture() -> None:
    with use_locale("en"):
        assert {"Lind", "Eg", "Birk"} <= set(texts(draw(CHARTS["funnel"].spec())))
