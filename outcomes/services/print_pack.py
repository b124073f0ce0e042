"""A provider's pack of evidence as a file to hand over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES
from outcomes.reports.supervision.pdf import render_pack, render_pack_apart
from outcomes.services.build_report import ReportFile
from outcomes.services.read_pack import read_pack

if TYPE_CHECKING:
    from uuid import UUID

    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def print_pack(runtime: Runtime, scope: Scope, provider_id: UUID, locale: str, *, apart: bool = True) -> ReportFile:
    """The pack as PDF in ``locale``. ``apart``: made in the render process.

    Raises ``NotFoundError`` where there is no such provider or language.
    """
    if locale not in LOCALES:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    pack = read_pack(runtime, scope, provider_id)
    content = (render_pack_apart if apart else render_pack)(pack, locale)
    return ReportFile(content, f"outcomes-supervision-{pack.on.isoformat()}-{locale}.pdf", "application/pdf")
