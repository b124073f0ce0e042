"""Which of what a municipality has published is the newest."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest

from outcomes.models import Release
from outcomes.services.read_national import pick_newest

WHOSE = UUID(int=1)


def publish(kind: str, last_day: date, day: int, **content: Any) -> Release:
    return Release(
        organisation_id=WHOSE, subject="nordby", last_day=last_day, content=content or {"figures": {kind: {}}},
        created_at=datetime(2026, 11, day, tzinfo=UTC),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "newest"), [("requirements", 20), ("supervision", 20), ("contract", 20), ("value", 10)]
)
def test_what_is_as_of_the_day_is_newest_by_when_it_was_published(kind: str, newest: int) -> None:
    """In November to the end of September, after June's to the end of December."""
    found = [publish(kind, date(2026, 9, 30), 20), publish(kind, date(2026, 12, 31), 10)]
    assert [each.created_at.day for each in pick_newest(kind, found)] == [newest]


def test_what_a_payment_follows_from_is_not_among_them() -> None:
    found = [publish("contract", date(2026, 9, 30), 20), publish("contract", date(2026, 9, 30), 25, figure={})]
    assert [each.created_at.day for each in pick_newest("contract", found)] == [20]
