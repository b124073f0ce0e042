"""Linear mixed model from per-person sums: intercept, or intercept and slope, per person, and one outer level.

Question: how do scores move over time, on average and from person to person; and how do those with the intervention
differ from those with the comparison?
Estimand: coefficients of the fixed columns: mean differences in score, or in its change per unit of time, had everybody
answered at all times (whatever was stopped or changed later).
Formula: y = Xb + Zu + (1 v) + e per person, Z = [1] or [1, t], u ~ N(0, s2 G), v ~ N(0, s2 g_o) shared by those of one
outer unit, e ~ N(0, s2). b and s2 are profiled out; -2 log L = m (log(2 pi s2) + 1) + log|V| + [REML] log|X'WX|, m = N - p
(REML) or N (ML). Each person enters by a few sums (``statistics``), evaluations are arithmetic over persons with 2 x 2
inverses in closed form (``moments``), the optimum is found by Fisher scoring and Newton's method on the Cholesky factor,
singular fits included (``optimise``). Standard errors from (X'V^-1X)^-1; degrees of freedom by Satterthwaite or
Kenward-Roger, or normal (``inference``). Persons' deviations and predicted scores: ``predictions``. Thousands of small
cells at once: ``cells``. Functions of time: ``time_basis``. The effect report's own model: ``effect_model``.
Assumptions: missing answers depend on what was seen (MAR); normal deviations and errors; errors of one person are
independent given the deviations; everybody belongs to one outer unit.
Units: points, per unit of each column; variances in points squared.
Missing data: everybody with one answer or more counts, with the answers given.
Errors: :class:`~outcomes.errors.EstimateError` where there are too few persons or answers, no variation, columns or
variances that can't be told apart, a person in two outer units, or no convergence.
Source: Laird & Ware 1982, doi:10.2307/2529876; Bates et al. 2015, doi:10.18637/jss.v067.i01; Kuznetsova et al. 2017,
doi:10.18637/jss.v082.i13; Kenward & Roger 1997, doi:10.2307/2533558.
Checked: tests/reference/mixed_model (lme4, lmerTest, pbkrtest, emmeans on eight sets of data; statsmodels).
"""

from outcomes.analysis.mixed_model.cells import CellFits, WithheldCell, fit_cells
from outcomes.analysis.mixed_model.effect_model import fit_mixed_model
from outcomes.analysis.mixed_model.inference import DegreesOfFreedom
from outcomes.analysis.mixed_model.marginal import ReferenceGrid
from outcomes.analysis.mixed_model.model import RandomEffects, fit_citizen_design, fit_linear_mixed_model
from outcomes.analysis.mixed_model.predictions import PersonEffects, ScorePredictions
from outcomes.analysis.mixed_model.results import LinearMixedModel, VarianceComponents
from outcomes.analysis.mixed_model.statistics import CitizenDesign
from outcomes.analysis.mixed_model.time_basis import (
    TimeBasis,
    linear_time,
    piecewise_linear_time,
    saturating_time,
)

__all__ = [
    "CellFits",
    "CitizenDesign",
    "DegreesOfFreedom",
    "LinearMixedModel",
    "PersonEffects",
    "RandomEffects",
    "ReferenceGrid",
    "ScorePredictions",
    "TimeBasis",
    "VarianceComponents",
    "WithheldCell",
    "fit_cells",
    "fit_citizen_design",
    "fit_linear_mixed_model",
    "fit_mixed_model",
    "linear_time",
    "piecewise_linear_time",
    "saturating_time",
]
