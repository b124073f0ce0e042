"""The rules of subscriptions: which day is next, what one can be about, and who can't be told (any more)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from outcomes.errors import Sentence
from outcomes.models.subscription import SCHEDULES
from outcomes.reports.parts import LocalText, local_text
from outcomes.store import interventions

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from outcomes.models import AppUser

OVERVIEW, REPORT = "overview", "report"
ALLOWED_ROLE = "manager"
"""Whoever else got the link couldn't open the page."""
MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}

SCHEDULE_NAMES: Mapping[str, Sentence] = {
    "weekly": Sentence("Every week, on Monday"),
    "monthly": Sentence("Every month, on the 1st"),
    "quarterly": Sentence("Every quarter, on the 1st day"),
    "yearly": Sentence("Every year, on 1 January"),
}
REASONS: Mapping[str, Sentence] = {
    "unsubscribed": Sentence("Ended by a manager"),
    "left": Sentence("Ended by itself, because the person has left"),
    "no_address": Sentence("Ended by itself, because the person has no e-mail address any more"),
    "not_manager": Sentence("Ended by itself, because the person isn't a manager any more"),
    "no_report": Sentence("Ended by itself, because the intervention is not there any more"),
}
"""Why a subscription ended, by the word that is stored."""


def next_day(schedule: str, after: date) -> date:
    """The first day after ``after`` on which a mail goes. Raises ``KeyError`` for a schedule that there isn't."""
    if schedule == SCHEDULES[0]:
        return after + timedelta(days=7 - after.weekday())
    months = MONTHS[schedule]
    month = (after.month - 1) // months * months + months
    return date(after.year + month // 12, month % 12 + 1, 1)


def why_not(user: AppUser, today: date) -> str | None:
    """The word for why somebody can't be told; None where they can."""
    if user.ended_on is not None and user.ended_on <= today:
        return "left"
    if user.role != ALLOWED_ROLE:
        return "not_manager"
    return None if has_address(user) else "no_address"


def has_address(user: AppUser) -> bool:
    """Whether a mail can be addressed: an account from a sign-in service may have a name for address."""
    name, at, place = user.email.partition("@")
    return bool(name and at and place)


def list_subjects(session: Session) -> dict[str, LocalText | Sentence]:
    """What one can subscribe to, by its stored name: the overview, and each intervention's report."""
    found: dict[str, LocalText | Sentence] = {OVERVIEW: Sentence("Overview of all interventions")}
    for each in interventions.list_interventions(session):
        found[f"{REPORT}:{each.slug}"] = local_text(each.title)
    return found


def subject_path(subject: str) -> str:
    """The page of a subject, as the path of its address."""
    kind, _, slug = subject.partition(":")
    return f"/indsatser/{slug}" if kind == REPORT else "/indsatser"
