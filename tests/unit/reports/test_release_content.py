"""What never may be published, and that what is published reads back as it was, to the last byte."""

from __future__ import annotations

import json
import math
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from outcomes.errors import InputError, Sentence
from outcomes.reports.parts import Column, Interval, Kind, LocalText, Points, Proportion, Table, Withheld
from outcomes.reports.release_content import (
    MOST_BYTES,
    canonical_json,
    clean_content,
    content_checksum,
    identifiers_in,
)
from outcomes.reports.release_document import (
    DocumentSection,
    ReleaseDocument,
    as_published,
    coarsely,
    compare_documents,
    document_from_json,
    document_to_json,
)

COLUMNS = (
    Column("figure", Sentence("Figure")),
    Column("value", Sentence("Value"), Kind.NUMBER, 1),
    Column("raw", Sentence("Value"), Kind.NUMBER, 8, on_page=False),
)


def make_document(value: object = 4.25) -> ReleaseDocument:
    rows = (
        (Sentence("People who began"), 120, 120.0),
        (LocalText((("da", "Udvikling"), ("en", "Change"))), value, 4.2499999),
        ("Share", Proportion(0.41), 0.41),
        ("Hidden", Withheld(Sentence("Too few people.")), None),
        ("Interval", Interval(1.0, 2.5), None),
    )
    table = as_published(Table("main", Sentence("What is known"), COLUMNS, rows))
    section = DocumentSection(LocalText((("da", "Bostøtte"),)), (Sentence("Finding"),), (table,))
    return ReleaseDocument(Sentence("Title of %(who)s", who="Solbjerg"), (), (section,), {"interventions": []})


def nested(depth: int) -> dict[str, object]:
    return {"a": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    "poison",
    [
        {"who": "010190-1234 was here"},
        {"0101901234": 1},
        {"people": [{"n": 3}]},
        {"value": math.nan},
        {"value": math.inf},
        {"value": 2**60},
        {"text": "a\x00b"},
        {"text": "\ud800"},
        {"when": object()},
        {1: "a number for a name"},
        nested(40),
        {"long": ["x" * 1000] * (MOST_BYTES // 1000 + 1)},
        {"many": [0] * 200_000},
    ],
)
def test_poisoned_and_oversized_content_is_refused(poison: dict[str, object]) -> None:
    with pytest.raises(InputError, match="Nothing was stored"):
        clean_content(poison)


def test_what_may_be_published_is_let_through() -> None:
    content = {"n": 5, "count": None, "snapshot": "9f8d0101901234ab", "phone": "12345678", "share": 0.25}
    assert clean_content(content) == content


numbers = st.one_of(
    st.integers(-(2**53), 2**53), st.floats(-(2.0**52), 2.0**52, allow_nan=False), st.booleans(), st.none()
)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00", exclude_categories=["Nd"]), max_size=12)


@given(st.recursive(numbers | texts, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=12))
def test_the_checksum_is_that_of_what_is_read_back(value: object) -> None:
    """As the database keeps JSON: whole numbers without a point, no negative zero, names in any order."""
    content = clean_content({"value": value})
    back = json.loads(canonical_json(content))
    assert content_checksum({}, back) == content_checksum({}, content)
    assert clean_content(back) == content


def test_the_checksum_holds_the_heading_too() -> None:
    assert content_checksum({"reason": "a"}, {}) != content_checksum({"reason": "b"}, {})


def test_finds_whatever_could_be_an_id() -> None:
    one, other = uuid4(), uuid4()
    assert identifiers_in({"a": [f"provider={one}"], other.hex: 1}) == {one, other}
    assert identifiers_in({"a": "no id here"}) == frozenset[UUID]()


def test_a_document_is_read_back_as_it_was() -> None:
    document = make_document()
    stored = json.loads(canonical_json(clean_content(document_to_json(document))))
    assert document_from_json(stored) == document


def test_nothing_finer_than_people_see_is_published() -> None:
    text = canonical_json(document_to_json(make_document(4.2499999)))
    assert "4.2" in text
    assert "4.2499999" not in text


def test_means_are_rounded_to_the_step_where_it_is_coarser() -> None:
    rows = (("Mean", 4.26, 0.0), ("Interval", Interval(-1.26, 2.6), None), ("Share", Proportion(0.4112), None))
    table = as_published(Table("main", Sentence("What is known"), COLUMNS, rows), step=0.5)
    assert [row[1] for row in table.rows] == [4.5, Interval(-1.5, 3.0), Proportion(0.411)]
    said = coarsely(Sentence("%(a)s", a=Sentence("%(b)s of %(n)s", b=Points(4.26), n=12)), 0.5)
    assert str(said) == str(Sentence("%(a)s", a=Sentence("%(b)s of %(n)s", b=Points(4.5), n=12)))
    ends = coarsely(Sentence("%(low)s to %(high)s", low=Points(-1.1), high=Points(2.6)), 0.5)
    assert str(ends) == str(Sentence("%(low)s to %(high)s", low=Points(-1.5), high=Points(3.0)))  # outward


def test_other_content_is_no_document() -> None:
    assert document_from_json({"amount": 12}) is None


def test_differences_name_the_cell_and_both_values() -> None:
    assert compare_documents(make_document(), make_document()) == ()
    (difference,) = compare_documents(make_document(4.2), make_document(5.1))
    assert (difference.before, difference.after, difference.column.key) == (4.2, 5.1, "value")
    empty = ReleaseDocument(Sentence("Title"), (), ())
    assert {each.after for each in compare_documents(make_document(), empty)} == {None}


def test_a_row_that_counts_its_own_people_is_rounded_by_them() -> None:
    columns = (
        Column("what", Sentence("What")),
        Column("n", Sentence("People"), Kind.COUNT),
        Column("mean", Sentence("Mean"), Kind.NUMBER, 2),
    )
    table = Table(
        "course", Sentence("Course"), columns, (("Few", 12, 4.26), ("Many", 500, 4.26), ("Unsaid", None, 4.26))
    )
    assert [row[2] for row in as_published(table, 0.5, length=100.0).rows] == [5.0, 4.3, 4.5]
