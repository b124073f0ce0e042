"""Sample variables for the pages on which a paper form is typed in."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence

MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
WHO = Thing(kind="parent", relation_id="r1", name=POLYGLOT, words=Sentence("parent"))
HELP = Thing(
    words=POLYGLOT,
    lines=[Thing(name="Livslinjen", phone="70 201 201", hours="")],
    risk=Thing(name="Mette Holm", due_at=MOMENT, handled=False),
)
VIEW = Thing(
    citizen_id="c1", occasion_id="o1", name=POLYGLOT, label=Sentence("Wellbeing"), who=WHO, code="6FF4 ECC1", keying=2,
    keyers=("Mette Holm", "Ib Bo"), own_first=True, token="t", begun=True, obstacle=None, help=HELP,
    receipt=Thing(key="7KQ4", answered_at=MOMENT, late=True),
)  # fmt: skip
ERRORS = [Thing(target="answered-on", message=POLYGLOT), Thing(target="", message="Nothing was stored")]

PAPER_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/paper/key.html": {
        "view": VIEW,
        "back": "/back",
        "questions": [
            Thing(id="mood", number=1, block="A question", line=None, unreadable=True),
            Thing(id="line", number=2, block="A line", line=(0, 100), unreadable=False),
        ],
        "languages": [Thing(code="da", label="dansk"), Thing(code="pl", label="polsk")],
        "language": "pl",
        "answered_on": POLYGLOT,
        "helpers": [Thing(value="", label="Nobody", checked=True), Thing(value="other", label="x", checked=False)],
        "refusals": {"answered-on": POLYGLOT, "sheet-language": "Choose"},
        "errors": ERRORS,
    },
    "pages/paper/compare.html": {
        "view": VIEW,
        "back": "/back",
        "differences": [
            {"place": "mood", "number": 1, "question": POLYGLOT,
             "sides": [{"value": 1, "answer": POLYGLOT, "keyer": "Mette"}, {"value": 2, "answer": "x", "keyer": "Ib"}]},
            {"place": "answered-on", "number": None, "question": "Which day?",
             "sides": [{"value": 1, "answer": "1", "keyer": "Mette"}, {"value": 2, "answer": "2", "keyer": "Ib"}]},
        ],
        "chosen": {"mood": "2"},
        "errors": ERRORS,
    },
    "pages/paper/stored.html": {"view": VIEW, "back": "/back", "errors": ERRORS},
    "pages/paper/whose.html": {
        "waiting": Thing(
            title=POLYGLOT,
            sheets=[
                Thing(occasion_id="o1", name=POLYGLOT, label=Sentence("Wellbeing"), who=WHO, keyed=keyed)
                for keyed in (0, 1, 2)
            ],
        ),
    },
}  # fmt: skip
