"""Sample variables for the pages of prices, value cases and outcome contracts."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace as Thing
from typing import Any

from outcomes.errors import Sentence
from outcomes.reports.parts import Column, Kind, Table
from outcomes.services.contract_text import CONTRACT_FIELDS
from outcomes.services.value_text import CASE_FIELDS

DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"

PRICE_ROW = Thing(
    price_set_id="p1", name=POLYGLOT, source=POLYGLOT, price_year=2026, invented=True, areas=5, years=10,
    imported_by=POLYGLOT, imported_at=MOMENT,
)  # fmt: skip
CONTRACT = Thing(
    code="c1", version=2, title=POLYGLOT, intervention=POLYGLOT, slug="i1", payer=POLYGLOT, payee=POLYGLOT,
    verifier=POLYGLOT, target=Sentence("At least %(value)s", value=POLYGLOT), rate=4000.0, cap=300000.0, paid=0.0,
    first_day=DAY, last_day=DAY, decided_by=POLYGLOT, decided_at=MOMENT,
)  # fmt: skip
PAYMENT = Thing(
    payment_id="x1", amount=40000.0, ore=4000000, status=Sentence("Reached"), figure=Sentence("10 of 48"),
    steps=(Sentence("10 x 4"),), version=1, release_id="r1", release_version=1, checksum="ab" * 32, snapshot="s1",
    code_version="v1", paid_at=MOMENT, paid_by=POLYGLOT, paid_by_id="u1", verified_by=None, same=True, too_much=1.0,
)  # fmt: skip

VALUE_SAMPLES: dict[str, dict[str, Any]] = {
    "pages/value/case.html": {
        "page": Thing(
            slug="i1", title=POLYGLOT, version=1, price_sets=(("p1", POLYGLOT),),
            decided=(Thing(version=1, decided_at=MOMENT, decided_by=POLYGLOT, reason=POLYGLOT),),
        ),
        "text": dict.fromkeys(CASE_FIELDS, POLYGLOT),
        "errors": [Thing(target="years", message=POLYGLOT), Thing(target="refusion", message=POLYGLOT)],
    },
    "pages/value/prices.html": {
        "price_sets": [PRICE_ROW],
        "text": {"name": POLYGLOT, "source": POLYGLOT, "price_year": POLYGLOT, "invented": "yes"},
        "errors": [Thing(target="file", message=POLYGLOT), Thing(target="file", message=POLYGLOT)],
    },
    "pages/value/price_set.html": {
        "page": Thing(
            row=PRICE_ROW,
            table=Table(
                "prices",
                Sentence("Kroner"),
                (Column("area", Sentence("Area")), Column("total", Sentence("All"), Kind.NUMBER, 2)),
                ((POLYGLOT, 10.5),),
            ),
        )
    },
    "pages/value/contracts.html": {"contracts": [CONTRACT]},
    "pages/value/contract.html": {
        "page": Thing(
            contract=CONTRACT, earlier=(CONTRACT,),
            payments=(PAYMENT, Thing(**{**vars(PAYMENT), "same": False, "verified_by": POLYGLOT, "too_much": 0.0})),
            payable_from=DAY, payable=True,
        ),
        "reason": POLYGLOT,
        "me": "u2",
        "saved": True,
        "errors": [Thing(target="reason", message=POLYGLOT)],
    },
    "pages/value/contract_form.html": {
        "form": Thing(
            code="c1", version=1, interventions=(("i1", POLYGLOT),), indicators=(("share_better", Sentence("Better")),)
        ),
        "text": dict.fromkeys(CONTRACT_FIELDS, POLYGLOT),
        "errors": [Thing(target="rate", message=POLYGLOT)],
    },
}  # fmt: skip
