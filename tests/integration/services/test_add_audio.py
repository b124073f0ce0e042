"""Recordings of an instrument's questions: taken in all or none, heard only by whoever is asked."""

from __future__ import annotations

import dataclasses
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from outcomes.errors import InstrumentError, LinkError, NotFoundError
from outcomes.instruments import parse_instrument
from outcomes.services import read_audio as reading
from outcomes.services.add_audio import LARGEST, AddedAudio, add_audio, media_type_of
from outcomes.services.read_audio import has_audio, read_audio, recorded_locale
from tests import sounds
from tests.integration.builders import add_case, add_course, add_tenant, get_ticket, small_instrument

pytestmark = pytest.mark.database

OPUS = sounds.opus()


@pytest.fixture
def course(runtime):
    """The small instrument, whose first question has easy words in Danish."""
    mapping = small_instrument().to_mapping()
    mapping["items"][0]["wording"]["da-x-easy"] = "Glad?"
    return add_course(runtime, add_tenant(runtime), instrument=parse_instrument(mapping))


@pytest.fixture
def folder(tmp_path):
    """A folder with one recording of each kind, and a file that no one meant."""
    files = {"mood.da.ogg": OPUS, "mood.da-x-easy.mp3": sounds.MP3, "pain.en.m4a": sounds.M4A, ".hidden": b"x"}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def add(runtime, course, folder, version="1.0"):
    return add_audio(runtime, course.tenant.scope, key="small", version=version, folder=folder)


def faults(runtime, course, folder):
    """Every fault as file and sentence; nothing is stored then."""
    with pytest.raises(InstrumentError, match="Nothing was stored") as caught:
        add(runtime, course, folder)
    assert has_audio(runtime, course.tenant.scope, course.version_id) == frozenset()
    return {fault.place: str(fault.sentence) for fault in caught.value.faults}


def test_a_folder_is_taken_in_once(runtime, course, folder):
    assert has_audio(runtime, course.tenant.scope, course.version_id) == frozenset()
    assert add(runtime, course, folder) == AddedAudio(new=3, known=0)
    expected = frozenset({("mood", "da"), ("mood", "da-x-easy"), ("pain", "en")})
    assert has_audio(runtime, course.tenant.scope, course.version_id) == expected
    assert add(runtime, course, folder) == AddedAudio(new=0, known=3)
    ticket = get_ticket(runtime, add_case(runtime, course))
    sound = read_audio(runtime, ticket, version_id=course.version_id, item="mood", locale="da")
    assert (sound.media_type, sound.content) == ("audio/ogg", OPUS)


def test_every_fault_is_named_by_its_file_and_nothing_is_stored(runtime, course, folder):
    wrong = {
        "sleep.da.ogg": (OPUS, "There is no question “sleep”."),
        "mood.ar.ogg": (OPUS, "The question has no words in “ar”."),
        "pain.da-x-easy.ogg": (OPUS, "The question has no words in “da-x-easy”."),
        "mood.ogg": (OPUS, "is named by its question and its language"),
        "mood.en.wav": (b"RIFF", "is named by its question and its language"),
        "notes.txt": (b"hello", "is named by its question and its language"),
        "mood.en.ogg": (sounds.MP3, "of the type that its name says"),
        "pain.da.mp3": (b"MZ\x90\x00" + bytes(200), "of the type that its name says"),
        "back.da.ogg": (b"", "at most 2000000 bytes, and not empty"),
        "back.en.ogg": (OPUS + bytes(LARGEST), "at most 2000000 bytes, and not empty"),
    }
    for name, (content, _) in wrong.items():
        (folder / name).write_bytes(content)
    (folder / "mood.da.mp3").write_bytes(sounds.MP3)
    (folder / "pain.da.ogg").mkdir()
    found = faults(runtime, course, folder)
    assert found.pop("mood.da.ogg") == "mood.da.mp3 is the same recording."
    assert "is named by" in found.pop("pain.da.ogg"), "a folder is no recording"
    assert found.keys() == wrong.keys()
    for name, (_, words) in wrong.items():
        assert words in found[name], name


def test_an_empty_folder_is_said_so(runtime, course, tmp_path):
    assert faults(runtime, course, tmp_path) == {"": f"There is no recording in {tmp_path.name}."}


def test_a_recording_is_never_replaced(runtime, course, folder, database):
    add(runtime, course, folder)
    (folder / "mood.da.ogg").write_bytes(sounds.opus(3))
    (folder / "pain.da.ogg").write_bytes(OPUS)
    with pytest.raises(InstrumentError) as caught:
        add(runtime, course, folder)
    (fault,) = caught.value.faults
    assert (fault.place, "another recording" in str(fault.sentence)) == ("mood.da.ogg", True)
    assert ("pain", "da") not in has_audio(runtime, course.tenant.scope, course.version_id)
    with pytest.raises(DatabaseError), database.admin() as owner:
        owner.execute(text("UPDATE instrument_audio SET media_type = 'audio/mpeg'"))


def test_an_unknown_version_or_another_organisation_is_not_found(runtime, course, folder):
    with pytest.raises(NotFoundError, match=r"no version 9\.9 of small"):
        add(runtime, course, folder, version="9.9")
    other = add_tenant(runtime, "sydby")
    with pytest.raises(NotFoundError):
        add_audio(runtime, other.scope, key="small", version="1.0", folder=folder)
    add(runtime, course, folder)
    reading.forget_recorded(course.version_id)
    assert has_audio(runtime, other.scope, course.version_id) == frozenset()
    reading.forget_recorded(course.version_id)


def test_only_the_version_that_is_asked_can_be_heard(runtime, course, folder):
    add(runtime, course, folder)
    other_course = add_course(runtime, course.tenant, slug="andet", instrument=small_instrument(version="2.0"))
    here, elsewhere = (get_ticket(runtime, add_case(runtime, each)) for each in (course, other_course))
    wanted = {"version_id": course.version_id, "item": "mood", "locale": "da"}
    assert read_audio(runtime, here, **wanted).content == OPUS
    for ticket, change in (
        (elsewhere, {}),
        (here, {"item": "back"}),
        (here, {"locale": "en"}),
        (here, {"version_id": uuid4()}),
    ):
        with pytest.raises(NotFoundError, match="not yours to see"):
            read_audio(runtime, ticket, **{**wanted, **change})
    with pytest.raises(LinkError):
        read_audio(runtime, dataclasses.replace(here, link_id=uuid4()), **wanted)


def test_only_a_recording_of_the_words_on_the_page_will_do():
    item = small_instrument().item("mood")
    easy = item.model_copy(update={"wording": {**item.wording, "da-x-easy": "Glad?"}})
    plain, both = {("mood", "da")}, {("mood", "da"), ("mood", "da-x-easy")}
    assert recorded_locale(plain, item, "da-x-easy") == "da", "the easy words are the plain ones"
    assert recorded_locale(plain, easy, "da-x-easy") is None
    assert recorded_locale(both, easy, "da-x-easy") == "da-x-easy"
    assert recorded_locale(plain, item, "ar") == "da", "an Arabic page shows the Danish words"
    assert recorded_locale(plain, item, "en") is None


def test_what_is_known_by_heart_is_looked_up_again_after_a_minute(runtime, course, folder, monkeypatch):
    scope, version = course.tenant.scope, course.version_id
    now = [1000.0]
    monkeypatch.setattr(reading.time, "monotonic", lambda: now[0])
    assert has_audio(runtime, scope, version) == frozenset()
    add(runtime, course, folder)
    monkeypatch.setitem(reading._recorded, version, (now[0], frozenset()))  # as in another process
    assert has_audio(runtime, scope, version) == frozenset()
    now[0] += 61
    assert len(has_audio(runtime, scope, version)) == 3


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (OPUS, "audio/ogg"),
        (b"OggS" + bytes(24) + b"\x01vorbis", "audio/ogg"),
        (b"OggS" + bytes(24) + b"\x80theora", None),
        (sounds.MP3, "audio/mpeg"),
        (sounds.MP3_FRAME, "audio/mpeg"),
        (b"\xff\xd8\xff\xe0" + bytes(20), None),
        (b"\xff\xfb\xf0\x64" + bytes(20), None),
        (sounds.M4A, "audio/mp4"),
        (b"\x00\x00\x00\x20ftypheic" + bytes(40), None),
        (b"<script>alert(1)</script>", None),
        (b"\xff", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(content, media_type):
    assert media_type_of(content) == media_type


def test_the_page_gives_the_sound_whole_or_in_parts(runtime, course, folder, client):
    add(runtime, course, folder)
    ticket = get_ticket(runtime, add_case(runtime, course))
    address = f"/lyd/{course.version_id}/mood/da"
    assert client.get(address).status_code == 404
    with client.session_transaction() as session:
        session["ticket"] = [str(ticket.organisation_id), str(ticket.link_id)]
    whole = client.get(address)
    assert (whole.status_code, whole.data, whole.mimetype) == (200, OPUS, "audio/ogg")
    assert "media-src 'self'" in whole.headers["Content-Security-Policy"]
    part = client.get(address, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.data) == (206, b"OggS")
    assert client.get(address, headers={"If-None-Match": whole.headers["ETag"]}).status_code == 304
    for wrong in (f"/lyd/{course.version_id}/mood/xx", f"/lyd/{uuid4()}/mood/da", "/lyd/x/mood/da"):
        assert client.get(wrong).status_code == 404
