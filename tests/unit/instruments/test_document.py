"""Reading files: YAML and JSON, what can't be read, and what would be read wrongly."""

from __future__ import annotations

import json

import pytest

from outcomes.instruments import check_instrument_file, read_instrument
from outcomes.instruments.document import Document, place_name, read_yaml


def one(path) -> str:
    (fault,) = check_instrument_file(path)
    return str(fault)


def test_yaml_and_json_say_the_same(write, small_text, small_data, small):
    assert read_instrument(write(small_text)) == small
    assert read_instrument(write(json.dumps(small_data, indent=2), "instrument.json")) == small
    assert read_instrument(write("\ufeff" + small_text)) == small


def test_json_faults_have_lines_too(write, small_data):
    small_data["colour"] = "red"
    text = json.dumps(small_data, indent=2)
    line = 1 + text[: text.index('"colour"')].count("\n")
    assert one(write(text, "instrument.json")).startswith(f"colour (line {line})")


@pytest.mark.parametrize(
    ("text", "name", "words"),
    [
        ("", "a.yaml", "empty"),
        ("key: [1, 2", "a.yaml", "isn't YAML"),
        ("key: 2026-99-99", "a.yaml", "isn't YAML"),
        ("a: 1\n---\nb: 2\n", "a.yaml", "isn't YAML"),
        ("{", "a.json", "line 1: This isn't JSON"),
        ("[" * 100_000, "a.json", "nested too deeply"),
        ("[" * 60 + "]" * 60, "a.yaml", "nested too deeply"),
        ("a: &x [1]\nb: *x\n", "a.yaml", "option_sets"),
        ("just words", "a.yaml", "a group of names and values"),
        ("- a\n- b\n", "a.yaml", "a group of names and values"),
        ("x" * (513 * 1024), "a.yaml", "larger than 512 kB"),
    ],
)
def test_what_is_no_instrument_file_is_refused_in_words(write, text, name, words):
    assert words in one(write(text, name))


def test_a_missing_file_a_folder_and_another_encoding(tmp_path):
    assert "There is no file" in one(tmp_path / "gone.yaml")
    assert "can't be opened" in one(tmp_path)
    (tmp_path / "latin.yaml").write_bytes("title: Målt".encode("latin-1"))
    assert "UTF-8" in one(tmp_path / "latin.yaml")


def test_a_name_written_twice_is_a_fault_instead_of_the_last_one_winning(write, small_text, small_data):
    assert one(write(small_text + "\nkey: other\n")).endswith("“key” is written twice. Keep one of them.")
    text = json.dumps(small_data)[:-1] + ', "key": "other"}'
    assert "“key” is written twice" in one(write(text, "a.json"))


def test_a_word_that_yaml_reads_as_no_is_explained(write, small_text):
    text = small_text.replace("{da: Lille, en: Small}", "{da: Nej, en: No}")
    assert one(write(text)).startswith("title.en (line 9): Write text (in quotes")


def test_places():
    assert place_name(("items", 2, "wording", "da")) == "items[2].wording.da"
    document = read_yaml("a:\n  - b: 1\n    c: 2\n")
    assert document.place(("a", 0, "c")) == "a[0].c (line 3)"
    assert document.place(("a", 0, "missing")) == "a[0].missing (line 2)"
    assert document.place(()) == "line 1"
    assert Document({}).place(("a",)) == "a"
