"""A period that is asked for is widened to stretches of quarters that part no few people from the others."""

from __future__ import annotations

from datetime import date

import pytest

from outcomes.services.gather_outcomes import Period
from outcomes.services.settle_period import WholePeriod

WHOLE = WholePeriod(date(2025, 1, 1), date(2026, 3, 31), (date(2025, 1, 1), date(2025, 7, 1)), date(2026, 2, 3))


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
