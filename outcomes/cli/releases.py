"""The command that looks at whether what is published is still what was published."""

from __future__ import annotations

import click

from outcomes.language import gettext, translate
from outcomes.services.open_database import open_runtime
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import read_settings


@click.group()
def releases() -> None:
    """Published figures."""


@releases.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.pass_context
def verify(context: click.Context, organisation: str) -> None:
    """Check every release against its checksum. Exit code 1 where one isn't what was published, or is missing."""
    from outcomes.services.verify_releases import verify_releases  # noqa: PLC0415 - only where it is asked for

    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "releases")
        found = verify_releases(runtime, scope)
    for fault in found.faults:
        click.echo(f"{fault.place}: {translate(fault.sentence)}")
    click.echo(
        gettext(
            "Releases looked at: %(count)s. Not as published: %(faults)s.",
            count=found.looked_at,
            faults=len(found.faults),
        )
    )
    if found.faults:
        context.exit(1)
