"""The result as text for a reader: a heading, what stands behind it, a table, and what to beware of."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from outcomes.language import format_number, format_percent, gettext, translate
from outcomes.services.analyse.request import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from outcomes.services.analyse.method import Analysis
    from outcomes.services.analyse.output import AnalysisOutput, Entry

NOTHING = "\N{EN DASH}"
WIDTH = 100
ALWAYS = 2  # columns of a table that are there even where nothing stands in them
MOST_PEOPLE = 20
SIGNIFICANT = 4
FEW_DECIMALS = 6


def render_text(analysis: Analysis) -> str:
    """The whole result in the locale in force."""
    output = analysis.output
    parts = [
        _heading(analysis),
        _behind(output),
        _table(output.estimates),
        *_further_tables(output),
        _variance(output),
        _people(output),
        _sentences(gettext("Beware:"), [translate(warning) for warning in output.warnings]),
        _judgement(output),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _heading(analysis: Analysis) -> str:
    scores = ", ".join(analysis.request.columns.get(Role.SCORE, ()))
    title = translate(analysis.method.title)
    line = f"{title}: {scores} ({analysis.request.path.name})" if scores else f"{title} ({analysis.request.path.name})"
    described = [wrapped(translate(sentence)) for sentence in analysis.output.described]
    return "\n".join([line, "=" * len(line), *described])


def _behind(output: AnalysisOutput) -> str:
    lines = [
        gettext("People or units: %(n)s", n=output.n_subjects),
        gettext("Values: %(n)s", n=output.n_observations),
    ]
    if output.completeness is not None:
        lines.append(
            gettext("Answered of what was to be answered: %(share)s", share=format_percent(output.completeness, 1))
        )
    return "\n".join(lines)


def _table(entries: Sequence[Entry]) -> str:
    if not entries:
        return ""
    head = [
        gettext("Term"),
        gettext("Estimate"),
        gettext("SE"),
        gettext("df"),
        gettext("95 % interval"),
        gettext("p"),
        gettext("n"),
        gettext("95 % limits"),
        gettext("Signal"),
    ]
    rows = [_row(entry) for entry in entries]
    used = [column for column in range(len(head)) if column < ALWAYS or any(row[column] != NOTHING for row in rows)]
    return aligned([head, *rows], used)


def _further_tables(output: AnalysisOutput) -> Iterator[str]:
    """Tables of what the method works out beside its estimates."""
    titles = {
        "marginal_means": gettext("Means of the model:"),
        "adjusted_means": gettext("Adjusted means:"),
        "contrasts": gettext("Differences between groups:"),
        "changes": gettext("Changes from the first time:"),
    }
    for name, title in titles.items():
        table = _table(output.further.get(name, ()))
        if table:
            yield f"{title}\n{table}"


def _row(entry: Entry) -> list[str]:
    decimals = _decimals(entry)
    interval = NOTHING
    low, high = _limit(entry.ci_low, decimals), _limit(entry.ci_high, decimals)
    if {low, high} != {NOTHING}:
        interval = gettext("%(low)s to %(high)s", low=low, high=high)
    count = entry.further.get("n")
    return [
        entry.term,
        NOTHING if entry.estimate is None else format_number(entry.estimate, decimals),
        NOTHING if entry.std_error is None else format_number(entry.std_error, decimals),
        NOTHING if entry.df is None else format_number(entry.df, 1),
        interval,
        _p_value(entry.p_value),
        NOTHING if count is None else str(count),
        *_signal(entry, decimals),
    ]


def _signal(entry: Entry, decimals: int) -> list[str]:
    """A provider's limits, and where it stands against them."""
    limits = [_limit(entry.further.get(name), decimals) for name in ("low_95", "high_95")]
    if limits == [NOTHING, NOTHING]:
        return [NOTHING, NOTHING]
    outside = {
        "above_95": gettext("above 95 %"),
        "below_95": gettext("below 95 %"),
        "above_99.8": gettext("above 99.8 %"),
        "below_99.8": gettext("below 99.8 %"),
    }
    low, high = limits
    return [gettext("%(low)s to %(high)s", low=low, high=high), outside.get(entry.further.get("signal", ""), NOTHING)]


def _limit(value: float | None, decimals: int) -> str:
    return NOTHING if value is None or not math.isfinite(value) else format_number(value, decimals)


def _p_value(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"<{format_number(0.001, 3)}" if value < 0.001 else format_number(value, 3)  # noqa: PLR2004 - the usual least p


def _decimals(entry: Entry) -> int:
    """As many that the standard error shows three digits; else four of the estimate."""
    size = entry.std_error
    if size is None and entry.ci_low is not None and entry.ci_high is not None:
        size = (entry.ci_high - entry.ci_low) / 4
    if size:
        return _places(size, SIGNIFICANT - 1)
    return _places(entry.estimate or 1.0, SIGNIFICANT)


def _places(size: float, digits: int) -> int:
    if not math.isfinite(size) or size == 0.0:
        return 2
    return max(0, min(FEW_DECIMALS, digits - 1 - math.floor(math.log10(abs(size)))))


def aligned(rows: Sequence[Sequence[str]], used: Sequence[int]) -> str:
    """Rows with the first column to the left and the others to the right, a rule below the head."""
    widths = {column: max(len(row[column]) for row in rows) for column in used}
    lines = [
        "  ".join(
            row[column].ljust(widths[column]) if column == 0 else row[column].rjust(widths[column]) for column in used
        ).rstrip()
        for row in rows
    ]
    rule = "  ".join("-" * widths[column] for column in used)
    return "\n".join([lines[0], rule, *lines[1:]])


def _variance(output: AnalysisOutput) -> str:
    lines = list(_values(output.variance))
    if output.log_likelihood is not None:
        lines.append(f"  {gettext('log-likelihood')}: {format_number(output.log_likelihood, _places(1e-3, 1))}")
    return "\n".join([gettext("Variance and fit:"), *lines]) if lines else ""


def _values(values: Mapping[str, Any], indent: str = "  ") -> Iterator[str]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield f"{indent}{name}:"
            yield from _values(value, indent + "  ")
        elif _is_matrix(value):
            yield f"{indent}{name}:"
            cells = [[_plain_number(cell) for cell in row] for row in value]
            width = max(len(cell) for row in cells for cell in row)
            yield from (indent + "  " + "  ".join(cell.rjust(width) for cell in row) for row in cells)
        elif isinstance(value, list | tuple):
            yield f"{indent}{name}: {', '.join(_plain_number(part) for part in value)}"
        else:
            yield f"{indent}{name}: {_plain_number(value)}"


def _is_matrix(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, list) and row for row in value)


def _plain_number(value: object) -> str:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return NOTHING
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return format_number(value, _places(value, SIGNIFICANT))
    return str(value)


def _people(output: AnalysisOutput) -> str:
    if not output.individuals:
        return ""
    shown = output.individuals[:MOST_PEOPLE]
    names = list(dict.fromkeys(name for person in shown for name in person))
    rows = [[_plain_number(person.get(name)) for name in names] for person in shown]
    text = gettext("One by one:") + "\n" + aligned([names, *rows], range(len(names)))
    hidden = len(output.individuals) - len(shown)
    return f"{text}\n{gettext('and %(n)s more, with --format json', n=hidden)}" if hidden else text


def _sentences(title: str, sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    return "\n".join([title, *(wrapped(sentence, "- ", "  ") for sentence in sentences)])


def _judgement(output: AnalysisOutput) -> str:
    if output.judgement is None:
        return ""
    from outcomes.analysis.evidence import grade_word, label_meaning  # noqa: PLC0415 - with the method

    label, evidence = output.judgement.label, output.judgement.evidence
    word, certainty = translate(output.judgement.word), translate(grade_word(evidence.grade))
    lines = [
        gettext("What it may be called: %(word)s (design label %(code)s).", word=word, code=label.code),
        translate(label_meaning(label)),
        gettext("Evidence: grade %(grade)s, %(word)s.", grade=evidence.grade.value, word=certainty),
    ]
    reasons = [wrapped(translate(reason), "- ", "  ") for reason in evidence.reasons]
    return "\n".join([*map(wrapped, lines), *reasons])


def wrapped(text: str, first: str = "", rest: str = "") -> str:
    """``text`` in lines that a terminal holds, unless a single word is longer."""
    import textwrap  # noqa: PLC0415 - only where text is asked for

    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    )
