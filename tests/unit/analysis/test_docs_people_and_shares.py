"""The numbers on the methods' pages are what the code gives."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from outcomes.analysis.clinical_significance import (
    ClinicalCategory,
    count_significance,
    judge_significance,
    judge_true_significance,
    true_cutoff,
)
from outcomes.analysis.gas import gas_change
from outcomes.analysis.important_change import minimal_important_change
from outcomes.analysis.internal_consistency import OmegaTotal, internal_consistency
from outcomes.analysis.number_needed_to_treat import number_needed
from outcomes.analysis.paired_proportions import compare_paired_shares
from outcomes.analysis.plan import Direction
from outcomes.analysis.proportions import compare_shares, estimate_share, estimate_share_exactly
from outcomes.analysis.reliability import IccKind, intraclass_correlations, retest_error
from outcomes.analysis.reliable_change import ChangeCategory, clinical_cutoffs
from outcomes.analysis.reliable_change_formulas import (
    ChangeNorms,
    ReliableChange,
    ReliableChangeFormula,
    judge_changes,
    norms_from_scores,
    reliable_change_index,
)
from outcomes.analysis.responders import compare_responders, responder_shares, standardised_rate
from outcomes.analysis.standardised_change import (
    difference_by_pooled_sd,
    difference_of_smcr,
    smcc,
    smcr,
    smcr_heteroscedastic,
    summarise_pairs,
)
from outcomes.analysis.superiority import group_superiority, paired_superiority

ROOT = Path(__file__).parents[3]
REFERENCE = ROOT / "tests" / "reference"


def page(name: str) -> str:
    return " ".join((ROOT / "docs" / "methods" / f"{name}.md").read_text(encoding="utf-8").split())


def percent(*shares: float) -> str:
    first, *rest = (f"{100 * share:.1f}" for share in shares)
    return f"{first} % ({' to '.join(rest)})" if rest else f"{first} %"


@pytest.fixture(scope="module")
def patients() -> pd.DataFrame:
    table = pd.read_csv(REFERENCE / "reliable_change" / "claus_2020.csv")
    wide = table.pivot(index="id", columns="time", values="bdi")[[1, 4]]
    wide.columns = ["before", "after"]
    return wide.join(table.drop_duplicates("id").set_index("id")["treatment"])


def norms_of(patients: pd.DataFrame) -> ChangeNorms:
    return norms_from_scores(*_scores(patients), reliability=0.8)


def change_of(patients: pd.DataFrame, formula: ReliableChangeFormula) -> ReliableChange:
    index = reliable_change_index(norms_of(patients), formula)
    subjects = [str(one) for one in patients.index]
    return judge_changes(subjects, *_scores(patients), index=index, direction=Direction.LOWER)


def _scores(patients: pd.DataFrame) -> list[list[float | None]]:
    return [[None if pd.isna(score) else float(score) for score in patients[name]] for name in ("before", "after")]


def test_reliable_change(patients: pd.DataFrame) -> None:
    text = page("reliable-change")
    for formula in ReliableChangeFormula:
        found = change_of(patients, formula)
        counts = [found.count(one) for one in (ChangeCategory.BETTER, ChangeCategory.UNCHANGED, ChangeCategory.WORSE)]
        assert f"| `{formula}` | {counts[0]} | {counts[1]} | {counts[2]} |" in text
        assert found.count(ChangeCategory.NOT_COMPARED) == 3
    assert "43 patients" in text
    assert len(patients) == 43


def test_clinical_significance(patients: pd.DataFrame) -> None:
    text, norms = page("clinical-significance"), norms_of(patients)
    cutoffs = clinical_cutoffs(
        distressed_mean=norms.mean_before, distressed_sd=norms.sd_before, ordinary_mean=7.0, ordinary_sd=7.0
    )
    assert f"a {cutoffs.a:.2f}, b {cutoffs.b:.2f}, c {cutoffs.c:.2f}" in text
    change = change_of(patients, ReliableChangeFormula.JACOBSON_TRUAX)
    counts = count_significance(judge_significance(change, cutoff=cutoffs.c, direction=Direction.LOWER))
    assert ", ".join(f"{n} {one.replace('_', ' ')}" for one, n in counts.items()) in text
    true = true_cutoff(norms, ordinary_mean=7.0, ordinary_sd=7.0)
    change = change_of(patients, ReliableChangeFormula.HAGEMAN_ARRINDELL)
    counts = count_significance(judge_true_significance(change, cutoff=true, direction=Direction.LOWER))
    first = list(ClinicalCategory)[:3]
    assert f"c_true {true.value:.2f}: " + ", ".join(f"{counts[one]} {one}" for one in first) in text


def test_responders(patients: pd.DataFrame) -> None:
    text = page("responders")
    change = change_of(patients, ReliableChangeFormula.JACOBSON_TRUAX)
    significance = judge_significance(change, cutoff=20.149, direction=Direction.LOWER)
    groups = []
    for treatment in ("PA", "TAU"):
        persons = [one for one in significance if patients.loc[int(one.subject), "treatment"] == treatment]
        group = responder_shares(treatment, [one.change for one in persons], [one.category for one in persons])
        better = group.improved
        assert group.recovered is not None
        words = percent(better.share, better.ci_low, better.ci_high)
        assert f"{better.count} of {better.total}" in text
        assert f"{words}, {group.recovered.count} recovered, {group.deteriorated.count} worse" in text
        groups.append(group)
    improved = compare_responders(*groups).improved
    low, high = 100 * improved.ci_low, 100 * improved.ci_high
    assert f"Difference {100 * improved.difference:.1f} percentage points ({low:.1f} to {high:.1f})" in text
    table = pd.read_csv(REFERENCE / "responders" / "scores.csv").to_numpy(dtype=float)
    model = json.loads((REFERENCE / "responders" / "responders.json").read_text(encoding="utf-8"))
    rate = standardised_rate(
        table[:, :4], table[:, 4:], np.array(model["covariance"]), threshold=8.0, direction=Direction.HIGHER
    )
    seen = int((table[:, 3] - table[:, 0] > 8).sum())
    assert f"{rate.n_started} simulated starters, of whom {rate.n_observed} have both scores" in text
    assert f"{seen} seen beyond 8 points, {percent(seen / rate.n_started)} of all" in text
    assert f"standardised {percent(rate.improved)} better and {percent(rate.deteriorated)} worse" in text


def test_change_and_superiority() -> None:
    text, table = page("change"), pd.read_csv(REFERENCE / "change" / "anorexia.csv")
    arms = dict(list(table.groupby("Treat")))
    therapy, without = (
        summarise_pairs(arms[arm]["Prewt"].tolist(), arms[arm]["Postwt"].tolist()) for arm in ("FT", "Cont")
    )
    for name, found in (("SMCR", smcr(therapy)), ("SMCC", smcc(therapy))):
        assert f"{name} {found.estimate:.3f} with" in text
        assert f"{found.std_error**2:.4f}" in text
    assert f"SMCRH the same with {smcr_heteroscedastic(therapy).std_error ** 2:.4f}" in text
    for found in (difference_of_smcr(therapy, without), difference_by_pooled_sd(therapy, without)):
        assert f"{found.estimate:.2f} ({found.ci_low:.2f} to {found.ci_high:.2f})" in text
    text = page("superiority")
    paired = paired_superiority(arms["FT"]["Prewt"].tolist(), arms["FT"]["Postwt"].tolist())
    gains = [(arms[arm]["Postwt"] - arms[arm]["Prewt"]).tolist() for arm in ("FT", "Cont")]
    groups = group_superiority(*gains)
    assert f"{percent(paired.probability)} weigh more after" in text
    for found in (paired, groups):
        assert f"({100 * found.ci_low:.1f} to {100 * found.ci_high:.1f})" in text
    assert percent(groups.probability, groups.ci_low, groups.ci_high) in text


def test_shares_and_number_needed() -> None:
    text, exact = page("proportions"), estimate_share_exactly(81, 263)
    assert f"Clopper-Pearson {100 * exact.ci_low:.1f} to {100 * exact.ci_high:.1f}" in text
    pairs = compare_paired_shares(20, 12, 2, 16)
    assert (
        f"({100 * pairs.ci_low:.1f} to {100 * pairs.ci_high:.1f}), p {pairs.p_exact:.3f}, mid-P {pairs.p_mid:.3f}"
        in text
    )
    text = page("number-needed-to-treat")
    clear = number_needed(compare_shares(estimate_share(56, 70), estimate_share(48, 80)))
    either = number_needed(compare_shares(estimate_share(5, 56), estimate_share(0, 29)))
    assert clear.benefit is not None
    assert f"{clear.number:.1f} ({clear.benefit.low:.1f} to {clear.benefit.high:.1f})" in text
    assert f"{either.number:.1f}" in text
    for found in (clear, either):
        assert str(found.sentence) in text


def test_reliability() -> None:
    text, folder = page("reliability"), REFERENCE / "reliability"
    found = intraclass_correlations(pd.read_csv(folder / "shrout_fleiss.csv").to_numpy())
    assert f"ICC1 {found.coefficient(IccKind.ONE_WAY).estimate:.2f}" in text
    for kind in (IccKind.AGREEMENT, IccKind.CONSISTENCY):
        one = found.coefficient(kind)
        assert f"{kind} {one.estimate:.2f} ({one.ci_low:.2f} to {one.ci_high:.2f})" in text
    table = pd.read_csv(folder / "attitude.csv")
    inner = internal_consistency(table.to_numpy(), list(table.columns))
    assert isinstance(inner.omega_total, OmegaTotal)
    alpha = inner.alpha
    assert (
        f"alpha {alpha.estimate:.3f} ({alpha.ci_low:.3f} to {alpha.ci_high:.3f}), standardised"
        f" {inner.standardised_alpha:.3f}, omega {inner.omega_total.omega:.3f}"
    ) in text
    critical = next(item for item in inner.items if item.item == "critical")
    assert f'without "critical" alpha would be {critical.alpha_without:.3f}' in text
    pairs = pd.read_csv(folder / "retest.csv")
    retest = retest_error(pairs["first"].tolist(), pairs["second"].tolist(), interval_days=14)
    assert (
        f"ICC2 {retest.agreement.estimate:.3f}, SEM {retest.standard_error_of_measurement:.2f}, smallest detectable"
        f" change {retest.smallest_detectable_change:.2f} points"
    ) in text


def test_important_change() -> None:
    text, table = page("important-change"), pd.read_csv(REFERENCE / "important_change" / "anchor.csv")
    found = minimal_important_change(
        table["change"].tolist(),
        [bool(one) for one in table["better"]],
        direction=Direction.HIGHER,
        smallest_detectable_change=11.74,
    )
    assert f"{percent(found.improved.share)} better by the anchor, r {found.correlation:.2f}" in text
    one, other = found.predicted, found.adjusted
    assert f"predicted {one.estimate:.2f} points ({one.ci_low:.2f} to {one.ci_high:.2f})" in text
    assert f"corrected {other.estimate:.2f} ({other.ci_low:.2f} to {other.ci_high:.2f})" in text
    assert found.group_level_only is True


def test_goal_attainment() -> None:
    text, found = page("gas"), gas_change([-1, -1], [1, 0])
    assert f"T from {found.start.t_score:.2f} to {found.end.t_score:.2f}, a change of {found.change:.2f}" in text
    assert (found.start.share_attained, found.end.share_attained) == (0.0, 1.0)
