"""The ``outcomes`` command: thin, one function per command. What went wrong is said in sentences, with exit code 2."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import Any

import click

from outcomes.errors import OutcomesError
from outcomes.language import set_locale, supported_locale, translate

FAULT = 2
COMMANDS = {
    "aggregates": "aggregates:aggregates",
    "analyse": "analyse:analyse_command",
    "audit": "instance:audit",
    "demo": "instance:demo",
    "freeze-plan": "instance:freeze_plan",
    "import": "data:import_command",
    "instruments": "instruments:instruments",
    "messages": "work:messages",
    "migrate": "instance:migrate",
    "paper": "paper:paper",
    "releases": "releases:releases",
    "report": "data:report",
    "report-all": "batch:report_all_command",
    "serve": "instance:serve",
    "sign-in-link": "instance:sign_in_link",
    "work": "work:work",
}


class SpeakingGroup(click.Group):
    """A group of commands whose errors are sentences on standard error, never a stack trace.

    A command's module is imported when the command is asked for: none waits for what only others need.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"outcomes.cli.{module}"), name)
        return command

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
