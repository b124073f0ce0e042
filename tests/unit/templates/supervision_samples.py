"""Sample variables for the pages of supervision."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

from outcomes.reports.parts import local_text
from outcomes.reports.stored_values import to_stored
from outcomes.reports.supervision import words
from outcomes.reports.supervision.catalogue import AUTHORITIES, CATALOGUE
from outcomes.reports.supervision.context import (
    AuthorityPart,
    EvidenceEntry,
    EvidenceLine,
    LookLine,
    PackContext,
    ProviderLine,
    SignalGroup,
    SignalLine,
    SupervisionContext,
    ThemePart,
)
from outcomes.reports.supervision.figure import funnel_figure
from outcomes.reports.supervision.themes import shipped_themes
from outcomes.services.enter_fact import FactText, list_fact_kinds
from outcomes.services.read_themes import ThemesContext, VersionLine

KEY = UUID(int=7)
DAY = date(2026, 9, 30)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
ERRORS = [Thing(target=target, message=POLYGLOT) for target in ("datum", "value", "as_of", "source", "response", "")]
CONTENT: dict[str, Any] = {
    "form": 1, "measure": to_stored(local_text({"da": "Trivsel", "en": "Wellbeing"})), "n": 24, "completeness": 0.75,
    "mean": {"estimate": -17.2, "ci_low": -25.8, "ci_high": -8.6, "n": 22}, "adjusted": 0.01, "false_alarms": 0.08,
    "list_false_alarms": 0.4, "providers": 6, "compared_from": "2025-10-01", "compared_to": "2026-09-30",
    "not_compared": [], "compared": [], "charts": [],
    "funnel": {"curve": [[10, -36, -23, 23, 36], [40, -29, -19, 19, 29]], "points": [[str(KEY), 22, -17.2, "below_95"]]},
}  # fmt: skip
"""What is stored of a signal and of a look."""


def make_group(state: str = "open") -> SignalGroup:
    """What one dialogue is about: a signal by each method."""
    said = {} if state == "open" else {"response": POLYGLOT, "handled_by": POLYGLOT, "handled_at": MOMENT}
    told = {"response": "", "handled_by": None, "handled_at": None, **said}
    lines = tuple(
        SignalLine(
            signal_id=KEY, provider_id=KEY, provider=POLYGLOT, intervention=local_text(POLYGLOT), method=method,
            found_on=DAY, reason=words.reason(method, DAY, CONTENT), number=words.number(CONTENT),
            basis=words.basis(CONTENT), false_alarms=words.false_alarms(CONTENT), off_the_list=words.off_the_list(method),
            state=state, **told,
        )
        for method in ("funnel", "cusum", "ewma")
    )  # fmt: skip
    return SignalGroup(
        signal_id=KEY, provider_id=KEY, provider=POLYGLOT, intervention=local_text(POLYGLOT), number=lines[0].number,
        false_alarms=lines[0].false_alarms, state=state, lines=lines, **told,
    )  # fmt: skip


def make_pack() -> PackContext:
    """A provider's pack: a value, a withheld one and one of an intervention."""
    line = EvidenceLine(
        "leadership",
        CATALOGUE["leadership"].title,
        "fact",
        (
            EvidenceEntry(POLYGLOT),
            EvidenceEntry(words.basis(CONTENT), words.basis(CONTENT), local_text(POLYGLOT), withheld=True),
        ),
        tuple(AUTHORITIES.values()),
    )
    part = AuthorityPart(
        "socialtilsyn", AUTHORITIES["socialtilsyn"], local_text(POLYGLOT), DAY, DAY, POLYGLOT, POLYGLOT,
        (ThemePart("ledelse", local_text(POLYGLOT), (line,)),),
    )  # fmt: skip
    parts = (part, replace(part, valid_to=None, unverified=""))
    return PackContext(KEY, POLYGLOT, POLYGLOT, DAY, MOMENT, True, 46, 33, 20, 14, parts, (make_group("in_dialogue"),))


def _list() -> SupervisionContext:
    look = LookLine(
        intervention=local_text(POLYGLOT), until=DAY, computed_at=MOMENT, compared=words.compared(CONTENT, DAY),
        not_compared=(POLYGLOT,),
        figure=funnel_figure("l1", CONTENT, {str(KEY): "Lindehøj"}),
    )  # fmt: skip
    kinds = ((1, 0, 2, 0), (0, 1, 2, 0), (0, 0, 2, 0), (0, 0, 1, 1), (0, 0, 0, 1))
    providers = tuple(ProviderLine(KEY, POLYGLOT, *kind) for kind in kinds)
    signals = (make_group(), make_group("in_dialogue"))
    return SupervisionContext(
        POLYGLOT, signals, (make_group("closed"),), providers, (look,), words.list_false_alarms([CONTENT])
    )


def _themes() -> ThemesContext:
    versions = [
        shipped_themes()[0],
        replace(shipped_themes()[1], shared=True, shipped=False, kept_by=POLYGLOT),
        shipped_themes()[2],
    ]
    lines = tuple(
        VersionLine(
            version,
            AUTHORITIES[version.authority],
            index == 0,
            tuple((theme, tuple(CATALOGUE[key].title for key in theme.data)) for theme in version.themes),
        )
        for index, version in enumerate(versions)
    )
    return ThemesContext(lines, tuple(CATALOGUE.values()), shares=False)


SUPERVISION_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/supervision/list.html": {"context": _list()},
    "pages/supervision/signal.html": {
        "group": make_group("in_dialogue"),
        "text": {"state": "closed", "response": POLYGLOT},
        "seen": "open ",
        "saved": True,
        "errors": ERRORS,
    },
    "pages/supervision/pack.html": {
        "pack": make_pack(),
        "text": FactText("rooms", POLYGLOT, POLYGLOT, POLYGLOT),
        "kinds": list_fact_kinds(),
        "languages": [Thing(code="da", label="Dansk")],
        "saved": True,
        "errors": ERRORS,
    },
    "pages/supervision/themes.html": {
        "context": _themes(),
        "content": POLYGLOT,
        "saved": True,
        "faults": [{"place": "versions[0].themes", "message": POLYGLOT}],
    },
}
