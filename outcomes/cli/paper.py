"""A questionnaire to print."""

from __future__ import annotations

from pathlib import Path

import click

from outcomes.language import gettext
from outcomes.services.open_database import open_runtime
from outcomes.services.print_paper_form import print_paper_form
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import read_settings

FILE = click.Path(dir_okay=False, writable=True, path_type=Path)


@click.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--instrument", "key", required=True, help="Key of the questionnaire, for example wellbeing.")
@click.option("--version", "version", help="Its version. Default: the newest.")
@click.option("--language", required=True, help="Code of the language, for example da, or da-x-easy for easy words.")
@click.option("--output", type=FILE, required=True, help="The PDF to write.")
def paper(organisation: str, key: str, version: str | None, language: str, output: Path) -> None:
    """Make a questionnaire to print, with a code that opens the page where it is typed in."""
    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "paper")
        file = print_paper_form(runtime, scope, key=key, version=version, locale=language, apart=False)
    output.write_bytes(file.content)
    click.echo(gettext("%(file)s is ready to print.", file=output.name))
