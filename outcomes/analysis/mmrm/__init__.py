"""Mixed model for repeated measures (MMRM): mean scores at planned occasions, fitted from sums per missingness pattern.

Question: what is the mean score at each planned occasion, how far has it moved, and by how much do groups differ?
Estimand: mean scores, and contrasts of them, as if everybody had answered at every occasion.
Formula: scores of person i at the occasions are normal with the means of :mod:`.design` and a covariance between occasions
of one of the forms of :mod:`.covariance` (unstructured unless the answers can't carry it); coefficients by generalised
least squares, the covariance by restricted maximum likelihood (REML) or ML, from nothing but the count and cross-products
per missingness pattern (:mod:`outcomes.analysis.pattern_sums`; :mod:`.likelihood`, :mod:`.optimise`). Uncertainty:
:mod:`.inference` (Satterthwaite, Kenward-Roger) and :mod:`.robust` (CR0, CR2, CR3 by person or cluster).
Assumptions: missing answers depend on what was seen of the person (missing at random); normal errors, the same covariance in
all groups; people are independent (else :func:`robust_by_cluster`); columns don't change over time.
Units: points; the sign is that of the raw score, whatever direction is better.
Missing data: every person with one answer or more counts.
No interval: robust, under 4 degrees of freedom the limits are infinite and the p value is None, named in the warnings.
Errors: :class:`~outcomes.errors.EstimateError` where there is nothing to fit, scores don't vary, a term can't be told apart,
or no form of covariance settles; where a simpler form was used than the unstructured, ``warnings`` name it and say why.
Source: Mallinckrodt et al. 2008, doi:10.1177/009286150804200402; Jennrich & Schluchter 1986, doi:10.2307/2530695.
Checked: tests/reference/mmrm (R's mmrm, emmeans, nlme, glmmTMB, lme4), tests/unit/analysis/test_mmrm*.py.
"""

from outcomes.analysis.mmrm.covariance import CovarianceForm
from outcomes.analysis.mmrm.design import MmrmDesign
from outcomes.analysis.mmrm.fit import MmrmFit, fit_mmrm
from outcomes.analysis.mmrm.inference import DfMethod
from outcomes.analysis.mmrm.means import OccasionEstimate, changes_from_first, group_contrasts, marginal_means
from outcomes.analysis.mmrm.robust import RobustKind, robust_by_cluster, robust_by_person

__all__ = [
    "CovarianceForm",
    "DfMethod",
    "MmrmDesign",
    "MmrmFit",
    "OccasionEstimate",
    "RobustKind",
    "changes_from_first",
    "fit_mmrm",
    "group_contrasts",
    "marginal_means",
    "robust_by_cluster",
    "robust_by_person",
]
