"""What a page of steering shows, as plain data: made from the same thing as the page, so that the two cannot disagree."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from outcomes.errors import InputError, NotFoundError, Sentence
from outcomes.reports.plain import to_plain
from outcomes.services.build_report import read_period
from outcomes.services.gather_outcomes import Period
from outcomes.services.list_contracts import list_contracts
from outcomes.services.list_interventions import list_interventions
from outcomes.services.list_releases import list_releases
from outcomes.services.read_coverage import read_coverage
from outcomes.services.read_intervention_card import read_intervention_card
from outcomes.services.read_learning import read_learning
from outcomes.services.read_national import read_national
from outcomes.services.read_need_map import read_need_map
from outcomes.services.read_offers import read_offer, read_offers
from outcomes.services.read_pack import read_pack
from outcomes.services.read_requirements import read_requirements
from outcomes.services.read_specialisation import read_specialisation
from outcomes.services.read_supervision import read_supervision
from outcomes.services.read_targets import read_targets
from outcomes.services.read_value import read_value

if TYPE_CHECKING:
    from collections.abc import Callable

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

OF_ORGANISATION: dict[str, Callable[[Runtime, Scope], Any]] = {
    "targets": read_targets,
    "requirements": read_requirements,
    "supervision": read_supervision,
    "offers": read_offers,
    "coverage": read_coverage,
    "specialisation": read_specialisation,
    "need": read_need_map,
    "contracts": list_contracts,
    "releases": list_releases,
    "national": read_national,
}
OF_PERIOD: dict[str, Callable[[Runtime, Scope, Period | None], Any]] = {
    "overview": lambda runtime, scope, period: list_interventions(
        runtime, scope, period or read_period(runtime, scope)
    ),
}
OF_INTERVENTION: dict[str, Callable[[Runtime, Scope, str], Any]] = {
    "learning": lambda runtime, scope, slug: read_learning(runtime, scope, intervention_slug=slug),
    "card": read_intervention_card,
}
OF_PROVIDER: dict[str, Callable[[Runtime, Scope, UUID], Any]] = {"offer": read_offer, "pack": read_pack}
VALUE = "value"
PAGES = (*OF_PERIOD, *OF_ORGANISATION, VALUE, *OF_INTERVENTION, *OF_PROVIDER)


@dataclass(frozen=True, slots=True)
class PageOf:
    """Which page: its name in :data:`PAGES`, and the intervention (short name) or the provider (id) that it is about.

    ``period``: for those pages that can be asked for one; None for everybody who ever began.
    """

    name: str
    intervention: str | None = None
    provider: str | None = None
    period: Period | None = None


def read_page(runtime: Runtime, scope: Scope, page: PageOf, locale: str) -> bytes:
    """The page's figures as JSON with sentences in ``locale``.

    Raises ``InputError`` (nothing said of what the page is about) and whatever the page itself raises.
    """
    return json.dumps(
        to_plain(_read(runtime, scope, page), locale), ensure_ascii=False, indent=2, allow_nan=False
    ).encode()


def _read(runtime: Runtime, scope: Scope, page: PageOf) -> Any:
    if page.name in OF_PERIOD:
        return OF_PERIOD[page.name](runtime, scope, page.period)
    if page.name in OF_ORGANISATION:
        return OF_ORGANISATION[page.name](runtime, scope)
    if page.name in OF_PROVIDER:
        return OF_PROVIDER[page.name](runtime, scope, _provider_id(page))
    if page.name not in PAGES:
        raise InputError(
            Sentence(
                "There is no page called %(name)s. Choose one of: %(names)s.", name=page.name, names=", ".join(PAGES)
            )
        )
    if page.intervention is None:
        raise InputError(Sentence("Say which intervention, by its short name: --intervention."))
    if page.name in OF_INTERVENTION:
        return OF_INTERVENTION[page.name](runtime, scope, page.intervention)
    found = read_value(runtime, scope, intervention_slug=page.intervention, period=page.period)
    if found is None:
        raise NotFoundError(Sentence("Nobody has said yet what the intervention costs and saves."))
    return found


def _provider_id(page: PageOf) -> UUID:
    if page.provider is None:
        raise InputError(Sentence("Say which provider, by its id: --provider. The list of offers has them."))
    try:
        return UUID(page.provider)
    except ValueError:
        raise InputError(
            Sentence("%(id)s is no id of a provider. The list of offers has them.", id=page.provider)
        ) from None
