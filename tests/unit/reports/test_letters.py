"""Letters: plain text in the reader's language, nothing escaped and nothing run."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace as Thing

import pytest

from outcomes.language import CITIZEN_LOCALES
from outcomes.reports.letters import RIGHT_TO_LEFT_MARK, write_letter

URL = "https://outcomes.example/b/abc"
POLYGLOT = "Ny & Gammel <Kommune> {{ 7*7 }} %(name)s"
VALUES = {
    "organisation": POLYGLOT,
    "relation": False,
    "minutes": 3,
    "closes_on": date(2026, 3, 16),
    "url": URL,
    "stop_url": "https://outcomes.example/min-side",
    "contact": Thing(name="Borgerservice", phone="70 00 00 00"),
}
NAMES = ("citizen/invitation", "citizen/reminder")


@pytest.mark.parametrize("locale", CITIZEN_LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_a_mail_has_a_subject_and_a_link_of_its_own_line(name: str, locale: str) -> None:
    letter = write_letter(f"{name}.txt", locale, has_subject=True, **VALUES)
    assert POLYGLOT in letter.subject
    assert "\n" not in letter.subject
    assert URL in letter.text.splitlines()
    assert "70 00 00 00" in letter.text


@pytest.mark.parametrize("locale", CITIZEN_LOCALES)
@pytest.mark.parametrize("name", NAMES)
def test_an_sms_is_short(name: str, locale: str) -> None:
    letter = write_letter(
        f"{name}.sms.txt", locale, has_subject=False, **{**VALUES, "organisation": "Solbjerg Kommune"}
    )
    assert letter.subject == ""
    assert URL in letter.text.splitlines()
    assert len(letter.text) <= 3 * 153, "three parts of an SMS at most"


def test_what_is_written_from_the_right_says_so_on_each_line_but_the_links() -> None:
    letter = write_letter("citizen/invitation.txt", "ar", has_subject=True, **VALUES)
    assert letter.subject.startswith(RIGHT_TO_LEFT_MARK)
    assert all(line.startswith((RIGHT_TO_LEFT_MARK, "https://")) for line in letter.text.splitlines() if line)
    assert RIGHT_TO_LEFT_MARK not in write_letter("citizen/invitation.txt", "da", has_subject=True, **VALUES).text


def test_a_relation_isnt_sent_to_a_page_that_isnt_theirs_and_no_contact_leaves_no_gap() -> None:
    letter = write_letter(
        "citizen/invitation.txt", "da", has_subject=True, **{**VALUES, "relation": True, "contact": None}
    )
    assert "min-side" not in letter.text
    assert "\n\n\n" not in letter.text


@pytest.mark.parametrize("name", ["citizen/login_code.txt", "citizen/login_code.sms.txt"])
def test_a_code_stands_in_the_text_and_not_in_the_subject(name: str) -> None:
    letter = write_letter(name, "en", has_subject=".sms" not in name, organisation="Nordby", code="482915", minutes=10)
    assert "482915" in letter.text
    assert "482915" not in letter.subject
