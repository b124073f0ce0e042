"""Few adopters: exact tests by hand, size under no effect, intervals that invert the tests, every refusal."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from outcomes.analysis.few_adopters import ResampledTest, _all_deals, randomisation_test, wild_cluster_bootstrap
from outcomes.analysis.staggered_rollout import bootstrap_two_way, two_way_fixed_effects
from outcomes.errors import EstimateError


def places(effect: float = 4.0, seed: int = 1, starts: tuple[float, ...] = (3, 3, 0, 0, 0, 0)) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    count = len(starts)
    place, period = (
        grid.ravel() for grid in np.meshgrid(np.repeat(np.arange(count), 4), np.arange(1, 5), indexing="ij")
    )
    start = np.array(starts)[place]
    outcome = (
        random.normal(size=count)[place]
        + effect * ((start > 0) & (period >= start))
        + random.normal(0, 0.3, place.size)
    )
    return {"outcome": outcome, "cluster": place.tolist(), "period": period, "first_treated": start}


def deal(draws: int = 1999, **changes: Any) -> ResampledTest:
    return randomisation_test(**places() | changes, generator=np.random.default_rng(2), draws=draws)


def test_two_of_six() -> None:
    """Two of six places start: 15 deals, of which the real one is the most extreme."""
    found = deal()
    assert (found.samples, found.exact, found.n_clusters) == (15, True, 6)
    assert found.p_value == pytest.approx(1 / 15)
    assert found.smallest_p == pytest.approx(1 / 15)
    assert (found.ci_low, found.ci_high) == (-math.inf, math.inf)
    assert found.estimate == pytest.approx(4.0, abs=0.5)


def test_every_deal_once() -> None:
    deals = {tuple(dealt) for dealt in _all_deals(np.array([2.0, 3.0, 3.0, np.inf, np.inf]))}
    assert len(deals) == 30
    assert len(list(_all_deals(np.array([2.0, 3.0, 3.0, np.inf, np.inf])))) == 30
    assert all(sorted(dealt) == [2.0, 3.0, 3.0, np.inf, np.inf] for dealt in deals)


def test_interval_holds_what_is_not_refused() -> None:
    data = places(starts=(2, 3, 3, 0, 0, 0, 0))
    found = randomisation_test(**data, generator=np.random.default_rng(1))
    assert found.exact
    assert found.ci_low < found.estimate < found.ci_high
    assert found.p_value <= 0.05
    for limit, inside in ((found.ci_low, 1e-6), (found.ci_high, -1e-6)):
        exposed = (data["first_treated"] > 0) & (data["period"] >= data["first_treated"])
        for shift, refused in ((inside, False), (-inside, True)):
            less = data | {"outcome": data["outcome"] - (limit + shift) * exposed}
            assert (randomisation_test(**less, generator=np.random.default_rng(1)).p_value <= 0.05) is refused


def test_drawn_deals_come_near_all() -> None:
    data = places(effect=0.2, seed=6, starts=(2, 3, 3, 0, 0, 0, 0, 0))
    every = randomisation_test(**data, generator=np.random.default_rng(1))
    drawn = randomisation_test(**data, generator=np.random.default_rng(1), draws=167)
    assert (every.exact, every.samples, drawn.exact, drawn.samples) == (True, 168, False, 167)
    # Monte Carlo error of a share from 167 draws is at most 0.039
    assert drawn.p_value == pytest.approx(every.p_value, abs=0.1)
    assert drawn.smallest_p == pytest.approx(1 / 168)
    assert drawn == randomisation_test(**data, generator=np.random.default_rng(1), draws=167)


def test_drawn_samples_count_the_one_seen_too() -> None:
    """An effect so large that no drawn deal (of 184,756) and no drawn pattern of 20 signs comes near: p is 1 in n + 1."""
    data = places(effect=1000.0, starts=(*[3] * 10, *[0] * 10))
    deals = randomisation_test(**data, generator=np.random.default_rng(1), draws=19)
    assert (deals.term, deals.exact, deals.p_value, deals.smallest_p) == ("randomisation", False, 1 / 20, 1 / 20)
    signs = bootstrap(20, effect=1000.0, draws=39)
    assert (signs.exact, signs.p_value, signs.smallest_p) == (False, 1 / 40, 1 / 40)


def test_a_deal_that_nobody_saw_is_no_deal() -> None:
    """The last place has no answers in the first period: dealt the start there, no change could have been seen."""
    data = places(starts=(2, 0, 0, 0, 0))
    unseen = (np.array(data["cluster"]) == 4) & (data["period"] == 1)
    data["outcome"][unseen] = math.nan
    assert deal(**data).samples == 4


def test_no_effect_is_refused_no_more_often_than_said() -> None:
    """15 deals: under no effect p is at most 1/15 in one data set of 15; 60 seeded sets, Monte Carlo error 3 points."""
    small = sum(deal(**places(effect=0.0, seed=seed)).p_value <= 1 / 15 + 1e-9 for seed in range(60))
    assert small <= 10


def test_order_names_shift_and_scale_do_not_matter() -> None:
    data = places(seed=5, effect=1.0)
    plain = deal(**data)
    order = np.random.default_rng(8).permutation(data["outcome"].size)
    turned = {key: np.asarray(data[key])[order] for key in ("outcome", "period", "first_treated")}
    again = deal(**turned, cluster=[f"p{data['cluster'][row]}" for row in order])
    assert again.p_value == plain.p_value
    assert again.estimate == pytest.approx(plain.estimate)
    assert deal(**data | {"outcome": 1e9 * data["outcome"] + 5}).p_value == plain.p_value
    for never in (math.nan, math.inf, 9.0):
        starts = np.where(data["first_treated"] == 0, never, data["first_treated"])
        assert deal(**data | {"first_treated": starts}) == plain


def test_missing_answers_and_early_starters() -> None:
    data = places(starts=(1, 3, 3, 0, 0, 0, 0))
    data["outcome"][data["cluster"].index(3)] = math.nan
    found = deal(**data)
    assert (found.n_clusters, found.samples) == (6, 15)


def test_refusals_of_randomisation() -> None:
    data = places()
    size = data["outcome"].size
    for pattern, changes in (
        ("one value for each row", {"period": data["period"][:-1]}),
        ("finite number", {"outcome": np.full(size, math.inf)}),
        ("finite number", {"period": np.full(size, math.nan)}),
        ("start at different times", {"first_treated": np.where(np.arange(size) == 0, 2, data["first_treated"])}),
        ("No place starts after the first period", {"first_treated": np.zeros(size)}),
        ("No place starts after the first period", {"first_treated": np.ones(size)}),
        ("Nobody is left to compare", {"first_treated": np.full(size, 3)}),
    ):
        with pytest.raises(EstimateError, match=pattern):
            deal(**changes)


def rows(clusters: int = 8, seed: int = 3, effect: float = 0.0) -> tuple[np.ndarray, np.ndarray, list[int]]:
    random = np.random.default_rng(seed)
    codes = np.repeat(np.arange(clusters), 10)
    x = (codes % 2 == 0).astype(float)
    y = effect * x + random.normal(0, 0.7, clusters)[codes] + random.normal(size=codes.size)
    return y, np.column_stack([np.ones(codes.size), x]), codes.tolist()


def bootstrap(clusters: int = 8, seed: int = 3, effect: float = 0.0, **choices: Any) -> ResampledTest:
    y, columns, codes = rows(clusters, seed, effect)
    return wild_cluster_bootstrap(
        y, columns, ["Intercept", "x"], codes, "x", generator=np.random.default_rng(4), **choices
    )


def test_every_sign_or_drawn() -> None:
    every, drawn = bootstrap(), bootstrap(draws=255)
    assert (every.samples, every.exact, every.smallest_p, every.n_clusters) == (256, True, 2 / 256, 8)
    assert (drawn.samples, drawn.exact, drawn.smallest_p) == (255, False, 1 / 256)
    assert drawn.p_value == pytest.approx(every.p_value, abs=0.1)
    assert drawn == bootstrap(draws=255)


def test_interval_of_the_bootstrap() -> None:
    y, columns, codes = rows(10, 5, 3.0)
    found = bootstrap(10, 5, 3.0)
    assert found.ci_low < found.estimate < found.ci_high
    for limit, inside in ((found.ci_low, 1e-6), (found.ci_high, -1e-6)):
        for shift, refused in ((inside, False), (-inside, True)):
            moved = wild_cluster_bootstrap(
                y - (limit + shift) * columns[:, 1],
                columns,
                ["Intercept", "x"],
                codes,
                "x",
                generator=np.random.default_rng(4),
            )
            assert (moved.p_value <= 0.05) is refused


def test_four_clusters_cannot_refuse_anything() -> None:
    found = bootstrap(4, effect=50.0)
    assert found.p_value == 2 / 16
    assert (found.ci_low, found.ci_high) == (-math.inf, math.inf)


def test_a_single_column() -> None:
    y, _, codes = rows(6)
    found = wild_cluster_bootstrap(
        y + 5, np.ones((y.size, 1)), ["Intercept"], codes, "Intercept", generator=np.random.default_rng(1)
    )
    assert found.p_value == 2 / 64
    assert found.estimate == pytest.approx(y.mean() + 5)


def test_bootstrap_rejects_no_more_often_than_said() -> None:
    """Under no effect with 8 clusters: 100 seeded sets, Monte Carlo error 2 points around 5 %."""
    assert sum(bootstrap(seed=seed, draws=256).p_value <= 0.05 for seed in range(100)) <= 11


def test_refusals_of_the_bootstrap() -> None:
    y, columns, codes = rows()
    with pytest.raises(EstimateError, match="no term called z"):
        wild_cluster_bootstrap(y, columns, ["Intercept", "x"], codes, "z", generator=np.random.default_rng(1))
    with pytest.raises(EstimateError, match="at least two of them"):
        wild_cluster_bootstrap(y, columns, ["Intercept", "x"], ["a"] * 80, "x", generator=np.random.default_rng(1))


def test_wild_bootstrap_of_a_roll_out() -> None:
    """The coefficient is that of two-way fixed effects on the places' means, however many rows make a mean."""
    data = places(starts=(2, 3, 3, 0, 0, 0, 0, 4))
    found = bootstrap_two_way(**data, generator=np.random.default_rng(1))
    plain = two_way_fixed_effects(data["outcome"], data["cluster"], data["period"], data["first_treated"])
    assert found.estimate == pytest.approx(plain.coefficient.estimate, rel=1e-9)
    assert (found.n_clusters, found.samples, found.exact) == (8, 256, True)
    assert found.ci_low < found.estimate < found.ci_high
    twice = {name: np.tile(np.asarray(values), 2) for name, values in data.items()}
    again = bootstrap_two_way(**twice | {"cluster": twice["cluster"].tolist()}, generator=np.random.default_rng(1))
    assert (again.estimate, again.p_value) == pytest.approx((found.estimate, found.p_value), rel=1e-9)


def test_wild_bootstrap_is_for_few_places() -> None:
    hundred = places(starts=(3, 3, *[0] * 98))
    assert bootstrap_two_way(**hundred, generator=np.random.default_rng(1), draws=19).n_clusters == 100
    with pytest.raises(EstimateError, match="there are 101"):
        bootstrap_two_way(**places(starts=(3, 3, *[0] * 99)), generator=np.random.default_rng(1), draws=19)
