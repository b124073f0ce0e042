"""The printout of a learning meeting as a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.errors import NotFoundError, Sentence
from outcomes.language import LOCALES
from outcomes.reports.learning import render_pdf_in_subprocess
from outcomes.services.build_report import ReportFile
from outcomes.services.read_learning import read_learning

if TYPE_CHECKING:
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope


def print_learning(runtime: Runtime, scope: Scope, *, intervention_slug: str, locale: str) -> ReportFile:
    """PDF in ``locale``, made in a process of its own. Raises ``NotFoundError``."""
    if locale not in LOCALES:
        raise NotFoundError(Sentence("The report does not come in that language or format."))
    context = read_learning(runtime, scope, intervention_slug=intervention_slug)
    name = f"outcomes-{context.slug}-{context.today}-{locale}.pdf"
    return ReportFile(render_pdf_in_subprocess(context, locale), name, "application/pdf")
