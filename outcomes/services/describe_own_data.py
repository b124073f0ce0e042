"""A citizen's own data in words: the sections of their copy."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from outcomes.errors import Sentence
from outcomes.language import LANGUAGE_NAMES, format_number
from outcomes.reports.own_copy import CopyDocument, CopyEntry, CopySection
from outcomes.reports.parts import words_in

if TYPE_CHECKING:
    from datetime import date, datetime

    from outcomes.reports.own_copy import Words
    from outcomes.reports.parts import LocalText
    from outcomes.services.gather_own_data import OwnData, OwnPerson, OwnRating

InWords = Callable[[Iterable[Any], Mapping[str, Any]], Iterable[Any]]

UNKNOWN = ""
"""Which language people write in, nobody asks."""
WHEN, UNTIL, ANSWERED = Sentence("When"), Sentence("Until"), Sentence("Answered")
SKIPPED = Sentence("You skipped this one")
KINDS = {
    "develop": Sentence("Develop"),
    "maintain": Sentence("Maintain"),
    "limit_loss": Sentence("Limit loss"),
}
LEVELS = {
    -2: Sentence("Much less than hoped for"),
    -1: Sentence("Less than hoped for"),
    0: Sentence("As hoped for"),
    1: Sentence("More than hoped for"),
    2: Sentence("Much more than hoped for"),
}
RELATIONS = {
    "parent": Sentence("A parent"),
    "relative": Sentence("A relative"),
    "guardian": Sentence("A guardian"),
}
MESSAGES = {
    "invitation": Sentence("That there are questions for you"),
    "reminder": Sentence("A reminder of questions for you"),
    "login_code": Sentence("A code to sign in with"),
}
STATES = {
    "planned": Sentence("Planned"),
    "declined": Sentence("You said no"),
    "withdrawn": Sentence("You are not asked"),
}
BACKGROUND = {"age": Sentence("Age"), "living": Sentence("Who you live with")}
"""What is known of people in many places, where the intervention has no words of its own for it."""
LEFT_OUT = (
    Sentence("Your CPR number. We keep it locked away, to know you by, and never write it in a file."),
    Sentence("What a parent, a relative or a guardian has answered. Those are their own words."),
    Sentence("What stands about you in other systems. Ask those who help you."),
)


def describe_own_data(data: OwnData, in_words: InWords, *, made_at: datetime) -> CopyDocument:
    """The document that the copy is made from, in the locale in force where answers are put into words."""
    return CopyDocument(
        organisation_name=data.person.organisation_name,
        name=data.person.name,
        made_at=made_at,
        sections=(
            _section(Sentence("Who you are here"), (_person(data.person),)),
            _section(Sentence("Who helps you"), _helpers(data)),
            _section(Sentence("The help you get"), _episodes(data)),
            _section(Sentence("Your answers"), _responses(data, in_words)),
            _section(Sentence("Answers you have not sent"), _drafts(data, in_words)),
            _section(Sentence("What those who help you have answered about you"), _staff_responses(data, in_words)),
            _section(Sentence("Your goals"), _goals(data)),
            _section(Sentence("What you have said is wrong"), _corrections(data)),
            _section(Sentence("What somebody was asked to look at"), _signals(data)),
            _section(Sentence("When you were asked, or will be"), _occasions(data)),
            _section(Sentence("What was sent to you"), _messages(data)),
            _section(Sentence("What you have shared"), _shares(data)),
            _section(Sentence("Who has looked"), _looks(data)),
        ),
        left_out=LEFT_OUT,
    )


def _section(heading: Sentence, entries: Iterable[CopyEntry]) -> CopySection:
    return CopySection(heading, tuple(entries), Sentence("Nothing."))


def _span(first: date, last: date | None) -> tuple[tuple[Words, Words], ...]:
    """From when until when; the last day only where there is one."""
    until = ((UNTIL, last),) if last else ()
    return ((Sentence("From"), first), *until)


def _person(person: OwnPerson) -> CopyEntry:
    facts: list[tuple[Words, Words]] = [
        (Sentence("Language"), LANGUAGE_NAMES[person.locale] if person.locale else Sentence("Not known")),
        (Sentence("Phone"), person.phone or Sentence("Not known")),
        (Sentence("E-mail"), person.email or Sentence("Not known")),
        (Sentence("CPR number"), Sentence("Kept, locked away") if person.has_cpr else Sentence("Not known")),
        (Sentence("Your number here"), f"{person.number:04d}"),
    ]
    if person.birth_year:
        facts.append((Sentence("Year of birth"), str(person.birth_year)))
    if person.source:
        facts.append((Sentence("Came from"), person.source))
    if person.stopped_on:
        facts.append((Sentence("Not asked since"), person.stopped_on))
    return CopyEntry(person.name, tuple(facts))


def _helpers(data: OwnData) -> Iterable[CopyEntry]:
    for name, first, last in data.coordinators:
        yield CopyEntry(Sentence("%(name)s, your coordinator", name=name), _span(first, last))
    for kind, first, last in data.relations:
        yield CopyEntry(Sentence("%(who)s may answer too", who=RELATIONS[kind]), _span(first, last))


def _episodes(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.episodes:
        known = tuple((_called(name), _known(value)) for name, value in row.background_words)
        provider = ((Sentence("Where"), row.provider),) if row.provider else ()
        yield CopyEntry(row.intervention, (*provider, *_span(row.started_on, row.ended_on), *known))


def _called(name: LocalText | str) -> Words:
    return BACKGROUND.get(name, name) if isinstance(name, str) else name


def _known(value: LocalText | str | float | None) -> Words:
    """Something known from before; a number as the language writes it, without thousands: it may be a year."""
    if value is None or value == "":
        return Sentence("Not known")
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else format_number(value)
    return words_in(value, UNKNOWN) if isinstance(value, str) else value


def _responses(data: OwnData, in_words: InWords) -> Iterable[CopyEntry]:
    for row in data.responses:
        yield CopyEntry(
            row.title,
            (
                (ANSWERED, row.answered_at),
                *_lines(in_words(row.items, row.answers)),
                *((Sentence("Number"), sentence) for sentence in data.scores.get(row.response_id, ())),
                *(
                    (Sentence("You have said is wrong"), words_in(correction.words, UNKNOWN))
                    for correction in row.corrections
                ),
            ),
        )


def _drafts(data: OwnData, in_words: InWords) -> Iterable[CopyEntry]:
    for row in data.drafts:
        yield CopyEntry(row.title, ((WHEN, row.updated_at), *_lines(in_words(row.items, row.answers))))


def _staff_responses(data: OwnData, in_words: InWords) -> Iterable[CopyEntry]:
    for row in data.staff_responses:
        yield CopyEntry(row.title, ((ANSWERED, row.answered_at), *_lines(in_words(row.items, row.answers))))


def _lines(lines: Iterable[Any]) -> tuple[tuple[Words, Words], ...]:
    return tuple(
        (
            words_in(line.question, line.language),
            SKIPPED if line.answer is None else words_in(line.answer, line.answer_language),
        )
        for line in lines
    )


def _goals(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.goals:
        yield CopyEntry(
            words_in(row.wording, UNKNOWN),
            (
                (Sentence("Kind of goal"), KINDS[row.kind]),
                (Sentence("Written down"), row.set_on),
                (Sentence("Where it began"), LEVELS[row.baseline_level]),
                *((rating.rated_on, _rating(rating)) for rating in row.ratings),
            ),
        )


def _rating(rating: OwnRating) -> Sentence:
    """Where the goal stood, by whom, and what they wrote."""
    values = {"level": LEVELS[rating.level], "name": rating.name, "note": words_in(rating.note, UNKNOWN)}
    if rating.rated_by == "citizen":
        if rating.note:
            return Sentence("%(level)s, you said. %(note)s", level=values["level"], note=values["note"])
        return Sentence("%(level)s, you said.", level=values["level"])
    if rating.note:
        return Sentence("%(level)s, said %(name)s. %(note)s", **values)
    return Sentence("%(level)s, said %(name)s.", level=values["level"], name=rating.name)


def _corrections(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.corrections:
        yield CopyEntry(row.at, ((Sentence("Your words"), words_in(row.words, UNKNOWN)),))


def _signals(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.signals:
        done: tuple[tuple[Words, Words], ...] = ()
        if row.handled_at:
            done = (
                (Sentence("Looked at"), row.handled_at),
                (Sentence("What was done"), words_in(row.handling, UNKNOWN)),
            )
        yield CopyEntry(row.raised_at, done)


def _occasions(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.occasions:
        state = ANSWERED if row.answered else STATES[row.state]
        yield CopyEntry(row.title, ((WHEN, row.planned_on), (Sentence("How it stands"), state)))


def _messages(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.messages:
        sent = row.sent_at or Sentence("Not sent")
        by = Sentence("By e-mail") if row.channel == "mail" else Sentence("By SMS")
        yield CopyEntry(MESSAGES.get(row.kind, Sentence("A message")), ((WHEN, sent), (Sentence("How"), by)))


def _shares(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.shares:
        lines: list[tuple[Words, Words]] = [(Sentence("Days"), str(row.days))]
        if row.until:
            lines.append((UNTIL, row.until))
        if row.ended_at:
            lines.append((Sentence("You stopped it"), row.ended_at))
        title: Words = row.name or Sentence("Nobody has used the code")
        yield CopyEntry(title, ((WHEN, row.created_at), *lines))


def _looks(data: OwnData) -> Iterable[CopyEntry]:
    for row in data.looks:
        yield CopyEntry(row.name, ((WHEN, row.at), (Sentence("Why"), row.why)))
