"""Sample variables for the pages of a citizen's own page."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
CONTACT = Thing(name="Mette Holm", phone="21 34 56 78", email="mette@example.dk")
CORRECTION = Thing(words=POLYGLOT, at=MOMENT)
RATING = Thing(level=1, rated_on=DAY, rated_by="worker", name=POLYGLOT, note=POLYGLOT)
GOAL = Thing(goal_id="g1", wording=POLYGLOT, latest=RATING)
WRONG = [Thing(target="words", message=POLYGLOT), Thing(target="", message="Press once more")]

OWN_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/own/sign_in.html": {
        "address": POLYGLOT,
        "errors": [Thing(target="address", message="Write it")],
        "openid": True,
        "shared": False,
    },
    "pages/own/code.html": {"errors": [Thing(target="code", message="Wrong")]},
    "pages/own/choose.html": {"organisations": [POLYGLOT, "Sydby Kommune"]},
    "pages/own/home.html": {
        "own": Thing(name=POLYGLOT, stopped_on=DAY, n_answered=1, n_goals=2),
        "organisation_name": POLYGLOT,
        "contact": CONTACT,
        "several": True,
        "saved": Sentence("It is saved."),
    },
    "pages/own/answers.html": {
        "responses": [
            Thing(
                response_id="r1",
                title=POLYGLOT,
                answered_at=MOMENT,
                helped=True,
                lines=[Thing(question="Hvordan?", answer=POLYGLOT), Thing(question="Og?", answer=None)],
                corrections=(CORRECTION,),
            ),
            Thing(response_id="r2", title="B", answered_at=MOMENT, helped=False, lines=[], corrections=()),
        ],
        "charts": [],
    },
    "pages/own/goals.html": {
        "goals": [
            Thing(goal=GOAL, corrections=(CORRECTION,)),
            Thing(goal=Thing(goal_id="g2", wording="Bo selv", latest=None), corrections=()),
        ],
        "saved": Sentence("It is saved."),
    },
    "pages/own/rate_goal.html": {
        "goal": GOAL,
        "levels": [Thing(value=value, wording=POLYGLOT if value == 2 else "") for value in (2, 1, 0, -1, -2)],
        "chosen": 1,
        "note": POLYGLOT,
        "submission_key": "key-1",
        "errors": [Thing(target="level-1", message="Choose a level")],
    },
    "pages/own/looked.html": {
        "looks": [Thing(name=POLYGLOT, title="", at=MOMENT, why=Sentence("Looked at one of your goals"))]
    },
    "pages/own/readers.html": {
        "readers": Thing(
            coordinator=Thing(name="Mette", role="Socialrådgiver"),
            team=[Thing(name=POLYGLOT, role=None)],
            shares=[
                Thing(share_id="s1", name=POLYGLOT, days=3, until=DAY, code_expires_at=MOMENT),
                Thing(share_id="s2", name="", days=3, until=None, code_expires_at=MOMENT),
            ],
        )
    },
    "pages/own/copy.html": {},
    "pages/own/correct.html": {
        "words": POLYGLOT,
        "response_id": "",
        "goal_id": "",
        "earlier": [CORRECTION],
        "submission_key": "key-1",
        "errors": WRONG,
    },
    "pages/own/stop.html": {"stopped_on": None},
    "pages/own/share.html": {
        "code": None,
        "days": POLYGLOT,
        "most": 90,
        "errors": [Thing(target="days", message="Write a number")],
    },
    "pages/own/left.html": {},
    "pages/own/signed_out.html": {},
    "pages/staff/shared.html": {"errors": [Thing(target="code", message="Wrong")]},
}
