"""Commands that run and look after an instance."""

from __future__ import annotations

import os
import socket
from functools import partial
from pathlib import Path

import click

from outcomes.cli.server import run_server
from outcomes.cli.stopping import stop_on_signals
from outcomes.errors import Sentence, UnavailableError
from outcomes.language import gettext, translate
from outcomes.services.administer import audit_head, check_audit
from outcomes.services.freeze_plan import freeze_plan as freeze
from outcomes.services.open_database import (
    analyse_database,
    hold_database,
    migrate_database,
    open_runtime,
    require_demo,
    require_schema,
    start_database_over,
)
from outcomes.services.runtime import make_runtime
from outcomes.services.sign_in import issue_sign_in_link, organisation_actor
from outcomes.settings import SETTINGS_FILE, read_settings, write_new_settings

HOST = "127.0.0.1"
PORT = 8000
DEMO = "solbjerg"


@click.command()
@click.option("--port", default=PORT, show_default=True, help="Port on 127.0.0.1 to serve on.")
def demo(port: int) -> None:
    """Make a demo municipality, print links to sign in with, and serve it."""
    home = read_home()
    base_url = os.environ.get("BASE_URL") or f"http://{HOST}:{port}"
    os.environ["BASE_URL"] = base_url  # over an earlier start's port, also for the worker beside
    write_new_settings(home, OUTCOMES_DEMO="true", BASE_URL=base_url)
    settings = read_settings()
    if not settings.demo:
        raise UnavailableError(
            Sentence("%(path)s belongs to an instance in use. Set OUTCOMES_HOME to another folder.",
                     path=str(home / SETTINGS_FILE))
        )  # fmt: skip
    require_free_port(port)
    stop_on_signals()
    with hold_database(settings) as address:
        require_demo(address, slug=DEMO)
        migrate_database(address)
        runtime = make_runtime(settings, address.app_url)
        from outcomes.services.demo import fill_demo, is_broken_off  # noqa: PLC0415 - only this command needs its people

        if address.revive is not None and is_broken_off(runtime):  # our own server, and nobody has been in this demo
            start_database_over(address)
        links = fill_demo(runtime, analyse=partial(analyse_database, address))
        runtime.database.dispose()
        click.echo(gettext("The demo is ready. Open one of these links in a browser:"))
        for sentence, url in links.named():
            click.echo(f"\n  {translate(sentence)}\n  {url}")
        click.echo("\n" + gettext("Stop with Ctrl-C."))
        run_server(settings, address, bind=f"{HOST}:{port}")


@click.command()
@click.option("--bind", default=f"{HOST}:{PORT}", show_default=True, help="Address and port to serve on.")
@click.option("--workers", default=2, show_default=True, help="Web processes.")
def serve(bind: str, workers: int) -> None:
    """Serve the web pages."""
    settings = read_settings()
    stop_on_signals()
    with hold_database(settings) as address:
        require_schema(address)
        make_runtime(settings, address.app_url).database.dispose()
        run_server(settings, address, bind=bind, workers=workers)


@click.command()
def migrate() -> None:
    """Bring the database to the schema that this version knows."""
    settings = read_settings()
    with hold_database(settings) as address:
        migrate_database(address)
    click.echo(gettext("The database is up to date."))


@click.command(name="sign-in-link")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.argument("email")
def sign_in_link(organisation: str, email: str) -> None:
    """Print a link that signs one member of staff in, once, within an hour."""
    settings = read_settings()
    with open_runtime(settings) as runtime:
        token = issue_sign_in_link(runtime, organisation_slug=organisation, email=email)
    click.echo(f"{settings.base_url}/log-ind/{token}")


@click.command(name="freeze-plan")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--intervention", required=True, help="Short name of the intervention.")
@click.option("--by", required=True, help="Who decides it; stands in the report.")
def freeze_plan(organisation: str, intervention: str, by: str) -> None:
    """Freeze the analysis plan of an intervention, so that its report can be made."""
    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "freeze-plan")
        version = freeze(runtime, scope, intervention, by=by)
    click.echo(gettext("Version %(version)s of the analysis plan is frozen.", version=version))


@click.command()
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.option("--expect", help="A seal that was printed before: the record must still hold it.")
@click.pass_context
def audit(context: click.Context, organisation: str, expect: str | None) -> None:
    """Check that no record was changed behind the record of changes, and print its newest seal.

    Keep the seal somewhere else: it is what shows later that the newest entries weren't cut off.
    """
    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "audit")
        faults = check_audit(runtime, scope, expect=expect)
        head = audit_head(runtime, scope)
    for fault in faults:
        click.echo(f"{fault.table} {fault.row_id}: {fault.what}")
    if faults:
        context.exit(1)
    click.echo(gettext("The record of changes is whole: %(count)s entries.", count=head.position))
    click.echo(gettext("Seal: %(seal)s", seal=head.hash_hex))


def read_home() -> Path:
    """Folder of this instance."""
    return Path(os.environ.get("OUTCOMES_HOME") or "var")


def require_free_port(port: int) -> None:
    """Raises ``UnavailableError`` where something serves there already."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise UnavailableError(
                Sentence(
                    "Something else uses port %(port)s already. Stop it, or choose another with --port.", port=port
                )
            ) from error
