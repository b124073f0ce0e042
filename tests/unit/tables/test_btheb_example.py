"""The published trial that the documentation goes through: the file, its mapping, and what the page says of them."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml

from outcomes.tables import ImportTable, interpret, read_mapping, read_table
from outcomes.tables.yaml_file import read_yaml

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "docs" / "examples" / "btheb"
PAGE = (ROOT / "docs" / "import.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def trial() -> ImportTable:
    table = read_table(EXAMPLE / "long_with_baseline.csv")
    return interpret(table, read_mapping(EXAMPLE / "mapping.yaml"), score_range=(0, 63))


def test_the_trial_is_read_whole() -> None:
    found = trial()
    assert (len(found.subjects), found.n_rows, found.n_scores) == (100, 500, 380)
    assert Counter(person.arm for person in found.subjects) == {"intervention": 52, "comparison": 48}
    answered = Counter(score.occasion for _person, score in found.rows() if score.score is not None)
    assert answered == {"baseline": 100, "month-2": 97, "month-3": 73, "month-5": 58, "month-8": 52}
    assert sum(score.score or 0 for _person, score in found.rows()) == 6374
    assert [person.external_id for person in found.subjects] == [str(number) for number in range(1, 101)]


def test_the_first_person_is_as_the_file_says() -> None:
    first = trial().subjects[0]
    assert (first.arm, first.arm_label, dict(first.background)) == (
        "comparison",
        "TAU",
        {"drug": "No", "length": ">6m"},
    )
    assert [score.score for score in first.scores] == [29, 2, 2, None, None]


def test_reading_twice_gives_the_same_fingerprint() -> None:
    assert trial().fingerprint() == trial().fingerprint()


def test_the_page_shows_the_mapping_as_it_is() -> None:
    assert (EXAMPLE / "mapping.yaml").read_text(encoding="utf-8") in BLOCKS


def test_the_other_mappings_on_the_page_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "mapping.yaml"
    parts = []
    for block in BLOCKS:
        path.write_text(block, encoding="utf-8")
        parts.append(read_yaml(path).content)
    whole, *variations = parts
    assert len(variations) == 2
    for variation in variations:
        path.write_text(yaml.safe_dump({**whole, **variation}, allow_unicode=True), encoding="utf-8")
        assert read_mapping(path).source == "hsaur3-btheb"


def test_reading_mappings_loads_no_heavy_library() -> None:
    script = "import sys, outcomes.tables; print(sorted({'pandas', 'numpy', 'openpyxl'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert run.stdout.strip() == "[]"
