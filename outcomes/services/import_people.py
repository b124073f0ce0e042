"""The people of one imported table: new ones are added, known ones completed, and what differs is a fault."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from outcomes.errors import Fault, ImportFileError, Sentence
from outcomes.language import DEFAULT_LOCALE, TIMEZONE
from outcomes.models import Citizen, Response, Score
from outcomes.services.start_episode import NewEpisode, make_citizen, make_episode
from outcomes.store import citizens, imports
from outcomes.store.bulk import add_rows

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.instruments.model import Scale
    from outcomes.models import CitizenIdentity, Episode, Occasion
    from outcomes.services.import_setting import ImportSetting
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope
    from outcomes.tables import ImportScore, ImportSubject, ImportTable, Table


class ImportedPeople:
    """Puts the content of one table into the database, person by person."""

    def __init__(
        self, runtime: Runtime, session: Session, scope: Scope, setting: ImportSetting, scale: Scale, table: Table,
        content: ImportTable,
    ) -> None:  # fmt: skip
        self.runtime, self.session, self.scope, self.setting = runtime, session, scope, setting
        self.scale, self.table, self.content = scale, table, content
        self.faults: list[Fault] = []
        self.citizens: list[Citizen] = []
        self.identities: list[CitizenIdentity] = []
        self.episodes: list[Episode] = []
        self.occasions: list[Occasion] = []
        self.responses: list[Response] = []
        self.scores: list[Score] = []
        self.new_citizens = self.new_scores = 0

    def run(self) -> tuple[int, int]:
        """New citizens and new scores. Raises ``ImportFileError`` where the database already says something else."""
        known = self._known_citizens()
        number = citizens.next_number(self.session)
        for subject in self.content.subjects:
            citizen = next((known[key] for key in self._keys(subject) if key in known), None)
            if citizen is None:
                self._add(subject, number)
                number += 1
            else:
                self._complete(subject, citizen)
        if self.faults:
            raise ImportFileError(
                Sentence(
                    "The table says something else than what was imported before. Nothing was stored: correct the "
                    "table, or record the correction beside the original."
                ),
                self.faults,
            )
        self._store()
        return self.new_citizens, self.new_scores

    def _keys(self, subject: ImportSubject) -> list[str | bytes]:
        """What the person may be known by: the other system's id, and the hash of the CPR number."""
        keys: list[str | bytes] = [subject.external_id] if subject.external_id is not None else []
        if subject.cpr is not None:
            keys.append(self.runtime.vault.lookup_hash(subject.cpr, kind="cpr"))
        return keys

    def _known_citizens(self) -> dict[str | bytes, Citizen]:
        by_id: dict[str | bytes, Citizen] = {
            citizen.external_id: citizen
            for citizen in citizens.list_from_source(self.session, source=self.content.source)
            if citizen.external_id is not None
        }
        hashes = [key for subject in self.content.subjects for key in self._keys(subject) if isinstance(key, bytes)]
        found = citizens.list_by_cpr_hash(self.session, hashes=hashes)
        return by_id | dict[str | bytes, Citizen](found.items())

    def _new_episode(self, subject: ImportSubject, citizen: Citizen) -> NewEpisode:
        comparison = self.content.mapping.comparison
        other = "waiting_list" if comparison and comparison.kind == "waiting_list" else "other"
        return NewEpisode(
            citizen_id=citizen.id,
            started_on=subject.started_on,
            provider_id=self.setting.provider.id,
            comparison_status="intervention" if subject.arm == "intervention" else other,
            arm=subject.arm_label,
            background=subject.background,
        )

    def _add(self, subject: ImportSubject, number: int) -> None:
        citizen, identity = make_citizen(
            self.runtime.vault, self.scope, name=subject.name, cpr=subject.cpr,
            source=self.content.source if subject.external_id else None, external_id=subject.external_id,
            number=number,
        )  # fmt: skip
        self.citizens.append(citizen)
        if identity is not None:
            self.identities.append(identity)
        self.new_citizens += 1
        self._add_scores(subject, self._add_episode(subject, citizen), frozenset())

    def _add_episode(self, subject: ImportSubject, citizen: Citizen) -> dict[str, Occasion]:
        setting = self.setting
        episode, occasions = make_episode(
            self.scope, setting.intervention, setting.plan, setting.steps, self._new_episode(subject, citizen)
        )
        self.episodes.append(episode)
        self.occasions += occasions
        return {occasion.code: occasion for occasion in occasions}

    def _complete(self, subject: ImportSubject, citizen: Citizen) -> None:
        """A person who is there already: what is new is added, what differs is a fault."""
        self._store()  # what an earlier line said of the same person counts too
        before = imports.list_episodes(
            self.session, citizen_id=citizen.id, intervention_id=self.setting.intervention.id
        )
        episode = next((each for each in before if each.started_on == subject.started_on), None)
        place = self._place(subject)
        if episode is None and before:
            self.faults.append(
                Fault(
                    place,
                    Sentence(
                        "This person started on %(before)s in what was imported before, and here on %(now)s.",
                        before=before[0].started_on,
                        now=subject.started_on,
                    ),
                )
            )
            return
        if episode is None:
            self._add_scores(subject, self._add_episode(subject, citizen), frozenset())
            return
        if episode.arm != subject.arm_label or episode.background != dict(subject.background):
            self.faults.append(Fault(place, Sentence("Arm or background differs from what was imported before.")))
        occasions, stored = imports.scores_of_episode(self.session, episode_id=episode.id, scale=self.scale.key)
        for score in subject.scores:
            if score.occasion in stored and stored[score.occasion] != score.score:
                self.faults.append(self._differing(score, stored[score.occasion], place))
        self._add_scores(subject, occasions, frozenset(stored))

    def _differing(self, score: ImportScore, before: float | None, place: str) -> Fault:
        """What the table says at an occasion that was answered before, where it says something else."""
        if before is None:
            sentence = Sentence("%(occasion)s was answered before, with another measure.", occasion=score.occasion)
        elif score.score is None:
            sentence = Sentence(
                "The score at %(occasion)s was imported before, and the table no longer has it.",
                occasion=score.occasion,
            )
        else:
            sentence = Sentence(
                "The score at %(occasion)s differs from what was imported before.", occasion=score.occasion
            )
        column = self.content.mapping.columns.score
        return Fault(self.table.place(score.line, column) if score.line is not None else place, sentence)

    def _place(self, subject: ImportSubject) -> str:
        line = next((score.line for score in subject.scores if score.line is not None), None)
        return self.table.place(line) if line is not None else self.table.source

    def _add_scores(self, subject: ImportSubject, occasions: dict[str, Occasion], known: frozenset[str]) -> None:
        for score in subject.scores:
            if score.score is None or score.occasion in known:
                continue
            occasion = occasions[score.occasion]
            day = score.answered_on or occasion.planned_on
            response = Response(
                id=uuid4(),
                organisation_id=self.scope.organisation_id,
                occasion_id=occasion.id,
                instrument_version_id=self.setting.version.id,
                mode="imported",
                locale=DEFAULT_LOCALE,
                answers={},
                submission_key=uuid4(),
                answered_at=_noon(day),
                late=day > occasion.closes_on,
            )
            self.responses.append(response)
            self.scores.append(
                Score(
                    id=uuid4(),
                    organisation_id=self.scope.organisation_id,
                    response_id=response.id,
                    scale=self.scale.key,
                    value=score.score,
                    n_answered=None,  # the table holds scores, not answers
                    n_items=len(self.scale.items),
                )
            )

    def _store(self) -> None:
        """What was collected, many rows at once; what others refer to goes first."""
        collected: tuple[list[Any], ...] = (
            self.citizens, self.identities, self.episodes, self.occasions, self.responses, self.scores
        )  # fmt: skip
        self.new_scores += len(self.scores)
        add_rows(self.session, rows=(row for rows in collected for row in rows))
        for rows in collected:
            rows.clear()


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), TIMEZONE).astimezone(UTC)
