"""One page for the political committee: read in two minutes, which is at most 300 words in either language.

The finding, its number and what can't be said are always there. The other answers stand by what a committee needs first;
where all of them would take more words than two minutes give, what doesn't fit is left to the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.analysis.effect_results import Progression
from outcomes.analysis.evidence import grade_word
from outcomes.analysis.results import Share
from outcomes.errors import Sentence
from outcomes.language import LOCALES, translate, use_locale
from outcomes.reports.effect_report.context import Answer, Committee
from outcomes.reports.effect_report.duties import duties_of, named_duties
from outcomes.reports.effect_report.effect import meaning
from outcomes.reports.effect_report.experience import said_experience
from outcomes.reports.effect_report.flow import join
from outcomes.reports.effect_report.goals import said_goals
from outcomes.reports.effect_report.headline import main_number, said_interval, said_number, withheld_reason
from outcomes.reports.effect_report.periods import periods_finding
from outcomes.reports.effect_report.progression import said_outcome
from outcomes.reports.effect_report.targets import for_everybody, named_targets
from outcomes.reports.parts import Points

if TYPE_CHECKING:
    from outcomes.reports.effect_report.context import Summary
    from outcomes.reports.effect_report.material import MoneyMaterial
    from outcomes.reports.effect_report.words import Words

MOST_WORDS = 300
"""Two minutes at 150 words a minute, which is slow reading of something new."""
AROUND = 68
"""Words of the page itself: its heading, its fixed headings and its foot."""
MOST_UNSAID = 2
MOST_DUTIES = 3
LEFT = Sentence(
    "%(standing)s: %(net)s kroner left over per citizen in %(years)s\u00a0years (from %(low)s to %(high)s)."
)
SPENT = Sentence(
    "%(standing)s: %(net)s kroner per citizen in %(years)s\u00a0years, more spent than saved (from %(low)s to %(high)s)."
)
NEEDED = {"happened", "sure", "cost", "targets", "experience", "duties"}
"""Before one of these is left to the report, the second thing that can't be said is."""


def build_committee(words: Words, summary: Summary) -> Committee:
    """The page, from the report's own first page and its sections' findings."""
    number = main_number(words)
    said = withheld_reason(words) if number is None else join(said_number(words, number), said_interval(words, number))

    def made(answers: list[Answer], unsaid: tuple[Sentence, ...]) -> Committee:
        return Committee(
            summary.finding,
            said,
            summary.uncertain,
            tuple(figure for figure in summary.key_figures if figure.key != "estimate"),  # the sentence above says it
            summary.figure,
            tuple(answers),
            unsaid,
        )

    every = _answers(words, summary)
    page = made([], summary.cannot_say[:1])
    for most in range(MOST_UNSAID, 0, -1):
        chosen: list[Answer] = []
        for answer in every:
            page = made([*chosen, answer], summary.cannot_say[:most])
            if count_words(page) <= MOST_WORDS - AROUND:
                chosen.append(answer)
        page = made(chosen, summary.cannot_say[:most])
        if {answer.key for answer in every} & NEEDED <= {answer.key for answer in chosen}:
            break
    return page


def count_words(committee: Committee) -> int:
    """How many words the page takes in the language in which it takes most of them; heading and foot apart."""
    sentences = [committee.finding, committee.number, *committee.cannot_say]
    for figure in committee.key_figures:
        sentences += [figure.label, figure.detail, Sentence("%(value)s", value=1)]
    for answer in committee.answers:
        sentences += [answer.question, *answer.sentences]
    if committee.figure is not None:
        sentences.append(committee.figure.subtitle)
    found = []
    for locale in LOCALES:
        with use_locale(locale):
            found.append(sum(len(translate(sentence).split()) for sentence in sentences))
    return max(found)


def _answers(words: Words, summary: Summary) -> tuple[Answer, ...]:
    """What a committee asks, the most needed first."""
    material, evidence = words.material, words.estimate.evidence
    found = [_happened(words), _sure(words)]
    found += [answer for answer in summary.answers if answer.key == "cost"]
    if material.money is not None and found[-1].key == "cost":
        found[-1] = Answer("cost", found[-1].question, (*found[-1].sentences, _said_money(material.money)))
    if for_everybody(material.targets):
        question = Sentence("Is what was to be reached, reached?")
        found.append(Answer("targets", question, named_targets(material.targets)))
    experience = material.experience
    if experience is not None and isinstance(experience.share, Share):
        question = Sentence("How do people meet the help?")
        found.append(Answer("experience", question, (said_experience(experience.share),)))
    retired = duties_of(material.duties, material.intervention) if material.duties else ()
    if retired:
        question = Sentence("What do we no longer write down?")
        found.append(Answer("duties", question, named_duties(retired[:MOST_DUTIES])))
    goals = said_goals(material.goals) if material.goals is not None else None
    if goals is not None:
        found.append(Answer("goals", Sentence("Do people reach their own goals?"), (goals,)))
    if material.previous is not None:
        moved = periods_finding(words, material.previous)
        found.append(_one("periods", Sentence("What has moved since the period before?"), moved))
    if evidence.reasons:
        found.append(Answer("reasons", Sentence("Why aren't we surer?"), evidence.reasons[:2]))
    return tuple(answer for answer in found if answer.sentences)


def _said_money(money: MoneyMaterial) -> Sentence:
    """What the amounts must be called, and what is left over for each citizen whose outcome stands above."""
    if money.net is None:
        return Sentence("%(standing)s. %(finding)s.", standing=money.standing, finding=money.finding)
    net, low, high = (Points(each, 0) for each in money.net)
    message = (LEFT if money.net[0] >= 0 else SPENT).message
    return Sentence(message, standing=money.standing, net=net, years=money.years, low=low, high=high)


def _one(key: str, question: Sentence, finding: Sentence) -> Answer:
    return Answer(key, question, (Sentence("%(finding)s.", finding=finding),))


def _happened(words: Words) -> Answer:
    question = Sentence("What happened to them?")
    progression = words.estimate.progression
    if not isinstance(progression, Progression):
        return Answer("happened", question, (progression.sentence,))
    return Answer("happened", question, (said_outcome(words, progression),))


def _sure(words: Words) -> Answer:
    grade = words.estimate.evidence.grade
    said = Sentence("Evidence grade %(grade)s: %(word)s.", grade=grade.value, word=grade_word(grade))
    # without a comparison, what can't be said begins with the same
    return Answer("sure", Sentence("How sure are we?"), (said, meaning(words)) if words.compared else (said,))
