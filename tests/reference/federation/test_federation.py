"""People split into municipalities, their sums sent as files and added: the fit is that of all people at once, and R's."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from outcomes.analysis.factor_levels import FactorLevel
from outcomes.analysis.federation import add_aggregates, read_aggregate, write_aggregate
from outcomes.analysis.mmrm import MmrmDesign, MmrmFit, fit_mmrm
from outcomes.analysis.pattern_sums import sum_patterns
from tests.unit.analysis.federation_data import read_wide, split

FOLDER = Path(__file__).parent
REFERENCE = json.loads((FOLDER / "reference.json").read_text(encoding="utf-8"))
POOLED = 1e-8
MUNICIPALITIES = 6


class Case:
    """A data set, the model of it, and R's fit."""

    def __init__(self, name: str) -> None:
        make = {"fev": self._fev, "btheb": self._btheb}[name]
        self.scores, self.columns, self.names, self.occasions, self.design, self.r, self.r_names = make()

    def _fev(self):
        scores, facts, occasions = read_wide(
            FOLDER / "fev.csv", person="USUBJID", time="AVISIT", score="FEV1", facts=("RACE", "SEX", "ARMCD")
        )
        wanted = [("RACE", "Black or African American"), ("RACE", "White"), ("SEX", "Female"), ("ARMCD", "TRT")]
        columns = [[1.0, *(float(row[name] == level) for name, level in wanted)] for row in facts]
        names = ("Intercept", *(f"{name}[{level}]" for name, level in wanted))
        levels = tuple(FactorLevel(f"{name}[{level}]", name, level) for name, level in wanted)
        design = MmrmDesign(
            "AVISIT", crossed=("ARMCD[TRT]",), constant=names[1:4], group="ARMCD", reference="PBO", levels=levels
        )
        r_names = {"Intercept": "(Intercept)"} | {f"{name}[{level}]": f"{name}{level}" for name, level in wanted}
        r_names |= {f"AVISIT[{label}]": f"AVISIT{label}" for label in occasions[1:]}
        r_names |= {f"AVISIT[{label}]:ARMCD[TRT]": f"ARMCDTRT:AVISIT{label}" for label in occasions[1:]}
        return scores, np.array(columns), names, occasions, design, REFERENCE["fev"]["Asymptotic"], r_names

    def _btheb(self):
        scores, facts, occasions = read_wide(
            FOLDER / "btheb.csv",
            person="subject",
            time="time",
            score="bdi",
            facts=("bdi.pre", "drug", "length", "treatment"),
        )
        wanted = [("drug", "Yes"), ("length", ">6m"), ("treatment", "BtheB")]
        columns = [
            [1.0, *(float(row[name] == level) for name, level in wanted), float(row["bdi.pre"])] for row in facts
        ]
        names = ("Intercept", *(f"{name}[{level}]" for name, level in wanted), "bdi.pre")
        design = MmrmDesign("time", crossed=("treatment[BtheB]",), constant=("drug[Yes]", "length[>6m]", "bdi.pre"))
        r_names = {"Intercept": "(Intercept)", "bdi.pre": "bdi.pre"} | {f"{a}[{b}]": f"{a}{b}" for a, b in wanted}
        r_names |= {f"time[{label}]": f"tf{label}" for label in occasions[1:]}
        r_names |= {f"time[{label}]:treatment[BtheB]": f"treatmentBtheB:tf{label}" for label in occasions[1:]}
        return scores, np.array(columns), names, occasions, design, REFERENCE["btheb"]["mmrm_us"], r_names

    def individual(self) -> MmrmFit:
        sums = sum_patterns(self.scores, self.columns, occasions=self.occasions, names=self.names)
        return fit_mmrm(sums, self.design)

    def pooled(self, seed: int) -> MmrmFit:
        place = np.random.default_rng(seed).integers(0, MUNICIPALITIES, len(self.scores))
        parts = split(self.scores, self.columns, place, occasions=self.occasions, names=self.names)
        sent = [read_aggregate(write_aggregate(part)) for part in parts]
        return fit_mmrm(add_aggregates(sent).sums, self.design)


@pytest.fixture(params=["fev", "btheb"])
def case(request: pytest.FixtureRequest) -> Case:
    return Case(request.param)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_pooled_fit_is_the_individual_fit(case: Case, seed: int) -> None:
    pooled, individual = case.pooled(seed), case.individual()
    for term in individual.terms:
        found = pooled.term(term.term)
        assert found.estimate == pytest.approx(term.estimate, rel=POOLED)
        assert found.std_error == pytest.approx(term.std_error, rel=POOLED)
        assert found.df == pytest.approx(term.df, rel=POOLED)
    np.testing.assert_allclose(pooled.sigma, individual.sigma, rtol=POOLED)
    assert pooled.log_likelihood == pytest.approx(individual.log_likelihood, rel=POOLED)
    assert (pooled.n_subjects, pooled.n_observations) == (individual.n_subjects, individual.n_observations)


def test_the_pooled_fit_is_that_of_other_software(case: Case) -> None:
    pooled = case.pooled(3)
    assert pooled.log_likelihood >= case.r["loglik"] - 1e-6
    assert pooled.log_likelihood == pytest.approx(case.r["loglik"], abs=1e-6)
    for name, r_name in case.r_names.items():
        found, expected = pooled.term(name), case.r["coef"][r_name]
        assert found.estimate == pytest.approx(expected["Estimate"], abs=1e-5 * expected["Std. Error"])
        assert found.std_error == pytest.approx(expected["Std. Error"], rel=1e-4)
        assert found.df == pytest.approx(expected["df"], rel=1e-3)


PAGE = Path(__file__).parents[3] / "docs" / "methods" / "federation.md"


def test_the_page_shows_what_the_code_gives() -> None:
    case = Case("btheb")
    columns, names = case.columns[:, [0, 3]], ("Intercept", "treatment[BtheB]")
    design = MmrmDesign("time", crossed=names[1:])
    place = np.arange(len(case.scores)) % 2
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    for said, least in (("two files added, no rule", 1), ("two files added, at least 10", 10)):
        parts = split(case.scores, columns, place, occasions=case.occasions, names=names, least=least)
        assert all(len(write_aggregate(part)) < 1024 for part in parts)
        fit = fit_mmrm(add_aggregates(parts).sums, design)
        change, difference = fit.term("time[8]"), fit.term("time[8]:treatment[BtheB]")
        row = (
            f"| {said} | {fit.n_subjects} | {fit.n_observations} | {change.estimate:.3f} ({change.std_error:.3f})"
            f" | {difference.estimate:.3f} ({difference.std_error:.3f}) | {difference.df:.1f} |"
        )
        assert row in lines
