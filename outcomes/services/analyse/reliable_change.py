"""``--method reliable-change``: each person's change against measurement error, cut-off, important difference or per cent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.change_rules import NOT_COMPARED, RULES, Judged, judge_pairs
from outcomes.services.analyse.judge import Answered, Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.output import AnalysisOutput, Entry
from outcomes.services.analyse.pairs import PRE_POST, Pairs, read_pairs
from outcomes.services.analyse.people import SCALE, share_at_bound
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.services.analyse.call import Call


def run(call: Call) -> AnalysisOutput:
    """Share of each category among those with both scores, and where asked every person's own."""
    if call.options.choice("formula", "jt") == "hlm":
        from outcomes.services.analyse.slopes import run_slopes  # noqa: PLC0415 - brings the mixed model

        return run_slopes(call)
    pairs = read_pairs(call, last_only=True)
    judged = judge_pairs(call, pairs)
    signs = signs_of_pairs(call, pairs)
    judgement, notes = judge(call.options, signs)
    people = _individuals(pairs, judged) if call.options.flag("individuals", default=False) else None
    both = ~np.isnan(pairs.before) & ~np.isnan(pairs.after[0])
    lost = judged.categories.count(NOT_COMPARED)
    if lost:
        sentence = Sentence(
            "%(lost)s of %(whole)s people lack one of the scores and are in no share.", lost=lost, whole=pairs.n
        )
        notes = (*notes, sentence)
    return AnalysisOutput(
        estimates=count_shares(pairs, judged.categories, judged.words),
        n_subjects=int(both.sum()),
        n_observations=pairs.n_observations,
        variance=judged.numbers,
        completeness=pairs.completeness,
        individuals=people,
        judgement=judgement,
        warnings=(*notes, *judged.warnings),
        described=(Sentence("Share of those with both scores in each category, with Wilson's interval."),),
        further={"n_started": pairs.n},
    )


def signs_of_pairs(call: Call, pairs: Pairs, *, compared: bool = False, adjusted: bool = False) -> Signs:
    """What pairs of scores show of the evidence: who answered at the end, in each group."""
    before, after = ~np.isnan(pairs.before), ~np.isnan(pairs.after[-1])
    answered = []
    for level in pairs.levels:
        member = pairs.member(level)
        name = pairs.group.levels[level] if pairs.group is not None and level is not None else ""
        if (member & before).any():
            answered.append(Answered(name, int((member & before & after).sum()), int((member & before).sum())))
    smallest = min((int((pairs.member(level) & before & after).sum()) for level in pairs.levels), default=0)
    bound = share_at_bound(call, pairs.before, pairs.after[-1]) if "minimum" in call.options.known else None
    return Signs(compared, tuple(answered), smallest, adjusted=adjusted, at_bound=bound)


def count_shares(pairs: Pairs, categories: tuple[str, ...], words: tuple[str, ...]) -> tuple[Entry, ...]:
    """Each category's share of those who can be compared, in each group; who can't is a share of all who began."""
    from outcomes.analysis.proportions import estimate_share  # noqa: PLC0415 - with the method

    entries = []
    for level in pairs.levels:
        member = pairs.member(level)
        mine = [category for category, inside in zip(categories, member, strict=True) if inside]
        compared = len(mine) - mine.count(NOT_COMPARED)
        ending = pairs.ending("", level)
        further = pairs.keys("", level)
        for word in words if compared else ():
            share = estimate_share(mine.count(word), compared)
            keys = {**further, "n": share.count, "total": compared, "share_of_started": share.count / len(mine)}
            entries.append(
                Entry(f"{word}{ending}", share.share, ci_low=share.ci_low, ci_high=share.ci_high, further=keys)
            )
        lost = estimate_share(mine.count(NOT_COMPARED), len(mine))
        keys = {**further, "n": lost.count, "total": len(mine)}
        entries.append(
            Entry(f"{NOT_COMPARED}{ending}", lost.share, ci_low=lost.ci_low, ci_high=lost.ci_high, further=keys)
        )
    return tuple(entries)


def _individuals(pairs: Pairs, judged: Judged) -> tuple[dict[str, Any], ...]:
    rows = []
    for person, label in enumerate(pairs.labels):
        before, after = float(pairs.before[person]), float(pairs.after[0][person])
        row: dict[str, Any] = {"subject": label}
        if pairs.group is not None:
            row["group"] = pairs.group.label(person)
        row |= {"before": before, "after": after, "change": after - before}
        if judged.indices[person] is not None or "formula" in judged.numbers:
            row["rci"] = judged.indices[person]
        rows.append({**row, "category": judged.categories[person]})
    return tuple(rows)


METHOD = Method(
    name="reliable-change",
    title=Sentence("Reliable change"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.SUBJECT, Role.TIME, Role.BASELINE, Role.GROUP),
    options={**PRE_POST, **SCALE, **RULES},
)
