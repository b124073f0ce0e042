"""Sums as a file: the same bits read as were written, and every fault named by its place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from outcomes.analysis.federation import (
    Aggregate,
    Measure,
    Protection,
    Study,
    add_aggregates,
    make_aggregate,
    read_aggregate,
    write_aggregate,
)
from outcomes.analysis.federation.document import _checksum
from outcomes.analysis.federation.document_reading import Reader
from outcomes.analysis.federation.possible import impossible_places
from outcomes.analysis.pattern_sums import LongitudinalSums, PatternSums
from outcomes.errors import InputError
from tests.unit.analysis.federation_data import STUDY, described, load_country, same_bits, split

NAMES = ("Intercept", "group[1]", "age")
NUMBERS = st.floats(-1e150, 1e150).map(lambda value: value if abs(value) > 1e-100 else 0.0)  # whose squares are numbers


@pytest.fixture(scope="module")
def aggregate() -> Aggregate:
    random = np.random.default_rng(11)
    scores = np.round(np.clip(random.normal(50, 10, (90, 1)) + random.normal(0, 5, (90, 3)), 0, 100), 1)
    scores[random.random((90, 3)) < 0.2] = np.nan
    columns = np.column_stack([np.ones(90), random.random(90) < 0.5, random.normal(40, 8, 90)]).astype(float)
    return make_aggregate(
        scores, columns, occasions=("0", "3", "6"), described=described(NAMES), organisation="101", study=STUDY,
        due=(90, 90, 88),
    )  # fmt: skip


@pytest.fixture
def content(aggregate: Aggregate) -> dict[str, Any]:
    return json.loads(write_aggregate(aggregate))


def seal(content: dict[str, Any]) -> str:
    """The document with a checksum that fits."""
    content["checksum"] = _checksum({name: value for name, value in content.items() if name != "checksum"})
    return json.dumps(content)


def faults_of(text: str) -> dict[str, str]:
    with pytest.raises(InputError) as refused:
        read_aggregate(text)
    return {fault.place: str(fault.sentence) for fault in refused.value.faults}


def test_what_is_read_is_what_was_written(aggregate: Aggregate) -> None:
    text = write_aggregate(aggregate)
    back = read_aggregate(text)
    assert same_bits(back.sums, aggregate.sums)
    assert (back.organisations, back.study, back.columns, back.due, back.protection) == (
        aggregate.organisations, aggregate.study, aggregate.columns, aggregate.due, aggregate.protection,
    )  # fmt: skip
    assert write_aggregate(back) == text


@settings(max_examples=60)
@given(st.lists(NUMBERS, min_size=8, max_size=8), st.floats(-1e100, 1e100), st.booleans())
def test_any_numbers_survive_to_the_last_bit(values: list[float], origin: float, negative_zero: bool) -> None:
    y = np.array(values).reshape(4, 2)
    x = np.column_stack([np.ones(4), [-0.0 if negative_zero else 0.0, 1e-300, 0.1, 1 / 3]])
    pattern = PatternSums((0, 1), 4, x.T @ x, x.T @ y, y.T @ y)
    sums = LongitudinalSums(("a", "b"), ("Intercept", "dose"), origin, np.array([0.0, -0.0]), (pattern,))
    study = Study(Measure("i", "s"), "course", "2024-01-01", "2024-12-31")
    wanted = Aggregate(("x",), study, described(sums.columns), sums, None, Protection(1, 0, 0))
    assert same_bits(read_aggregate(write_aggregate(wanted)).sums, sums)


def test_files_are_small() -> None:
    """A municipality of middle size: some kilobytes with 8 groups, some tens with 50 interventions."""
    for n_groups, most in ((8, 40_000), (50, 120_000)):
        country = load_country().simulate_country(1_500, n_groups=n_groups)
        place = np.zeros(country.n, dtype=int)
        occasions = ("0", "3", "6", "12", "18")
        (made,) = split(
            country.scores, country.columns, place, occasions=occasions, names=country.names, least=10, study=STUDY
        )
        assert len(write_aggregate(made)) < most


def test_files_are_read_and_added(aggregate: Aggregate) -> None:
    other = replace(aggregate, organisations=("751",))
    added = add_aggregates([read_aggregate(write_aggregate(each)) for each in (aggregate, other)])
    assert added.sums.n_subjects == 2 * aggregate.sums.n_subjects
    again = read_aggregate(write_aggregate(added))
    assert again.organisations == ("101", "751")
    assert same_bits(again.sums, added.sums)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"format": "other"}', '{"a": NaN}', "[" * 100_000, '"x"'])
def test_what_is_no_file_of_sums_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"JSON|file of sums"):
        read_aggregate(text)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(content: dict[str, Any], number: str) -> None:
    with pytest.raises(InputError, match="isn't JSON"):
        read_aggregate(seal(content).replace('"origin": 50', f'"origin": {number}', 1))


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_named(content: dict[str, Any], version: Any) -> None:
    content["version"] = version
    with pytest.raises(InputError, match=f"has version {version}; this program reads version 1"):
        read_aggregate(seal(content))


def paths(value: Any, at: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where every value of a document stands."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [at, *(path for key, each in inside for path in paths(each, (*at, key)))]


def replaced(content: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copy = json.loads(json.dumps(content))
    target = copy
    for key in path[:-1]:
        target = target[key]
    if value is ...:
        del target[path[-1]]
    else:
        target[path[-1]] = value
    return copy


OPEN = {
    *(("columns", place, "level") for place in range(3)),
    ("bases",),
    ("bases", "group"),
    ("measure", "minimum"),
    ("measure", "maximum"),
    ("due",),
}
"""What may also be left empty, or is a text like any other."""


WRONG = (..., None, True, "x", -7, 1e400, {}, [], [None], 10**400)


@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: str(wrong)[:8])
def test_every_part_that_is_taken_out_or_of_another_kind_is_refused(content: dict[str, Any], wrong: Any) -> None:
    """Each part of the document in turn is removed or retyped; with a checksum that fits, the fault is still seen."""
    words = {("organisations", 0), ("intervention",), ("measure", "instrument"), ("measure", "scale"), ("measure", "unit"),
             ("occasions", 0), ("occasions", 1), ("occasions", 2), ("bases", "group"), ("columns", 1, "name"),
             ("columns", 2, "name"), ("columns", 1, "level", 0), ("columns", 1, "level", 1), ("checksum",)}  # fmt: skip
    for path in paths(content)[1:]:
        if path[-1] == "checksum" or (wrong == "x" and path in words) or (path in OPEN and wrong in (None, {}, ...)):
            continue
        possible = (path[0] == "patterns" and len(path) > 3) or path[-1] in ("minimum", "origin")
        if (
            path == ("bases",)
            or (wrong == -7 and possible)
            or (wrong is ... and path[0] == "patterns" and len(path) == 2)
        ):
            continue  # an empty list of bases, another number that may be, and one pattern less are no faults of the file
        text = seal(replaced(content, path, wrong)) if wrong != 1e400 else seal(
            replaced(content, path, "#")).replace('"#"', "1e400")  # fmt: skip
        assert refused(text), path


def refused(text: str) -> bool:
    try:
        read_aggregate(text)
    except InputError:
        return True
    return False


def test_every_number_changed_is_seen_by_the_checksum(content: dict[str, Any]) -> None:
    for path in paths(content)[1:]:
        here: Any = content
        for key in path:
            here = here[key]
        if isinstance(here, int | float) and not isinstance(here, bool):
            with pytest.raises(InputError):
                read_aggregate(json.dumps(replaced(content, path, here + 1)))


def test_a_changed_word_is_seen_by_the_checksum(content: dict[str, Any]) -> None:
    content["intervention"] = "another"
    assert faults_of(json.dumps(content)) == {
        "checksum": "The file was changed after it was written, or damaged on its way."
    }


def test_the_order_of_names_is_no_change(aggregate: Aggregate, content: dict[str, Any]) -> None:
    """JSON has no order of names: a reader that writes the file anew may turn them round."""
    assert read_aggregate(json.dumps(dict(reversed(content.items())))).organisations == aggregate.organisations


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "place", "said"),
    [
        (lambda c: c.pop("origin"), "origin", "This is missing."),
        (lambda c: c.update(extra=1), "extra", "isn't part of the format"),
        (lambda c: c["measure"].update(unit=" "), "measure.unit", "a text of 1 to 200 characters"),
        (lambda c: c["measure"].update(unit="x" * 201), "measure.unit", "a text of 1 to 200 characters"),
        (lambda c: c["measure"].update(minimum=100), "measure.maximum", "highest value must be above its lowest"),
        (lambda c: c["period"].update(first_day="2024-13-01"), "period.first_day", "a day, as 2026-03-31"),
        (lambda c: c["period"].update(first_day="2026-01-01"), "period.last_day", "ends before it begins"),
        (lambda c: c["protection"].update(least=0), "protection.least", "whole number from 1"),
        (lambda c: c["protection"].update(people_withheld=-5), "protection.people_withheld", "whole number from 0"),
        (lambda c: c["protection"].update(least=30), "patterns[0]", "breaks the rule of protection that the file says"),
        (lambda c: c["occasions"].__setitem__(1, "0"), "occasions", "none twice"),
        (lambda c: c["organisations"].clear(), "organisations", "at least one entry"),
        (lambda c: c["due"].pop(), "due", "There must be 3 numbers here, not 2."),
        (lambda c: c["due"].__setitem__(0, 1.5), "due[0]", "whole number from 0"),
        (lambda c: c["columns"][0].update(name="Other"), "columns[0]", "must be the indicator Intercept"),
        (lambda c: c["columns"][0].update(kind="number"), "columns[0]", "must be the indicator Intercept"),
        (lambda c: c["columns"][1].update(kind="word"), "columns[1].kind", "one of: indicator, number"),
        (lambda c: c["columns"][1].update(level=["group"]), "columns[1].level", "a factor and of one of its levels"),
        (lambda c: c["columns"][1].update(level=["group", ""]), "columns[1].level[1]", "a text of 1 to 200"),
        (lambda c: c["columns"][2].update(level=["age", "old"]), "columns[2].level", "Only an indicator"),
        (lambda c: c["columns"][0].update(level=["age", "old"]), "columns[0]", "must be the indicator Intercept"),
        (lambda c: c["columns"][1].update(origin=0.5), "columns[1].origin", "must be 0"),
        (lambda c: c["columns"][2].update(name="group[1]"), "columns", "same name stands here twice"),
        (lambda c: c["columns"].extend([{}] * 500), "columns", "more than 500 entries"),
        (lambda c: c.update(bases=["group"]), "bases", "an object with names"),
        (lambda c: c["bases"].update(group=0), "bases.group", "a text of 1 to 200"),
        (lambda c: c["columns"][1].update(name=7), "columns[1].name", "a text of 1 to 200"),
        (lambda c: c.update(patterns="none"), "patterns", "must be a list"),
        (lambda c: c["patterns"].clear(), "patterns", "no people in the file"),
        (lambda c: c["patterns"].reverse(), "patterns[1].observed", "in ascending order"),
        (lambda c: c["patterns"].append(c["patterns"][-1]), "patterns[LAST].observed", "stand once"),
        (lambda c: c["patterns"][0].update(observed=[3]), "patterns[0].observed", "counted from 0"),
        (lambda c: c["patterns"][0].update(observed=[]), "patterns[0].observed", "counted from 0"),
        (lambda c: c["patterns"][-1].update(observed=[2, 1]), "patterns[LAST].observed", "ascending order"),
        (lambda c: c["patterns"][0].update(n=0), "patterns[0].n", "at least one person"),
        (lambda c: c["patterns"][0].update(n=c["patterns"][0]["n"] + 1), "patterns[0].xx", "isn't the number of people"),
        (lambda c: c["patterns"][0]["xx"].pop(), "patterns[0].xx", "There must be 6 numbers here, not 5."),
        (lambda c: c["patterns"][0]["xy"].append(1), "patterns[0].xy", "There must be 3 numbers here, not 4."),
        (lambda c: c["patterns"][0]["yy"].__setitem__(0, "1"), "patterns[0].yy[0]", "must be a number"),
        (lambda c: c["patterns"][0]["xx"].__setitem__(3, 4.5), "patterns[0].xx", "aren't numbers of people"),
        (lambda c: c["patterns"][0]["xx"].__setitem__(1, 1e6), "patterns[0].xx", "aren't numbers of people"),
        (lambda c: c["patterns"][0]["yy"].__setitem__(0, -1.0), "patterns[0]", "negative eigenvalue"),
        (lambda c: c["patterns"][0]["yy"].__setitem__(0, 0), "patterns[0]", "negative eigenvalue"),
        (lambda c: c["patterns"][0]["xx"].__setitem__(5, 0.01), "patterns[0]", "negative eigenvalue"),
        (lambda c: c["patterns"][0]["yy"].__setitem__(0, 1e9), "patterns[0].yy", "No scores on this scale"),
        (lambda c: c.update(origin=150), "patterns[0].yy", "No scores on this scale"),
    ],
)  # fmt: skip
def test_each_fault_is_named_by_its_place(content: dict[str, Any], change: Change, place: str, said: str) -> None:
    change(content)
    found = faults_of(seal(content))
    assert said in found[place.replace("LAST", str(len(content["patterns"]) - 1))]


def test_all_faults_are_named_at_once(content: dict[str, Any]) -> None:
    content["measure"]["unit"] = 3
    content["due"] = "many"
    content["patterns"][1]["n"] = -1
    assert set(faults_of(seal(content))) >= {"measure.unit", "due", "patterns[1].n"}


@pytest.mark.parametrize(("minimum", "maximum"), [(None, 100.0), (0.0, None), (None, None)])
def test_a_scale_may_lack_an_end(aggregate: Aggregate, minimum: float | None, maximum: float | None) -> None:
    study = replace(STUDY, measure=Measure("wellbeing", "total", "points", minimum, maximum))
    assert read_aggregate(write_aggregate(replace(aggregate, study=study))).study == study


@pytest.mark.parametrize(("minimum", "maximum"), [(60.0, None), (None, 40.0), (60.0, 100.0)])
def test_means_outside_the_scale_are_refused(
    aggregate: Aggregate, minimum: float | None, maximum: float | None
) -> None:
    study = replace(STUDY, measure=Measure("wellbeing", "total", "points", minimum, maximum))
    found = faults_of(write_aggregate(replace(aggregate, study=study)))
    assert "No scores on this scale can have these sums." in found.values()


def possible(total: float, squares: float, low: float | None, high: float | None) -> bool:
    """Four people with one answer each, ``total`` their sum and ``squares`` that of its squares: can they be?"""
    pattern = PatternSums((0,), 4, np.array([[4.0]]), np.array([[total]]), np.array([[squares]]))
    sums = LongitudinalSums(("0",), ("Intercept",), 0.0, np.zeros(1), (pattern,))
    return not list(impossible_places(sums, described(("Intercept",)), Measure("m", "s", "", low, high)))


def test_what_rounding_may_cost_and_not_more() -> None:
    """1e-8 of the parts of each comparison: of total -12 with squares 40, 2.9e-7; of -3, 7, 7, -3 on -3 to 7, 3.5e-6."""
    for sign, low, high in ((1, -3.0, None), (-1, None, 3.0)):
        assert possible(sign * -12.0, 40.0, low, high)
        assert possible(sign * -(12 + 2.7e-7), 40.0, low, high)
        assert not possible(sign * -(12 + 3e-7), 40.0, low, high)
    for sign, low, high in ((1, -3.0, 7.0), (-1, -7.0, 3.0)):
        assert possible(sign * 8.0, 116.0, low, high)
        assert possible(sign * 8.0, 116 + 3.3e-6, low, high)
        assert not possible(sign * 8.0, 116 + 3.7e-6, low, high)
    # all four at 3: total^2 may exceed 4 times the squares by what two rows' rounding allows
    assert possible(12 + 2.2e-7, 36.0, None, None)
    assert not possible(12 + 2.6e-7, 36.0, None, None)


def test_the_reader_names_places_exactly() -> None:
    reader = Reader()
    assert reader.mapping("measure", [], ("unit",)) is None
    assert reader.sequence("due", "no") == []
    assert reader.names("occasions", ["a", "", "b"]) == ("a", "", "b")
    assert reader.factor_level("columns[1].level", ["group", 3]) == ("group", "")
    assert reader.factor_level("columns[2].level", "group") == ("", "")
    assert reader.texts("bases", ["no"]) == ()
    assert reader.texts("bases", {"group": 7}) == (("group", ""),)
    assert reader.counts("due", [3, -1], 2) == (3, 0)
    assert reader.places("patterns[0].observed", [0, 3], 3) == (0,)
    assert reader.numbers("patterns[0].xx", [1, None], 2).tolist() == [1.0, 0.0]
    assert [fault.place for fault in reader.faults] == [
        "measure",
        "due",
        "occasions[1]",
        "columns[1].level[1]",
        "columns[2].level",
        "columns[2].level",
        "bases",
        "bases.group",
        "due[1]",
        "patterns[0].observed",
        "patterns[0].xx[1]",
    ]
    assert str(reader.faults[6].sentence) == "This must be an object with names."


def test_the_most_that_is_read() -> None:
    reader = Reader()
    assert reader.sequence("here", [1, 2], most=2) == [1, 2]
    assert reader.names("here", ["a", "b"], most=2) == ("a", "b")
    assert reader.count("here", 2**53 - 1) == 2**53 - 1
    assert reader.text("here", "x" * 200) == "x" * 200
    assert reader.faults == []
    for read in (
        lambda: reader.sequence("here", [1, 2, 3], most=2),
        lambda: reader.names("here", ["a", "b", "c"], most=2),
        lambda: reader.count("here", 2**53),
        lambda: reader.text("here", "x" * 201),
        lambda: reader.sequence("here", [0] * 100_001),
        lambda: reader.places("here", list(range(100_001)), 200_000),
    ):
        reader.faults.clear()
        read()
        assert reader.faults


def test_a_name_that_stands_twice_is_refused(aggregate: Aggregate) -> None:
    text = write_aggregate(aggregate)
    for name, once in (("intervention", '"intervention":"everyday"'), ("n", '"n":')):
        twice = text.replace(once, f'"{name}":1,{once}', 1)
        assert twice != text
        with pytest.raises(InputError, match="same name stands twice in one object"):
            read_aggregate(twice)
