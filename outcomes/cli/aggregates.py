"""Commands for sums instead of people: made anew, sent to others, and put together with theirs."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.errors import ConflictError, InputError, Sentence, UnavailableError
from outcomes.language import current_locale, gettext, translate
from outcomes.services.gather_outcomes import Period
from outcomes.services.open_database import open_runtime
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.services.exchange_aggregates import CombinedEstimate, OccasionRow
    from outcomes.services.runtime import Runtime

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])
LEAST = 10
"""As the analysis has it, which isn't loaded only to parse a command."""


@click.group()
def aggregates() -> None:
    """Sums instead of people: for dashboards, and across municipalities."""


@aggregates.command()
@click.option("--organisation", help="Short name of the organisation. Without it: every organisation, as every night.")
def refresh(organisation: str | None) -> None:
    """Make stored sums, and the results of the overview, anew from the answers."""
    with open_runtime(read_settings()) as runtime:
        click.echo(_refresh_one(runtime, organisation) if organisation else _refresh_all(runtime))


def _refresh_one(runtime: Runtime, organisation: str) -> str:
    from outcomes.services.store_results import store_results  # noqa: PLC0415 - only where it is asked for

    _, scope = organisation_actor(runtime, organisation, "aggregates")
    done = store_results(runtime, scope)
    if done is None:
        raise ConflictError(
            Sentence(
                "The results of %(name)s are being worked out by another process just now. Try again in a while.",
                name=organisation,
            )
        )
    sums = gettext(
        "%(rows)s sums are stored: %(written)s new or changed, %(removed)s removed.",
        rows=done.sums.rows,
        written=done.sums.written,
        removed=done.sums.removed,
    )
    results = gettext(
        "Results of interventions: %(worked_out)s worked out, %(unchanged)s unchanged, %(removed)s removed.",
        worked_out=done.worked_out,
        unchanged=done.unchanged,
        removed=done.removed,
    )
    return f"{sums}\n{results}"


def _refresh_all(runtime: Runtime) -> str:
    """Raises ``UnavailableError`` where an organisation failed, so that whoever runs it every night is told."""
    from outcomes.services.refresh_everything import refresh_everything  # noqa: PLC0415

    night = refresh_everything(runtime)
    if night.failed:
        raise UnavailableError(
            Sentence(
                "%(failed)s organisations could not be worked out, %(done)s were. The log names them and the kind of"
                " fault.",
                failed=len(night.failed),
                done=night.done,
            )
        )
    return gettext(
        "%(done)s organisations are worked out; %(busy)s were left to another process that was at them.",
        done=night.done,
        busy=night.busy,
    )


@aggregates.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--intervention", required=True, help="Short name of the intervention.")
@click.option("--from", "from_date", type=DAY, required=True, help="A day in the first quarter of starts.")
@click.option("--to", "to_date", type=DAY, required=True, help="A day in the last quarter of starts.")
@click.option(
    "--least", type=click.IntRange(min=LEAST), default=LEAST, show_default=True, help="Fewest people behind a sum."
)
@click.option(
    "--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), required=True, help="File to write."
)
def export(
    organisation: str, intervention: str, from_date: datetime, to_date: datetime, least: int, output: Path
) -> None:
    """Write the sums of an intervention to a new file for others; no sum of fewer than --least people leaves.

    The sums are made anew first, and what is sent is logged.
    """
    from outcomes.services.exchange_aggregates import export_aggregates  # noqa: PLC0415

    if output.exists():
        raise _there_already(output)

    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "aggregates")
        text = export_aggregates(
            runtime,
            scope,
            intervention_slug=intervention,
            period=Period(from_date.date(), to_date.date()),
            least=least,
        )
    _write_new(output, text)
    size = len(text.encode()) // 1024 + 1
    click.echo(f"{output}: {size} kB")


def _write_new(path: Path, text: str) -> None:
    """Readable for its owner alone, and never in place of another file."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise _there_already(path) from None
    with os.fdopen(file, "w", encoding="utf-8") as opened:
        opened.write(text)


def _there_already(path: Path) -> InputError:
    return InputError(Sentence("There is a file %(path)s already. Name another, or move it away.", path=path))


@aggregates.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def combine(files: tuple[Path, ...], form: str) -> None:
    """Estimate means and change from several organisations' files together."""
    from outcomes.services.exchange_aggregates import combine_aggregates  # noqa: PLC0415

    found = combine_aggregates(files)
    click.echo(_as_json(found) if form == "json" else _as_text(found))


def _as_json(found: CombinedEstimate) -> str:
    content = {
        "organisations": list(found.organisations),
        "intervention": found.intervention,
        "measure": {"instrument": found.instrument, "scale": found.scale},
        "period": {"first_day": found.first_day, "last_day": found.last_day},
        "method": f"mmrm, {found.covariance}, {found.df_method}",
        "n_subjects": found.n_subjects,
        "n_observations": found.n_observations,
        "completeness": found.completeness,
        "protection": {
            "least": found.least,
            "people_withheld_at_most": found.people_withheld,
            "answers_left_out_at_most": found.answers_left_out,
        },
        "log_likelihood": found.log_likelihood,
        "estimates": [
            {
                "kind": row.kind,
                "occasion": row.occasion,
                "arm": row.arm,
                "n": row.n,
                "term": row.estimate.term,
                "estimate": row.estimate.estimate,
                "std_error": row.estimate.std_error,
                "df": row.estimate.df,
                "ci_low": row.estimate.ci_low,
                "ci_high": row.estimate.ci_high,
                "p_value": row.estimate.p_value,
            }
            for row in found.rows
        ],
        "warnings": [translate(warning) for warning in found.warnings],
    }
    return json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)


def _as_text(found: CombinedEstimate) -> str:
    """A table that a human reads: what it is of, one row per estimate, and what to know about it."""
    known = gettext("not known") if found.completeness is None else f"{found.completeness:.0%}"
    head = [
        gettext(
            "%(intervention)s, started %(first)s to %(last)s, measured by %(instrument)s (%(scale)s):"
            " %(count)s organisations.",
            intervention=found.intervention, first=found.first_day, last=found.last_day, instrument=found.instrument,
            scale=found.scale, count=len(found.organisations),
        ),
        gettext(
            "%(people)s people, %(answers)s answers, completeness %(share)s. By the rule of at least %(least)s people behind"
            " each sum, at most %(withheld)s people and %(left)s answers stayed at home.",
            people=found.n_subjects, answers=found.n_observations, share=known, least=found.least,
            withheld=found.people_withheld, left=found.answers_left_out,
        ),
        "",
    ]  # fmt: skip
    titles = (
        gettext("Estimate"),
        gettext("Occasion"),
        gettext("Group"),
        "n",
        gettext("Points"),
        "SE",
        gettext("95 % interval"),
    )
    table = [tuple(titles), *(_line(row) for row in found.rows)]
    widths = [max(len(line[place]) for line in table) for place in range(len(titles))]
    lines = [
        "  ".join(
            _fit(cell, width, place) for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in table
    ]
    notes = [
        "",
        gettext("Change is from the first occasion. It doesn't by itself say that the intervention made it."),
        *(translate(warning) for warning in found.warnings),
    ]
    return "\n".join([*head, *lines, *notes])


FIRST_NUMBER = 3
"""Columns from here on hold numbers, and stand to the right."""


def _fit(cell: str, width: int, place: int) -> str:
    return cell.rjust(width) if place >= FIRST_NUMBER else cell.ljust(width)


def _line(row: OccasionRow) -> tuple[str, ...]:
    kinds = {"mean": gettext("Mean"), "change": gettext("Change"), "difference": gettext("Difference in change")}
    arms = {"intervention": gettext("Intervention"), "comparison": gettext("Comparison"), None: ""}
    estimate = row.estimate
    interval = gettext("%(low)s to %(high)s", low=_points(estimate.ci_low), high=_points(estimate.ci_high))
    return (
        kinds[row.kind],
        row.occasion,
        arms[row.arm],
        str(row.n),
        _points(estimate.estimate),
        _points(estimate.std_error),
        interval,
    )


def _points(value: float) -> str:
    text = f"{value:.2f}"
    return text.replace(".", ",") if current_locale() == "da" else text
