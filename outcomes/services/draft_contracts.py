"""What a release of the outcome contracts would hold: what was agreed, whether it was reached, and about what it paid.

Everything of people comes from figures that are frozen already, so the ledger knows them; here they are rounded by how many
they are of, and an amount follows from the rounded share. The exact payment stays with those who agreed it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.analysis.results import Share
from outcomes.analysis.suppression import SHARE_SPAN, rounding_step
from outcomes.analysis.target_status import TargetStatus
from outcomes.analysis.value_prices import coarse_share
from outcomes.errors import Sentence
from outcomes.reports.contract_words import AGREED_WORDS, NOT_WORKED_OUT
from outcomes.reports.parts import Cell, Column, Kind, Proportion, Table
from outcomes.reports.release_document import DocumentSection, ReleaseDocument
from outcomes.reports.stored_values import to_stored
from outcomes.services.draft_overview import Material
from outcomes.services.list_contracts import ContractRow, list_contracts
from outcomes.services.publish_release import own_organisation
from outcomes.store import contracts, organisations

if TYPE_CHECKING:
    from collections.abc import Mapping

    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

DECIMALS = 3
COLUMNS = (
    Column("contract", Sentence("Contract")),
    Column("intervention", Sentence("Intervention")),
    Column("wish", Sentence("What is to be reached")),
    Column("from", Sentence("From"), Kind.DATE),
    Column("to", Sentence("To"), Kind.DATE),
    Column("status", Sentence("How it stands")),
    Column("share", Sentence("About so large a share"), Kind.SHARE, 0),
    Column("n", Sentence("People"), Kind.COUNT),
    Column("rate", Sentence("Kroner for each"), Kind.NUMBER, 0),
    Column("cap", Sentence("Kroner at most"), Kind.NUMBER, 0),
    Column("paid", Sentence("About so many kroner are due"), Kind.NUMBER, 0),
)


@dataclass(frozen=True, slots=True)
class _Contract:
    """A contract in force with what its period has paid by; ``share`` None: nothing is worked out. Kroner."""

    row: ContractRow
    status: str | None
    share: Share | None
    paid: float | None


def draft_contracts(runtime: Runtime, scope: Scope, _subject: str, _period: Period) -> Material:
    """Every contract in force, with the newest figures that its period was worked out from."""
    rows = list_contracts(runtime, scope)
    with runtime.database.transaction(scope) as session:
        name = organisations.get_organisation(session, organisation_id=own_organisation(scope)).name
        found = [_contract(row, _newest_working(contracts.list_payments(session, code=row.code), row)) for row in rows]
    table = Table("contracts", Sentence("Contracts, and what they pay for"), COLUMNS, tuple(map(_cells, found)))
    section = DocumentSection(
        Sentence("Outcome contracts"),
        (
            Sentence(
                "Amounts follow from the rounded share. The exact payment stands with those who agreed the contract."
            ),
        ),
        (table,),
    )
    document = ReleaseDocument(
        Sentence("Outcome contracts in %(organisation)s", organisation=name),
        (),
        (section,) if found else (),
        {"contract": {"lines": [_figures(each) for each in found]}},
    )
    return Material(document, {}, "", ())


def _newest_working(payments: Any, row: ContractRow) -> Mapping[str, Any] | None:
    """What the newest payment for the contract's days was worked out from; None: there is none."""
    days = (row.first_day, row.last_day)
    workings = [payment.working for payment, paid, _ in payments if (paid.first_day, paid.last_day) == days]
    return workings[-1] if workings else None


def _contract(row: ContractRow, working: Mapping[str, Any] | None) -> _Contract:
    if working is None:
        return _Contract(row, None, None, None)
    figure = working["figure"]
    exact = Share(figure["counted"], figure["total"], figure["counted"] / figure["total"], 0.0, 1.0)
    share, status = coarse_share(exact), str(working["status"])
    paid = min(row.rate * share.count, row.cap) if status == TargetStatus.MET else 0.0
    return _Contract(row, status, share, paid)


def _cells(each: _Contract) -> tuple[Cell, ...]:
    row, share = each.row, each.share
    return (
        row.title, row.intervention, row.target, row.first_day, row.last_day,
        AGREED_WORDS[each.status] if each.status else NOT_WORKED_OUT,
        Proportion(_rounded(share)) if share else None, share.total if share else None, row.rate, row.cap, each.paid,
    )  # fmt: skip


def _rounded(share: Share) -> float:
    """To as many decimals as its step has."""
    step = rounding_step(share.total, span=SHARE_SPAN)
    return round(round(share.share / step) * step, DECIMALS)


def _figures(each: _Contract) -> dict[str, Any]:
    """The same as plain numbers, kroner and shares 0-1."""
    row, share = each.row, each.share
    return {
        "title": to_stored(row.title),
        "intervention": row.slug,
        "intervention_title": to_stored(row.intervention),
        "wish": to_stored(row.target),
        "first_day": row.first_day.isoformat(),
        "last_day": row.last_day.isoformat(),
        "status": each.status,
        "share": _rounded(share) if share else None,
        "n": share.total if share else None,
        "rate": row.rate,
        "cap": row.cap,
        "paid": each.paid,
    }
