"""The tree of named errors, and the sentences that they say.

An error carries a :class:`Sentence`: a message id with named values, translated where it is shown and never before, so
that the same error reads right on a Danish page, in an English report and on the command line. Every error says what to
do next. ``views/errors.py`` is the one place that maps them to HTTP, ``cli`` the one place that maps them to exit codes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True, slots=True, init=False)
class Sentence:
    """A translatable sentence: a message id and the values of its named placeholders.

    ``str()`` gives the untranslated (English) sentence; :func:`outcomes.language.translate` gives it in a language.
    A value may itself be a ``Sentence``; it is translated with the sentence that holds it.
    """

    message: str
    values: tuple[tuple[str, object], ...]

    def __init__(self, message: str, **values: object) -> None:
        object.__setattr__(self, "message", message)
        object.__setattr__(self, "values", tuple(sorted(values.items())))

    def __str__(self) -> str:
        return self.message % {name: str(value) for name, value in self.values} if self.values else self.message


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with what somebody gave us, and where it stands.

    ``place`` names the spot in the giver's own terms (``line 12, column bdi``; ``items[3].wording.da``; ``DATABASE_URL``).
    """

    place: str
    sentence: Sentence

    def __str__(self) -> str:
        return f"{self.place}: {self.sentence}" if self.place else str(self.sentence)


@dataclass(eq=False)
class OutcomesError(Exception):
    """Root of the tree. ``sentence`` says what happened and what to do next."""

    sentence: Sentence
    faults: tuple[Fault, ...] = field(default=())

    def __str__(self) -> str:
        return "\n".join([str(self.sentence), *(f"  {fault}" for fault in self.faults)])


class InputError(OutcomesError):
    """Something given to us is wrong; every fault is listed and nothing was stored."""

    def __init__(self, sentence: Sentence, faults: Iterable[Fault] = ()) -> None:
        super().__init__(sentence, tuple(faults))


class SettingsError(InputError):
    """A setting is missing or wrong; the program doesn't start."""


class InstrumentError(InputError):
    """An instrument file can't be used as it stands."""


class AnswerError(InputError):
    """An answer isn't one that the instrument allows."""


class ImportFileError(InputError):
    """A table or its mapping can't be imported as it stands."""


class AnalysisPlanError(InputError):
    """An analysis plan can't be used as it stands (not frozen, unknown measure, wrong model)."""


class NotFoundError(OutcomesError):
    """What was asked for isn't there, or isn't there for the one who asks: the two look the same."""


class LinkError(NotFoundError):
    """A personal link is unknown, expired, revoked or damaged: the one who holds it can't tell which."""


class DeclinedError(LinkError):
    """A personal link that is good, of an occasion that its own citizen has said no thanks to: they hold it, and may know.

    ``organisation_name`` and ``contact`` (as it is stored): whom to call for whoever thinks again.
    """

    def __init__(
        self, sentence: Sentence, organisation_name: str = "", contact: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(sentence)
        self.organisation_name = organisation_name
        self.contact = contact or {}


class NotAllowedError(OutcomesError):
    """The one who asks is known, and this isn't theirs to see or do."""


class SignInRequiredError(OutcomesError):
    """Nobody is signed in."""


class OwnPageClosedError(SignInRequiredError):
    """No citizen is signed in to their own page, or not any more."""


class TooManyAttemptsError(OutcomesError):
    """Something that may be tried so often in a while was tried more often."""


class ConflictError(OutcomesError):
    """Something else was stored first; nothing was overwritten."""


class AnswerChangedError(ConflictError):
    """Something else was answered in another window since the page was made; each fault's place is a question."""


class MoreQuestionsError(ConflictError):
    """The answers bring questions that weren't on the page; nothing was sent."""


class DifferentAnswersError(ConflictError):
    """The same occasion was answered before with other answers; the first ones stand."""


class DisclosureError(ConflictError):
    """What was to be published, held against what is published already, would tell of few people. Nothing was published."""


class EstimateError(OutcomesError):
    """The data can't carry the number asked for; the sentence says what would make it possible."""


class UnavailableError(OutcomesError):
    """Something that we stand on (the database, a program) isn't there."""


class AlteredError(OutcomesError):
    """What is stored isn't what was written: it isn't shown, and trying again doesn't help."""
