"""Sample variables for the pages of releases, and for the national overview."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID, uuid4

from outcomes.analysis.target_status import TargetStatus
from outcomes.errors import Sentence
from outcomes.reports.national import National, NationalTarget, Number, Published, TargetPlace, compare_places
from outcomes.reports.national_steering import PublishedPart, build_steering
from outcomes.reports.parts import Column, Kind, Table, Withheld, local_text
from outcomes.reports.release_document import DocumentSection, ReleaseDocument, compare_documents
from outcomes.reports.stored_values import to_stored
from outcomes.services.draft_release import KIND_NAMES, Draft
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_releases import Choice, PublishedFigures, ReleasesPage, VersionLine
from outcomes.services.read_release import ReleasePage

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
RELEASE_ID = UUID(int=7)


def make_document(value: float) -> ReleaseDocument:
    columns = (Column("figure", Sentence("Figure")), Column("value", Sentence("Value"), Kind.NUMBER))
    rows = ((POLYGLOT, value), ("Hidden", Withheld(Sentence("Too few people."))))
    table = Table("t", Sentence("What is known"), columns, rows)
    section = DocumentSection(local_text(POLYGLOT), (Sentence("What is known"),), (table,))
    return ReleaseDocument(Sentence("Figures"), (Sentence("Figures"),), (section,))


def make_figures(estimate: float) -> dict[str, Any]:
    return {
        "title": to_stored(local_text(POLYGLOT)), "label": "D0", "word": to_stored(Sentence("change")), "grade": "C",
        "unit": to_stored(Sentence("points, higher is better")), "n_behind": 40, "n_due": 50, "completeness": 0.8,
        "main": {"estimate": estimate, "ci_low": estimate - 3, "ci_high": estimate + 3}, "finding": to_stored(Sentence("x")),
        "measure": {"instrument": "wellbeing", "scale": "total", "length": 100.0},
    }  # fmt: skip


LINE = VersionLine(RELEASE_ID, 2, MOMENT, POLYGLOT, POLYGLOT, for_authority=True)
FIRST_LINE = replace(LINE, version=1, reason="")
OLD, NEW = make_document(4.0), make_document(5.0)
PAGE = ReleasePage(
    KIND_NAMES["overview"], POLYGLOT, POLYGLOT, FIRST, LAST, LINE, NEW, OLD, FIRST_LINE, compare_documents(OLD, NEW),
    (LINE, FIRST_LINE), is_newest=False, checksum="ab" * 32, snapshot="9f", code_version="outcomes 0",
)  # fmt: skip
DRAFT = Draft(
    "overview", KIND_NAMES["overview"], "solbakke", POLYGLOT, Period(FIRST, LAST), NEW, 2, "ab",
    (Sentence("%(name)s: %(why)s", name=POLYGLOT, why=POLYGLOT),), empty=False, unchanged=False,
)  # fmt: skip
PLACES = [Published(uuid4(), name, RELEASE_ID, FIRST, LAST, {"x": make_figures(each)}) for name, each in
          ((POLYGLOT, 4.0), ("Bro", -8.0))]  # fmt: skip
TARGET_PLACES = (
    TargetPlace(POLYGLOT, TargetStatus.MET, Sentence("Met"), Number(0.4, 0.3, 0.5), 40),
    TargetPlace("Dal", TargetStatus.NOT_SAID, Sentence("Unknown: nothing is published"), None, None),
)
WORDS = to_stored(Sentence("x"))
CONTRACT = {
    "title": to_stored(local_text(POLYGLOT)), "intervention": "x", "intervention_title": to_stored(local_text("X")),
    "wish": WORDS, "first_day": "2026-01-01", "last_day": "2026-06-30", "status": "met", "share": 0.4, "n": 30,
    "rate": 4000.0, "cap": 100_000.0, "paid": 48_000.0,
}  # fmt: skip
TOLD = {
    "value": {
        "slug": "x", "title": to_stored(local_text(POLYGLOT)), "standing": WORDS, "people": 30, "years": 10,
        "citizens": {"finding": WORDS, "number": WORDS, "certainty": WORDS}, "net": -2000.0, "low": -4000.0, "high": 1000.0,
        "spent": 12_000.0, "spent_per_success": 30_000.0, "payers": {"municipality": -4.0, "region": 1.0, "state": 2.0},
        "prices": {"name": POLYGLOT, "year": 2026, "invented": True},
    },
    "requirements": {
        "as_of": "2026-11-21", "since": "2026-01-01", "duties": 4, "law_bound": 1, "retired": 2, "questioned": 1, "hours": 40,
        "net": None,
    },
    "supervision": {
        "until": "2026-09-30", "providers": 7, "compared": 5, "unknown": 2, "waiting": 1, "in_dialogue": 0,
        "false_alarms": 0.12,
    },
    "contract": {"lines": [CONTRACT, CONTRACT | {"status": None, "share": None, "n": None, "paid": None}]},
}  # fmt: skip
BRO, DAL = uuid4(), uuid4()
STEERING = build_steering(
    [(BRO, POLYGLOT), (DAL, "Dal")], {kind: [PublishedPart(BRO, RELEASE_ID, figures)] for kind, figures in TOLD.items()}
)
NATIONAL = National(
    POLYGLOT, compare_places(PLACES, [(uuid4(), "Dal")]),
    tuple(NationalTarget(local_text(POLYGLOT), Sentence("Share known"), Sentence("x"), share, TARGET_PLACES)
          for share in (True, False)),
    ("Bro",), ("Dal",), (POLYGLOT,), STEERING,
)  # fmt: skip

RELEASE_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/releases/list.html": {
        "page": ReleasesPage(
            POLYGLOT,
            (PublishedFigures("report", KIND_NAMES["report"], "x", local_text(POLYGLOT), FIRST, LAST, (LINE,)),
             PublishedFigures("overview", KIND_NAMES["overview"], "x", POLYGLOT, None, None, (FIRST_LINE,))),
            (Choice("overview", "x", KIND_NAMES["overview"], POLYGLOT),),
        ),
        "period": Period(FIRST, LAST),
    },
    "pages/releases/draft.html": {
        "draft": DRAFT,
        "written": {"reason": POLYGLOT},
        "errors": [Thing(target="reason", message=POLYGLOT), Thing(target="", message=POLYGLOT)],
    },
    "pages/releases/release.html": {"page": PAGE, "just_published": True, "for_authority": False},
    "pages/authority/national.html": {"national": NATIONAL},
}  # fmt: skip
