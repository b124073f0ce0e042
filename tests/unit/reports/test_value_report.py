"""The value's context: an amount only beside the citizens' outcome, in the words that the design allows."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from outcomes.analysis.effect_results import Progression
from outcomes.analysis.evidence import DesignLabel
from outcomes.analysis.proportions import estimate_share
from outcomes.analysis.results import Share
from outcomes.analysis.value_prices import PAYERS, Assumptions, PricedArea, PriceTable
from outcomes.language import use_locale
from outcomes.reports.parts import Proportion, local_text
from outcomes.reports.value.build import build_value
from outcomes.reports.value.exports import render_value_html, value_to_json, write_value_workbook
from outcomes.reports.value.material import ValueMaterial
from outcomes.reports.value.tables import chance
from tests.unit.reports.test_only_allowed_words import cells, spoken, values

if TYPE_CHECKING:
    from outcomes.reports.effect_report import ReportMaterial

WORD = re.compile(r"effe[ck]t", re.IGNORECASE)
ASSUMED = Assumptions(
    cost_per_month=2_000_00, cost_months=2, cost_shares={"municipality": 0.6, "region": 0.0, "state": 0.4}, years=3,
    discount_rate=0.035, lasting=0.7, lasting_error=0.1, price_error=0.2, cost_error=0.1, without=0.1, without_error=0.05,
    refusion_part=0.5,
)  # fmt: skip
AREA = PricedArea("work", {"municipality": (40_000_00,) * 3, "region": (5_000_00,) * 3, "state": (20_000_00, 0, 0)})


def value_material(**changes: object) -> ValueMaterial:
    made = ValueMaterial(
        version=1, decided_by="Udvalget", decided_on=date(2026, 1, 1), reason="Gæt", assumptions=ASSUMED,
        prices=PriceTable(2026, 3, (AREA,)), titles=(("work", local_text("Arbejde")),), price_name="Priser",
        price_source="Ingen", invented=True, seed=7,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_lots_carry_that_value_was_created(material: ReportMaterial) -> None:
    context = build_value(material, value_material())
    assert context.money is not None
    assert str(context.money.standing) == "Value created"
    assert "of those compared with" in str(context.money.sections[1].body[0])
    assert sum(each.net for each in context.money.sums) == context.money.total
    assert all(each.spent + each.saved == each.net for each in context.money.sums)


@pytest.mark.parametrize(("label", "scenario"), [(DesignLabel.D2, True), (DesignLabel.D3, False)])
def test_shares_that_arent_adjusted_dont_carry_an_adjusted_label(
    material: ReportMaterial, label: DesignLabel, scenario: bool
) -> None:
    graded = replace(material, estimate=replace(material.estimate, label=label))
    money = build_value(graded, value_material()).money
    assert money is not None
    assert money.scenario is scenario
    said = [str(each) for each in money.sections[1].body]
    assert any("alike only after adjustment" in each for each in said) is scenario


def test_the_first_words_are_the_citizens(material: ReportMaterial) -> None:
    context = build_value(material, value_material())
    html = render_value_html(context, "en")
    assert html.index("value-citizens") < html.index("value-money") < html.index("kroner left over")
    names = list(value_to_json(context, "en"))
    assert names.index("citizens") < names.index("money")


@pytest.mark.parametrize("locale", ["da", "en"])
def test_without_a_comparison_it_is_a_scenario_and_nothing_is_called_an_effect(
    alone_material: ReportMaterial, locale: str
) -> None:
    context = build_value(alone_material, value_material())
    assert context.money is not None
    assert context.money.scenario
    for form, said in {
        "page and PDF": spoken(render_value_html(context, locale)),
        "Excel": cells(write_value_workbook(context, locale)),
        "JSON": list(values(value_to_json(context, locale))),
    }.items():
        assert len(said) > 50, form
        assert [text for text in said if WORD.search(text)] == [], form


def test_too_few_people_and_there_is_no_amount(few_material: ReportMaterial) -> None:
    material = replace(
        few_material, estimate=replace(few_material.estimate, progression=few_material.estimate.effect)
    )  # a withheld result in its place
    context = build_value(material, value_material())
    assert context.money is None
    assert "kroner left over" not in render_value_html(context, "en")
    assert set(value_to_json(context, "en")["money"]) == {"withheld"}


def test_invented_prices_are_called_so_in_every_form(material: ReportMaterial) -> None:
    for invented in (True, False):
        context = build_value(material, value_material(invented=invented))
        said = [render_value_html(context, "en"), " ".join(cells(write_value_workbook(context, "en")))]
        assert [("invented" in each) for each in said] == [invented] * 2
        assert value_to_json(context, "en")["prices_invented"] is invented


def test_the_picture_and_the_table_hold_the_same_amounts(material: ReportMaterial) -> None:
    money = build_value(material, value_material()).money
    assert money is not None
    figure = money.sections[0].figure
    assert figure is not None
    with use_locale("da"):
        rows = figure.chart.spec()["vconcat"]
        drawn = [sum(each["amount"] for each in row["layer"][0]["data"]["values"]) for row in rows]  # type: ignore[attr-defined]
        assert "søjler" in str(figure.description) or figure.svg.startswith("<svg")
    whole = figure.table.rows[-1]
    for place, amount in enumerate(drawn):
        assert 1000 * amount == pytest.approx(whole[place + 1])
    assert len(drawn) == len(PAYERS)


def test_what_is_published_follows_from_rounded_shares_alone(material: ReportMaterial) -> None:
    """Another count that rounds alike gives the same amounts to the krone, and no sentence tells the count."""

    def with_count(more: int) -> ReportMaterial:
        progression = material.estimate.progression
        assert isinstance(progression, Progression)
        first, *others = progression.rows
        assert isinstance(first.share_succeeded, Share)
        share = estimate_share(first.share_succeeded.count + more, first.share_succeeded.total)
        rows = (replace(first, share_succeeded=share), *others)
        return replace(material, estimate=replace(material.estimate, progression=replace(progression, rows=rows)))

    made = [build_value(with_count(more), value_material(), published=True).money for more in (-3, -2, -1, 0, 1, 2, 3)]
    exact = [build_value(with_count(more), value_material()).money for more in (0, 1)]
    totals = [each.total for each in made if each is not None]
    assert len(totals) == 7
    assert len(set(totals)) <= 4
    assert exact[0] is not None
    assert exact[1] is not None
    assert exact[0].total != exact[1].total
    for each in made:
        assert each is not None
        assert "bout" in str(each.sections[1].body[0])
        same = [other for other in made if other is not None and other.total == each.total]
        assert all(
            (other.numbers, other.sums, other.key_figures) == (each.numbers, each.sums, each.key_figures)
            for other in same
        )


def test_amounts_are_whole_kroner_and_add_up(material: ReportMaterial, alone_material: ReportMaterial) -> None:
    """Every cell is a whole krone, or a whole thousand in a scenario of many kroner; rows and columns add up."""
    dear = value_material(assumptions=replace(ASSUMED, cost_per_month=100_000_00))
    for made, unit in ((build_value(material, value_material()), 1), (build_value(alone_material, dear), 1000)):
        assert made.money is not None
        figure = made.money.sections[0].figure
        assert figure is not None
        rows = [[float(cell) for cell in row[1:] if isinstance(cell, float)] for row in figure.table.rows]
        assert all(cell % unit == 0 for row in rows for cell in row)
        assert all(sum(row[:-1]) == row[-1] for row in rows)
        assert [sum(column) for column in zip(*rows[:-1], strict=True)] == rows[-1]


def test_a_chance_is_never_told_as_none() -> None:
    assert [str(chance(each)) for each in (0.0, 0.004, 1.0)] == ["under 1 per cent"] * 2 + ["over 99 per cent"]
    assert chance(0.4) == Proportion(0.4)
