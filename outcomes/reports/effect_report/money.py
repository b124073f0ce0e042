"""Section: what it costs and saves, beside what became of the citizens, which stands before it in the same report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.reports.effect_report.context import Section

if TYPE_CHECKING:
    from outcomes.reports.effect_report.material import MoneyMaterial


def money_section(money: MoneyMaterial) -> Section:
    """The amounts as the value page says them."""
    return Section(
        key="money",
        title=Sentence("What it costs and saves"),
        finding=money.finding,
        body=(money.standing, *money.body),
        figure=money.figure,
        tables=money.tables,
        warnings=money.warnings,
    )
