"""Expected scores and signals of a trial's patients against R. Tolerances: ``tests/reference/README.md``."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.mmrm import MmrmDesign, fit_mmrm
from outcomes.analysis.pattern_sums import sum_patterns
from outcomes.analysis.plan import Direction
from outcomes.analysis.trajectory import check_coverage, judge_scores, predict_scores

HERE = Path(__file__).parent
OURS = {"missing": "not_answered", "not_on_track": "off_track"}


def test_every_patient_as_in_r() -> None:
    expected = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))
    table = pd.read_csv(HERE / "btheb.csv")
    wide = table.pivot(index="subject", columns="time", values="bdi")
    arm = table.drop_duplicates("subject").set_index("subject").loc[wide.index, "trt"].to_numpy(float)
    scores, columns = wide.to_numpy(float), np.column_stack([np.ones(len(wide)), arm])
    times = [str(time) for time in wide.columns]
    sums = sum_patterns(scores, columns, occasions=times, names=["Intercept", "treatment[BtheB]"])
    fit = fit_mmrm(sums, MmrmDesign("time", constrained=("treatment[BtheB]",)))
    predictions = predict_scores(fit, scores, columns)
    z, statuses = predictions.z(scores), judge_scores(predictions, scores, Direction.LOWER)
    rows = {int(subject): row for row, subject in enumerate(wide.index)}
    assert len(expected["predictions"]) == 400
    for by_r in expected["predictions"]:
        place = rows[by_r["subject"]], times.index(str(by_r["time"]))
        assert abs(predictions.expected[place] - by_r["expected"]) < 1e-5 * by_r["sd"]
        assert predictions.sd[place] == pytest.approx(by_r["sd"], rel=1e-4)
        if by_r["z"] is not None:
            assert z[place] == pytest.approx(by_r["z"], abs=1e-4)
        assert statuses[place] == OURS.get(by_r["signal"], by_r["signal"])
    counts = expected["counts"]
    within = check_coverage(predictions, scores).within
    assert within.count == counts["on_track"]
    assert within.total == 400 - counts["missing"]
