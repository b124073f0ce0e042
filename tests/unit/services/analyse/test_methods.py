"""Ways through the methods that the reference sets don't take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

Table = Callable[..., Path]


def terms(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {entry["term"]: entry for entry in found["estimates"]}


def lines(head: str, rows: list[list[object]]) -> str:
    return "\n".join([head, *(",".join(map(str, row)) for row in rows)]) + "\n"


@pytest.fixture
def scores() -> np.random.Generator:
    return np.random.default_rng(11)


def test_cusum_of_residuals_and_moving_mean(table: Table, good: Any, scores: np.random.Generator) -> None:
    rows = [[n, round(x, 3), round(50 + 3 * x + 8 * scores.normal(), 3)] for n, x in enumerate(scores.normal(size=60))]
    path = table(lines("n,x,y", rows))
    residual = good(
        path, "cusum", "--score", "y", "--covariate", "x", kind="residuals", arl0=200, k=0.5, individuals="true"
    )
    assert residual["variance"]["reference_value"] == 0.5
    assert "vlad" not in residual["individuals"][0]
    assert terms(residual)["run_length:more"]["estimate"] == pytest.approx(200, rel=0.01)
    moving = good(path, "cusum", "--score", "x", kind="ewma", weight=0.3, per_year=30)
    assert len(moving["values"]) == 60
    assert terms(moving)["run_length"]["estimate"] == pytest.approx(1000, rel=0.01)


def test_cusum_follows_time_not_rows(table: Table, good: Any) -> None:
    rows: list[list[object]] = [[n, (n % 3 == 0 and 1) or 0, 0.2] for n in range(12)]
    first = good(table(lines("n,y,p", rows)), "cusum", "--score", "y", probability="p", limit=3)
    turned = table(lines("n,y,p", rows[::-1]), "turned.csv")
    assert good(turned, "cusum", "--score", "y", "--time", "n", probability="p", limit=3) == first
    assert good(turned, "cusum", "--score", "y", probability="p", limit=3)["vlad"] != first["vlad"]


def test_funnel_of_means(table: Table, good: Any, scores: np.random.Generator) -> None:
    people = [[f"u{n % 8}", round(50 + scores.normal() * 9, 2)] for n in range(160)]
    by_person = good(table(lines("unit,y", people)), "funnel", "--score", "y", "--cluster", "unit", kind="mean")
    assert by_person["n_subjects"] == 160
    means = {entry["provider"]: entry["estimate"] for entry in by_person["estimates"]}
    assert means["u3"] == pytest.approx(np.mean([value for unit, value in people if unit == "u3"]))
    given = [[f"u{n}", means[f"u{n}"], 2.0, 20] for n in range(8)]
    by_unit = good(
        table(lines("unit,m,se,n", given)), "funnel", "--score", "m", "--group", "unit", std_error="se", total="n"
    )
    assert terms(by_unit)["unit[u3]"]["estimate"] == means["u3"]


def test_funnel_with_fixed_target_and_exact_limits(table: Table, good: Any) -> None:
    rows: list[list[object]] = [[f"u{n}", 10 + n, 40] for n in range(6)]
    call = {"observed": "x", "denominator": "n", "target": 0.3, "limits": "exact"}
    found = good(table(lines("unit,x,n", rows)), "funnel", "--subject", "unit", **call)
    assert (found["variance"]["target"], found["variance"]["limits"]) == (0.3, "exact")


def test_funnel_refuses_parts_of_people_and_rows_too_many(table: Table, analyse: Any) -> None:
    half = analyse(table("u,y,n\nx,1.5,9\n"), "funnel", "--subject", "u", "--score", "y", kind="proportion", total="n")
    assert "line 2, column y: This must be a whole number of people" in half.stderr
    rows = "u,m,se,n\nx,1,1,20\nx,2,1,20\ny,1,1,20\n"
    twice = analyse(table(rows), "funnel", "--subject", "u", "--score", "m", std_error="se", total="n")
    assert "With standard errors each provider has one row." in twice.stderr


def test_retest_and_reliability_over_times(table: Table, good: Any, analyse: Any, scores: np.random.Generator) -> None:
    rows: list[list[object]] = []
    for person in range(40):
        level = 50 + 9 * scores.normal()
        rows += [[f"p{person}", week, round(level + 3 * scores.normal(), 2)] for week in (0, 2)]
    path = table(lines("who,week,y", rows))
    call = ("--score", "y", "--subject", "who", "--time", "week")
    retest = good(path, "reliability", *call, kind="retest", interval_days=14)
    whole = good(path, "reliability", *call, interval_days=14)
    assert terms(whole)["ICC2"]["estimate"] == terms(retest)["retest:agreement"]["estimate"]
    assert retest["variance"]["interval_days"] == 14
    assert terms(good(path, "reliability", *call, kind="alpha")).keys() == {"alpha", "alpha_standardised"}
    assert "--subject" in analyse(path, "reliability", "--score", "y", "--time", "week").stderr
    three = table(lines("a,b,c", [[1, 2, 3], [2, 3, 3], [4, 4, 5]]), "three.csv")
    wrong = analyse(
        three, "reliability", "--score", "a", "--score", "b", "--score", "c", kind="retest", interval_days=7
    )
    assert "A retest has two columns or times; there are 3." in wrong.stderr


def test_reliability_leaves_out_whoever_lacks_an_answer(table: Table, good: Any) -> None:
    rows = "a,b,c\n1,2,2\n2,2,3\n3,4,\n4,5,5\n5,5,4\n1,1,2\n"
    found = good(table(rows), "reliability", "--score", "a", "--score", "b", "--covariate", "c")
    assert (found["n_subjects"], found["completeness"]) == (5, 5 / 6)
    assert "1 of 6 people lack an answer and are left out." in found["warnings"]


def test_goals_by_group_and_without_names(table: Table, good: Any) -> None:
    rows: list[list[object]] = []
    for person in range(8):
        for goal in range(2):
            rows += [
                [f"p{person}", "ab"[person % 2], 0, -1],
                [f"p{person}", "ab"[person % 2], 6, (person + goal) % 3 - 1],
            ]
    call = ("--score", "level", "--subject", "who", "--time", "month", "--group", "arm")
    rows_by_goal = [[row[0], row[1], row[2], row[3], n // 2 % 2] for n, row in enumerate(rows)]
    named = good(table(lines("who,arm,month,level,goal", rows_by_goal)), "gas", *call, goal="goal", individuals="false")
    plain = good(table(lines("who,arm,month,level", rows), "plain.csv"), "gas", *call, individuals="false")
    assert named["estimates"] == plain["estimates"]
    assert "t_change:arm[b]" in terms(named)
    alone = good(table("level\n1\n", "alone.csv"), "gas", "--score", "level")
    assert terms(alone)["t_score"]["estimate"] == pytest.approx(60)


def test_summaries_without_names_go_by_their_order(table: Table, good: Any, analyse: Any) -> None:
    head = "arm,m1,m2,s1,n,r"
    rows: list[list[object]] = [["t", 30, 38, 15, 20, 0.5], ["c", 30, 31, 14, 20, 0.5], ["t", 20, 26, 9, 50, 0.6]]
    columns = {"mean_pre": "m1", "mean_post": "m2", "sd_pre": "s1", "n": "n", "r": "r"}
    found = terms(good(table(lines(head, rows)), "change", "--group", "arm", **columns))
    assert found["smcr[1]:arm[t]"]["n"] == 20
    assert found["smcr_difference[1]:arm[t]"]["estimate"] > 0
    assert "smcr_difference[2]:arm[t]" not in found
    alone = terms(good(table(lines(head, rows)), "change", **columns))
    assert {"mean_change[1]", "smcr[3]", "smcc[2]"} <= set(alone)
    assert alone["mean_change[1]"]["estimate"] == 8
    named = [["s", *row] for row in rows]
    twice = analyse(table(lines(f"study,{head}", named)), "change", "--group", "arm", "--subject", "study", **columns)
    assert "This study has the same group twice." in twice.stderr
    part = analyse(table(lines(head, [["t", 30, 38, 15, 20.5, 0.5]])), "change", **columns)
    assert "line 2, column n: The number of people must be a whole number." in part.stderr
    apart = analyse(table(lines(f"study,{head}", [[n, *row] for n, row in enumerate(rows)])), "change",
                    "--group", "arm", "--subject", "study", **columns)  # fmt: skip
    assert "No study has both groups." in apart.stderr


def trial(scores: np.random.Generator, people: int = 60) -> list[list[object]]:
    rows: list[list[object]] = []
    for person in range(people):
        level = 40 + 8 * scores.normal()
        for month in (0, 3, 6):
            gone = month == 6 and person % 4 == 0
            value = level + month * (1.5 if person % 2 else 0.2) + 4 * scores.normal()
            rows.append([f"p{person}", month, "" if gone else round(value, 2), "ab"[person % 2], person % 7])
    return rows


def test_tipping_point_with_a_first_time_and_draws(
    table: Table, good: Any, analyse: Any, scores: np.random.Generator
) -> None:
    path = table(lines("who,month,y,arm,x", trial(scores)))
    call = ("--score", "y", "--subject", "who", "--time", "month", "--group", "arm", "--covariate", "x")
    found = good(path, "tipping-point", *call, pre=0, adjust_for="month[0]", constant="x", delta=-3, grid="0,-5", sdc=8)
    assert {"difference[mar]", "difference[mar]:delta", "tipping_point[mar,both]"} <= set(terms(found))
    assert len(found["grid"]) == 4
    assert found["n_missing"] == {"a": 15, "b": 0}
    assert terms(found)["tipping_point[mar,comparison]"]["estimate"] > 0
    drawn = [good(path, "tipping-point", *call, draws=5, seed=2, reference_based="jtr") for _ in range(2)]
    assert drawn[0] == drawn[1]
    wrong = analyse(path, "tipping-point", *call, adjust_for="z")
    assert "--option adjust_for: “z” isn't one of the covariates: x." in wrong.stderr


def test_weighted_with_response_weights_and_limits_of_estimators(
    table: Table, good: Any, analyse: Any, scores: np.random.Generator
) -> None:
    rows: list[list[object]] = []
    for n in range(160):
        x = scores.normal()
        arm = "b" if scores.uniform() < 1 / (1 + np.exp(-x / 2)) else "a"
        rows.append(
            [
                "" if n % 8 == 0 else round(50 + 3 * x + 4 * (arm == "b") + 5 * scores.normal(), 2),
                arm,
                round(x, 3),
                n % 20,
            ]
        )
    path = table(lines("y,arm,x,place", rows))
    call = ("--score", "y", "--group", "arm", "--covariate", "x")
    weighed = good(path, "weighted", *call, "--cluster", "place", response_weights="true", estimand="ate")
    assert weighed["n_subjects"] == 160
    assert [term["term"] for term in weighed["response"]][-1] == "arm[b]"
    assert good(path, "weighted", *call, estimator="g-computation")["n_subjects"] == 140
    refused = analyse(path, "weighted", *call, estimator="aipw", estimand="overlap")
    assert "It can be: ate, att." in refused.stderr


def test_mixed_model_with_bent_time_repeated_times_and_none(
    table: Table, good: Any, analyse: Any, scores: np.random.Generator
) -> None:
    rows = [row for row in trial(scores) if row[2] != ""]
    path = table(lines("who,month,y,arm,x", rows))
    call = ("--score", "y", "--subject", "who")
    bent = good(path, "mixed-model", *call, "--time", "month", "--group", "arm", time_basis="piecewise", knots="3")
    assert {"month", "month>3", "month>3:arm[b]"} <= set(terms(bent))
    none = good(path, "mixed-model", *call, "--group", "arm")
    assert set(terms(none)) == {"Intercept", "arm[b]"}
    twice = table(lines("who,month,y,arm,x", [*rows, *rows]), "twice.csv")
    assert analyse(twice, "mixed-model", *call, "--time", "month").exit_code == 2
    assert good(twice, "mixed-model", *call, "--time", "month", repeated_times="true")["n_observations"] == 2 * len(
        rows
    )
    assert analyse(path, "mixed-model", *call, time_basis="piecewise").exit_code == 2


def test_standardised_share_of_a_wide_table(table: Table, good: Any, analyse: Any, scores: np.random.Generator) -> None:
    rows: list[list[object]] = []
    for n in range(60):
        before = 40 + 8 * scores.normal()
        rows.append([round(before, 2), "" if n % 5 == 0 else round(before - 6 + 5 * scores.normal(), 2), "ab"[n % 2]])
    path = table(lines("before,after,arm", rows))
    call = ("--score", "after", "--baseline", "before", "--group", "arm")
    found = terms(
        good(path, "responders", *call, mid_improvement=5, standardised="mar", direction="lower", individuals="true")
    )
    assert found["improved_standardised:arm[a]"]["estimate"] > found["improved:arm[a]"]["estimate"]
    assert "threshold" in analyse(path, "responders", *call, percent=20, standardised="mar").stderr


def test_paired_shares_wide_and_missing_answers(table: Table, good: Any) -> None:
    rows = "before,after\n1,1\n0,1\n0,1\n1,0\nTRUE,FALSE\nja,\n,1\n"
    found = good(table(rows), "proportions", "--score", "after", "--baseline", "before")
    assert found["n_subjects"] == 5
    assert terms(found)["difference[after]-[before]"]["n"] == 5
    assert terms(found)["difference[after]-[before]"]["estimate"] == pytest.approx(0.0)
    more = good(
        table("before,after\n0,1\n0,1\n1,1\n0,0\n", "m.csv"), "proportions", "--score", "after", "--baseline", "before"
    )
    entry = terms(more)["difference[after]-[before]"]
    assert entry["estimate"] == pytest.approx(0.5)
    assert entry["ci_low"] < 0.5 < entry["ci_high"]
    assert "People who lack one of the two answers and aren't counted: 2." in found["warnings"]


def test_ancova_by_weights_and_unknown_terms(
    table: Table, good: Any, analyse: Any, scores: np.random.Generator
) -> None:
    values = np.round(50 + 9 * scores.normal(size=(40, 2)), 2).tolist()
    rows: list[list[object]] = [[n, *pair, "ab"[n % 2], 1 + n % 3] for n, pair in enumerate(values)]
    path = table(lines("who,before,after,arm,w", rows))
    call = ("--score", "after", "--baseline", "before", "--group", "arm", "--weight", "w", "--subject", "who")
    weighed, asked = good(path, "ancova", *call), good(path, "ancova", *call, vcov="hc0", joint_test="before;arm[b]")
    assert terms(weighed)["arm[b]"]["estimate"] == terms(asked)["arm[b]"]["estimate"]
    assert asked["joint_test"]["df_numerator"] == 2
    clustered = good(
        path, "ancova", "--score", "after", "--baseline", "before", "--group", "arm", "--cluster", "who", vcov="cr3"
    )
    assert [entry["group"] for entry in clustered["adjusted_means"]] == ["a", "b"]
    assert "There is no term “z”." in analyse(path, "ancova", *call, joint_test="z").stderr


def test_cut_offs_need_what_they_are_made_of(table: Table, analyse: Any, good: Any) -> None:
    lone = table("who,t,y\na,0,5\na,1,3\n")
    call = ("--score", "y", "--subject", "who", "--time", "t")
    assert "needs at least two with both scores" in analyse(lone, "reliable-change", *call, cutoff="a").stderr
    given = good(lone, "reliable-change", *call, cutoff="a", m_clinical=8, sd_clinical=2, direction="higher")
    assert given["variance"]["cutoff"] == 12
    assert "Slopes need this column" in analyse(lone, "reliable-change", *call[:4], formula="hlm").stderr


def test_ancova_tells_of_rows_without_weight(table: Table, good: Any, scores: np.random.Generator) -> None:
    values = np.round(50 + 9 * scores.normal(size=(40, 2)), 2).tolist()
    rows: list[list[object]] = [[*pair, "ab"[n % 2], int(n % 4 > 0)] for n, pair in enumerate(values)]
    path = table(lines("before,after,arm,weight", rows))
    for call in (("--baseline", "before"), ()):
        found = good(path, "ancova", "--score", "after", "--group", "arm", "--weight", "weight", *call)
        assert found["n_subjects"] == 30
        assert found["completeness"] == 0.75
        assert "Rows left out because their weight is 0: 10." in found["warnings"]
        assert found["design_label"] == "D2"
    whole = good(path, "ancova", "--score", "after", "--group", "arm")
    assert (whole["n_subjects"], whole["design_label"]) == (40, "D0")
    assert not any("weight is 0" in warning for warning in whole["warnings"])


def test_counts_by_the_score_and_by_other_names(table: Table, good: Any) -> None:
    path = table("events,people,arm\n5,20,a\n9,20,b\n")
    first = good(path, "proportions", "--group", "arm", observed="events", total="people")
    assert good(path, "proportions", "--score", "events", "--group", "arm", total="people") == first
    assert good(path, "proportions", "--group", "arm", events="events", n="people") == first


def test_a_funnel_of_observed_and_expected_alone(table: Table, good: Any) -> None:
    rows: list[list[object]] = [[f"u{n:02}", 3 + n % 9, 4.5 + n % 5, 100 + n] for n in range(12)]
    path = table(lines("unit,seen,expected,people", rows))
    call = ("--score", "seen", "--subject", "unit")
    alone = good(path, "funnel", *call, expected="expected")
    known = good(path, "funnel", *call, expected="expected", total="people")
    assert alone["variance"] == known["variance"]
    assert alone["n_subjects"] == 12
    for one, other in zip(alone["estimates"], known["estimates"], strict=True):
        assert (one["estimate"], one["low_95"], one["high_998"]) == (
            other["estimate"],
            other["low_95"],
            other["high_998"],
        )
        assert (one["n"], one["small_cell"]) == (None, other["small_cell"])
    assert any("isn't known" in warning for warning in alone["warnings"])
    assert not any("isn't known" in warning for warning in known["warnings"])


def test_goals_that_all_came_out_alike(table: Table, good: Any) -> None:
    call = ("--score", "level", "--subject", "who")
    every = terms(good(table("who,level\na,0\na,0\nb,0\nb,0\nc,0\nc,0\n"), "gas", *call))
    assert every["share_attained"]["estimate"] == 1.0
    assert every["share_attained"]["ci_low"] == pytest.approx(3 / (3 + 1.959963984540054**2))
    assert every["share_attained"]["ci_high"] == 1.0
    assert (every["t_score"]["estimate"], every["t_score"]["std_error"]) == (50.0, None)
    none = terms(good(table("who,level\na,-1\nb,-1\n", "none.csv"), "gas", *call))["share_attained"]
    assert (none["estimate"], none["ci_low"]) == (0.0, 0.0)
    halves = good(table("who,level\na,-1\na,1\nb,-1\nb,1\n", "half.csv"), "gas", *call)
    assert (terms(halves)["share_attained"]["estimate"], terms(halves)["share_attained"]["ci_low"]) == (0.5, None)
    assert any(warning.startswith("share_attained is given without an interval.") for warning in halves["warnings"])


def test_limits_of_a_new_place_stand_with_the_variance(table: Table, good: Any) -> None:
    found = good(table("e,v\n1,1\n2,1\n5,1\n"), "meta", yi="e", vi="v", knha="true")
    for name in ("prediction_low", "prediction_high"):
        assert found["variance"][name] == found["pooled"][name] == found[name]


@pytest.mark.parametrize("name", ["ols", "model", "const", "classical"])
def test_ordinary_standard_errors_by_any_name(table: Table, good: Any, name: str) -> None:
    path = table("y,x\n1,2\n2,5\n4,1\n3,7\n6,5\n")
    found = good(path, "ancova", "--score", "y", "--covariate", "x", vcov=name)
    assert found["variance"]["vcov"] == "classical"
