"""The ``outcomes`` command: thin, one function per command. What went wrong is said in sentences, with exit code 2."""

from __future__ import annotations

import os
import sys
from typing import Any

import click

from outcomes.cli.data import import_command, instruments, report
from outcomes.cli.instance import audit, demo, freeze_plan, migrate, serve, sign_in_link
from outcomes.errors import OutcomesError
from outcomes.language import set_locale, supported_locale, translate

FAULT = 2


class SpeakingGroup(click.Group):
    """A group of commands whose errors are sentences on standard error, never a stack trace."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OutcomesError as error:
            click.echo(translate(error.sentence), err=True)
            for fault in error.faults:
                place = f"{fault.place}: " if fault.place else ""
                click.echo(f"  {place}{translate(fault.sentence)}", err=True)
            sys.exit(FAULT)


@click.group(cls=SpeakingGroup)
@click.option("--language", type=click.Choice(["da", "en"]), help="Language of messages. Default: as LANG says.")
@click.version_option(package_name="outcomes")
def main(language: str | None) -> None:
    """Steer social services by what changes for the citizen."""
    own = (os.environ.get("LC_ALL") or os.environ.get("LANG") or "")[:2]
    set_locale(supported_locale(language or ("da" if own == "da" else "en")))


for _command in (audit, demo, freeze_plan, import_command, instruments, migrate, report, serve, sign_in_link):
    main.add_command(_command)
