"""The shape of what comes out, whatever way the table was written."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from openpyxl import Workbook

from outcomes.errors import EstimateError, Sentence
from outcomes.language import use_locale
from outcomes.services.analyse import FAMILIES, find_method, run
from outcomes.services.analyse.coding import natural_key, number_label
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COMMON
from outcomes.services.analyse.output import AnalysisOutput, Entry, plain

Table = Callable[..., Path]
KEYS = {"term", "estimate", "std_error", "df", "ci_low", "ci_high", "p_value"}
TOP = {"method", "version", "estimates", "variance", "log_likelihood", "n_subjects", "n_observations", "completeness",
       "design_label", "evidence_grade", "warnings"}  # fmt: skip


def trial(seed: int = 1, people: int = 80, separator: str = ",", mark: str = ".", missing: str = "") -> str:
    """A trial with three times, gaps, two covariates: as text in some country's way of writing."""
    generator = np.random.default_rng(seed)
    lines = [separator.join(["Borger nr.", "måned", "score i alt", "arm", "alder", "køn"])]
    for person in range(people):
        level, arm = generator.normal(50, 8), "Indsats" if person % 2 else "Venteliste"
        age, sex = f"{generator.uniform(20, 60):.2f}".replace(".", mark), "ÆØ"[person % 3 == 0]
        for month in (0, 3, 6):
            score = level + month * (1.5 if person % 2 else 0.5) + generator.normal(0, 4)
            text = missing if month and generator.uniform() < 0.15 else f"{score:.4f}".replace(".", mark)
            lines.append(separator.join([f"p{person}", str(month), text, arm, age, sex]))
    return "\n".join(lines) + "\n"


CALL = ("--score", "score i alt", "--subject", "Borger nr.", "--time", "måned", "--group", "arm",
        "--reference", "Venteliste", "--covariate", "alder", "--covariate", "køn")  # fmt: skip


@pytest.mark.parametrize("method", ["mmrm", "mixed-model"])
def test_keys_and_terms(table: Table, good: Any, method: str) -> None:
    found = good(table(trial()), method, *CALL)
    assert set(found) >= TOP
    assert found["method"] == method
    assert all(set(entry) >= KEYS for entry in found["estimates"])
    terms = [entry["term"] for entry in found["estimates"]]
    time = ["måned[3]", "måned[6]"] if method == "mmrm" else ["måned"]
    crossed = [f"{name}:arm[Indsats]" for name in time]
    assert sorted(terms) == sorted(["Intercept", *time, "arm[Indsats]", "alder", "køn[Ø]", *crossed])
    assert found["n_subjects"] == 80
    assert found["completeness"] == pytest.approx(found["n_observations"] / 240)
    assert "individuals" not in found
    assert len(good(table(trial()), method, *CALL, individuals="true")["individuals"]) >= 80


@pytest.mark.parametrize(
    "written",
    [
        {"separator": ";", "mark": ","},
        {"separator": ";", "mark": ".", "missing": "NA"},
        {"separator": "\t", "mark": ",", "missing": "NaN"},
        {"missing": "."},
    ],
)
def test_the_same_table_written_otherwise(table: Table, good: Any, written: dict[str, str]) -> None:
    first = good(table(trial()), "mmrm", *CALL)
    assert good(table(trial(**written), "other.csv"), "mmrm", *CALL) == first


def test_byte_order_mark_and_quotes(tmp_path: Path, table: Table, good: Any) -> None:
    first = good(table(trial()), "mmrm", *CALL)
    quoted = "\n".join(",".join(f'"{cell}"' for cell in line.split(",")) for line in trial().splitlines())
    path = tmp_path / "quoted.csv"
    path.write_bytes("\ufeff".encode() + quoted.replace("\n", "\r\n").encode())
    assert good(path, "mmrm", *CALL) == first


def test_excel_is_the_same_as_csv(tmp_path: Path, table: Table, good: Any) -> None:
    book = Workbook()
    book.active.title = "Forside"
    sheet = book.create_sheet("Data")
    for line in trial().splitlines():
        cells = line.split(",")
        sheet.append(
            [float(cell) if cell.replace(".", "").replace("-", "").isdigit() else cell or None for cell in cells]
        )
    path = tmp_path / "data.xlsx"
    book.save(path)
    first = good(table(trial()), "mmrm", *CALL)
    again = good(path, "mmrm", *CALL, sheet="Data")
    assert again["estimates"] == first["estimates"]
    wrong = good  # the first sheet is empty: it is said so
    with pytest.raises(AssertionError, match="is empty"):
        wrong(path, "mmrm", *CALL)


def test_rows_in_another_order_and_people_by_other_names(table: Table, good: Any) -> None:
    first = good(table(trial()), "mmrm", *CALL)
    head, *rows = trial().splitlines()
    turned = "\n".join([head, *(row.replace("p", "q", 1) for row in reversed(rows))])
    again = good(table(turned, "turned.csv"), "mmrm", *CALL)
    for one, other in zip(first["estimates"], again["estimates"], strict=True):
        assert one["estimate"] == pytest.approx(other["estimate"], rel=1e-8)
        assert one["df"] == pytest.approx(other["df"], rel=1e-6)


def test_thousands_of_a_point_or_a_comma(table: Table, analyse: Any, good: Any) -> None:
    text = "e;v\n1.234;1.000\n2.500;1.000\n"
    result = analyse(table(text), "meta", estimate="e", variance="v")
    assert result.exit_code == 2
    assert "line 2, column e: This number can be read in two ways." in result.stderr
    as_point = good(table(text), "meta", estimate="e", variance="v", decimal="point")
    assert as_point["pooled"]["estimate"] == pytest.approx(1.867)
    as_comma = good(table(text), "meta", estimate="e", variance="v", decimal="comma")
    assert as_comma["pooled"]["estimate"] == pytest.approx(1867)
    with_commas = good(table(text.replace(";", ",")), "meta", estimate="e", variance="v")
    assert with_commas["pooled"]["estimate"] == pytest.approx(1.867)


def test_further_marks_for_missing(table: Table, good: Any, analyse: Any) -> None:
    text = "e,v\n1,1\n2,1\n-9,1\nukendt,1\n"
    assert analyse(table(text), "meta", estimate="e", variance="v").exit_code == 2
    found = good(table(text), "meta", estimate="e", variance="v", missing="-9,ukendt")
    assert found["n_subjects"] == 2
    assert found["warnings"][0] == "Rows left out because a value is missing: 2."


def test_numbers_as_categories(table: Table, good: Any) -> None:
    text = trial().replace("køn", "kode").replace("Æ", "10").replace("Ø", "9.0")
    call = ("--score", "score i alt", "--subject", "Borger nr.", "--time", "måned", "--covariate")
    number = good(table(text), "mmrm", *call, "kode")
    category = good(table(text), "mmrm", *call, "kode:categorical")
    assert "kode" in [entry["term"] for entry in number["estimates"]]
    assert "kode[10]" in [entry["term"] for entry in category["estimates"]]


def test_a_number_group_is_a_category(table: Table, good: Any) -> None:
    text = trial().replace("Indsats", "1").replace("Venteliste", "0")
    found = good(table(text), "mixed-model", "--score", "score i alt", "--subject", "Borger nr.", "--time", "måned",
                 "--group", "arm", "--reference", "1.0")  # fmt: skip
    assert "måned:arm[0]" in [entry["term"] for entry in found["estimates"]]


def test_whoever_lacks_a_covariate_is_counted(table: Table, good: Any) -> None:
    head, *rows = trial().splitlines()
    gone = [row.rsplit(",", 2)[0] + ",," + row.rsplit(",", 1)[1] if row.startswith("p1,") else row for row in rows]
    found = good(table("\n".join([head, *gone])), "mmrm", *CALL)
    assert (found["n_subjects"], found["n_started"]) == (79, 80)
    assert "People left out of the model because a covariate is missing: 1." in found["warnings"]
    rows_left = good(table("\n".join([head, *gone])), "mixed-model", *CALL)
    assert rows_left["n_subjects"] == 79


def test_a_known_value_on_one_row_is_enough_in_the_mmrm(table: Table, good: Any) -> None:
    head, *rows = trial().splitlines()
    first_only = [row if row.split(",")[1] == "0" else ",".join([*row.split(",")[:4], "", ""]) for row in rows]
    assert good(table("\n".join([head, *first_only])), "mmrm", *CALL) == good(table(trial(), "all.csv"), "mmrm", *CALL)


@pytest.mark.parametrize(
    ("design", "label"),
    [("none", "D0"), ("adjusted", "D2"), ("waiting-list", "D3"), ("staggered", "D2"), ("randomised", "D4")],
)
def test_the_label_follows_the_design(table: Table, good: Any, design: str, label: str) -> None:
    found = good(table(trial()), "mmrm", *CALL, design=design)
    assert found["design_label"] == label
    alone = good(table(trial()), "mmrm", *CALL[:6], design=design)
    assert alone["design_label"] == "D0"


def test_grade_falls_with_what_can_be_seen(table: Table, good: Any) -> None:
    best = good(table(trial()), "mmrm", *CALL, design="randomised")
    assert (best["evidence_grade"], best["evidence_reasons"]) == ("A", [])
    few = good(table(trial(people=40)), "mmrm", *CALL, design="randomised")
    assert few["evidence_grade"] == "B"
    waited = good(table(trial()), "mmrm", *CALL[:10], design="waiting-list")
    assert any("Nothing from before the start" in reason for reason in waited["evidence_reasons"])
    heap = good(table(trial(people=80).replace(",5", ",4")), "mmrm", *CALL, minimum=0, maximum=100)
    assert not any("end of the scale" in reason for reason in heap["evidence_reasons"])


def test_a_heap_at_an_end_of_the_scale(table: Table, good: Any) -> None:
    lines = ["who,before,after", *(f"{n},{10 + n % 7},{20 if n % 3 else 12 + n % 5}" for n in range(60))]
    found = good(table("\n".join(lines)), "change", "--score", "after", "--baseline", "before", maximum=20)
    assert any("end of the scale" in reason for reason in found["evidence_reasons"])


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("method", ["mmrm", "mixed-model", "change"])
def test_text_for_a_reader(table: Table, analyse: Any, method: str, language: str) -> None:
    arguments = CALL if method != "change" else CALL[:8]
    result = analyse(table(trial()), method, *arguments, language=language)
    assert result.exit_code == 0
    text = result.stdout
    assert "score i alt (data.csv)" in text.splitlines()[0]
    assert set(text.splitlines()[1]) == {"="}
    assert all(len(line.rstrip()) == len(line) for line in text.splitlines())
    assert ("D2" if method != "change" else "D0") in text
    assert "effect" not in text.casefold()
    assert "effekt" not in text.casefold()
    assert "nan" not in text.casefold().split()
    rule = next(line for line in text.splitlines() if line.startswith("-----"))
    assert set(rule) == {"-", " "}


def test_text_keeps_the_word_for_where_it_is_allowed(table: Table, analyse: Any) -> None:
    text = analyse(table(trial()), "mmrm", *CALL, design="randomised").stdout
    assert "What it may be called: effect, randomised (design label D4)." in text
    assert "Evidence: grade A, high certainty." in text


def test_text_of_people_and_their_number(table: Table, analyse: Any) -> None:
    text = analyse(table(trial()), "mixed-model", *CALL, individuals="true").stdout
    assert "One by one:" in text
    assert "and 60 more, with --format json" in text


def test_language_of_the_call_itself(table: Table, analyse: Any) -> None:
    english = analyse(table(trial()), "mmrm", *CALL, "--language", "en", language="da").stdout
    assert "Answered of what was to be answered" in english


def test_nothing_but_json_can_hold() -> None:
    with use_locale("en"):
        held = plain(
            {
                "number": math.nan,
                "list": (math.inf, np.float64(2.5), np.array([1, 2])),
                "said": Sentence("No goal is rated, so there is nothing to work out."),
                "entry": Entry("x", 1.0, further={"n": 3}),
                "flag": np.bool_(True),
                "other": Path("x"),
            }
        )
    assert held["number"] is None
    assert held["list"] == [None, 2.5, [1, 2]]
    assert held["said"].startswith("No goal")
    assert (held["entry"]["n"], held["flag"], held["other"]) == (3, True, "x")
    json.dumps(held, allow_nan=False)


@pytest.mark.parametrize("name", FAMILIES)
def test_every_method_describes_itself(name: str) -> None:
    method = find_method(name)
    assert method.name == name
    assert not set(method.options) & set(COMMON)
    assert find_method(name.replace("-", "_").upper()) is method


def test_equations_without_a_solution_are_a_sentence(
    monkeypatch: pytest.MonkeyPatch, table: Table, analyse: Any
) -> None:
    def stumble(_: object) -> AnalysisOutput:
        raise np.linalg.LinAlgError("singular")

    broken = Method("mmrm", Sentence("Linear mixed model"), stumble)
    monkeypatch.setattr(run, "find_method", lambda _: broken)
    result = analyse(table(trial()), "mmrm")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "The data can't identify this model" in result.stderr
    assert issubclass(EstimateError, Exception)


@pytest.mark.parametrize("method", ["mmrm", "mixed-model"])
@pytest.mark.parametrize(
    ("options", "label"),
    [({}, "D0"), ({"design": "adjusted"}, "D0"), ({"design": "staggered"}, "D0"), ({"design": "waiting-list"}, "D3"),
     ({"design": "randomised"}, "D4")],
)  # fmt: skip
def test_what_nothing_adjusts_isnt_an_adjusted_difference(
    table: Table, good: Any, method: str, options: dict[str, str], label: str
) -> None:
    found = good(table(trial()), method, *CALL[:10], **options)
    assert found["design_label"] == label
    assert (label == "D0") == any("isn't an adjusted one" in warning for warning in found["warnings"])
    assert good(table(trial()), method, *CALL[:12])["design_label"] == "D2"


def test_a_constrained_baseline_adjusts(table: Table, good: Any) -> None:
    assert good(table(trial()), "mmrm", *CALL[:10], constrained_baseline="true")["design_label"] == "D2"


def test_two_people_have_a_mean_change_and_no_more(table: Table, good: Any) -> None:
    found = good(
        table("who,t,y\na,0,1\na,1,4\nb,0,2\nb,1,9\n"), "change", "--score", "y", "--subject", "who", "--time", "t"
    )
    assert [entry["term"] for entry in found["estimates"]] == ["mean_change[1]", "smcr[1]", "smcc[1]"]
    assert [entry["estimate"] for entry in found["estimates"]] == [5.0, None, None]
    assert found["estimates"][0]["ci_low"] == pytest.approx(5.0 - 12.706204736432095 * 2.0)
    assert found["warnings"][0].startswith("smcr[1] isn't given.")


def test_all_changed_by_the_same(table: Table, good: Any) -> None:
    rows = [f"{who},{arm},{who},{who + 2 + (arm == 'b') * who % 3}" for who in range(12) for arm in "ab"]
    call = ("--score", "after", "--baseline", "before", "--group", "arm")
    found = good(table("\n".join(["who,arm,before,after", *rows])), "change", *call)
    terms = {entry["term"]: entry for entry in found["estimates"]}
    assert {"mean_change:arm[a]", "smcr:arm[a]", "smcc:arm[a]", "smcr_difference:arm[b]", "d_ppc2:arm[b]"} <= set(terms)
    mean = terms["mean_change:arm[a]"]
    assert (mean["estimate"], mean["std_error"], mean["ci_low"], mean["p_value"]) == (2.0, None, None, None)
    assert terms["smcr:arm[a]"]["std_error"] > 0
    assert terms["smcc:arm[a]"]["estimate"] is None
    assert found["warnings"][:2] == [
        "mean_change:arm[a] is given without an interval. All have the same value, so no uncertainty can be worked out.",
        "smcc:arm[a] isn't given. All have changed by the same, so change can't be given in their spread.",
    ]


def test_a_group_of_two_has_its_terms_without_numbers(table: Table, good: Any) -> None:
    rows = [*(f"a,{n},{n + n % 3}" for n in range(9)), "b,1,2", "b,2,5"]
    call = ("--score", "after", "--baseline", "before", "--group", "arm")
    found = good(table("\n".join(["arm,before,after", *rows])), "change", *call, sd=3)
    terms = {entry["term"]: entry for entry in found["estimates"]}
    for name in ("smcr", "smcc", "smc_known_sd", "smcr_difference", "d_ppc2"):
        assert terms[f"{name}:arm[b]"]["estimate"] is None
        assert any(warning.startswith(f"{name}:arm[b] isn't given.") for warning in found["warnings"])
    assert terms["mean_change:arm[b]"]["estimate"] == 2.0


def test_summaries_where_all_changed_by_the_same(table: Table, good: Any) -> None:
    text = "m1,m2,s1,s2,r,n\n10,12,3,3,1,20\n"
    names = {"mean_before": "m1", "mean_after": "m2", "sd_before": "s1", "sd_after": "s2", "correlation": "r", "n": "n"}
    found = good(table(text), "change", **names)
    terms = {entry["term"]: entry for entry in found["estimates"]}
    assert (terms["mean_change[1]"]["estimate"], terms["mean_change[1]"]["std_error"]) == (2.0, None)
    assert terms["smcr[1]"]["std_error"] > 0
    assert terms["smcc[1]"]["estimate"] is None
    assert len(found["warnings"]) == 2


PEOPLE = "who,arm,before,after,yes,level\n" + "".join(
    f"p{n},{'ab'[n % 2]},{10 + n % 7},{11 + (n * 5) % 9},{n % 3 % 2},{n % 5 - 2}\n" for n in range(40)
)
ONE_BY_ONE = {
    "change": ("--score", "after", "--baseline", "before"),
    "reliable-change": ("--score", "after", "--baseline", "before", "--option", "sdc=3"),
    "responders": ("--score", "after", "--baseline", "before", "--option", "sdc=3"),
    "gas": ("--score", "level", "--subject", "who"),
}
NEVER = {
    "ancova": ("--score", "after", "--baseline", "before", "--group", "arm"),
    "weighted": ("--score", "after", "--baseline", "before", "--group", "arm"),
    "proportions": ("--score", "yes", "--group", "arm"),
    "responders": ("--score", "yes", "--group", "arm"),
    "reliability": ("--score", "before", "--score", "after"),
}


@pytest.mark.parametrize("method", ONE_BY_ONE)
def test_people_one_by_one_only_where_asked(table: Table, good: Any, method: str) -> None:
    path = table(PEOPLE)
    assert "individuals" not in good(path, method, *ONE_BY_ONE[method])
    assert len(good(path, method, *ONE_BY_ONE[method], individuals="true")["individuals"]) == 40


@pytest.mark.parametrize("method", NEVER)
def test_what_has_no_people_says_so(table: Table, analyse: Any, good: Any, method: str) -> None:
    path = table(PEOPLE)
    assert "individuals" not in good(path, method, *NEVER[method], individuals="false")
    refused = analyse(path, method, *NEVER[method], individuals="true")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"--option individuals: The method {method} gives nothing person by person here." in refused.stderr


def test_change_by_a_registers_spread_and_person_by_person(table: Table, good: Any) -> None:
    lines = ["before,after", *(f"{n},{n + n % 5}" for n in range(20))]
    found = good(
        table("\n".join(lines)), "change", "--score", "after", "--baseline", "before", sd=4, individuals="true"
    )
    terms = {entry["term"]: entry for entry in found["estimates"]}
    assert terms["smc_known_sd"]["estimate"] == pytest.approx(terms["mean_change"]["estimate"] / 4)
    assert found["individuals"][3] == {"subject": "5", "before": 3.0, "after": 6.0, "change": 3.0}


def test_order_of_times() -> None:
    assert sorted(["visit 10", "visit 2", "visit 1.5"], key=natural_key) == ["visit 1.5", "visit 2", "visit 10"]
    assert (number_label(10.0), number_label(2.5), number_label(-1.0)) == ("10", "2.5", "-1")
