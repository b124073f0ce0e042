"""Tables on a phone: every cell knows its heading, in whatever way a row is laid out."""

from __future__ import annotations

from markupsafe import Markup

from outcomes.reports.cards import as_cards
from outcomes.reports.environment import report_environment
from outcomes.reports.parts import Column, Kind, Sentence, Table

HEAD = '<thead><tr><th scope="col">Offer</th><th scope="col">Owner &amp; “kin”</th><th scope="col">Places</th></tr></thead>'
ROW = '<tr><th scope="row">Lind</th><td>Us</td><td class="numeric">28</td></tr>'


def table(head: str = HEAD, body: str = ROW) -> Markup:
    return Markup(f'<table class="table" id="a">{head}<tbody>{body}</tbody></table>')


def test_each_cell_says_its_heading_and_each_element_its_role() -> None:
    html = as_cards(table())
    assert '<table class="cards table" id="a" role="table">' in html
    assert '<td role="cell" data-label="Owner &amp; “kin”">Us</td>' in html
    assert '<td class="numeric" role="cell" data-label="Places">28</td>' in html
    assert '<th scope="row" role="rowheader">Lind</th>' in html
    assert html.count('role="columnheader"') == 3
    assert html.count('role="rowgroup"') == html.count('role="row"') == 2


def test_a_cell_over_two_columns_is_counted_as_two() -> None:
    html = as_cards(
        table(body='<tr><td colspan="2">Both</td><td>28</td></tr><tr><th scope="row">Lind</th><td>Us</td></tr>')
    )
    assert 'data-label="Offer">Both' in html
    assert 'data-label="Places">28' in html
    assert 'data-label="Owner &amp; “kin”">Us' in html


def test_a_quotation_mark_in_a_heading_stays_inside_its_attribute() -> None:
    html = as_cards(table(HEAD.replace("Places", "&#34;><script>")))
    assert 'data-label="&#34;&gt;"' in html


def test_a_narrow_table_stays_as_it_is() -> None:
    two = table('<thead><tr><th scope="col">A</th><th scope="col">B</th></tr></thead>', "<tr><td>1</td><td>2</td></tr>")
    assert as_cards(two) == two
    assert as_cards(table(), wide=False) == table()


def test_numbers_have_room_for_five_columns_and_words_for_two() -> None:
    def columns(*kinds: Kind) -> Table:
        heads = tuple(Column(f"c{place}", Sentence("Words"), kind) for place, kind in enumerate(kinds))
        return Table("t", Sentence("Words"), heads, ())

    assert not columns(Kind.TEXT, *[Kind.COUNT] * 4).too_wide_for_a_phone
    assert columns(Kind.TEXT, *[Kind.COUNT] * 5).too_wide_for_a_phone
    assert not columns(Kind.TEXT, Kind.TEXT).too_wide_for_a_phone
    assert columns(Kind.TEXT, Kind.TEXT, Kind.COUNT).too_wide_for_a_phone


def test_the_frame_of_pages_makes_cards() -> None:
    source = '{% import "macros/tables.html" as t %}{% call t.framed("x", "Caption") %}' + HEAD + ROW + "{% endcall %}"
    html = report_environment().from_string(source).render()
    assert 'class="cards table' in html
    assert 'tabindex="0" aria-labelledby="x-caption"' in html
