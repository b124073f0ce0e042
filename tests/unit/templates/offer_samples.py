"""Sample variables for the register of offers, made by what makes the pages' own."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace as Thing
from typing import Any
from uuid import UUID

from outcomes.errors import Sentence
from outcomes.reports.offers.coverage import Needing, build_coverage
from outcomes.reports.offers.national_need import PublishedNeed, build_national_need
from outcomes.reports.offers.need import Began, NeedMap, build_panels
from outcomes.reports.offers.need_figure import make_figure
from outcomes.reports.offers.register import AGREEMENTS, Names, OfferFilter, OfferNow, build_register
from outcomes.reports.offers.specialisation import (
    FINDINGS,
    LEVELS,
    LevelLine,
    OfferLevels,
    SpecialisationPage,
    SpecialisationRow,
    Trend,
    Verdict,
    all_criteria,
)
from outcomes.reports.parts import Interval, Points, local_text

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
NAMES = Names({"bostoette": local_text(POLYGLOT)}, {"psyk": local_text(POLYGLOT), "alene": local_text("Alene")})
PAIR = ("psyk", POLYGLOT)
OFFERS = [
    OfferNow(
        UUID(int=1), POLYGLOT, POLYGLOT, has_address=False, recorded=True, owner_kind="private", owner=POLYGLOT,
        capacity=12, staffing=Decimal("4.5"), interventions=("bostoette",), target_groups=("psyk", "alene"),
        legal_sections=(POLYGLOT,), agreements=("VISO", "rammeaftale"), valid_from=DAY,
    ),
    OfferNow(UUID(int=2), "Kendes ikke", None, has_address=True),
]  # fmt: skip
COVERAGE = build_coverage(
    OFFERS, {PAIR: Needing(30, 20), ("alene", POLYGLOT): Needing(2)}, NAMES, organisation_name=POLYGLOT, day=DAY
)
PANELS = build_panels(
    [Began(UUID(int=n), PAIR, POLYGLOT if n % 2 else None, ("high", "low", None)[n % 3]) for n in range(90)]
    + [Began(UUID(int=n), (None, None), None, "high") for n in range(100, 103)],
    [],
    NAMES,
    measures={PAIR: (local_text(POLYGLOT),)},
    coverage={row.pair: row for row in COVERAGE.rows},
)
RECORD = Thing(
    valid_from=DAY, in_force=True, owner_kind=Sentence("Private"), owner=POLYGLOT, has_address=False, places=12,
    staffing=Decimal("4.5"), competences=((local_text(POLYGLOT), 8), (local_text("Andet"), None)),
    interventions=(POLYGLOT,), target_groups=(), sections=(POLYGLOT,), agreements=(AGREEMENTS["VISO"],), source=POLYGLOT,
    recorded_by=POLYGLOT, changed=(Sentence("Places"),),
)  # fmt: skip
LINE = LevelLine(DAY, 3, LEVELS[3], "2024-1", (local_text(POLYGLOT),), (POLYGLOT,), POLYGLOT, POLYGLOT)
LEVEL = OfferLevels(POLYGLOT, LEVELS[3], Sentence("Not known"), comparable=False, history=(LINE,))
ROW = SpecialisationRow(
    local_text(POLYGLOT), POLYGLOT, FINDINGS[Verdict.CANNOT_SAY], Sentence("x"),
    Trend(2, 1, -1.0, -2.0, 1.0, Verdict.CANNOT_SAY), LEVEL, (LEVEL,),
)  # fmt: skip
RESULT = Thing(
    word=Sentence("change"), grade="C", grade_words=Sentence("low certainty"), unit=Sentence("points"),
    estimate=Points(4.2), interval=Interval(1.0, 7.0), reason=None, n_answered=40, n_due=60, completeness=0.67,
)  # fmt: skip
CHOICES = (("bostoette", local_text(POLYGLOT)),)
ERRORS = [Thing(target="valid_from", message=POLYGLOT), Thing(target="owner_kind", message="Choose")]

PUBLISHED = {
    "municipality_code": "751", "first_day": "2025-10-01", "last_day": "2026-09-30",
    "need": [
        {"group": "psyk", "group_title": {"da": POLYGLOT}, "section": POLYGLOT, "measures": [{"da": POLYGLOT}], "n": 40,
         "n_answered": 30, "bands": {"high": 20, "lower": None, "unknown": 10}, "trend": [0.1, -0.1, 0.3],
         "coverage": "short"}
    ],
}  # fmt: skip

OFFER_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/offers/register.html": {
        "register": build_register(
            OFFERS, OfferFilter(ejer="private"), NAMES, organisation_name=POLYGLOT, region=POLYGLOT, day=DAY
        ),
        "today": DAY + timedelta(days=1),
        "imported": {"laest": 3, "nye": 1, "aendrede": 1, "uaendrede": 1},
        "errors": [Thing(target="dag", message="Write the day")],
    },
    "pages/offers/offer.html": {
        "offer": Thing(
            provider_id=UUID(int=1), name=POLYGLOT, unit=POLYGLOT, tilbudsportal_id=POLYGLOT, has_address=False,
            records=(RECORD,),
        ),
        "today": DAY,
        "saved": True,
    },
    "pages/offers/record.html": {
        "form": Thing(provider_id=None, interventions=CHOICES, target_groups=CHOICES, sections=(POLYGLOT,)),
        "text": {"name": POLYGLOT, "owner_kind": "private", "interventions": "bostoette", "competences": POLYGLOT},
        "errors": ERRORS,
    },
    "pages/offers/import.html": {"faults": [Thing(place="row 2, column ejer", message=POLYGLOT)]},
    "pages/offers/coverage.html": {"coverage": COVERAGE},
    "pages/offers/specialisation.html": {
        "page": SpecialisationPage(POLYGLOT, DAY, DAY, (ROW,), all_criteria()[-1]),
        "saved": True,
        "errors": [Thing(target="fra", message="Write the day")],
    },
    "pages/offers/assess.html": {
        "form": Thing(
            interventions=CHOICES, target_groups=CHOICES, offers=(("1", POLYGLOT),), criteria=all_criteria()[-1],
            choices=(("training", POLYGLOT),), today=DAY,
        ),
        "written": Thing(
            intervention="bostoette", target_group="", offer="", valid_from="", met={"training"}, reason=POLYGLOT
        ),
        "errors": [Thing(target="intervention", message="Choose the intervention.")],
    },
    "pages/offers/need.html": {
        "need": NeedMap(
            POLYGLOT, POLYGLOT, DAY, DAY, PANELS, (local_text(POLYGLOT),), make_figure(PANELS, DAY, DAY)
        ),
    },
    "pages/offers/national_need.html": {
        "need": build_national_need(
            POLYGLOT,
            [
                PublishedNeed("Nordby", PUBLISHED, DAY),
                PublishedNeed(POLYGLOT, None),
            ],
            today=DAY,
        ),
    },
    "pages/offers/card.html": {
        "card": Thing(
            slug="bostoette", name=local_text(POLYGLOT), description=local_text(POLYGLOT),
            theory_of_change=local_text(POLYGLOT), section=POLYGLOT, section_title=local_text(POLYGLOT),
            target_groups=(local_text(POLYGLOT),), planned_months=12, cost_per_month=Decimal(7400),
            guideline="https://www.sbst.dk/", guideline_host="www.sbst.dk", result=RESULT,
            offers=((UUID(int=1), POLYGLOT),),
        ),
    },
}  # fmt: skip
