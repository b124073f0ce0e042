"""``--method responders``: share of all who started that improved, got worse or recovered, per group and compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import EstimateError, Sentence
from outcomes.services.analyse.change_rules import RULES, Judged, judge_pairs
from outcomes.services.analyse.coding import read_group, read_indicator, read_labels
from outcomes.services.analyse.judge import Answered, Signs, judge
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import choice
from outcomes.services.analyse.output import AnalysisOutput, Entry
from outcomes.services.analyse.pairs import PRE_POST, Pairs, read_pairs
from outcomes.services.analyse.people import NO_SUBJECT, SCALE
from outcomes.services.analyse.reliable_change import signs_of_pairs
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.number_needed_to_treat import NumberNeeded, NumberRange
    from outcomes.analysis.responders import ResponderShares
    from outcomes.analysis.results import Share, ShareDifference
    from outcomes.services.analyse.call import Call

BETTER = frozenset({"improved", "recovered"})
WORSE = frozenset({"deteriorated", "harmed"})


def run(call: Call) -> AnalysisOutput:
    """By scores before and after with a rule for change, or by a yes-no score where there is nothing before."""
    if call.optional(Role.BASELINE) is None and call.optional(Role.TIME) is None:
        return _yes_no(call)
    pairs = read_pairs(call, last_only=True)
    judged = judge_pairs(call, pairs)
    groups = {level: _shares(pairs, judged, level) for level in pairs.levels}
    entries: list[Entry] = []
    warnings: list[Sentence] = []
    for level, found in groups.items():
        keys = pairs.keys("", level)
        for name, share in (("improved", found.improved), ("deteriorated", found.deteriorated),
                            ("recovered", found.recovered)):  # fmt: skip
            if share is not None:
                entries.append(share_entry(f"{name}{pairs.ending('', level)}", share, **keys))
    for level, found in groups.items():
        if level not in {None, 0}:
            entries += _compare(pairs, found, groups[0], level)
    if call.options.given("standardised"):
        from outcomes.services.analyse.standardised import standardised_entries  # noqa: PLC0415 - brings the MMRM

        extra, said = standardised_entries(call, pairs, judged)
        entries += extra
        warnings += said
    signs = signs_of_pairs(call, pairs, compared=pairs.group is not None)
    judgement, notes = judge(call.options, signs, usual="none")
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=pairs.n,
        n_observations=pairs.n_observations,
        variance=judged.numbers,
        completeness=pairs.completeness,
        individuals=_individuals(pairs, judged) if call.options.flag("individuals", default=False) else None,
        judgement=judgement,
        warnings=(*notes, *judged.warnings, *warnings),
        described=(Sentence("Share of all who started: whoever didn't answer counts as not improved."),),
    )


def share_entry(term: str, share: Share, **keys: Any) -> Entry:
    """A share of people as an estimate; ``n`` counted of ``total``."""
    return Entry(
        term, share.share, ci_low=share.ci_low, ci_high=share.ci_high,
        further={**keys, "n": share.count, "total": share.total},
    )  # fmt: skip


def difference_entry(term: str, difference: ShareDifference, **keys: Any) -> Entry:
    """A difference of shares as an estimate."""
    return Entry(
        term, difference.difference, ci_low=difference.ci_low, ci_high=difference.ci_high, further=keys
    )  # fmt: skip


def needed_entry(term: str, needed: NumberNeeded, **keys: Any) -> Entry:
    """A number needed to treat: its interval where it is in one piece; else both pieces and the sentence."""
    piece = None if needed.disjoint else needed.benefit or needed.harm
    further = {
        **keys,
        "harms": needed.harms,
        "benefit": _range(needed.benefit),
        "harm": _range(needed.harm),
        "disjoint": needed.disjoint,
        "sentence": needed.sentence,
    }
    return Entry(
        term,
        needed.number,
        ci_low=piece.low if piece else None,
        ci_high=piece.high if piece else None,
        further=further,
    )


def _range(found: NumberRange | None) -> dict[str, float | None] | None:
    return None if found is None else {"low": found.low, "high": found.high}


def _shares(pairs: Pairs, judged: Judged, level: int | None) -> ResponderShares:
    from outcomes.analysis.clinical_significance import ClinicalCategory  # noqa: PLC0415 - with the method
    from outcomes.analysis.reliable_change import ChangeCategory  # noqa: PLC0415
    from outcomes.analysis.responders import responder_shares  # noqa: PLC0415

    mine = [word for word, inside in zip(judged.categories, pairs.member(level), strict=True) if inside]
    changes = []
    for word in mine:
        if word in BETTER:
            changes.append(ChangeCategory.BETTER)
        elif word in WORSE:
            changes.append(ChangeCategory.WORSE)
        else:
            changes.append(ChangeCategory(word))
    clinical = [ClinicalCategory(word) for word in mine] if "recovered" in judged.words else None
    name = pairs.group.levels[level] if pairs.group is not None and level is not None else ""
    return responder_shares(name, changes, clinical)


def _compare(pairs: Pairs, found: ResponderShares, base: ResponderShares, level: int | None) -> list[Entry]:
    from outcomes.analysis.responders import compare_responders  # noqa: PLC0415 - with the method

    compared = compare_responders(found, base)
    ending, keys = pairs.ending("", level), {**pairs.keys("", level), "from_group": base.group}
    entries = [
        difference_entry(f"difference{ending}", compared.improved, **keys),
        difference_entry(f"difference_deteriorated{ending}", compared.deteriorated, **keys),
    ]
    if compared.recovered is not None:
        entries.append(difference_entry(f"difference_recovered{ending}", compared.recovered, **keys))
    return [*entries, needed_entry(f"number_needed{ending}", compared.needed, **keys)]


def _individuals(pairs: Pairs, judged: Judged) -> tuple[dict[str, Any], ...]:
    return tuple(
        {"subject": label, "category": category, "responded": category in BETTER}
        for label, category in zip(pairs.labels, judged.categories, strict=True)
    )


def _yes_no(call: Call) -> AnalysisOutput:
    """Every row one who started; no answer is no response."""
    from outcomes.analysis.number_needed_to_treat import number_needed  # noqa: PLC0415 - with the method
    from outcomes.analysis.proportions import compare_shares, estimate_share  # noqa: PLC0415

    if call.optional(Role.SUBJECT):
        labels = read_labels(call, call.column(Role.SUBJECT), NO_SUBJECT)
        for row in range(call.n_rows):
            if labels[row] in labels[:row] and labels[row]:
                call.add_fault(
                    row, call.column(Role.SUBJECT), Sentence("This person is there twice. Keep one of the rows.")
                )
    values = read_indicator(call, call.column(Role.SCORE))
    group = read_group(call) if call.optional(Role.GROUP) else None
    call.stop_at_faults()
    if np.isnan(values).all():
        raise EstimateError(Sentence("No score is known, so there is nothing to work out. Check the column's name."))
    pairs = Pairs(tuple(map(str, range(values.size))), values, (values,), ("",), group, None)
    shares = {
        level: estimate_share(int(np.nansum(values[pairs.member(level)])), int(pairs.member(level).sum()))
        for level in pairs.levels
    }
    entries = [
        share_entry(f"responded{pairs.ending('', one)}", share, **pairs.keys("", one)) for one, share in shares.items()
    ]
    for level, share in shares.items():
        if level not in {None, 0} and group is not None:
            difference = compare_shares(share, shares[0])
            ending, keys = pairs.ending("", level), {**pairs.keys("", level), "from_group": group.levels[0]}
            entries.append(difference_entry(f"difference{ending}", difference, **keys))
            entries.append(needed_entry(f"number_needed{ending}", number_needed(difference), **keys))
    known = ~np.isnan(values)
    answered = tuple(
        Answered(str(level), int((known & pairs.member(level)).sum()), int(pairs.member(level).sum()))
        for level in pairs.levels
    )
    signs = Signs(group is not None, answered, min(one.begun for one in answered))
    judgement, notes = judge(call.options, signs, usual="none")
    return AnalysisOutput(
        estimates=tuple(entries),
        n_subjects=values.size,
        n_observations=int(known.sum()),
        completeness=float(known.mean()),
        judgement=judgement,
        warnings=notes,
        described=(Sentence("Share of all who started: whoever didn't answer counts as not improved."),),
    )


METHOD = Method(
    name="responders",
    title=Sentence("Share who responded"),
    run=run,
    needs=(Role.SCORE,),
    takes=(Role.SUBJECT, Role.TIME, Role.BASELINE, Role.GROUP),
    options={**PRE_POST, **SCALE, **RULES, "standardised": choice("mar")},
)
