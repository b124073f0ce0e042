"""Take in the recordings of an instrument version: a folder of files, all of them or none.

A file is named by its question and its language, ``<item>.<locale>.<ogg|mp3|m4a>``, such as ``sleep.da-x-easy.ogg``.
What a file is, is read from its content, never believed from its name. A recording is never replaced: whoever answered has
heard it. The same file again changes nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from outcomes.errors import Fault, InstrumentError, NotFoundError, Sentence
from outcomes.services.read_audio import forget_recorded
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.store import audio, instruments

if TYPE_CHECKING:
    from pathlib import Path
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.instruments import Instrument
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

LARGEST = 2_000_000
"""Bytes: about four minutes of speech as browsers get it."""
MEDIA_TYPES = {"ogg": "audio/ogg", "mp3": "audio/mpeg", "m4a": "audio/mp4"}
FILE_NAME = re.compile(r"(?P<item>[a-z][a-z0-9_]*)\.(?P<locale>[A-Za-z0-9-]+)\.(?P<ending>[a-z0-9]+)")
OGG_CODECS = (b"OpusHead", b"\x01vorbis")
FIRST_PAGE = 300
"""Bytes in which an Ogg file says what it holds."""
NO_BITRATE, NO_RATE = 0b1111, 0b11


@dataclass(frozen=True, slots=True)
class Recording:
    """One file that can be used."""

    file_name: str
    item: str
    locale: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class AddedAudio:
    """What was taken in: recordings that are new, and those that were there already."""

    new: int
    known: int


def add_audio(runtime: Runtime, scope: Scope, *, key: str, version: str, folder: Path) -> AddedAudio:
    """Store the recordings in ``folder`` with the version. Hidden files are passed over.

    Raises ``NotFoundError`` where there is no such version, and ``InstrumentError`` with every fault and its file.
    """
    if scope.organisation_id is None:
        raise ValueError("recordings belong to an organisation")
    with runtime.database.transaction(scope) as session:
        found = instruments.find_version(session, key=key, version=version)
        if found is None:
            raise NotFoundError(
                Sentence("There is no version %(version)s of %(key)s here. Load it first.", key=key, version=version)
            )
        recordings = _read_folder(folder, read_stored_instrument(session, found.id))
        new = _not_there_yet(session, found.id, recordings)
        for each in new:
            audio.add_recording(
                session,
                organisation_id=scope.organisation_id,
                version_id=found.id,
                item=each.item,
                locale=each.locale,
                media_type=each.media_type,
                content=each.content,
            )
        session.commit()
    forget_recorded(found.id)
    return AddedAudio(len(new), len(recordings) - len(new))


def media_type_of(content: bytes) -> str | None:
    """The type of sound that the bytes are, among those that every browser plays; None for anything else."""
    if content.startswith(b"OggS") and any(codec in content[:FIRST_PAGE] for codec in OGG_CODECS):
        return MEDIA_TYPES["ogg"]
    if content.startswith(b"ID3") or _begins_with_mp3_frame(content):
        return MEDIA_TYPES["mp3"]
    if content[4:8] == b"ftyp" and b"mp4a" in content:
        return MEDIA_TYPES["m4a"]
    return None


def _begins_with_mp3_frame(content: bytes) -> bool:
    """Eleven set bits, MPEG layer III, and a bit rate and a sampling rate that exist."""
    if len(content) < 4 or content[0] != 0xFF or content[1] & 0xE0 != 0xE0:  # noqa: PLR2004 - a frame's header
        return False
    version, layer = content[1] >> 3 & 0b11, content[1] >> 1 & 0b11
    return version != 0b01 and layer == 0b01 and content[2] >> 4 != NO_BITRATE and content[2] >> 2 & 0b11 != NO_RATE


def _read_folder(folder: Path, instrument: Instrument) -> list[Recording]:
    files = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    recordings: dict[tuple[str, str], Recording] = {}
    faults: list[Fault] = []
    if not files:
        faults.append(Fault("", Sentence("There is no recording in %(folder)s.", folder=folder.name)))
    for path in files:
        read = _read_file(path, instrument)
        if isinstance(read, Sentence):
            faults.append(Fault(path.name, read))
        elif earlier := recordings.get((read.item, read.locale)):
            faults.append(Fault(path.name, Sentence("%(other)s is the same recording.", other=earlier.file_name)))
        else:
            recordings[read.item, read.locale] = read
    if faults:
        raise InstrumentError(Sentence("These recordings can't be used as they stand. Nothing was stored."), faults)
    return list(recordings.values())


def _read_file(path: Path, instrument: Instrument) -> Recording | Sentence:
    """The recording in a file, or what is wrong with it."""
    named = FILE_NAME.fullmatch(path.name)
    if named is None or named["ending"] not in MEDIA_TYPES or not path.is_file():
        return Sentence("A recording is named by its question and its language, such as sleep.da.ogg (or mp3, m4a).")
    known = {item.id: item for item in instrument.items}
    if named["item"] not in known:
        return Sentence("There is no question “%(name)s”.", name=named["item"])
    if named["locale"] not in known[named["item"]].wording:
        return Sentence("The question has no words in “%(language)s”.", language=named["locale"])
    if not 0 < path.stat().st_size <= LARGEST:
        return Sentence("A recording is at most %(largest)s bytes, and not empty.", largest=LARGEST)
    content = path.read_bytes()
    media_type = media_type_of(content)
    if media_type != MEDIA_TYPES[named["ending"]]:
        return Sentence("This isn't a sound file of the type that its name says.")
    return Recording(path.name, named["item"], named["locale"], media_type, content)


def _not_there_yet(session: Session, version_id: UUID, recordings: list[Recording]) -> list[Recording]:
    """The recordings that are new. Raises ``InstrumentError`` for those that there are others of already."""
    new: list[Recording] = []
    faults: list[Fault] = []
    for each in recordings:
        stored = audio.find_recording(session, version_id=version_id, item=each.item, locale=each.locale)
        if stored is None:
            new.append(each)
        elif stored.content != each.content:
            sentence = Sentence("There is another recording of this already. Another one needs a new version.")
            faults.append(Fault(each.file_name, sentence))
    if faults:
        raise InstrumentError(Sentence("These recordings can't be used as they stand. Nothing was stored."), faults)
    return new
