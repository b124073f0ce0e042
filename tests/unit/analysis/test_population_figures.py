"""The figures of a part: what may be shown of it, and what can't be had back from it."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from outcomes.analysis.change import estimate_mean
from outcomes.analysis.results import TermEstimate
from outcomes.analysis.suppression import round_interval, round_mean, round_term, rounding_step

scores = st.sampled_from([(6, 1), (20, 1), (27, 1), (40, 1), (100, 4), (100, 1)])


def sums_that_fit(shown, n, grain, span):
    """What somebody who knows the rule, n and the scale's steps can say of the sum: each that rounds to what is shown."""
    step = rounding_step(n, span=span)
    low, high = shown.estimate - step / 2 - 1e-9, shown.estimate + step / 2 + 1e-9
    middle = (shown.ci_low + shown.ci_high) / 2  # the ends tell of the middle too
    low, high = max(low, middle - step / 2 - 1e-9), min(high, middle + step / 2 + 1e-9)
    return range(math.ceil(low * n / grain), math.floor(high * n / grain) + 1)


@given(st.data(), scores, st.integers(10, 120))
def test_the_exact_sum_of_a_part_cant_be_had_back(data, scale, n):
    """Random parts on scales of whole numbers: at least two sums fit what is shown of the change."""
    span, grain = scale
    steps = st.integers(-span // grain, span // grain)
    drawn = st.lists(steps, min_size=n, max_size=n).filter(lambda each: len(set(each)) > 1)
    values = [grain * each for each in data.draw(drawn)]
    exact = estimate_mean(values, "mean_change")
    shown = round_term(exact, n, span=span)
    fitting = sums_that_fit(shown, n, grain, span)
    assert sum(values) // grain in fitting
    assert len(fitting) >= 2
    assert shown.ci_low <= exact.ci_low <= exact.ci_high <= shown.ci_high, "what holds of it holds of the exact one"
    assert shown.p_value is None
    again = round_term(shown, n, span=span)
    assert (again.estimate, again.ci_low, again.ci_high) == (shown.estimate, shown.ci_low, shown.ci_high)


def test_a_rounded_estimate_by_hand():
    """12 people on a scale of 100: steps of 5. 7.3 with ends 1.1 and 13.5 is 5 with ends -5 and 15."""
    shown = round_term(TermEstimate("change", 7.3, 2.0, 11.0, 1.1, 13.5, 0.02), 12, span=100.0)
    assert shown == TermEstimate("change", 5.0, 2.0 * 10 / 6.2, 11.0, -5.0, 15.0, None)
    assert round_mean(123.0, 10, span=1000.0) == 100.0
    assert round_interval(120.0, 130.0, 10, span=1000.0) == (100.0, 150.0)
    assert rounding_step(1, span=1.0) == 0.5
    flat = round_term(TermEstimate("change", 5.0, 0.0, None, 5.0, 5.0, None), 12, span=100.0)
    assert (flat.std_error, flat.ci_low, flat.ci_high) == (0.0, 0.0, 10.0)
