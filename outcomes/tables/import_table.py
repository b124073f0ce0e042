"""What a table says once it is understood: people, and one place for a score at each planned occasion."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Literal

from outcomes.tables.mapping import TableMapping

Arm = Literal["intervention", "comparison"]
NOTHING: Mapping[str, float | str | None] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ImportScore:
    """A person's score at one planned occasion.

    ``score`` in the scale's points, None where there is no answer. ``answered_on`` is the day of the answer where the
    table tells it. ``line`` is where it stands in the file, None where the table has no row for it.
    """

    occasion: str
    score: float | None
    answered_on: date | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True)
class ImportSubject:
    """One person's episode.

    ``external_id``: the other system's id, None where the table names people by CPR number; then ``cpr`` is set.
    ``cpr``: ten digits. ``arm_label``: what the table calls the arm. ``background``: covariate key -> number (float),
    category (text of the table), or None. ``scores``: one for each occasion of the mapping, in its order.
    """

    external_id: str | None
    cpr: str | None
    name: str | None
    arm: Arm
    arm_label: str | None
    started_on: date
    background: Mapping[str, float | str | None]
    scores: tuple[ImportScore, ...]

    @property
    def n_answered(self) -> int:
        """How many occasions have a score."""
        return sum(score.score is not None for score in self.scores)


@dataclass(frozen=True, slots=True)
class ImportTable:
    """Everything that a table brings, in an order that doesn't depend on the order of its rows."""

    source: str
    mapping: TableMapping
    subjects: tuple[ImportSubject, ...]
    n_rows: int

    def rows(self) -> Iterator[tuple[ImportSubject, ImportScore]]:
        """Every person at every planned occasion, answered or not."""
        return ((subject, score) for subject in self.subjects for score in subject.scores)

    @property
    def n_scores(self) -> int:
        """How many scores there are."""
        return sum(subject.n_answered for subject in self.subjects)

    def fingerprint(self, key: bytes = b"") -> bytes:
        """32 bytes (HMAC-SHA-256) that are the same for the same content, whatever the order of the rows.

        File name, line numbers and how the file is written don't count; the mapping's content does. Where there are
        names or CPR numbers in the table, give a secret ``key`` before storing it: digits can be guessed from a hash.
        """
        content = [self.mapping.content(), [_subject_content(subject) for subject in self.subjects]]
        text = json.dumps(content, sort_keys=True, ensure_ascii=True, separators=(",", ":"), allow_nan=False)
        return hmac.new(key, text.encode(), hashlib.sha256).digest()


def _subject_content(subject: ImportSubject) -> list[object]:
    return [
        subject.external_id,
        subject.cpr,
        subject.name,
        subject.arm,
        subject.arm_label,
        subject.started_on.isoformat(),
        dict(subject.background),
        [
            [each.occasion, each.score, each.answered_on.isoformat() if each.answered_on else None]
            for each in subject.scores
        ],
    ]
