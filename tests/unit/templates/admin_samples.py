"""Sample variables for the administrator's pages on questionnaires, protocols and words, and for signals."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
LANGUAGES = [Thing(code="da", name="Dansk"), Thing(code="ar", name="العربية"), Thing(code="pl", name="Polski")]
EASY = Thing(variant=Sentence("easy words"), lix=21.4, words=8.2, hard=0)
SPOKEN = [
    Thing(code="da", name="Dansk", original=True, unchecked=False, by="", checked_by=None, checked_on=None, missing=0,
          texts=[Thing(variant=None, lix=31.0, words=9.5, hard=2), EASY]),
    Thing(code="en", name="English", original=False, unchecked=False, by=POLYGLOT, checked_by=POLYGLOT, checked_on=DAY,
          missing=0, texts=[]),
    Thing(code="ar", name="العربية", original=False, unchecked=True, by="The project", checked_by=None, checked_on=None,
          missing=3, texts=[Thing(variant=None, lix=None, words=7.0, hard=0)]),
]  # fmt: skip


def instrument(**changes: Any) -> Thing:
    """What one is to know of a version of a questionnaire."""
    values = {
        "version_id": "v1", "title": POLYGLOT, "key": "safety", "version": "1.0", "scoring_only": False, "active": False,
        "answered": True, "has_risk": True, "guarded": False, "validated": False, "used_in": [POLYGLOT],
        "respondents": [Sentence("the citizen"), Sentence("a parent")], "languages": SPOKEN, "licence": POLYGLOT,
        "licence_text": POLYGLOT,
    }  # fmt: skip
    return Thing(**{**values, **changes})


def signal(**changes: Any) -> Thing:
    """An answer that calls for somebody to look."""
    values = {
        "signal_id": "s1", "citizen_id": "c1", "name": POLYGLOT, "kind": "risk_answer",
        "reason": Sentence("An answer in “%(measure)s” calls for somebody to look at it", measure=POLYGLOT),
        "source": Sentence("Answered by %(who)s, %(moment)s", who=Sentence("the citizen"), moment=MOMENT),
        "owner": POLYGLOT, "due_at": MOMENT, "overdue": False, "handled_at": None, "handled_by": "", "handling": "",
        "from_paper": False,
    }  # fmt: skip
    return Thing(**{**values, **changes})


SIGNALS = [
    signal(overdue=True, owner=None),
    signal(signal_id="s2", kind="wants_contact"),
    signal(signal_id="s3", handled_at=MOMENT, handled_by=POLYGLOT, handling=POLYGLOT),
]

QUESTIONS = [
    Thing(id="life", words=POLYGLOT, language="Dansk", code="da", answer=Sentence("A number"), options=[POLYGLOT, "Nej"],
          risk=1, conditional=True),
    Thing(id="why", words="Hvorfor?", language=None, code="da", answer=Sentence("Own words"), options=[], risk=None,
          conditional=False),
]  # fmt: skip
LINE = Thing(name={"da": POLYGLOT}, phone=POLYGLOT, hours={"ar": "٢٤"})
WRONG = [
    Thing(target="line-0-phone", message=POLYGLOT),
    Thing(target="duty", message="Choose"),
    Thing(target="hours", message="Write a number"),
    Thing(target="", message="Press once more"),
]
TOLD = dict.fromkeys(("name", "phone", "email", "adviser_name", "adviser_phone", "adviser_email"), POLYGLOT)

ADMIN_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/staff/signal.html": {
        "signal": SIGNALS[0],
        "phone": "+4521345678",
        "answer": Thing(question=POLYGLOT, answer=POLYGLOT, answer_language="", at=MOMENT, sent=False),
        "change": [Sentence("A higher number is better.")],
        "opens_page": True,
        "handling": POLYGLOT,
        "saved": False,
        "errors": [Thing(target="handling", message="Write")],
    },
    "pages/admin/questionnaires.html": {
        "instruments": [instrument(), instrument(active=True, guarded=True), instrument(scoring_only=True, languages=())]
    },
    "pages/admin/questionnaire.html": {
        "instrument": instrument(),
        "page": Thing(
            purpose=POLYGLOT, intro=POLYGLOT, questions=QUESTIONS, code="da",
            scoring=[Thing(title=POLYGLOT, lines=[Sentence("A higher number is better.")])],
            wordings=[
                Thing(code="da", language="Dansk", variant=None, current=True),
                Thing(code="da-x-easy", language="Dansk", variant=Sentence("easy words"), current=False),
            ],
        ),
        "errors": [Thing(target="switch", message=POLYGLOT)],
    },
    "pages/admin/upload.html": {"content": POLYGLOT, "faults": [Thing(place="items[0] (line 3)", message=POLYGLOT)]},
    "pages/admin/protocol.html": {
        "page": Thing(
            key="safety", title=POLYGLOT, version=1, workers=[("u1", POLYGLOT), ("u2", "Mette")],
            decided=[
                Thing(version=1, decided_at=MOMENT, decided_by=POLYGLOT, hours=24, duty=POLYGLOT, words=POLYGLOT,
                      lines=[(POLYGLOT, "112", ""), ("Livslinjen", "70 201 201", "Hver dag")])
            ],
        ),
        "text": Thing(words={"da": POLYGLOT}, hours=POLYGLOT, duty="u2", decided_by=POLYGLOT),
        "lines": [LINE, Thing(name={}, phone="", hours={})],
        "languages": LANGUAGES,
        "saved": True,
        "errors": WRONG,
    },
    "pages/admin/organisation.html": {
        "organisation_name": POLYGLOT,
        "text": Thing(lines=TOLD, texts={name: {"da": POLYGLOT} for name in ("hours", "legal_basis", "kept_for")}),
        "seen": "digest",
        "languages": LANGUAGES,
        "saved": True,
        "errors": [Thing(target="phone", message=POLYGLOT)],
    },
    "pages/admin/languages.html": {
        "languages": [
            Thing(code="da", name="Dansk", whole=True, messages=900, translated=900, translated_by="The project",
                  checked_by=POLYGLOT, checked_on=DAY),
            Thing(code="ar", name="العربية", whole=False, messages=400, translated=390, translated_by=POLYGLOT,
                  checked_by=None, checked_on=None),
        ]
    },
}  # fmt: skip
