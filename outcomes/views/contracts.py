"""Outcome contracts: what was agreed to be paid for, what it pays, worked out from frozen figures, and who verified it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from outcomes.errors import ConflictError, DisclosureError, EstimateError, Fault, InputError, Sentence
from outcomes.language import translate
from outcomes.services.agree_contract import agree_contract, read_contract_form
from outcomes.services.contract_text import CONTRACT_FIELDS, ContractText
from outcomes.services.list_contracts import list_contracts, open_contract
from outcomes.services.pay_contract import pay_contract
from outcomes.services.verify_payment import verify_payment
from outcomes.views.admission import admits, current_actor, runtime
from outcomes.views.page import require_form_token

if TYPE_CHECKING:
    from uuid import UUID

contracts = Blueprint("contracts", __name__)

Page = str | Response | tuple[str, int]


@contracts.get("/kontrakter")
@admits("manager")
def listing() -> str:
    """Every contract."""
    return render_template("pages/value/contracts.html", contracts=list_contracts(runtime(), current_actor().scope))


@contracts.route("/kontrakter/ny", methods=["GET", "POST"])
@admits("manager")
def new() -> Page:
    """Agree a contract."""
    return _form("")


@contracts.route("/kontrakter/<code>/ny-version", methods=["GET", "POST"])
@admits("manager")
def change(code: str) -> Page:
    """Agree a new version."""
    return _form(code)


@contracts.route("/kontrakter/<code>", methods=["GET", "POST"])
@admits("manager")
def show(code: str) -> Page:
    """One contract with its payments; working out the payment of its period."""
    actor = current_actor()
    faults: tuple[Fault, ...] = ()
    status = 200
    reason = request.form.get("reason", "")[:2000]
    if request.method == "POST":
        try:
            require_form_token(Sentence("Nothing was paid."))
            pay_contract(runtime(), actor, code, reason=reason)
            return redirect(url_for("contracts.show", code=code, gemt=1), 303)
        except (InputError, DisclosureError) as error:
            faults, status = _in_words(error), 400
        except (ConflictError, EstimateError) as error:
            faults, status = (Fault("", error.sentence),), 409
    page = open_contract(runtime(), actor.scope, code)
    return _shown(page, faults, reason=reason), status


@contracts.post("/kontrakter/betaling/<uuid:payment_id>")
@admits("manager")
def verify(payment_id: UUID) -> Page:
    """Somebody else than who worked it out verifies a payment."""
    code = verify_payment(runtime(), current_actor(), payment_id)
    return redirect(url_for("contracts.show", code=code), 303)


def _in_words(error: InputError | DisclosureError) -> tuple[Fault, ...]:
    """The sentence first: what stands at a population's key is said in it alone."""
    own = tuple(fault for fault in error.faults if fault.place == "reason")
    return own or (Fault("", error.sentence), *(Fault("", fault.sentence) for fault in error.faults))


def _shown(page: object, faults: tuple[Fault, ...], *, reason: str) -> str:
    return render_template(
        "pages/value/contract.html",
        page=page,
        reason=reason,
        me=current_actor().user_id,
        saved="gemt" in request.args and not faults,
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )


def _form(code: str) -> Page:
    written = ContractText(**{name: request.form.get(name, "")[:400] for name in CONTRACT_FIELDS})
    faults: tuple[Fault, ...] = ()
    status = 200
    if request.method == "POST":
        try:
            require_form_token(Sentence("The contract was not saved."))
            text = request.form.get("after", "")
            after = int(text[:6]) if text.isascii() and text.isdigit() else 0
            stored = agree_contract(runtime(), current_actor(), written, code=code, after=after)
            return redirect(url_for("contracts.show", code=stored), 303)
        except InputError as error:
            faults, status = error.faults or (Fault("", error.sentence),), 400
        except ConflictError as error:
            faults, status = (Fault("", error.sentence),), 409
    form = read_contract_form(runtime(), current_actor(), code)
    rendered = render_template(
        "pages/value/contract_form.html",
        form=form,
        text=asdict(written if faults else form.text),
        errors=[{"target": fault.place, "message": translate(fault.sentence)} for fault in faults],
    )
    return rendered, status
