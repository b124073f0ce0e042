"""The whole estimate of a roll-out: cells, averages, bands, the test before the start. See the package."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, get_args

import numpy as np

from outcomes.analysis.results import TermEstimate
from outcomes.analysis.staggered_rollout.aggregation import Aggregate, AggregateKind, aggregate, simple_average
from outcomes.analysis.staggered_rollout.group_time import Cells, GroupTimeEffect, RolloutMethod, estimate_cells
from outcomes.analysis.staggered_rollout.inference import Band, PreTrendTest, pre_trend_test, simultaneous_band
from outcomes.analysis.staggered_rollout.panel import FEW_ADOPTERS, Comparison, Panel, read_panel
from outcomes.errors import EstimateError, Sentence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray


DRAWS = 1999


@dataclass(frozen=True, slots=True)
class StaggeredRollout:
    """Effects of a roll-out in points. ``simple``: average over all started unit-periods, the headline with ``dynamic``.

    ``cells``: every ATT(g, t). ``pre_trend``: None where no period before a start can be tested. ``n_units``: in the
    estimate, ``n_never``: of these never started; ``n_clusters``: None where units stand alone.
    """

    method: RolloutMethod
    comparison: Comparison
    cells: tuple[GroupTimeEffect, ...]
    simple: TermEstimate
    dynamic: Aggregate
    group: Aggregate
    calendar: Aggregate
    pre_trend: PreTrendTest | None
    n_units: int
    n_never: int
    n_clusters: int | None
    warnings: tuple[Sentence, ...]
    _panel: Panel
    _cells: Cells

    @property
    def few_adopters(self) -> bool:
        """True where so few units or clusters start that standard errors from them are too small."""
        return self._panel.independent(np.isfinite(self._panel.start)) < FEW_ADOPTERS

    def band(self, kind: AggregateKind, generator: np.random.Generator, draws: int = DRAWS) -> Band:
        """Simultaneous 95 % band over the averages of one kind; ``generator`` is seeded by the caller."""
        found, influence = aggregate(self._panel, self._cells, kind)
        return simultaneous_band(self._panel, found.estimates, influence, generator, draws)

    def cells_band(self, generator: np.random.Generator, draws: int = DRAWS) -> Band:
        """Simultaneous 95 % band over all ATT(g, t)."""
        estimates = [cell.effect for cell in self.cells]
        return simultaneous_band(self._panel, estimates, self._cells.influence, generator, draws)


def estimate_staggered_rollout(
    outcome: ArrayLike,
    unit: Sequence[object],
    period: ArrayLike,
    first_treated: ArrayLike,
    *,
    covariates: ArrayLike | None = None,
    terms: Sequence[str] = (),
    cluster: Sequence[object] | None = None,
    method: RolloutMethod = "doubly_robust",
    comparison: Comparison = "not_yet",
) -> StaggeredRollout:
    """Estimate a roll-out from rows of unit and period. ``first_treated``: first period with the intervention, 0, NaN or
    infinite for never. ``covariates``: columns called ``terms``, without the intercept."""
    if method not in get_args(RolloutMethod) or comparison not in get_args(Comparison):
        raise EstimateError(
            Sentence(
                "A roll-out is estimated by %(methods)s, against %(comparisons)s started.",
                methods=", ".join(get_args(RolloutMethod)),
                comparisons=", ".join(get_args(Comparison)),
            )
        )
    panel = read_panel(outcome, unit, period, first_treated, covariates, terms, cluster)
    cells = estimate_cells(panel, method, comparison)
    parts = {kind: aggregate(panel, cells, kind)[0] for kind in get_args(AggregateKind)}
    never: NDArray[np.bool_] = np.isinf(panel.start)
    return StaggeredRollout(
        method,
        comparison,
        cells.effects,
        simple_average(panel, cells),
        parts["dynamic"],
        parts["group"],
        parts["calendar"],
        pre_trend_test(panel, cells),
        panel.n_units,
        int(never.sum()),
        None if panel.cluster is None else int(np.unique(panel.cluster).size),
        (*panel.warnings, *cells.withheld),
        panel,
        cells,
    )
