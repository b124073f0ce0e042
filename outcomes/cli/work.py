"""The command that runs the jobs: messages, invitations, what is made anew every night."""

from __future__ import annotations

import os

import click

from outcomes.cli.logs import configure_logs
from outcomes.cli.stopping import stop_on_signals
from outcomes.language import translate
from outcomes.services.check_messages import check_messages
from outcomes.services.open_database import hold_database, open_runtime, require_schema
from outcomes.services.run_worker import WorkerOptions, run_worker
from outcomes.services.runtime import make_runtime
from outcomes.settings import read_settings


@click.command()
@click.option("--threads", default=4, show_default=True, help="Jobs at a time.")
@click.option("--parent", type=int, hidden=True, help="Stop when this process is gone.")
def work(threads: int, parent: int | None) -> None:
    """Run the jobs: send messages, invite and remind, make results anew at night. As many workers as you like."""
    settings = read_settings()
    stop_on_signals()
    with hold_database(settings) as address:
        if parent is None:
            require_schema(address)  # whoever started us has looked
        configure_logs(settings.log_level)
        runtime = make_runtime(settings, address.app_url)
        finished = run_worker(runtime, address.app_url, WorkerOptions(threads, parent))
        runtime.database.dispose()
    if not finished:
        os._exit(0)  # a thread is still at a job that didn't end: the next worker does it again


@click.command()
@click.pass_context
def messages(context: click.Context) -> None:
    """Show how many messages went or wait, and the jobs. Exit code 1 where something needs looking after."""
    with open_runtime(read_settings()) as runtime:
        found = check_messages(runtime)
    for (channel, state), count in found.messages.items():
        click.echo(f"{channel:<6}{state:<12}{count:>8}")
    for status, count in found.jobs.items():
        click.echo(f"{'jobs':<6}{status:<12}{count:>8}")
    for concern in found.concerns:
        click.echo(translate(concern))
    if found.concerns:
        context.exit(1)
