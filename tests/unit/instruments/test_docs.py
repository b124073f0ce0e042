"""The page that explains the format says what is true."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from outcomes.instruments import AnswerType, ErrorKind, parse_instrument, score_answers, visible_items
from outcomes.instruments.schema import load_schema

PAGE = (Path(__file__).parents[3] / "docs" / "instruments.md").read_text("utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


def test_the_example_loads_and_scores_as_the_page_says():
    instrument = parse_instrument(yaml.safe_load(EXAMPLES[0]))
    assert score_answers(instrument, {"rested": 2, "rushed": 1})[0].value == 75
    assert [item.id for item in visible_items(instrument, {"rushed": 0})] == ["rested", "rushed"]


def test_every_name_of_the_schema_is_explained():
    schema = load_schema()
    definitions = schema["$defs"]
    names = set(schema["properties"])
    for part in ("option", "item", "condition", "scale"):
        names |= set(definitions[part]["properties"])
    names |= set(definitions["scale"]["properties"]["measurement_error"]["properties"])
    unexplained = {name for name in names if not re.search(rf"[`:{{ .]{name}[`:.]", PAGE)}
    assert unexplained == set()


def test_every_kind_is_listed():
    for kind in (*AnswerType, *ErrorKind):
        assert f"`{kind}`" in PAGE


def test_what_is_shipped_is_listed_with_its_scales(shipped):
    for key, instrument in shipped.items():
        assert f"`{key}`" in PAGE
        if instrument.own_authored:
            (row,) = re.findall(rf"^\| `{key}` \|.*$", PAGE, re.MULTILINE)
            assert f"| {len(instrument.items)} |" in row
            assert all(f"`{scale.key}`" in row for scale in instrument.scales)
