"""Commands that take data in and give results out."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.errors import InputError, Sentence
from outcomes.language import current_locale, gettext
from outcomes.services.build_report import FORMATS, build_report, read_period, render_report
from outcomes.services.gather_outcomes import Period
from outcomes.services.open_database import open_runtime
from outcomes.services.read_part_report import name_part, read_part_report, render_part
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
DAY = click.DateTime(["%Y-%m-%d"])


@click.command(name="import")
@click.argument("file", type=FILE)
@click.option("--mapping", type=FILE, required=True, help="File that says what the columns mean.")
def import_command(file: Path, mapping: Path) -> None:
    """Take in a table from another system: all of it, or nothing."""
    from outcomes.services.import_table import import_table  # noqa: PLC0415 - a report needs nothing of this

    with open_runtime(read_settings()) as runtime:
        result = import_table(runtime, file, mapping)
    if not result.new_citizens and not result.new_scores:
        click.echo(gettext("Everything in %(file)s was there already. Nothing was changed.", file=file.name))
        return
    click.echo(
        gettext(
            "%(file)s was taken in to %(organisation)s: %(rows)s rows, %(citizens)s new people, %(scores)s new scores.",
            file=file.name, organisation=result.organisation, rows=result.n_rows, citizens=result.new_citizens,
            scores=result.new_scores,
        )
    )  # fmt: skip


@click.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--of", "page", help="A page of steering instead of the report, as JSON: overview, targets, need, ...")
@click.option("--intervention", help="Short name of the intervention.")
@click.option("--provider", help="Id of the provider: its people alone.")
@click.option("--target-group", help="Code of the target group: its people alone.")
@click.option("--from", "from_date", type=DAY, help="First day an episode may have started.")
@click.option("--to", "to_date", type=DAY, help="Last day an episode may have started.")
@click.option("--format", "file_format", type=click.Choice(FORMATS), default="json", show_default=True)
@click.option("--language", type=click.Choice(["da", "en"]), help="Language of the report. Default: as messages.")
@click.option("--output", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Default: print it.")
def report(
    *, organisation: str, page: str | None, intervention: str | None, provider: str | None, target_group: str | None,
    from_date: datetime | None, to_date: datetime | None, file_format: str, language: str | None, output: Path | None,
) -> None:  # fmt: skip
    """Make the effect report of an intervention, or the figures of a page of steering; the same numbers as the page."""
    locale = language or current_locale()
    if page is not None and file_format != "json":
        raise InputError(Sentence("The pages of steering come as JSON: --format json."))
    if page is not None and target_group is not None:
        raise InputError(Sentence("No page of steering is made for one target group. Leave out --target-group."))
    if page is None and intervention is None:
        raise InputError(Sentence("Say which intervention, by its short name: --intervention."))
    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "report")
        period: Period | None = None
        if page is None or from_date or to_date:
            whole = read_period(runtime, scope, intervention_slug=intervention)
            period = whole.around(
                Period(from_date.date() if from_date else whole.from_date, to_date.date() if to_date else whole.to_date)
            )
        if page is not None:
            from outcomes.services.read_page import PageOf, read_page  # noqa: PLC0415 - loads every page's statistics

            content = read_page(runtime, scope, PageOf(page, intervention, provider, period), locale)
        elif provider or target_group:
            part = name_part(str(intervention), provider, target_group)
            made = read_part_report(runtime, scope, part=part, period=period)
            content = render_part(made, file_format, locale).content
        else:
            context = build_report(runtime, scope, intervention_slug=str(intervention), period=period)
            content = render_report(context, file_format, locale).content
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.flush()
        return
    output.write_bytes(content)
    size = len(content) // 1024 + 1
    click.echo(f"{output}: {size} kB")
