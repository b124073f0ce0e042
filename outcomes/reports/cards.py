"""Tables on a phone: each cell is told its heading and each element its role, so that a style sheet can show rows as cards.

The roles stand there because some browsers forget that a table is one when it is laid out in another way.
"""

from __future__ import annotations

import re

from markupsafe import Markup

from outcomes.reports.parts import MOST_WITH_WORDS

HEADING = re.compile(r'<th scope="col"[^>]*>(.*?)</th>', re.DOTALL)
TAG = re.compile(r"<(table|thead|tbody|tfoot|tr|th|td)\b([^>]*)>")
SPAN = re.compile(r'colspan="(\d+)"')
ROLES = {"table": "table", "thead": "rowgroup", "tbody": "rowgroup", "tfoot": "rowgroup", "tr": "row", "td": "cell"}


def as_cards(table: Markup, *, wide: bool = True) -> Markup:
    """``table``, one whole ``<table>`` with a ``class``, marked as described above; unchanged where it is narrow.

    ``wide`` False: it is narrow, although it has three columns or more.
    """
    headings = [Markup(text).striptags() for text in HEADING.findall(table)]  # noqa: S704 - escaped by the template
    if not wide or len(headings) <= MOST_WITH_WORDS:
        return table
    column = 0

    def mark(found: re.Match[str]) -> str:
        nonlocal column
        tag, rest = found.groups()
        if tag == "tr":
            column = 0
        role = ROLES.get(tag) or ("columnheader" if 'scope="col"' in rest else "rowheader")
        label = Markup(' data-label="{}"').format(headings[column]) if tag == "td" and column < len(headings) else ""
        if tag in {"td", "th"}:
            span = SPAN.search(rest)
            column += int(span[1]) if span else 1
        if tag == "table":
            rest = rest.replace('class="', 'class="cards ', 1)
        return f'<{tag}{rest} role="{role}"{label}>'

    return Markup(TAG.sub(mark, table))  # noqa: S704 - the template's own escaped markup, with our attributes added
