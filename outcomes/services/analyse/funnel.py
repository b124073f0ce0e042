"""``--method funnel``: providers against a common target, with limits for their size and over-dispersion. Never ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from outcomes.errors import Sentence
from outcomes.services.analyse.arrays import Codes, Numbers
from outcomes.services.analyse.coding import read_labels
from outcomes.services.analyse.method import Method
from outcomes.services.analyse.options import COLUMN, choice, number
from outcomes.services.analyse.output import AnalysisOutput, Entry
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from outcomes.analysis.funnel import Funnel, FunnelLimit
    from outcomes.services.analyse.call import Call

COUNT = Sentence("This must be a whole number of people, 0 or more.")
NOT_KNOWN = Sentence(
    "How many people each provider had isn't known, so those with too few are drawn too. Name the column of people with"
    " --option total=...."
)
MISSING = Sentence("The value is missing. Fill it in, or leave the row out.")


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows with their provider: a value (events or score), and where named the people, expected events, standard error."""

    column: str
    providers: tuple[str, ...]
    codes: Codes
    value: Numbers
    total: Numbers | None
    expected: Numbers | None
    std_error: Numbers | None

    def summed(self, values: Numbers) -> Numbers:
        """The sum of ``values`` per provider."""
        return np.bincount(self.codes, weights=values, minlength=len(self.providers)).astype(np.float64)

    @property
    def people_known(self) -> bool:
        """False where providers have a row each and nothing says how many people stand behind it."""
        one_row_each = self.value.size == len(self.providers)
        return self.total is not None or not (self.expected is not None and one_row_each)

    def people(self) -> list[int]:
        """People per provider: as given, else one per row; where they aren't known, enough for every one to be drawn."""
        from outcomes.analysis.disclosure import MINIMUM_ESTIMATE  # noqa: PLC0415 - with the method

        given = np.ones(self.value.size) if self.total is None else self.total
        if not self.people_known:
            given = self.value + MINIMUM_ESTIMATE
        return [round(one) for one in self.summed(given).tolist()]


def run(call: Call) -> AnalysisOutput:
    """Every provider's value with its limits, by name."""
    table = _read(call)
    kind = call.options.choice("kind", _usual_kind(table))
    found = _funnel(call, table, kind)
    known = table.people_known or kind != "ratio"
    observed = dict(zip(table.providers, table.summed(table.value).tolist(), strict=True))
    entries = tuple(
        _entry(point, table.column, None if known else round(observed[point.provider])) for point in found.points
    )
    over = found.over_dispersion
    return AnalysisOutput(
        estimates=entries,
        n_subjects=sum(table.people()) if known else len(table.providers),
        n_observations=table.value.size,
        variance={
            "target": found.target,
            "phi": over.phi,
            "tau2": over.tau2,
            "n": over.n,
            "limits": found.limits.value,
        },
        warnings=found.warnings if known else (NOT_KNOWN, *found.warnings),
        described=(Sentence("Providers by name; a signal is a reason for a dialogue about why, not a verdict."),),
        further={
            "curve": [_limits(limit) for limit in found.curve],
            "scores": list(over.scores),
            "n_not_drawn": found.n_not_drawn,
        },
    )


def _read(call: Call) -> Table:
    column = next(
        (call.optional(role) for role in (Role.CLUSTER, Role.SUBJECT, Role.GROUP) if call.optional(role)), None
    )
    if column is None:
        call.add_general("--cluster", Sentence("Name the column of the providers."))
        call.stop_at_faults()
    labels = read_labels(call, column or "", Sentence("The provider is missing. Fill it in, or leave the row out."))
    value_column = call.options.text("observed") or call.optional(Role.SCORE)
    if value_column is None:
        call.add_general(
            "--score", Sentence("Name the column of what was observed: --score, or --option observed=....")
        )
        call.stop_at_faults()
    read: dict[str, Numbers | None] = {"value": call.numbers(value_column or "")}
    call.add_faults(np.isnan(call.numbers(value_column or "")), value_column or "", MISSING)
    for name in ("total", "expected", "std_error"):
        named = call.options.text(name)
        read[name] = call.numbers(named) if named else None
        if named:
            values = call.numbers(named)
            call.add_faults(np.isnan(values), named, MISSING)
            if name == "total":
                call.add_faults((values < 0) | (values % 1 != 0), named, COUNT)
    call.stop_at_faults()
    providers = tuple(dict.fromkeys(labels))
    place = {label: code for code, label in enumerate(providers)}
    codes = np.array([place[label] for label in labels], dtype=np.int64)
    value = read["value"]
    if value is None:
        raise ValueError("the value is read above")
    return Table(column or "", providers, codes, value, read["total"], read["expected"], read["std_error"])


def _usual_kind(table: Table) -> str:
    if table.expected is not None:
        return "ratio"
    if table.std_error is not None:
        return "mean"
    if table.total is not None or bool(np.isin(table.value, (0.0, 1.0)).all()):
        return "proportion"
    return "mean"


def _funnel(call: Call, table: Table, kind: str) -> Funnel:
    from outcomes.analysis import funnel  # noqa: PLC0415 - with the method
    from outcomes.analysis.over_dispersion import OutlierRule  # noqa: PLC0415

    limits = {"exact": funnel.LimitKind.EXACT, "score": funnel.LimitKind.SCORE,
              "over-dispersed": funnel.LimitKind.OVER_DISPERSED}.get(call.options.choice("limits", "auto"))  # fmt: skip
    shared: dict[str, Any] = {"limits": limits, "outliers": OutlierRule(call.options.choice("outliers", "winsorise"))}
    if kind == "mean":
        return _means(call, table, shared)
    counts = table.summed(table.value)
    if (table.value % 1 != 0).any() or (table.value < 0).any():
        wrong = (table.value % 1 != 0) | (table.value < 0)
        call.add_faults(wrong, call.options.text("observed") or call.optional(Role.SCORE) or "", COUNT)
        call.stop_at_faults()
    observed = [round(one) for one in counts.tolist()]
    if kind == "proportion":
        target = call.options.number("target")
        return funnel.funnel_shares(table.providers, observed, table.people(), target=target, **shared)
    if table.expected is None:
        call.add_general("--option expected", Sentence("A ratio needs the column of what was expected. Name it."))
        call.stop_at_faults()
        raise AssertionError("a fault stops the call")
    transformation = funnel.Transformation(call.options.choice("transformation", "square_root"))
    return funnel.funnel_ratios(
        table.providers, observed, table.summed(table.expected).tolist(), table.people(),
        transformation=transformation, **shared,
    )  # fmt: skip


def _means(call: Call, table: Table, shared: dict[str, Any]) -> Funnel:
    """Means with their standard errors as given, or of each provider's rows with the spread that all share."""
    from outcomes.analysis.funnel import funnel_means  # noqa: PLC0415 - with the method

    target = call.options.number("target")
    if table.std_error is not None:
        values, errors, people = table.value.tolist(), table.std_error.tolist(), table.people()
        if len(values) != len(table.providers):
            call.add_general(table.column, Sentence("With standard errors each provider has one row."))
            call.stop_at_faults()
        return funnel_means(table.providers, values, errors, people, target=target, **shared)
    n = table.summed(np.ones(table.value.size))
    means = table.summed(table.value) / n
    within = float(((table.value - means[table.codes]) ** 2).sum() / max(table.value.size - n.size, 1))
    errors = np.sqrt(within / n).tolist()
    return funnel_means(table.providers, means.tolist(), errors, [int(one) for one in n], target=target, **shared)


def _entry(point: Any, column: str, events: int | None) -> Entry:
    """A provider with its limits; ``events``: what was observed where the people behind it aren't known."""
    from outcomes.analysis.disclosure import may_show_cell  # noqa: PLC0415 - with the method

    limit = _limits(point.limit)
    further = {
        "provider": point.provider,
        "n": point.n if events is None else None,
        "z": point.score,
        "signal": point.signal.value,
        "small_cell": point.small_cell if events is None else not may_show_cell(events),
        **limit,
    }
    return Entry(f"{column}[{point.provider}]", point.value, further=further)


def _limits(limit: FunnelLimit) -> dict[str, float]:
    return {
        "precision": limit.precision,
        "low_998": limit.low_998,
        "low_95": limit.low_95,
        "high_95": limit.high_95,
        "high_998": limit.high_998,
    }


METHOD = Method(
    name="funnel",
    title=Sentence("Funnel plot of providers"),
    run=run,
    takes=(Role.SCORE, Role.SUBJECT, Role.GROUP, Role.CLUSTER),
    options={
        "observed": COLUMN,
        "total": COLUMN,
        "expected": COLUMN,
        "std_error": COLUMN,
        "kind": choice("proportion", "ratio", "mean"),
        "target": number(),
        "limits": choice("auto", "exact", "score", "over-dispersed"),
        "outliers": choice("winsorise", "truncate"),
        "transformation": choice("square_root", "log", sqrt="square_root"),
    },
)
