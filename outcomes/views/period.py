"""The period that a page's address asks for."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import request

from outcomes.errors import Sentence
from outcomes.language import translate
from outcomes.services.gather_outcomes import Period

if TYPE_CHECKING:
    from outcomes.services.settle_period import WholePeriod


def asked_period(whole: WholePeriod) -> tuple[Period, list[dict[str, str]]]:
    """The period that the address asks for, in whole quarters or stretches of them; with what is wrong about it in words."""
    errors = []
    days = {"from_date": whole.from_date, "to_date": whole.to_date}
    for name in days:
        text = request.args.get(name, "")
        if not text:
            continue
        try:
            days[name] = date.fromisoformat(text)
        except ValueError:
            errors.append(_error(name, Sentence("Write the day as year-month-day, such as 2026-03-31.")))
    if days["from_date"] > days["to_date"]:
        errors.append(
            _error("from_date", Sentence("The first day must come before the last. The whole period is shown."))
        )
        days = {"from_date": whole.from_date, "to_date": whole.to_date}
    return whole.around(Period(**days).in_whole_quarters()), errors


def _error(target: str, sentence: Sentence) -> dict[str, str]:
    return {"target": target, "message": translate(sentence)}
