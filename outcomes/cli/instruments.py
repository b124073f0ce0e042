"""Commands about questionnaires: is a file in order, and the recordings that read it aloud."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from outcomes.language import format_number, gettext, ngettext
from outcomes.services.add_audio import add_audio
from outcomes.services.check_instrument import check_instrument
from outcomes.services.open_database import open_runtime
from outcomes.services.sign_in import organisation_actor
from outcomes.settings import read_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from outcomes.services.check_instrument import HardQuestion, LanguageReadability

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)
FOLDER = click.Path(exists=True, file_okay=False, readable=True, path_type=Path)


@click.group()
def instruments() -> None:
    """Questionnaires and their scoring."""


@instruments.command()
@click.argument("file", type=FILE)
def check(file: Path) -> None:
    """Check an instrument file, and explain every fault with its place; then say how easy it is to read."""
    checked = check_instrument(file)
    click.echo(gettext("%(file)s is in order: %(title)s.", file=file.name, title=checked.title))
    if checked.readability:
        click.echo(gettext("How easy it is to read (lix: below 25 very easy, 25 to 34 easy, from 45 hard):"))
    for language in checked.readability:
        for line in _advice(language):
            click.echo(f"  {line}")


@instruments.command(name="add-audio")
@click.option("--organisation", required=True, help="Short name of the organisation.")
@click.argument("key")
@click.argument("version")
@click.argument("folder", type=FOLDER)
def add_audio_command(organisation: str, key: str, version: str, folder: Path) -> None:
    """Take in recordings of the questions of an instrument version: files such as sleep.da.ogg, all of them or none."""
    with open_runtime(read_settings()) as runtime:
        _, scope = organisation_actor(runtime, organisation, "add-audio")
        added = add_audio(runtime, scope, key=key, version=version, folder=folder)
    click.echo(
        ngettext("%(num)s recording was added.", "%(num)s recordings were added.", added.new)
        + (
            " " + ngettext("%(num)s was there already.", "%(num)s were there already.", added.known)
            if added.known
            else ""
        )
    )


def _advice(language: LanguageReadability) -> Iterator[str]:
    words = format_number(language.words_per_sentence, 1)
    if language.lix is None:
        yield gettext(
            "%(language)s: %(words)s words in a sentence. Lix isn't meant for this language.",
            language=language.code,
            words=words,
        )
    else:
        yield gettext(
            "%(language)s: lix %(lix)s, %(words)s words in a sentence.",
            language=language.code,
            lix=format_number(language.lix, 0),
            words=words,
        )
    longest = gettext(
        "The longest sentence has %(words)s words: “%(sentence)s”",
        words=language.longest_words,
        sentence=language.longest,
    )
    yield f"  {longest}"
    for question in language.hard:
        yield f"  {_hard(question)}"


def _hard(question: HardQuestion) -> str:
    if question.lix is None:
        return gettext(
            "%(item)s may be hard to read: a sentence of %(words)s words.", item=question.item, words=question.words
        )
    return gettext(
        "%(item)s may be hard to read: lix %(lix)s, a sentence of %(words)s words.",
        item=question.item,
        lix=format_number(question.lix, 0),
        words=question.words,
    )
