"""The command that makes every report of an organisation, and goes on where it was broken off."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.language import LOCALES, gettext, translate
from outcomes.services.build_report import FORMATS
from outcomes.services.gather_outcomes import Period
from outcomes.services.open_database import open_runtime
from outcomes.services.report_all import report_all
from outcomes.services.start_batch import Asked
from outcomes.settings import read_settings

if TYPE_CHECKING:
    from datetime import datetime

    from outcomes.services.report_all import MadeFile

DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.command(name="report-all")
@click.option("--organisation", required=True, help="Slug of the organisation.")
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the files.")
@click.option("--from", "from_day", type=DAY, help="First day that an episode may have started.")
@click.option("--to", "to_day", type=DAY, help="Last day that an episode may have started.")
@click.option("--language", "locales", type=click.Choice(LOCALES), multiple=True, help="Default: all languages.")
@click.option("--format", "formats", type=click.Choice(FORMATS), multiple=True, help="Default: all formats.")
@click.pass_context
def report_all_command(
    context: click.Context, organisation: str, into: Path, from_day: datetime | None, to_day: datetime | None,
    locales: tuple[str, ...], formats: tuple[str, ...],
) -> None:  # fmt: skip
    """Make every report of an organisation. Started again after a stop, it makes only what is missing.

    Exit code 1 where a report could not be made.
    """
    if (from_day is None) != (to_day is None):
        raise click.UsageError(gettext("Give both --from and --to, or neither."))
    days = Period(from_day.date(), to_day.date()).in_whole_quarters() if from_day and to_day else None
    asked = Asked(locales or LOCALES, formats or tuple(FORMATS), days)

    def tell(file: MadeFile) -> None:
        why = f": {translate(file.error)}" if file.error else ""
        click.echo(f"{file.number}/{file.total} {file.name}{why}")

    with open_runtime(read_settings()) as runtime:
        failed = report_all(runtime, organisation, asked, into, tell=tell)
    if failed:
        context.exit(1)
