"""The tree of errors: sentences that are translated late, and faults with their place."""

from __future__ import annotations

import inspect

import pytest

from outcomes import errors
from outcomes.errors import Fault, InputError, OutcomesError, Sentence, SettingsError

ALL = [
    error for _, error in inspect.getmembers(errors, inspect.isclass)
    if issubclass(error, OutcomesError) and error is not OutcomesError
]  # fmt: skip


def test_a_sentence_is_equal_by_what_it_says_and_reads_in_english():
    sentence = Sentence("%(name)s has no scale %(scale)s.", scale="sum", name="bdi")
    assert sentence == Sentence("%(name)s has no scale %(scale)s.", name="bdi", scale="sum")
    assert hash(sentence) == hash(Sentence("%(name)s has no scale %(scale)s.", name="bdi", scale="sum"))
    assert str(sentence) == "bdi has no scale sum."
    assert sentence != Sentence("%(name)s has no scale %(scale)s.", name="bdi", scale="total")


def test_a_sentence_without_values_may_hold_a_percent_sign():
    assert str(Sentence("Half is 50 %.")) == "Half is 50 %."


def test_a_sentence_holds_a_sentence():
    assert str(Sentence("Because: %(reason)s", reason=Sentence("no %(what)s", what="time"))) == "Because: no time"


def test_a_sentence_stays_as_it_was_said():
    with pytest.raises(AttributeError):
        Sentence("Yes").message = "No"


def test_a_fault_says_where():
    assert str(Fault("line 3, column score", Sentence("Not a number."))) == "line 3, column score: Not a number."
    assert str(Fault("", Sentence("Not a number."))) == "Not a number."


def test_an_error_lists_every_fault():
    error = SettingsError(Sentence("No start."), (Fault(name, Sentence("Missing.")) for name in ("A", "B")))
    assert str(error) == "No start.\n  A: Missing.\n  B: Missing."
    assert len(error.faults) == 2


@pytest.mark.parametrize("error", ALL, ids=lambda error: error.__name__)
def test_every_error_is_of_the_tree_named_and_explained(error):
    assert error.__name__.endswith("Error")
    assert inspect.getdoc(error)
    raised = error(Sentence("Something."))
    assert isinstance(raised, OutcomesError)
    assert (str(raised), raised.faults) == ("Something.", ())
    with pytest.raises(OutcomesError, match="Something"):
        raise raised


def test_what_somebody_gave_us_and_what_we_lack_are_told_apart():
    assert issubclass(errors.AnswerError, InputError)
    assert issubclass(errors.LinkError, errors.NotFoundError)
    assert issubclass(errors.DifferentAnswersError, errors.ConflictError)
    assert not issubclass(errors.UnavailableError, InputError)
