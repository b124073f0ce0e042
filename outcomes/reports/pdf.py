"""A finished document as PDF/UA-1: tagged, with embedded fonts and nothing fetched from outside."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from outcomes.errors import Sentence, UnavailableError
from outcomes.reports.fonts import STATIC_DIRECTORY, font_face_css

if TYPE_CHECKING:
    from pathlib import Path

REPORT_CSS = STATIC_DIRECTORY / "css" / "report.css"


def make_pdf(html: str, *, styles: Path = REPORT_CSS) -> bytes:
    """``html`` (a whole document) as PDF/UA-1, styled by ``static/css/report.css`` unless ``styles`` names another sheet.

    Raises :class:`~outcomes.errors.UnavailableError` where the document asks for anything outside our own files,
    since a report that silently lacks a part of itself must not be handed out.
    """
    from weasyprint import CSS, HTML  # noqa: PLC0415 - loads Pango, which web pages never need
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # refusals are gathered by the fetcher instead
    from outcomes.reports.fetcher import PackageFetcher  # noqa: PLC0415 - loads the renderer

    fetcher, fonts = PackageFetcher(), FontConfiguration()
    sheet = CSS(string=font_face_css() + styles.read_text(encoding="utf-8"), url_fetcher=fetcher, font_config=fonts)
    pdf: bytes = HTML(string=html, url_fetcher=fetcher).write_pdf(
        stylesheets=[sheet], font_config=fonts, pdf_variant="pdf/ua-1"
    )
    if fetcher.refused:
        raise UnavailableError(
            Sentence(
                "The report could not be made, because it asked for something outside the program: %(what)s. "
                "Tell the people who run the program.",
                what=", ".join(fetcher.refused),
            )
        )
    return pdf
