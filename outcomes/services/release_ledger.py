"""The ledger of what is out: who stood behind each published figure, sealed; and whether one more figure tells of few people.

A person is an HMAC of their id, and beside it one for each part of the figures that they contribute to. Only those who
contribute to a part stand in its group: ten who have just begun hide nobody's answer. Nobody can read answers from the marks;
two that are equal say that nothing of theirs has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from outcomes.analysis.differencing import Finding, Leak, find_leak
from outcomes.analysis.disclosure import MINIMUM_ESTIMATE
from outcomes.analysis.plan import parse_analysis_plan
from outcomes.errors import NotFoundError, Sentence
from outcomes.models import Release, ReleaseLedger
from outcomes.services.gather_population import EXPERIENCE
from outcomes.store import interventions, releases, stored_results
from outcomes.vault import Vault

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.orm import Session

    from outcomes.services.runtime import Runtime

PERSON = 16
TAG = 8
PART = 8
BEGUN = "begun"
"""The part that everybody stands in; the others have those alone who contributed something."""
CHANGE = "change"
START = "start"
GOALS = "goals"
MEETING = "experience"

Contributions = dict[bytes, bytes]
Parts = Mapping[bytes, Contributions]
"""By part: whoever contributes to it, and what."""


@dataclass(frozen=True, slots=True)
class Out:
    """One figure that is out, or is about to be: its key, its people by part, and the release that it is in."""

    key: str
    parts: Parts
    release: Release | None


@dataclass(slots=True)
class Ledger:
    """Everything that is out about an intervention's people, and what each of them contributes now, by name of the part.

    ``primary``: the name of the part that the change on the plan's primary occasion stands on.
    """

    slug: str
    vault: Vault
    contributed: Mapping[UUID, Mapping[str, str]]
    primary: str
    out: list[Out] = field(default_factory=list)
    _seals: dict[tuple[UUID, str], tuple[bytes, bytes]] = field(default_factory=dict, repr=False)
    """What was sealed once: every figure asks for the same people."""

    def check(self, key: str, people: frozenset[UUID]) -> tuple[Finding, Release | None] | None:
        """How a figure of these people would tell of few, beside what is out; with the release that it is held against."""
        one, begun = self._make(key, people), _tag(self.vault, BEGUN)
        for tag in sorted(one.parts, key=lambda each: each != begun):
            contributions = one.parts[tag]
            if tag != begun and len(contributions) < MINIMUM_ESTIMATE:
                continue  # no figure of so few is shown
            beside = [each for each in self.out if len(each.parts.get(tag, ())) >= MINIMUM_ESTIMATE]
            found = find_leak(contributions, [each.parts[tag] for each in beside])
            if found is not None:
                return found, beside[found.against].release if found.against is not None else None
        return None

    def add(self, key: str, people: frozenset[UUID]) -> None:
        """Count the figure among those that are out."""
        self.out.append(self._make(key, people))

    def admit(self, wanted: Mapping[str, frozenset[UUID]]) -> frozenset[str]:
        """Keys of the figures that can be out together, in the order given: one that would tell of few people isn't."""
        admitted = set()
        for key, people in wanted.items():
            if people and self.check(key, people) is None:
                self.add(key, people)
                admitted.add(key)
        return frozenset(admitted)

    def count_changed(self, people: frozenset[UUID]) -> int:
        """How many of these people have both answers that the plan's change is made from."""
        return sum(self.primary in self.contributed.get(person, ()) for person in people)

    def rows(self, key: str, people: frozenset[UUID]) -> ReleaseLedger:
        """What is written down of a figure."""
        marks: dict[bytes, bytes] = defaultdict(bytes)
        for tag, contributions in sorted(self._make(key, people).parts.items()):
            for person, contributed in contributions.items():
                marks[person] += tag + contributed
        return ReleaseLedger(population=key, people=sorted(person + told for person, told in marks.items()))

    def _make(self, key: str, people: frozenset[UUID]) -> Out:
        told, parts = self._told(key), dict[bytes, Contributions]()
        tags = {name: self.tag(name) for name in {name for person in people for name in self.contributed[person]}}
        for person in people:
            for name in self.contributed[person]:
                if told is None or name in told:
                    sealed, mark = self.seal(person, name)
                    parts.setdefault(tags[name], {})[sealed] = mark
        return Out(key, parts, None)

    def seal(self, person: UUID, name: str) -> tuple[bytes, bytes]:
        """The marks of a person, and of what they contribute to the part called ``name``."""
        if (person, name) not in self._seals:
            who, text = str(person), self.contributed[person][name]
            self._seals[person, name] = (
                self.vault.lookup_hash(who, kind="release person")[:PERSON],
                self.vault.lookup_hash(f"{who}\x00{text}", kind=f"release {name}")[:PART],
            )
        return self._seals[person, name]

    def tag(self, name: str) -> bytes:
        """How the part called ``name`` stands in the ledger."""
        return _tag(self.vault, name)

    def groups(self, name: str) -> list[Contributions]:
        """Who stands behind the part called ``name`` of each figure that is out, where so many do that it is shown."""
        tag = self.tag(name)
        return [each.parts[tag] for each in self.out if len(each.parts.get(tag, ())) >= MINIMUM_ESTIMATE]

    def _told(self, key: str) -> frozenset[str] | None:
        """Names of the parts that the key's figures stand on; None: all."""
        figures = key.split("|")[3:]
        if not figures:
            return None
        return frozenset({BEGUN, self.primary if figures[0] == CHANGE else figures[0]})


def ledger_key(slug: str, part: str = "", period: str = "", figures: str = "") -> str:
    """How a population stands in the ledger: the intervention's slug, then which part of its people, and of which period.

    ``figures``: where only some are published of them: ``CHANGE``, ``START``, ``GOALS`` or ``MEETING``.
    """
    return f"{slug}|{part}|{period}" + (f"|{figures}" if figures else "")


def admit_together(ledgers: Mapping[str, Ledger], wanted: Mapping[str, frozenset[UUID]]) -> bool:
    """Whether all of these may be out, beside what is and beside each other; only then they count as out."""
    before = {slug: len(ledger.out) for slug, ledger in ledgers.items()}
    for key, people in wanted.items():
        ledger = ledgers[key.partition("|")[0]]
        if ledger.check(key, people) is not None:
            for slug, length in before.items():
                del ledgers[slug].out[length:]
            return False
        ledger.add(key, people)
    return True


def open_ledger(runtime: Runtime, session: Session, slug: str) -> Ledger:
    """The ledger of an intervention. Raises ``NotFoundError`` where there is none of that name."""
    intervention = interventions.find_intervention(session, slug=slug)
    if intervention is None:
        raise NotFoundError(Sentence("There is no such intervention."))
    plan = stored_results.list_latest_plans(session).get(intervention.id)
    analysis = parse_analysis_plan(plan.definition["analysis"]) if plan is not None else None
    given: dict[UUID, list[tuple[str, str, bool, str]]] = defaultdict(list)
    for person, part, code, due, told in releases.list_contributions(
        session, slug=slug, measure=analysis.measure.instrument if analysis else "", experience=EXPERIENCE,
        today=runtime.today(),
    ):  # fmt: skip
        given[person].append((part, code, due, told))
    baseline = analysis.baseline_occasion if analysis else ""
    contributed = {person: _by_part(rows, baseline) for person, rows in given.items()}
    out = [
        Out(entry.population, _read_marks(entry.people), release)
        for entry, release in releases.list_ledger(session, subject=slug)
    ]
    return Ledger(slug, runtime.vault, contributed, _changed(analysis.primary_occasion if analysis else ""), out)


def explain(found: Finding, release: Release | None) -> Sentence:
    """Why a figure can't be published, and what would make it possible."""
    if found.leak is Leak.TOO_FEW:
        return Sentence("Fewer than %(least)s people stand behind it.", least=MINIMUM_ESTIMATE)
    if found.leak is Leak.FEW_CHANGED and release is not None:
        return Sentence(
            "Fewer than %(least)s people make the difference from what was published on %(day)s, and their answers could be"
            " found from the two together. The published figures stand; wait until more have changed.",
            least=MINIMUM_ESTIMATE,
            day=release.created_at.date(),
        )
    return Sentence(
        "Held against the other published figures, it would tell of fewer than %(least)s people. Leave it out.",
        least=MINIMUM_ESTIMATE,
    )


def _changed(code: str) -> str:
    return f"{CHANGE}={code}"


def _by_part(rows: Iterable[tuple[str, str, bool, str]], baseline: str) -> dict[str, str]:
    """What a person contributes to each part that they stand in, by its name.

    An answer counts from when its time had come, as it does in the figures; a change takes the start and the occasion both.
    """
    parts: dict[str, list[str]] = defaultdict(list)
    answered: dict[str, str] = {}
    for part, code, due, told in rows:
        if part == "measure":
            if code == baseline:
                parts[START].append(told)
            if due:
                answered[code] = told
                parts[f"at={code}"].append(told)
        elif due:
            parts[part].append(f"{code}:{told}")
    known = "".join(parts[BEGUN])  # what the analysis may adjust for
    for code, told in answered.items():
        if code != baseline and baseline in answered:
            parts[_changed(code)] += [answered[baseline], told, known]
    return {name: "\x00".join(told) for name, told in parts.items()}


def _tag(vault: Vault, name: str) -> bytes:
    return vault.lookup_hash(name, kind="release part")[:TAG]


def _read_marks(marks: Iterable[bytes]) -> Parts:
    parts: dict[bytes, Contributions] = defaultdict(dict)
    for mark in marks:
        for start in range(PERSON, len(mark), TAG + PART):
            parts[mark[start : start + TAG]][mark[:PERSON]] = mark[start + TAG : start + TAG + PART]
    return dict(parts)
