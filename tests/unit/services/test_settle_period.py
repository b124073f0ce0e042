"""A period that is asked for is widened to stretches of quarters that part no few people from the others."""

from __future__ import annotations

from datetime import date

import pytest

from outcomes.services.gather_outcomes import Period
from outcomes.services.settle_period import WholePeriod, explain_parted, refuse_parted

WHOLE = WholePeriod(
    date(2025, 1, 1), date(2026, 3, 31), (date(2025, 1, 1), date(2025, 7, 1)), date(2026, 2, 3), date(2026, 1, 1)
)


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ((date(2025, 1, 1), date(2025, 3, 31)), (date(2025, 1, 1), date(2025, 6, 30))),
        ((date(2025, 4, 1), date(2025, 6, 30)), (date(2025, 1, 1), date(2025, 6, 30))),
        ((date(2025, 10, 1), date(2025, 12, 31)), (date(2025, 7, 1), date(2026, 3, 31))),
        ((date(2025, 1, 1), date(2026, 3, 31)), (date(2025, 1, 1), date(2026, 3, 31))),
        ((date(2001, 1, 1), date(2001, 3, 31)), (date(2001, 1, 1), date(2001, 3, 31))),
    ],
)
def test_a_period_begins_and_ends_where_a_stretch_does(asked, shown):
    assert WHOLE.around(Period(*asked)) == Period(*shown)


@pytest.mark.parametrize(
    ("asked", "refused", "shown"),
    [
        ((date(2025, 1, 1), date(2025, 6, 30)), None, True),
        ((date(2025, 4, 1), date(2025, 12, 31)), "2025-01-01 to 2025-12-31", False),
        ((date(2025, 1, 1), date(2025, 9, 30)), "2025-01-01 to 2026-03-31", False),
        ((date(2025, 1, 1), date(2025, 12, 31)), None, False),  # the last stretch may end there when more have answered
        ((date(2026, 1, 1), date(2026, 12, 31)), None, False),
        ((date(2026, 4, 1), date(2026, 12, 31)), None, True),
        ((date(2024, 1, 1), date(2026, 12, 31)), None, True),
    ],
)
def test_nothing_is_agreed_for_days_that_part_a_few_nor_judged_by_them(asked, refused, shown):
    sentence = refuse_parted(WHOLE, Period(*asked))
    assert (sentence is None) == (refused is None)
    assert refused is None or refused in str(sentence)
    assert (explain_parted(WHOLE, Period(*asked)) is None) == shown


def test_where_nobody_has_begun_any_days_can_be_agreed_on():
    asked = Period(date(2026, 1, 1), date(2026, 3, 31))
    assert refuse_parted(None, asked) is None
    assert explain_parted(None, asked) is None
