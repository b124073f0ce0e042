"""Columns of the adjusted model, row for row against the frame that they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from outcomes.analysis.design_matrix import build_model_data, category_levels
from outcomes.analysis.frame import read_frame
from outcomes.analysis.plan import Covariate, CovariateKind
from outcomes.errors import EstimateError

if TYPE_CHECKING:
    import pandas as pd

TERMS = ("Intercept", "baseline", "time", "help[new]", "age", "place[country]", "place[sea]")


def three_places(table: pd.DataFrame) -> pd.DataFrame:
    """``place`` of every third person is the sea."""
    return table.assign(place=table["place"].where(table["subject"].astype(int) % 3 > 0, "sea"))


def test_every_row_is_the_frame_s(study, make_plan) -> None:
    table = three_places(study(24, lost=0.2))
    table.loc[table["subject"].isin(["3", "8"]), "age"] = np.nan
    plan = make_plan()
    found = build_model_data(read_frame(table, plan))
    known = table[table["age"].notna()]
    start = known[known["occasion"] == "start"].set_index("subject")["score"]
    later = known[(known["occasion"] != "start") & known["score"].notna()]
    later = later[later["subject"].map(start.notna())].sort_values(["subject", "time"])
    assert found.terms == (TERMS[0], plan.baseline_term, *TERMS[2:])
    assert found.response.tolist() == later["score"].tolist()
    expected = [
        np.ones(len(later)),
        later["subject"].map(start),
        later["time"],
        later["arm"] == "intervention",
        later["age"],
        later["place"] == "country",
        later["place"] == "sea",
    ]
    for column, values in zip(found.columns.T, expected, strict=True):
        assert column.tolist() == np.asarray(values, dtype=float).tolist()
    assert found.formula == f"total ~ {plan.baseline_term} + time + help + age + place + (1 | subject)"
    assert [str(label) for label in np.unique(later["subject"])[found.subject]] == later["subject"].tolist()
    per_arm = later.drop_duplicates("subject")["arm"].value_counts().to_dict()
    assert found.arm_sizes == per_arm
    assert found.n_subjects == sum(per_arm.values())
    assert found.n_incomplete == 2


def test_arms_of_unlike_size_are_counted_apart(study, make_plan) -> None:
    table = study(24, lost=0.0)
    table = table[~table["subject"].isin(["1", "3", "5", "7"])]
    assert build_model_data(read_frame(table, make_plan())).arm_sizes == {"intervention": 12, "comparison": 8}


def test_the_reference_stands_first() -> None:
    def levels(reference: str | None) -> tuple[str, ...]:
        place = Covariate("place", CovariateKind.CATEGORY, reference)
        return category_levels(place, ["town", "country", "sea", "town"])

    assert levels("town") == ("town", "country", "sea")
    assert levels("country") == ("country", "sea", "town")
    assert levels("moon") == levels(None) == ("country", "sea", "town")


def test_a_level_that_only_the_left_out_have_is_no_column(study, make_plan) -> None:
    """The reference's people lack an answer: the first of the others stands in its place."""
    table = three_places(study(24, lost=0.0))
    table.loc[(table["place"] == "town") & (table["occasion"] != "start"), "score"] = np.nan
    assert build_model_data(read_frame(table, make_plan())).terms[-2:] == ("age", "place[sea]")


def test_nobody_with_everything_known(study, make_plan) -> None:
    table = study(24)
    table["age"] = np.nan
    with pytest.raises(EstimateError, match="Nobody has both a baseline and a later answer"):
        build_model_data(read_frame(table, make_plan()))


def test_columns_that_follow_are_named_and_only_these(study, make_plan) -> None:
    table = study(24, lost=0.0)
    table["weight"] = 3 * table["age"] - 70
    table["height"] = 180.0
    covariates = [{"name": name, "kind": "number"} for name in ("age", "weight", "height")]
    with pytest.raises(EstimateError, match="answered, weight, height can't be told apart"):
        build_model_data(read_frame(table, make_plan(covariates=covariates)))
