"""Sample variables for learning meetings, subscriptions and batches of reports."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence
from outcomes.reports.parts import Column, Kind, Table, Withheld
from outcomes.store.batches import Counts

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
ERRORS = [Thing(target="words", message=POLYGLOT), Thing(target="", message="Nothing was saved")]


def point(number: int, kind: str = "action", state: str = "open") -> Thing:
    """Something that was written down."""
    return Thing(
        point_id=f"p{number}", kind=kind, kind_name=Sentence("What we will do"), words=POLYGLOT, observed_on=DAY, due_on=DAY,
        overdue=True, responsible=POLYGLOT, state=state, state_name=Sentence("done"), outcome=POLYGLOT,
        followed_up_on=DAY,
    )  # fmt: skip


TABLE = Table(
    "by_provider",
    Sentence("By provider"),
    (Column("name", Sentence("Provider")), Column("n", Sentence("of"), Kind.COUNT)),
    ((POLYGLOT, 12), ("Nord", Withheld(Sentence("Too few.")))),
)
FIGURE = Thing(
    key="uptake", title=Sentence("Began"), subtitle=Sentence("In all"), description=Sentence("A rising line"),
    caption=Sentence("Source"), source="data:image/svg+xml;base64,PHN2Zy8+",
    narrow_source="data:image/svg+xml;base64,PHN2Zy8+", table=TABLE,
)  # fmt: skip
LEARNING = Thing(
    organisation=POLYGLOT, slug="bostoette", intervention=POLYGLOT, today=DAY, is_demo=True, met_today=False,
    meetings=(DAY,),
    changed=(
        Thing(finding=Sentence("What has changed?"), number=Sentence("of"), withheld=None),
        Thing(finding=Sentence("For whom?"), number=None, withheld=Sentence("Too few.")),
    ),
    since=Thing(held_on=DAY, shifts=(Thing(name=Sentence("All numbers"), text=Sentence("of")),)),
    groups=(TABLE,), unknown=(Sentence("For whom?"),), to_follow_up=(point(1),), followed_up=(point(2, state="done"),),
    written=(point(3),),
    roll_out=Thing(
        finding=Sentence("Began"), figure=FIGURE, providers=TABLE, drivers=(point(4, "driver"),),
        barriers=(point(5, "barrier", "done"),),
    ),
    origin=Thing(plan_version=1, snapshot="0123456789", code_version="outcomes", computed_at=MOMENT),
)  # fmt: skip
STEPS = [
    Thing(word=f"trin-{part}", title=Sentence("For whom?"), part=part)
    for part in ("followed", "changed", "groups", "unknown", "roll_out", "written")
]
BATCH = Thing(
    batch_id="b1", first_day=DAY, last_day=DAY, state="running", at_work=True, requested_by=POLYGLOT,
    requested_at=MOMENT, kept_until=DAY, counts=Counts(3, 1, 2),
)  # fmt: skip
DONE = Thing(**{**vars(BATCH), "batch_id": "b2", "first_day": None, "state": "done", "at_work": False})
SUBSCRIPTION = Thing(
    subscription_id="s1", name=POLYGLOT, own=True, subject=POLYGLOT, schedule=Sentence("How often?"), next_on=DAY,
    last_sent_on=DAY, added_by=POLYGLOT, ended=None,
)  # fmt: skip

LEARNING_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/learning/list.html": {
        "rows": [
            Thing(slug="bostoette", title=POLYGLOT, last_met_on=DAY, open_points=2),
            Thing(slug="ny", title="Ny", last_met_on=None, open_points=0),
        ]
    },
    "pages/learning/start.html": {
        "learning": LEARNING,
        "steps": STEPS,
        "languages": [Thing(code="da", label="Dansk")],
        "is_manager": True,
    },
    "pages/learning/step.html": {
        "learning": LEARNING,
        "steps": STEPS,
        "number": 5,
        "written": Thing(kind="driver", words=POLYGLOT, observed_on="", due_on="", responsible=""),
        "kinds": [("driver", Sentence("Began")), ("barrier", Sentence("In all"))],
        "saved": True,
        "errors": ERRORS,
    },
    "pages/learning/printout.html": {"learning": LEARNING},
    "pages/learning/follow_up.html": {
        "page": Thing(slug="bostoette", intervention=POLYGLOT, point=point(1), ends=[("done", Sentence("done"))]),
        "chosen": {"state": "done", "outcome": POLYGLOT},
        "errors": [Thing(target="state", message=POLYGLOT)],
    },
    "pages/subscriptions/list.html": {
        "page": Thing(
            running=(SUBSCRIPTION,), ended=(Thing(**{**vars(SUBSCRIPTION), "ended": Sentence("Ended")}),),
            people=(("u1", POLYGLOT),), subjects=(("overview", POLYGLOT),), schedules=(("weekly", POLYGLOT),),
            mail_set_up=False,
        ),
        "chosen": {"user": "u1", "subject": "", "schedule": ""},
        "saved": True,
        "errors": [Thing(target="user", message=POLYGLOT)],
    },
    "pages/batches/list.html": {
        "page": Thing(batches=(BATCH, DONE), languages=(("da", "Dansk"),), formats=(("pdf", "PDF"),)),
        "chosen": {"locales": ["da"], "formats": [], "from_date": "x", "to_date": "y", "follows": True},
        "errors": [Thing(target="locale", message=POLYGLOT), Thing(target="from_date", message=POLYGLOT)],
    },
    "pages/batches/batch.html": {
        "page": {
            "batch": BATCH,
            "items": [
                Thing(number=n, title=POLYGLOT, language="Dansk", format_name="PDF", state=state, size=2000,
                      error=Sentence("Too few."))
                for n, state in enumerate(("done", "failed", "waiting"), start=1)
            ],
        },
        "follows": True,
    },
}  # fmt: skip
