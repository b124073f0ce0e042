"""WTForms says nothing of its own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import wtforms
from babel.messages.pofile import read_po
from werkzeug.datastructures import MultiDict
from wtforms import DateField, IntegerField, SelectField, StringField, validators
from wtforms.fields.choices import SelectChoice

from outcomes.forms.messages import WORDS, OwnWords, OwnWordsForm

# Said to whoever programs a form, never to whoever fills it in.
TO_PROGRAMMERS = {"Invalid field name '%s'.", "Choices cannot be None."}


def wtforms_messages() -> list[tuple[str, ...]]:
    template = Path(wtforms.__file__).parent / "locale" / "wtforms.pot"
    with template.open("rb") as file:
        ids = [message.id for message in read_po(file) if message.id]
    return [one if isinstance(one, tuple) else (one,) for one in ids]


@pytest.mark.parametrize("forms", wtforms_messages(), ids=lambda forms: forms[0])
def test_every_message_of_wtforms_has_our_words(forms):
    if forms[0] in TO_PROGRAMMERS:
        return
    ours = OwnWords().ngettext(*forms, 2) if len(forms) == 2 else OwnWords().gettext(forms[0])
    assert ours not in forms
    theirs_filled_in = set(re.findall(r"%\((\w+)\)", " ".join(forms)))
    assert set(re.findall(r"%\((\w+)\)", WORDS[forms[0]].message)) <= theirs_filled_in


def test_a_text_that_is_no_message_of_wtforms_passes_through():
    assert OwnWords().gettext("Name") == "Name"
    assert OwnWords().ngettext("%(n)s cat", "%(n)s cats", 2) == "%(n)s cats"
    assert OwnWords().ngettext("%(n)s cat", "%(n)s cats", 1) == "%(n)s cat"


class StaffForm(OwnWordsForm):
    name = StringField("Name", [validators.InputRequired()])
    code = StringField("Code", [validators.Length(min=3, max=5)])
    count = IntegerField("Count", [validators.NumberRange(min=1, max=9)])
    day = DateField("Day", [validators.Optional()])
    choice = SelectField("Choice", choices=[SelectChoice("a", "A")])


def test_placeholders_are_filled_in_by_wtforms():
    sent = MultiDict({"name": "", "code": "ab", "count": "12", "day": "tomorrow", "choice": "b"})
    form = StaffForm(sent)
    assert not form.validate()
    assert form.errors == {
        "name": [OwnWords().gettext("This field is required.")],
        "code": [
            OwnWords().gettext("Field must be between %(min)d and %(max)d characters long.") % {"min": 3, "max": 5}
        ],
        "count": [OwnWords().gettext("Number must be between %(min)s and %(max)s.") % {"min": 1, "max": 9}],
        "day": [OwnWords().gettext("Not a valid date value.")],
        "choice": [OwnWords().gettext("Not a valid choice.")],
    }
    assert "%" not in str(form.errors)
