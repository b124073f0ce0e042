"""An attacker who solves sums for the people behind them: what five people lose, and why the rule's ten don't."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

from outcomes.analysis.federation import fewest_people, protect, thin_places
from outcomes.analysis.pattern_sums import LongitudinalSums, sum_patterns

if TYPE_CHECKING:
    from collections.abc import Iterator


def sums_of(scores: np.ndarray) -> LongitudinalSums:
    occasions = tuple(map(str, range(scores.shape[1])))
    return sum_patterns(
        scores.astype(float), np.ones((len(scores), 1)), occasions=occasions, names=("Intercept",), origin=0.0
    )


def people(random: np.random.Generator, kind: str, n: int, n_occasions: int, highest: int) -> np.ndarray:
    """Whole scores of a usual course, or crowded at an end of the scale."""
    if kind == "usual":
        level = random.normal(0.45, 0.18, (n, 1))
        part = level + random.normal(0, 0.11, (n, n_occasions)) - 0.03 * np.arange(n_occasions)
    else:
        part = random.exponential(0.15, (n, 1)) * random.uniform(0.3, 1.5, (n, n_occasions))
    part = 1 - part if kind == "near the top" else part
    return np.clip(np.rint(part * highest), 0, highest).astype(int)


def whole_scores(n: int, total: int, squares: int, least: int, highest: int) -> Iterator[tuple[int, ...]]:
    """All ways in which n people's scores, in ascending order, have this sum and this sum of squares."""
    if n == 0:
        if total == squares == 0:
            yield ()
        return
    for score in range(least, min(highest, total // n) + 1):
        if score * score * n > squares or (total * total > n * squares):
            break
        for rest in whole_scores(n - 1, total - score, squares - score * score, score, highest):
            yield (score, *rest)


def solve(sums: LongitudinalSums, highest: int) -> set[tuple[tuple[int, ...], ...]]:
    """Everybody's scores that the sums of one pattern allow: occasion by occasion, in ascending order of people."""
    (pattern,) = sums.patterns
    total, products = np.rint(pattern.xy[0]).astype(int), np.rint(pattern.yy).astype(int)
    found = {
        tuple((score,) for score in each)
        for each in whole_scores(pattern.n, int(total[0]), int(products[0, 0]), 0, highest)
    }
    for k in range(1, len(total)):
        answers = np.array(
            sorted(
                {
                    order
                    for each in whole_scores(pattern.n, int(total[k]), int(products[k, k]), 0, highest)
                    for order in itertools.permutations(each)
                }
            )
        )
        longer = set()
        for so_far in found:
            fits = (answers @ np.array(so_far) == products[k, :k]).all(axis=1)
            longer |= {
                tuple(sorted((*one, int(score)) for one, score in zip(so_far, each, strict=True)))
                for each in answers[fits]
            }
        found = longer
    return found


def others_with_the_same_sums(scores: np.ndarray, highest: int) -> np.ndarray | None:
    """Other people on the scale with the same sums: the people reflected where that gives whole scores.

    Taking 2 w (w'y) / (w'w) from y, with weights w that add up to 0, leaves every sum and every sum of products as it was.
    """
    own = sorted(map(tuple, scores.tolist()))
    fours = ((1, 1, -1, -1), (1, -1, 1, -1), (1, -1, -1, 1))
    sixes = tuple(each for each in set(itertools.permutations((1, 1, 1, -1, -1, -1))) if each[0] == 1)
    for weights in (fours, ((2, -1, -1), (-1, 2, -1), (-1, -1, 2)), sixes):
        for members in itertools.combinations(range(len(scores)), len(weights[0])):
            for each in weights:
                w = np.array(each)
                step = 2 * (w @ scores[list(members)])
                if not step.any() or (step % (w @ w)).any():
                    continue
                other = scores.copy()
                other[list(members)] -= np.outer(w, step // (w @ w))
                if other.min() >= 0 and other.max() <= highest and sorted(map(tuple, other.tolist())) != own:
                    return other
    return None


def test_sums_of_five_people_give_the_people_back() -> None:
    """Why five aren't enough: with four occasions most such sums have one solution."""
    random = np.random.default_rng(3)
    alone = 0
    for _ in range(4):
        scores = people(random, "usual", 5, 4, 27)
        found = solve(sums_of(scores), 27)
        assert tuple(sorted(map(tuple, scores.tolist()))) in found
        alone += len(found) == 1
        assert thin_places(sums_of(scores), (), 5) == (0,)
        assert protect([sums_of(scores)]).sums.patterns == ()
    assert alone >= 2


@pytest.mark.parametrize("highest", [25, 27, 63])
@pytest.mark.parametrize("kind", ["usual", "near the floor", "near the top"])
def test_at_the_limit_no_sums_have_one_solution(kind: str, highest: int) -> None:
    """What the rule lets out with the fewest people: other people have the same sums in every run."""
    random = np.random.default_rng(highest)
    let_out = 0
    for n_occasions in (1, 2, 3, 4, 5):
        for _ in range(40):
            scores = people(random, kind, fewest_people(10, n_occasions), n_occasions, highest)
            sums = sums_of(scores)
            if thin_places(sums, (), 10, (0.0, float(highest))):
                continue
            let_out += 1
            other = others_with_the_same_sums(scores, highest)
            assert other is not None, scores.tolist()
            (one,), (same,) = sums.patterns, sums_of(other).patterns
            assert (one.xy == same.xy).all()
            assert (one.yy == same.yy).all()
    assert let_out >= (190 if kind == "usual" else 20)
