"""Staggered roll-out: what an intervention does that starts in different places at different times.

Question: how did those who had started do, against how they would have done had they not?
Estimand: ATT(g, t), the mean effect at period t for the units that started in period g; and its averages: ``simple`` (over
all started unit-periods), ``dynamic`` (by periods since start), ``group`` (by start) and ``calendar`` (by period).
Formula: each ATT(g, t) compares the change since the last period before the start (before the start: since the period
before) with the change among units not yet started, or never started; doubly robust, by outcome regression, or by
inverse probability, on covariates as they were at the earlier of the two periods (Callaway & Sant'Anna). Averages weigh
groups by their share of the units, and their influence holds that these shares are estimated. Standard errors from each
unit's influence, summed within clusters where given; normal intervals; simultaneous bands by the multiplier bootstrap.
Assumptions: without the intervention those who start then and those who don't yet would have changed alike, given the
covariates; nobody changes in expectation of the start; one unit's start doesn't touch another. The test of the periods
before the start can speak against this, never for it.
Units: those of the outcome (points). Periods as given. The sign is that of the raw outcome.
Missing data: each comparison uses the units seen in both its periods; a warning tells how many units lack some period.
Units that had started in the first period are left out, with a warning: nobody saw them before.
Small numbers: under 20 starting clusters a warning points to :mod:`outcomes.analysis.few_adopters`. A group of one unit (or
of one cluster, where clusters are given) has no uncertainty that can be known: it is left out of everything, named.
Errors: :class:`~outcomes.errors.EstimateError` where nobody starts, nobody is left to compare with, a unit appears twice in
a period or changes its start.
Source: Callaway & Sant'Anna 2021, doi:10.1016/j.jeconom.2020.12.001; Sant'Anna & Zhao 2020,
doi:10.1016/j.jeconom.2020.06.003; Goodman-Bacon 2021, doi:10.1016/j.jeconom.2021.03.014 (why not two-way fixed effects).
Checked: tests/reference/staggered_rollout (R on 500 counties; figures published with did; plm).
"""

from outcomes.analysis.staggered_rollout.aggregation import Aggregate, AggregateKind
from outcomes.analysis.staggered_rollout.estimate import StaggeredRollout, estimate_staggered_rollout
from outcomes.analysis.staggered_rollout.group_time import GroupTimeEffect, RolloutMethod
from outcomes.analysis.staggered_rollout.inference import Band, PreTrendTest
from outcomes.analysis.staggered_rollout.panel import Comparison
from outcomes.analysis.staggered_rollout.two_way import TwoWayDiagnostic, bootstrap_two_way, two_way_fixed_effects

__all__ = [
    "Aggregate",
    "AggregateKind",
    "Band",
    "Comparison",
    "GroupTimeEffect",
    "PreTrendTest",
    "RolloutMethod",
    "StaggeredRollout",
    "TwoWayDiagnostic",
    "bootstrap_two_way",
    "estimate_staggered_rollout",
    "two_way_fixed_effects",
]
