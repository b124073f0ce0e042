"""What a release of the process requirements would hold: the duties, what became of each, and the hours on both sides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.analysis.results import Withheld as WithheldResult
from outcomes.errors import Sentence
from outcomes.reports.parts import Cell, Column, Kind, Table, Withheld
from outcomes.reports.release_content import counts_few
from outcomes.reports.release_document import DocumentSection, ReleaseDocument, as_published
from outcomes.reports.requirements import State
from outcomes.services.draft_overview import Material
from outcomes.services.read_requirements import read_requirements

if TYPE_CHECKING:
    from outcomes.reports.requirements import Freed, RequirementBook
    from outcomes.services.gather_outcomes import Period
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

QUESTIONED = (State.PROPOSED, State.HEARD)


def draft_requirements(runtime: Runtime, scope: Scope, _subject: str, _period: Period) -> Material:
    """Duties to document: where each comes from, what became of it, and the hours that it takes or took."""
    book = read_requirements(runtime, scope)
    columns = (
        Column("requirement", Sentence("Process requirement")),
        Column("source", Sentence("Source")),
        Column("state", Sentence("State")),
        Column("since", Sentence("Since"), Kind.DATE),
        Column("minutes", Sentence("Minutes per person and month"), Kind.NUMBER, 0),
        Column("hours", Sentence("Hours freed"), Kind.NUMBER, 0),
    )
    rows = tuple(
        (row.title, row.source, row.state_words, row.since, row.minutes, _freed(row.freed)) for row in book.rows
    )
    table = as_published(
        Table("requirements", Sentence("What is written down, and what isn't any more"), columns, rows)
    )
    lines = () if counts_few(book.finding) else (book.finding,)
    section = DocumentSection(Sentence("Process requirements"), lines, (table,))
    title = Sentence("Process requirements in %(organisation)s", organisation=book.organisation_name)
    document = ReleaseDocument(title, book.not_covered, (section,) if rows else (), {"requirements": _figures(book)})
    return Material(document, {}, "", ())


def _freed(freed: Freed | None) -> Cell:
    if freed is None:
        return None
    return Withheld(freed.hours.sentence) if isinstance(freed.hours, WithheldResult) else float(freed.hours)


def _figures(book: RequirementBook) -> dict[str, Any]:
    """Duties by where they stand, and whole hours; None: none was ever retired, or the hours aren't shown."""
    states = [row.state for row in book.rows]
    return {
        "as_of": book.as_of.isoformat(),
        "since": book.since.isoformat(),
        "duties": len(states),
        "law_bound": sum(row.law_bound for row in book.rows),
        "retired": states.count(State.RETIRED),
        "questioned": sum(state in QUESTIONED for state in states),
        "ever_retired": sum(row.freed is not None for row in book.rows),
        "hours": None if book.hours is None else round(book.hours),
        "net": None if book.net is None else round(book.net),
    }
