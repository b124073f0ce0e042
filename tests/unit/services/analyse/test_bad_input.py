"""Whatever is wrong is said with its row and column, the exit code is 2, and nothing is given out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

LONG = """who,t,y,arm,age,place
a,0,5,A,30,x
a,1,6,A,30,x
b,0,4,B,40,y
b,1,7,B,40,y
c,0,3,A,50,x
c,1,5,A,50,x
d,0,6,B,60,y
d,1,8,B,60,y
"""
MODEL = ("--score", "y", "--subject", "who", "--time", "t")
Table = Callable[[str], Path]


def changed(old: str, new: str) -> str:
    assert old in LONG
    return LONG.replace(old, new, 1)


CASES: list[tuple[str, str, tuple[str, ...], list[str]]] = [
    ("text among numbers", changed("a,1,6", "a,1,six"), MODEL, ["line 3, column y: “six” isn't a number."]),
    ("infinite", changed("a,1,6", "a,1,inf"), MODEL, ["line 3, column y: “inf” isn't a number."]),
    ("far too large", changed("a,1,6", "a,1,1e999"), MODEL, ["line 3, column y: “1e999” isn't a finite number."]),
    (
        "spreadsheet error",
        changed("a,1,6", "a,1,#DIV/0!"),
        MODEL,
        ["line 3, column y: The cell holds a spreadsheet's error"],
    ),
    (
        "twice the same time",
        changed("b,1,7", "b,0,7"),
        MODEL,
        ["line 5, column t: This person has the same time twice."],
    ),
    ("no person", changed("b,1,7", ",1,7"), MODEL, ["line 5, column who: The person is missing."]),
    ("no time", changed("b,1,7", "b,,7"), MODEL, ["line 5, column t: The time is missing."]),
    (
        "unknown column",
        LONG,
        ("--score", "Y", "--subject", "whom", "--time", "t"),
        [
            "--score: There is no column “Y”. Did you mean “y”?",
            "--subject: There is no column “whom”. Did you mean “who”?",
        ],
    ),
    (
        "column like no other",
        LONG,
        (*MODEL, "--group", "zzzzzz"),
        ["--group: There is no column “zzzzzz”. The columns are:"],
    ),
    (
        "unknown base level",
        LONG,
        (*MODEL, "--group", "arm", "--reference", "C"),
        ["--reference: Nobody has the base level “C” in the column arm. The levels are: A, B."],
    ),
    (
        "one group only",
        LONG.replace(",B,", ",A,"),
        (*MODEL, "--group", "arm"),
        ["arm: All are in the group “A”"],
    ),
    (
        "group missing",
        changed("b,1,7,B", "b,1,7,"),
        (*MODEL, "--group", "arm"),
        ["line 5, column arm: The group is missing."],
    ),
    (
        "group that changes",
        changed("b,1,7,B", "b,1,7,A"),
        (*MODEL, "--group", "arm"),
        ["line 5, column arm: The value must be the same on all of a person's rows."],
    ),
    (
        "the same column twice",
        LONG,
        (*MODEL, "--covariate", "y"),
        ["--covariate: The column “y” is named for --score too."],
    ),
    (
        "a covariate that is the same for all",
        LONG.replace(",50,", ",30,").replace(",40,", ",30,").replace(",60,", ",30,"),
        (*MODEL, "--covariate", "age"),
        ["age: The column has the same value everywhere"],
    ),
    (
        "a category that is the same for all",
        LONG.replace(",y\n", ",x\n"),
        (*MODEL, "--covariate", "place"),
        ["place: The column has the same value everywhere"],
    ),
    (
        "a covariate with a word among numbers",
        changed("A,50", "A,old"),
        (*MODEL, "--covariate", "age"),
        ["line 6, column age: “old” isn't a number."],
    ),
    (
        "empty covariate",
        LONG.replace(",x", ",").replace(",y\n", ",\n"),
        (*MODEL, "--covariate", "place"),
        ["place: The column is empty."],
    ),
    (
        "no score at all",
        "who,t,y\na,0,\na,1,NA\nb,0,.\nb,1,nan",
        MODEL,
        ["y: No score is known, so there is nothing to work out."],
    ),
    (
        "person in two places",
        changed("b,1,7,B,40,y", "b,1,7,B,40,x"),
        (*MODEL, "--cluster", "place"),
        ["line 5, column place: The value must be the same on all of a person's rows."],
    ),
    (
        "place missing",
        changed("b,1,7,B,40,y", "b,1,7,B,40,"),
        (*MODEL, "--cluster", "place"),
        ["line 5, column place: What this person belongs to is missing."],
    ),
    (
        "weight has no part here",
        LONG,
        (*MODEL, "--weight", "age"),
        ["--weight: The method mmrm has no use for this column."],
    ),
    ("two scores", LONG, (*MODEL, "--score", "age"), ["--score: The method mmrm takes one such column."]),
    (
        "needed column not named",
        LONG,
        ("--score", "y", "--subject", "who"),
        ["--time: The method mmrm needs this column."],
    ),
    ("base level without group", LONG, (*MODEL, "--reference", "A"), ["--reference: A base level needs --group."]),
    (
        "covariate that changes in the MMRM",
        changed("b,1,7,B,40", "b,1,7,B,41"),
        (*MODEL, "--covariate", "age"),
        ["line 5, column age: The value must be the same on all of a person's rows."],
    ),
    (
        "outside the scale",
        LONG,
        (*MODEL, "--option", "maximum=7"),
        ["line 9, column y: The score is outside the measure's scale."],
    ),
]


@pytest.mark.parametrize(
    ("text", "arguments", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_faults_of_data(table: Table, analyse: Any, text: str, arguments: tuple[str, ...], expected: list[str]) -> None:
    result = analyse(table(text), "mmrm", *arguments, "--format", "json")
    assert result.exit_code == 2, result.output
    assert result.stdout == ""
    assert "The data can't be analysed as they stand." in result.stderr
    for sentence in expected:
        assert sentence in result.stderr


def test_every_fault_at_once(table: Table, analyse: Any) -> None:
    text = changed("a,1,6", "a,1,six").replace("c,1,5", "c,0,5").replace("d,1,8,B", "d,1,8,A")
    result = analyse(table(text), "mixed-model", *MODEL, "--group", "arm", frills="yes", df="t")
    for spot in ("--option frills", "--option df"):
        assert spot in result.stderr
    again = analyse(table(text), "mixed-model", *MODEL, "--group", "arm")
    for spot in ("line 3, column y", "line 7, column t", "line 9, column arm"):
        assert spot in again.stderr
    assert again.exit_code == 2


@pytest.mark.parametrize(
    ("option", "sentence"),
    [
        ("dff=normal", "This method has no option “dff”. Did you mean “df”? Its options are:"),
        ("zzzzzz=1", "This method has no option “zzzzzz”. Its options are:"),
        ("reml", "“reml” isn't an option. Write it as name=value."),
        ("=1", "“=1” isn't an option."),
        ("reml=", "The option has no value."),
        ("reml=perhaps", "“perhaps” can't be used here. Write true or false."),
        ("df=t", "“t” can't be used here. It can be: satterthwaite, kenward-roger"),
        ("minimum=low", "“low” isn't a number."),
        ("minimum=inf", "“inf” isn't a finite number."),
    ],
)
def test_faults_of_options(table: Table, analyse: Any, option: str, sentence: str) -> None:
    result = analyse(table(LONG), "mmrm", *MODEL, "--option", option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("method", "arguments", "option", "sentence"),
    [
        ("mixed-model", MODEL, "tau=0", "“0” is outside what this option may be: above 0."),
        ("reliable-change", MODEL, "reliability=1", "from 0 and under 1"),
        ("reliable-change", MODEL, "reliability=-0.1", "from 0 and under 1"),
        ("gas", ("--score", "y"), "rho=2", "from 0 to 1"),
        ("tipping-point", ("--score", "y", "--group", "arm"), "draws=2.5", "“2.5” isn't a whole number."),
        ("tipping-point", ("--score", "y", "--group", "arm"), "draws=1", "2 or more"),
        ("tipping-point", ("--score", "y", "--group", "arm"), "grid=1,x", "“x” isn't a number."),
        ("did", MODEL, "first_treated=start", "--option first_treated: There is no column “start”."),
    ],
)
def test_ranges_of_options(
    table: Table, analyse: Any, method: str, arguments: tuple[str, ...], option: str, sentence: str
) -> None:
    result = analyse(table(LONG), method, *arguments, "--option", option)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_an_option_given_twice(table: Table, analyse: Any) -> None:
    result = analyse(table(LONG), "mmrm", *MODEL, "--option", "df=normal", "--option", "df=normal")
    assert "--option df: The option is given twice." in result.stderr


@pytest.mark.parametrize(
    ("method", "sentence"),
    [
        ("mrmm", "There is no method “mrmm”. Did you mean “mmrm”?"),
        ("zzzzz", "There is no method “zzzzz”. The methods are:"),
    ],
)
def test_unknown_method(table: Table, analyse: Any, method: str, sentence: str) -> None:
    result = analyse(table(LONG), method)
    assert (result.exit_code, result.stdout) == (2, "")
    assert sentence in result.stderr


def test_no_such_file(tmp_path: Path, analyse: Any) -> None:
    result = analyse(tmp_path / "none.csv", "mmrm", *MODEL)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "There is no file" in result.stderr


@pytest.mark.parametrize(
    ("method", "text", "arguments", "options", "sentence"),
    [
        ("change", LONG, ("--score", "y"), {}, "Name either --time (with --subject) or --baseline"),
        ("change", LONG, (), {}, "--score: The method change needs this column."),
        ("change", LONG, MODEL, {"pre": 7}, "There is no time “7”. The times are: 0, 1."),
        ("change", LONG, MODEL, {"pre": 1, "post": 1}, "This is the first time too."),
        ("change", LONG.replace(",1,", ",0,"), ("--score", "y", "--subject", "who", "--time", "arm"), {}, "twice"),
        ("change", "who,t,y\na,0,1\nb,0,2\n", MODEL, {}, "There is only one time, “0”"),
        ("change", "who,t,y\na,After,1\na,Before,2\n", MODEL, {}, "The times are words (After, Before)"),
        (
            "change",
            LONG,
            (*MODEL, "--baseline", "age"),
            {},
            "Name --time or --baseline, not both",
        ),
        (
            "change",
            "who,a,b\nx,1,2\nx,2,3\n",
            ("--score", "b", "--baseline", "a", "--subject", "who"),
            {},
            "This person is there twice.",
        ),
        (
            "change",
            "m,s\n1,2\n",
            (),
            {"mean_before": "m"},
            "--option mean_after: Change from summaries needs this column too.",
        ),
        (
            "mixed-model",
            LONG,
            ("--score", "y", "--subject", "who"),
            {"random": "slope"},
            "A slope needs the column of the time.",
        ),
        ("responders", "y\n1\n2\n", ("--score", "y"), {}, "line 3, column y: “2” is neither 0 nor 1."),
        (
            "responders",
            "w,y\na,1\na,0\n",
            ("--score", "y", "--subject", "w"),
            {},
            "line 3, column w: This person is there twice.",
        ),
        ("proportions", LONG, (), {}, "Name the yes-no score, or the columns of counts"),
        (
            "proportions",
            "n,x\n5,6\n",
            (),
            {"events": "x", "total": "n"},
            "line 2, column x: There are more events than people.",
        ),
        (
            "proportions",
            "n,x\n5,1.5\n",
            (),
            {"events": "x", "total": "n"},
            "This must be a whole number of people, 0 or more.",
        ),
        ("proportions", "n,x\n5,1\n", (), {"events": "x"}, "--option total: Name both columns of counts"),
        (
            "proportions",
            "w,t,y\na,0,1\na,1,0\na,2,1\n",
            ("--score", "y", "--subject", "w", "--time", "t"),
            {},
            "There are more than two times.",
        ),
        (
            "proportions",
            "w,t,y\na,0,1\nb,0,1\n",
            ("--score", "y", "--subject", "w", "--time", "t"),
            {},
            "There is only one time",
        ),
        ("proportions", "t,y\n0,1\n1,1\n", ("--score", "y", "--time", "t"), {}, "need a column that says who they are"),
        (
            "meta",
            "e,v\n1,0\n2,1\n",
            (),
            {"estimate": "e", "variance": "v"},
            "line 2, column v: The uncertainty must be above 0.",
        ),
        (
            "meta",
            "e,v\n1,1\n2,1\n",
            (),
            {"estimate": "e", "variance": "v", "std_error": "v"},
            "Name the variance or the standard error, not both.",
        ),
        ("meta", "e,v\n1,1\n2,1\n", (), {"estimate": "e"}, "--option std_error: There is no column “std_error”."),
        ("gas", "y\n3\n", ("--score", "y"), {}, "line 2, column y: A goal's level must be between -2 and +2."),
        (
            "gas",
            "y,w\n1,0\n",
            ("--score", "y", "--weight", "w"),
            {},
            "line 2, column w: A goal's weight must be a positive number.",
        ),
        ("weighted", LONG, ("--score", "y", "--group", "arm"), {}, "Weights need something to weigh by"),
        (
            "weighted",
            "y,g,x\n1,a,1\n2,b,2\n3,c,3\n",
            ("--score", "y", "--group", "g", "--covariate", "x"),
            {},
            "This comparison takes two groups; there are 3.",
        ),
        (
            "tipping-point",
            "y,g\n1,a\n2,b\n3,c\n",
            ("--score", "y", "--group", "g"),
            {},
            "This comparison takes two groups; there are 3.",
        ),
        (
            "tipping-point",
            LONG,
            ("--score", "y", "--group", "arm", "--time", "t"),
            {},
            "--subject: Name the column that says who.",
        ),
        ("did", LONG, MODEL, {}, "Name the column of the first period with the intervention"),
        (
            "ancova",
            LONG,
            ("--score", "y", "--group", "arm", "--subject", "who"),
            {},
            "line 3, column who: This person is there twice.",
        ),
        (
            "ancova",
            LONG,
            ("--score", "y", "--group", "arm"),
            {"interaction": "true"},
            "An interaction with the baseline needs --baseline",
        ),
        (
            "ancova",
            "y,g,w\n1,a,-1\n2,b,1\n",
            ("--score", "y", "--group", "g", "--weight", "w"),
            {},
            "A weight must be a number of 0 or more.",
        ),
        ("funnel", "y\n1\n", ("--score", "y"), {}, "Name the column of the providers."),
        ("funnel", "u\nx\n", ("--subject", "u"), {}, "Name the column of what was observed"),
        (
            "funnel",
            "u,y,n\nx,1,2.5\n",
            ("--subject", "u", "--score", "y"),
            {"total": "n"},
            "This must be a whole number of people",
        ),
        ("funnel", "u,y\nx,\n", ("--subject", "u", "--score", "y"), {}, "line 2, column y: "),
        (
            "funnel",
            "u,y\nx,1\n",
            ("--subject", "u", "--score", "y"),
            {"kind": "ratio"},
            "A ratio needs the column of what was expected.",
        ),
        ("cusum", "y\n1\n0\n", ("--score", "y"), {}, "Name the column of each person's probability"),
        (
            "cusum",
            "y,p\n1,1\n0,0.5\n",
            ("--score", "y"),
            {"probability": "p"},
            "line 2, column p: A probability must be above 0 and under 1.",
        ),
        (
            "cusum",
            "y,p\n1,0.5\n,0.5\n",
            ("--score", "y"),
            {"probability": "p"},
            "line 3, column y: The value is missing.",
        ),
        (
            "cusum",
            "y,p\n1,0.5\n0,0.5\n",
            ("--score", "y"),
            {"probability": "p", "limit": 3, "arl0": 100},
            "Give the limit or the run length arl0, not both.",
        ),
        ("reliability", "a,b\n1,2\n", ("--score", "a"), {}, "Name at least two columns with --score"),
        (
            "reliability",
            "a,b\n1,2\n2,3\n",
            ("--score", "a", "--score", "b"),
            {"kind": "retest"},
            "Say how many days lay between the two times.",
        ),
    ],
)
def test_what_each_method_needs(
    table: Table,
    analyse: Any,
    method: str,
    text: str,
    arguments: tuple[str, ...],
    options: dict[str, object],
    sentence: str,
) -> None:
    result = analyse(table(text), method, *arguments, **options)
    assert (result.exit_code, result.stdout) == (2, ""), result.exception
    assert sentence in result.stderr


@pytest.mark.parametrize(
    ("method", "text", "arguments", "options"),
    [
        ("mmrm", "who,t,y\na,0,1\n", MODEL, {}),
        ("mmrm", "who,t,y\na,0,1\na,1,1\nb,0,1\nb,1,1\n", MODEL, {}),
        ("mixed-model", "who,t,y\na,0,1\n", MODEL, {}),
        ("mixed-model", "who,t,y\na,0,2\na,1,2\nb,0,2\nb,1,2\n", MODEL, {}),
        (
            "mmrm",
            LONG.replace(",30,", ",,").replace(",50,", ",,"),
            (*MODEL, "--group", "arm", "--covariate", "age"),
            {},
        ),
        ("change", "who,t,y\na,0,1\na,1,1\n", MODEL, {}),
        ("ancova", "y,g,b\n1,a,\n2,b,\n3,b,4\n,a,5\n", ("--score", "y", "--group", "g", "--covariate", "b"), {}),
        ("meta", "e,v\n1,1\n", (), {"estimate": "e", "variance": "v"}),
        ("reliability", "a,b\n1,1\n1,1\n", ("--score", "a", "--score", "b"), {}),
        ("gas", "y,w\n,1\nNA,1\n0,1\n", ("--score", "y", "--weight", "w", "--group", "w"), {}),
        ("reliable-change", LONG, MODEL, {}),
        ("reliable-change", LONG, MODEL, {"cutoff": "b"}),
        ("responders", "y,g\n,a\n,b\n", ("--score", "y", "--group", "g"), {}),
        ("proportions", "y\nNA\n.\n", ("--score", "y"), {}),
        (
            "did",
            LONG.replace("arm", "first").replace(",A,", ",0,").replace(",B,", ",0,"),
            MODEL,
            {"first_treated": "first"},
        ),
        ("weighted", "y,g,x\n1,a,\n2,b,\n3,b,\n", ("--score", "y", "--group", "g", "--covariate", "x:numeric"), {}),
    ],
)
def test_data_that_cannot_carry_the_number(
    table: Table, analyse: Any, method: str, text: str, arguments: tuple[str, ...], options: dict[str, object]
) -> None:
    """A sentence, never a number from a fit that the data can't identify."""
    result = analyse(table(text), method, *arguments, **options)
    assert (result.exit_code, result.stdout) == (2, ""), result.exception
    assert len(result.stderr.strip()) > 20


def test_faults_are_told_in_danish(table: Table, analyse: Any) -> None:
    result = analyse(table(changed("a,1,6", "a,1,seks")), "mmrm", *MODEL, language="da")
    assert result.exit_code == 2
    assert "linje 3, kolonne y" in result.stderr


@pytest.mark.parametrize("method", ["mixed-model", "reliable-change"])
@pytest.mark.parametrize("times", [("before", "after"), ("2024-01-01", "2024-02-01")])
def test_words_or_dates_as_times_are_one_fault(table: Any, analyse: Any, method: str, times: tuple[str, str]) -> None:
    rows = [f"p{who},{time},{who + place}" for who in range(5) for place, time in enumerate(times)]
    options = {"formula": "hlm"} if method == "reliable-change" else {}
    result = analyse(table("\n".join(["who,t,y", *rows])), method, "--score", "y", "--subject", "who", "--time", "t",
                     **options)  # fmt: skip
    assert result.exit_code == 2
    assert result.stderr.count("These times are words or dates") == 1
    assert len(result.stderr.strip().splitlines()) == 2


def test_a_single_wrong_time_has_its_row(table: Any, analyse: Any) -> None:
    path = table("who,t,y\na,0,1\na,x,2\na,1,3\nb,,4\n")
    result = analyse(path, "mixed-model", "--score", "y", "--subject", "who", "--time", "t")
    assert "line 3, column t: “x” isn't a number." in result.stderr
    assert "line 5, column t: The time is missing." in result.stderr


def test_an_empty_probability_is_missing_and_nothing_else(table: Any, analyse: Any) -> None:
    result = analyse(table("y,p\n1,0.5\n0,#N/A\n0,1\n"), "cusum", "--score", "y", probability="p")
    assert "line 3, column p: The value is missing." in result.stderr
    assert "line 4, column p: A probability must be above 0 and under 1." in result.stderr
    assert result.stderr.count("line 3") == 1


def test_sheets_are_named_where_the_first_lacks_the_columns(tmp_path: Path, analyse: Any) -> None:
    book = Workbook()
    book.active.title = "Info"
    book.active.append(["note"])
    book.active.append(["hello"])
    sheet = book.create_sheet("Data")
    for row in (["y", "x"], [1, 2], [2, 4], [3, 5], [5, 9]):
        sheet.append(row)
    path = tmp_path / "two.xlsx"
    book.save(path)
    call = ("--score", "y", "--covariate", "x")
    result = analyse(path, "ancova", *call)
    assert "--option sheet: The workbook has several sheets (Info, Data), and the first is read." in result.stderr
    assert analyse(path, "ancova", *call, sheet="Data").exit_code == 0
    assert "several sheets" not in analyse(path, "ancova", *call, sheet="Info").stderr


@pytest.mark.parametrize("content", [b"\xd0\xcf\x11\xe0junk", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 64])
def test_an_old_workbook_says_what_to_save_it_as(tmp_path: Path, analyse: Any, content: bytes) -> None:
    path = tmp_path / "old.xls"
    path.write_bytes(content)
    result = analyse(path, "ancova", "--score", "y")
    assert result.exit_code == 2
    assert "Save it as .xlsx" in result.stderr
