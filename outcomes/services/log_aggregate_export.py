"""What was sent of an organisation's sums: logged, and refused where two files together would tell of few people.

The difference of two files about nearly the same people holds the sums of those who are in one of them only. So periods must
be the same or have no day in common; and of the same period, each pattern and each occasion in each arm must hold the same
people with the same answers as in every earlier file, or at least ``LEAST`` more or fewer.
"""

from __future__ import annotations

import hashlib
from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from outcomes.analysis.federation import LEAST
from outcomes.analysis.results import COMPARISON, INTERVENTION
from outcomes.errors import ConflictError, Sentence
from outcomes.models import AggregateExport
from outcomes.services.read_aggregates import ARM_COLUMN
from outcomes.store.aggregates import list_exports

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.analysis.federation import Aggregate
    from outcomes.analysis.pattern_sums import PatternSums, Vector
    from outcomes.store.database import Scope

    Cells = Mapping[str, list[int | str]]


def log_export(session: Session, scope: Scope, intervention_id: UUID, aggregate: Aggregate, document: str) -> None:
    """Raises ``ConflictError`` where the file together with an earlier one would tell of few people."""
    study = aggregate.study
    first, last = date.fromisoformat(study.first_day), date.fromisoformat(study.last_day)
    key, scale = study.measure.instrument, study.measure.scale
    cells = _cells(aggregate)
    for earlier in list_exports(session, intervention_id=intervention_id, instrument_key=key, scale=scale):
        if (earlier.first_day, earlier.last_day) == (first, last):
            _require_alike_or_many(earlier.cells, cells)
        elif earlier.first_day <= last and first <= earlier.last_day:
            raise ConflictError(
                Sentence(
                    "A file for %(first)s to %(last)s was made before. Another period that overlaps it could be held against"
                    " it to find few people. Choose the same period, or one that has no day in common with it.",
                    first=earlier.first_day, last=earlier.last_day,
                )
            )  # fmt: skip
    session.add(
        AggregateExport(
            id=uuid4(), organisation_id=scope.organisation_id, intervention_id=intervention_id, instrument_key=key,
            scale=scale, first_day=first, last_day=last, least=aggregate.protection.least,
            people=aggregate.sums.n_subjects, cells=cells, checksum=hashlib.sha256(document.encode()).digest(),
            exported_by=scope.actor or "",
        )
    )  # fmt: skip


def _require_alike_or_many(before: Cells, after: Cells) -> None:
    for name in sorted({*before, *after}):
        one, other = before.get(name, [0, ""]), after.get(name, [0, ""])
        if one != other and abs(int(one[0]) - int(other[0])) < LEAST:
            raise ConflictError(
                Sentence(
                    "A file for the same period was made before, and fewer than %(least)s people make the difference"
                    " between the two: their answers could be found from it. Send the earlier file again, or wait until more"
                    " have changed.",
                    least=LEAST,
                )
            )


def _cells(aggregate: Aggregate) -> dict[str, list[int | str]]:
    """Per pattern and occasion, in each arm: how many people, and a seal of their sums."""
    found: dict[str, list[int | str]] = {}
    counts: dict[str, tuple[int, float, float]] = {}
    occasions = aggregate.sums.occasions
    for pattern in aggregate.sums.patterns:
        codes = [occasions[place] for place in pattern.observed]
        squares = np.diag(pattern.yy)
        for arm, n, sums in _arms(aggregate, pattern):
            found[f"{arm}: {' + '.join(codes)}"] = [n, _seal(n, *sums.tolist())]
            for code, total in zip(codes, sums.tolist(), strict=True):
                so_far = counts.get(f"{arm} at {code}", (0, 0.0, 0.0))
                counts[f"{arm} at {code}"] = (so_far[0] + n, so_far[1] + total, 0.0)
        for code, square in zip(codes, squares.tolist(), strict=True):
            so_far = counts.get(f"all at {code}", (0, 0.0, 0.0))
            counts[f"all at {code}"] = (so_far[0] + pattern.n, 0.0, so_far[2] + square)
        found[f"all: {' + '.join(codes)}"] = [pattern.n, _seal(pattern.n, *pattern.yy.ravel().tolist())]
    return found | {name: [values[0], _seal(*values)] for name, values in counts.items()}


def _arms(aggregate: Aggregate, pattern: PatternSums) -> Iterator[tuple[str, int, Vector]]:
    """Each arm's people and their sums of scores about 0."""
    total = pattern.xy[0] + pattern.n * aggregate.sums.origin
    names = aggregate.sums.columns
    if ARM_COLUMN not in names:
        yield INTERVENTION, pattern.n, total
        return
    place = names.index(ARM_COLUMN)
    n = round(float(pattern.xx[place, place]))
    treated = pattern.xy[place] + n * aggregate.sums.origin
    for arm, count, sums in ((INTERVENTION, n, treated), (COMPARISON, pattern.n - n, total - treated)):
        if count:
            yield arm, count, sums


def _seal(*numbers: float) -> str:
    """SHA-256 of the numbers to twelve digits."""
    return hashlib.sha256(" ".join(f"{number + 0.0:.11e}" for number in numbers).encode()).hexdigest()
