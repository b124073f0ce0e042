"""The mixed model and the MMRM by the command: names that look like something else, few clusters, one answer each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Table = Callable[..., Path]

SEED = 5
PLAIN = ("who", "week", "arm", "weight", "sex")
ODD = ("wh o", "week [w]", "arm: a[b]", "wt [kg]", "arm: a[b][x]:y")


def write(
    table: Table, names: tuple[str, ...], *, times: tuple[int, ...] = (0, 4, 8), n: int = 40, levels: str = "xyz"
) -> Path:
    """Long rows of people in two arms, with a number, a category and four clinics; columns called ``names``."""
    random = np.random.default_rng(SEED)
    rows = [";".join((*names, "y", "clinic"))]
    for person in range(n):
        level, weight = 50 + (9, 0, -9, 4)[person % 4] + 8 * random.normal(), round(70 + 12 * random.normal(), 1)
        for time in times:
            score = round(level + time * (0.5 + person % 2) + 3 * random.normal() + 0.1 * weight, 2)
            facts = (f"p{person}", str(time), "ab"[person % 2], f"{weight:.1f}", levels[person % len(levels)])
            rows.append(";".join((*facts, f"{score:.2f}", f"c{person % 4}")))
    return table("\n".join(rows) + "\n")


def call(names: tuple[str, ...]) -> tuple[str, ...]:
    who, week, arm, weight, sex = names
    return ("--score", "y", "--subject", who, "--time", week, "--group", arm, "--covariate", weight, "--covariate", sex)


@pytest.mark.parametrize("method", ["mmrm", "mixed-model"])
def test_names_of_columns_say_nothing(table: Table, good: Any, method: str) -> None:
    plain = good(write(table, PLAIN), method, *call(PLAIN))
    odd = good(write(table, ODD), method, *call(ODD))
    for part in ("marginal_means", "contrasts", "changes", "estimates"):
        for one, other in zip(plain.get(part, []), odd.get(part, []), strict=True):
            assert {**one, "term": ""} == {**other, "term": ""}, part
    renamed = [f"wt [kg]{term['term']}" for term in plain["estimates"] if term["term"] == "weight"]
    assert len(renamed) == 1
    assert "wt [kg]" in {term["term"] for term in odd["estimates"]}


def test_a_number_in_brackets_stands_at_its_mean(table: Table, good: Any) -> None:
    path = write(table, ODD)
    found = good(path, "mmrm", *call(ODD)[:8], "--covariate", "wt [kg]")
    terms = {term["term"]: term["estimate"] for term in found["estimates"]}
    weights = [float(line.split(";")[3]) for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    first = next(mean for mean in found["marginal_means"] if (mean["occasion"], mean["group"]) == ("0", "a"))
    assert first["estimate"] == pytest.approx(terms["Intercept"] + np.mean(weights) * terms["wt [kg]"], rel=1e-9)


def test_a_column_called_as_a_term_is_refused(table: Table, analyse: Any) -> None:
    names = ("who", "week", "arm", "week[4]", "sex")
    refused = analyse(write(table, names), "mmrm", *call(names))
    assert refused.exit_code != 0
    assert "Two columns or terms of the model are called week[4]." in refused.stderr
    names = ("who", "week", "arm", "week:arm[b]", "sex")
    refused = analyse(write(table, names), "mixed-model", *call(names))
    assert "Two columns or terms of the model are called week:arm[b]." in refused.stderr


@pytest.mark.parametrize("method", ["mmrm", "mixed-model"])
def test_few_clusters_give_no_interval_but_null(table: Table, good: Any, method: str) -> None:
    path = write(table, PLAIN, levels="x" if method == "mmrm" else "xy")
    found = good(path, method, *call(PLAIN)[:8], "--cluster", "clinic")
    thin = [term for term in found["estimates"] if term["df"] < 4]
    assert "arm[b]" in {term["term"] for term in thin}
    for term in (*thin, *found["marginal_means"]):
        if term["df"] < 4:
            assert (term["ci_low"], term["ci_high"], term["p_value"]) == (None, None, None)
    named = [warning for warning in found["warnings"] if warning.startswith("No interval is given for")]
    assert len(named) == 2
    assert "arm[b]" in named[0]
    assert found["marginal_means"][0]["term"] in named[1]


def test_one_answer_each_has_no_variance_between(table: Table, good: Any, analyse: Any) -> None:
    path = write(table, PLAIN, times=(4,))
    options = ("--score", "y", "--subject", "who", "--group", "arm", "--covariate", "weight")
    found = good(path, "mixed-model", *options)
    assert found["variance"]["intercept"] is None
    assert found["singular"] is False
    assert any("analysis of covariance" in warning for warning in found["warnings"])
    refused = analyse(path, "mixed-model", *options, individuals="true")
    assert "Everybody has one answer" in refused.stderr


@pytest.mark.parametrize(
    ("method", "options", "said"),
    [
        ("mmrm", {}, "uncertainty by Satterthwaite."),
        ("mmrm", {"df": "kenward-roger"}, "uncertainty by Kenward-Roger."),
        ("mmrm", {"df": "kenward-roger-nonlinear"}, "uncertainty by Kenward-Roger (non-linear)."),
        ("mmrm", {"df": "normal"}, "uncertainty by the normal distribution."),
        ("mmrm", {"vcov": "cr2"}, "uncertainty by CR2 by person."),
        ("mixed-model", {"df": "kenward-roger"}, "uncertainty by Kenward-Roger."),
    ],
)
def test_methods_are_named_as_readers_know_them(
    table: Table, analyse: Any, method: str, options: dict[str, str], said: str
) -> None:
    result = analyse(write(table, PLAIN), method, *call(PLAIN), **options)
    assert said in " ".join(result.stdout.split())
