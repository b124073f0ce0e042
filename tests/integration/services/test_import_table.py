"""Taking in a table: all of it or nothing, and the same again changes nothing."""

from __future__ import annotations

import copy
import itertools
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from sqlalchemy import text

from outcomes.errors import ImportFileError, InstrumentError
from outcomes.language import use_locale
from outcomes.models import Base
from outcomes.services import import_people
from outcomes.services import import_table as use_case
from outcomes.services.administer import check_audit
from outcomes.services.import_table import ImportResult, import_table
from outcomes.services.sign_in import organisation_actor
from tests.integration.builders import add_tenant
from tests.integration.conftest import EXAMPLE

if TYPE_CHECKING:
    from pathlib import Path

    from outcomes.services.runtime import Runtime

EXAMPLE_TABLE, EXAMPLE_MAPPING = EXAMPLE / "long_with_baseline.csv", EXAMPLE / "mapping.yaml"

pytestmark = pytest.mark.database

MAPPING: dict[str, Any] = {
    "format": 1,
    "source": "other-system",
    "organisation": {"slug": "nordby", "name": "Nordby Kommune", "kind": "municipality", "municipality_code": "999"},
    "provider": {"name": "Støttecentret"},
    "intervention": {"slug": "stoette", "name": {"da": "Støtte", "en": "Support"}},
    "measure": {"instrument": "wellbeing", "scale": "total"},
    "missing": ["NA"],
    "columns": {"subject": "borger", "occasion": "måned", "score": "score"},
    "background": [{"key": "age", "column": "alder", "type": "number", "name": {"da": "Alder", "en": "Age"}}],
    "start": {"column": "start"},
    "occasions": [
        {"code": "baseline", "months": 0, "baseline": True, "values": ["før"]},
        {"code": "month-3", "months": 3, "values": ["efter"]},
    ],
    "window": {"opens_days_before": 7, "due_days_after": 7, "closes_days_after": 14},
}
HEADER = "borger;måned;score;alder;start"
LINES = ("1;før;40,5;34;02-01-2026", "1;efter;55;34;02-01-2026", "2;før;60;41;05-01-2026", "2;efter;NA;41;05-01-2026")


@pytest.fixture(autouse=True)
def english():
    with use_locale("en"):
        yield


@pytest.fixture
def take_in(runtime, tmp_path):
    """Import a table of these lines, as the small mapping explains it (with changes)."""

    def run(*lines: str, header: str = HEADER, name: str = "table.csv", **changes: Any) -> ImportResult:
        mapping = {**copy.deepcopy(MAPPING), **changes}
        (tmp_path / "mapping.yaml").write_text(
            yaml.safe_dump({key: value for key, value in mapping.items() if value is not None}, allow_unicode=True),
            "utf-8",
        )
        (tmp_path / name).write_text("\n".join((header, *lines)) + "\n", "utf-8")
        return import_table(runtime, tmp_path / name, tmp_path / "mapping.yaml")

    return run


@pytest.fixture
def stored(database):
    """Everything in the database, as text, by table."""

    def read() -> dict[str, list[str]]:
        with database.admin() as connection:
            return {
                table: list(connection.scalars(text(f"SELECT to_jsonb(t)::text FROM {table} t ORDER BY 1")))
                for table in Base.metadata.tables
            }

    return read


@pytest.fixture
def scores(database):
    """What is stored of scores: citizen, occasion, day, value."""

    def read() -> list[tuple[Any, ...]]:
        with database.admin() as connection:
            return [
                tuple(row)
                for row in connection.execute(
                    text("SELECT c.external_id, o.code, o.planned_on::text, s.value FROM citizen c"
                         " JOIN episode e ON e.citizen_id = c.id JOIN occasion o ON o.episode_id = e.id"
                         " LEFT JOIN response r ON r.occasion_id = o.id LEFT JOIN score s ON s.response_id = r.id"
                         " ORDER BY c.number, o.sequence")
                )
            ]  # fmt: skip

    return read


def test_a_table_becomes_citizens_episodes_planned_occasions_and_scores(take_in, scores, runtime):
    assert take_in(*LINES) == ImportResult("nordby", 4, 2, 3, 2, 3)
    assert scores() == [
        ("1", "baseline", "2026-01-02", 40.5),
        ("1", "month-3", "2026-04-02", 55.0),
        ("2", "baseline", "2026-01-05", 60.0),
        ("2", "month-3", "2026-04-05", None),
    ]
    _, scope = organisation_actor(runtime, "nordby", "test")
    with runtime.database.transaction(scope) as session:
        backgrounds = session.scalars(text("SELECT background FROM episode ORDER BY started_on")).all()
        modes = set(session.scalars(text("SELECT mode || ' ' || late FROM response")))
        actors = set(session.scalars(text("SELECT actor FROM audit_entry")))
        counted = set(session.scalars(text("SELECT n_answered FROM score")))
    assert backgrounds == [{"age": 34.0}, {"age": 41.0}]
    assert modes == {"imported false"}
    assert counted == {None}, "the table holds scores, and nobody knows how many questions were answered"
    assert actors == {"command:import"}
    assert check_audit(runtime, scope) == ()


def test_the_same_again_changes_nothing_whatever_the_file_is_called_or_sorted(take_in, stored):
    take_in(*LINES)
    before = stored()
    assert take_in(*LINES) == ImportResult("nordby", 4, 2, 3, 0, 0)
    assert take_in(*reversed(LINES), name="other.csv") == ImportResult("nordby", 4, 2, 3, 0, 0)
    assert stored() == before


def test_a_longer_table_adds_what_is_new(take_in, scores, stored):
    take_in(*LINES)
    before = stored()
    longer = (*LINES[:3], "2;efter;70;41;05-01-2026", "3;før;20;25;07-01-2026")
    assert take_in(*longer) == ImportResult("nordby", 5, 3, 5, 1, 2)
    assert scores()[3:] == [
        ("2", "month-3", "2026-04-05", 70.0), ("3", "baseline", "2026-01-07", 20.0), ("3", "month-3", "2026-04-07", None),
    ]  # fmt: skip
    after = stored()
    for table in ("response", "score", "citizen", "episode", "occasion"):
        assert set(before[table]) <= set(after[table]), "what was there is as it was"
    assert len(after["import_batch"]) == 2


def test_a_score_that_changed_is_refused_with_its_line_and_nothing_is_stored(take_in, stored):
    take_in(*LINES)
    before = stored()
    changed = (LINES[0], "1;efter;54;34;02-01-2026", *LINES[2:], "3;før;20;25;07-01-2026")
    with pytest.raises(ImportFileError, match="Nothing was stored") as refused:
        take_in(*changed)
    assert [fault.place for fault in refused.value.faults] == ["line 3, column score"]
    assert "differs from what was imported before" in str(refused.value.faults[0].sentence)
    assert stored() == before


def test_a_background_that_changed_is_refused(take_in, stored):
    take_in(*LINES)
    before = stored()
    with pytest.raises(ImportFileError) as refused:
        take_in(*(line.replace(";34;", ";35;") for line in LINES))
    assert [fault.place for fault in refused.value.faults] == ["line 2"]
    assert stored() == before


def test_every_bad_row_is_listed_and_no_good_one_stored(take_in, stored):
    before = stored()
    with pytest.raises(ImportFileError) as refused:
        take_in(
            *LINES,
            "3;før;101;25;07-01-2026",
            "4;midt;50;25;07-01-2026",
            "5;før;50;25;31-02-2026",
            "6;før;x;25;07-01-2026",
        )
    places = [fault.place for fault in refused.value.faults]
    assert [place.split(",")[0] for place in places] == ["line 6", "line 7", "line 8", "line 9"]
    assert [place.split("column ")[1] for place in places] == ["score", "måned", "start", "score"]
    assert stored() == before
    assert not any(before.values()), "not even the organisation"


def crash_at(row, kind):
    """Makes rows of ``kind``, and is killed at the ``row``-th."""
    numbers = itertools.count(1)

    def make(**values):
        if next(numbers) == row:
            raise KeyboardInterrupt
        return kind(**values)

    return make


def test_a_crash_at_any_row_leaves_nothing(take_in, stored, monkeypatch):
    before = stored()
    for rows, module, kind in (
        (1, import_people, import_people.Response),
        (2, import_people, import_people.Response),
        (1, use_case, use_case.ImportBatch),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(module, kind.__name__, crash_at(rows, kind))
            with pytest.raises(KeyboardInterrupt):
                take_in(*LINES)
        assert stored() == before
    assert take_in(*LINES).new_citizens == 2


def test_a_mapping_that_names_what_is_not_there_says_so(take_in, stored):
    with pytest.raises(ImportFileError) as refused:
        take_in(*LINES, measure={"instrument": "wellbeing", "scale": "sum"})
    assert "It has: total" in str(refused.value)
    with pytest.raises(InstrumentError, match="no instrument unknown"):
        take_in(*LINES, measure={"instrument": "unknown", "scale": "total"})
    assert not any(stored().values())


def test_a_plan_that_is_there_has_the_last_word_on_occasions(take_in, stored):
    take_in(*LINES)
    before = stored()
    occasions = [MAPPING["occasions"][0], {"code": "month-6", "months": 6, "values": ["efter"]}]
    with pytest.raises(ImportFileError) as refused:
        take_in(*LINES, occasions=occasions)
    assert [fault.place for fault in refused.value.faults] == ["occasions.month-6"]
    assert stored() == before


def test_people_are_known_again_by_cpr_number_which_is_stored_sealed(take_in, stored, runtime):
    header = "cpr;navn;måned;score;alder;start"
    columns = {"subject": {"column": "cpr", "kind": "cpr"}, "name": "navn", "occasion": "måned", "score": "score"}
    lines = ("010190-1234;Karen Prøvesen;før;40;36;02-01-2026", "020285-4321;Åge Prøvesen;før;50;41;02-01-2026")
    take_in(*lines, header=header, columns=columns)
    more = (*lines, "010190-1234;Karen Prøvesen;efter;55;36;02-01-2026")
    assert take_in(*more, header=header, columns=columns) == ImportResult("nordby", 3, 2, 3, 0, 1)
    rows = stored()
    assert len(rows["citizen"]) == len(rows["citizen_identity"]) == 2
    everything = "\n".join(row for table in rows.values() for row in table)
    for secret in ("0101901234", "010190-1234", "Karen", "Prøvesen", "0202854321"):
        assert secret not in everything
        assert secret.encode().hex() not in everything


def test_one_person_in_two_systems_is_one_person_by_cpr_number(take_in, database):
    columns = {**MAPPING["columns"], "cpr": "cpr"}
    header = HEADER + ";cpr"
    take_in(*(f"{line};010190-1234" for line in LINES[:2]), header=header, columns=columns)
    again = {
        "columns": columns,
        "source": "another-system",
        "intervention": {**MAPPING["intervention"], "slug": "anden"},
    }
    for lines, new in ((LINES[:1], (0, 1)), (LINES[:2], (0, 1))):
        done = take_in(*(f"A{line};010190-1234" for line in lines), header=header, **again)
        assert (done.new_citizens, done.new_scores) == new
    with database.admin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM citizen")) == 1
        assert connection.scalar(text("SELECT count(*) FROM episode")) == 2


def test_an_import_goes_into_its_own_organisation_only(take_in, runtime, stored):
    other = add_tenant(runtime, "sydby")
    take_in(*LINES)
    with runtime.database.transaction(other.scope) as session:
        assert session.scalar(text("SELECT count(*) FROM citizen")) == 0
    assert len(stored()["organisation"]) == 2


def test_the_published_trial_goes_in_whole(trial_database):
    counts = {"citizen": 100, "episode": 100, "occasion": 500, "score": 380, "response": 380, "analysis_plan": 1}
    with trial_database.admin() as connection:
        for table, count in counts.items():
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == count
        arms = connection.execute(
            text("SELECT arm, comparison_status, count(*) FROM episode GROUP BY 1, 2 ORDER BY 1")
        ).all()
        identities = connection.scalar(text("SELECT count(*) FROM citizen_identity"))
    assert [tuple(arm) for arm in arms] == [("BtheB", "intervention", 52), ("TAU", "other", 48)]
    assert identities == 0, "nobody in the trial has a name"


def test_the_published_trial_again_changes_nothing(trial, trial_database):
    def contents():
        with trial_database.admin() as connection:
            return [
                connection.execute(
                    text(f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t")
                ).one()
                for table in sorted(Base.metadata.tables)
            ]

    before = contents()
    again = import_table(trial, EXAMPLE / "long_with_baseline.csv", EXAMPLE / "mapping.yaml")
    assert again == ImportResult("btheb-trial", 500, 100, 380, 0, 0)
    assert contents() == before


def test_people_are_known_again_by_their_system_not_by_the_files_name(runtime: Runtime, tmp_path: Path) -> None:
    lines = EXAMPLE_TABLE.read_text().splitlines()
    january, march = tmp_path / "january.csv", tmp_path / "march.csv"
    january.write_text("\n".join(lines[:101]))
    march.write_text("\n".join(lines))
    first = import_table(runtime, january, EXAMPLE_MAPPING)
    second = import_table(runtime, march, EXAMPLE_MAPPING)
    assert (first.new_citizens, second.new_citizens) == (100, 0)
    assert first.new_scores + second.new_scores == 380


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("date: 2001-01-01", "date: 2001-01-02", "started on"),
        ("code: month-8", "code: month-9", "no such occasion"),
    ],
)
def test_a_mapping_that_contradicts_what_was_imported_is_refused(
    runtime: Runtime, tmp_path: Path, old: str, new: str, words: str
) -> None:
    import_table(runtime, EXAMPLE_TABLE, EXAMPLE_MAPPING)
    text = EXAMPLE_MAPPING.read_text()
    assert old in text
    changed = tmp_path / "mapping.yaml"
    changed.write_text(text.replace(old, new))
    with pytest.raises(ImportFileError) as refused:
        import_table(runtime, EXAMPLE_TABLE, changed)
    assert any(words in str(fault) for fault in refused.value.faults)


def test_a_score_that_vanished_from_the_table_is_named(runtime: Runtime, tmp_path: Path) -> None:
    import_table(runtime, EXAMPLE_TABLE, EXAMPLE_MAPPING)
    lines = EXAMPLE_TABLE.read_text().splitlines()
    fields = lines[1].split(",")
    fields[2] = ""
    changed = tmp_path / "changed.csv"
    changed.write_text("\n".join([lines[0], ",".join(fields), *lines[2:]]))
    with pytest.raises(ImportFileError) as refused:
        import_table(runtime, changed, EXAMPLE_MAPPING)
    assert [str(fault.sentence) for fault in refused.value.faults] == [
        "The score at baseline was imported before, and the table no longer has it."
    ]
