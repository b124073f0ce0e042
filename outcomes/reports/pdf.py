"""A finished document as PDF/UA-1: tagged, with embedded fonts and nothing fetched from outside. For the archive also as
PDF/A-3 with data attached."""

from __future__ import annotations

import io
import logging
import re
import warnings
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence, UnavailableError
from outcomes.reports.collector import collector_at_rest
from outcomes.reports.fonts import STATIC_DIRECTORY, font_face_css

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from outcomes.reports.fetcher import PackageFetcher

REPORT_CSS = STATIC_DIRECTORY / "css" / "report.css"
ACCESSIBLE, ARCHIVAL = "pdf/ua-1", "pdf/a-3a"
OBJECT_STREAM = re.compile(rb"/ObjStm.{0,200}?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
PAGE = re.compile(rb"/Type\s*/Page\b")
ACCESSIBLE_TOO = b"""<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that is followed</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
"""
"""What tells a reader that a PDF/A is PDF/UA-1 as well, with the description that PDF/A asks of a name it doesn't know."""


@dataclass(frozen=True, slots=True)
class DataFile:
    """A file that is attached to a PDF: its name (whose ending says what kind it is), what it is in words, and its bytes."""

    name: str
    description: str
    content: bytes


def make_pdf(html: str, *, styles: Path = REPORT_CSS, rules: str = "") -> bytes:
    """``html`` (a whole document) as PDF/UA-1, styled by ``static/css/report.css`` unless ``styles`` names another sheet,
    and by ``rules`` that are only this document's.

    Raises :class:`~outcomes.errors.UnavailableError` where the document asks for anything outside our own files,
    since a report that silently lacks a part of itself must not be handed out.
    """
    with collector_at_rest():
        document, fetcher = _render(html, styles, ACCESSIBLE, rules)
        pdf: bytes = document.write_pdf(pdf_variant=ACCESSIBLE)
    _check(fetcher)
    return pdf


def make_archive_pdf(html: str, files: Sequence[DataFile], *, made: datetime, styles: Path = REPORT_CSS) -> bytes:
    """The same as PDF/A-3a and PDF/UA-1 at once: tagged, with its colour profile, and ``files`` attached as its data.

    ``made``: the moment that the files bear. Raises as :func:`make_pdf`.
    """
    from weasyprint import Attachment  # noqa: PLC0415 - loads Pango, which web pages never need

    attached = [
        Attachment(
            file_obj=io.BytesIO(file.content), name=file.name, description=file.description, created=made, modified=made,
            relationship="Data",
        )
        for file in files
    ]  # fmt: skip
    with collector_at_rest(), warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the renderer leaves it to Python to close its colour profile
        document, fetcher = _render(html, styles, ARCHIVAL)
        pdf: bytes = document.write_pdf(pdf_variant=ARCHIVAL, attachments=attached, finisher=_declare_accessible)
    _check(fetcher)
    return pdf


def _declare_accessible(_document: object, pdf: Any) -> None:
    """Say in the metadata that the tags are there, and leave the metadata readable as they stand."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    content = b"".join(metadata.stream)
    metadata.stream = [content.replace(b"</rdf:RDF>", ACCESSIBLE_TOO + b"</rdf:RDF>", 1)]
    metadata.compress = False


def count_pages(pdf: bytes) -> int:
    """How many pages a document of ours has."""
    found = 0
    for match in OBJECT_STREAM.finditer(pdf):
        try:
            found += len(PAGE.findall(zlib.decompress(match[1])))
        except zlib.error:
            continue
    return found + len(PAGE.findall(pdf))


def _render(html: str, styles: Path, variant: str, rules: str = "") -> tuple[Any, PackageFetcher]:
    """The document laid out on its pages, and the fetcher that says what was refused."""
    from weasyprint import CSS, HTML  # noqa: PLC0415 - loads Pango, which web pages never need
    from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415

    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)  # refusals are gathered by the fetcher instead
    from outcomes.reports.fetcher import PackageFetcher  # noqa: PLC0415 - loads the renderer

    fetcher, fonts = PackageFetcher(), FontConfiguration()
    text = font_face_css() + styles.read_text(encoding="utf-8") + rules
    sheet = CSS(string=text, url_fetcher=fetcher, font_config=fonts)
    document = HTML(string=html, url_fetcher=fetcher).render(
        stylesheets=[sheet], font_config=fonts, pdf_variant=variant
    )
    return document, fetcher


def _check(fetcher: PackageFetcher) -> None:
    if fetcher.refused:
        raise UnavailableError(
            Sentence(
                "The report could not be made, because it asked for something outside the program: %(what)s. "
                "Tell the people who run the program.",
                what=", ".join(fetcher.refused),
            )
        )
