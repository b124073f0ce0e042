"""What municipalities have published for the national authority: read from their releases, and from nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from outcomes.analysis.indicators import INDICATORS, highest_published
from outcomes.analysis.target_status import TargetStatus, judge_target
from outcomes.errors import NotAllowedError, Sentence
from outcomes.reports.national import (
    National,
    NationalTarget,
    Number,
    Published,
    TargetPlace,
    compare_places,
    read_number,
    status_words,
)
from outcomes.reports.national_steering import PublishedPart, build_steering
from outcomes.reports.parts import local_text
from outcomes.reports.targets import wish_words
from outcomes.services.publish_release import own_organisation, release_checksum
from outcomes.store import organisations, releases, targets

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from outcomes.models import OutcomeTarget, Release
    from outcomes.reports.national_steering import NationalSteering
    from outcomes.services.runtime import Runtime
    from outcomes.store.database import Scope

AUTHORITY = "authority"
KIND = "overview"
STEERING = ("value", "requirements", "supervision", "contract")
"""Kinds whose newest figures stand beside each other, under their own name."""
AS_OF_NOW = frozenset({"requirements", "supervision", "contract"})
"""Those that are published as they stand on the day, whatever period was asked for: the newest is what was published last."""


def read_national(runtime: Runtime, scope: Scope) -> National:
    """Every municipality's newest published overview, together and by name; national targets as they stand by it; and the
    newest of what else is published of steering.

    Raises ``NotAllowedError`` for an organisation that is no authority.
    """
    with runtime.database.transaction(scope) as session:
        own = organisations.get_organisation(session, organisation_id=own_organisation(scope))
        if own.kind != AUTHORITY:
            raise NotAllowedError(Sentence("This page is for others than you. Go back to your own first page."))
        found = releases.list_releases_for_authority(session, kind=KIND)
        municipalities = [(row[0], row[1]) for row in releases.list_municipalities(session)]
        steering, unsound = _steering(session, municipalities)
        national = _in_force(targets.list_targets(session), runtime)
    newest = {release.organisation_id: release for release in found}  # the newest period and version comes last
    of_days = {(release.organisation_id, release.first_day, release.last_day): release for release in found}
    whole = {key: release for key, release in newest.items() if release_checksum(release) == release.checksum}
    sound = [
        _published(release)
        for release in of_days.values()
        if release.organisation_id in whole and release_checksum(release) == release.checksum
    ]
    published = [_published(release) for release in whole.values()]
    missing = [(key, name) for key, name in municipalities if key not in whole]
    changed = {release.organisation_name for key, release in newest.items() if key not in whole} | unsound
    return National(
        authority=own.name,
        interventions=compare_places(published, missing),
        targets=tuple(_judge(target, sound, published, missing) for target in national),
        reported=tuple(sorted(each.name for each in published)),
        missing=tuple(name for key, name in missing if key not in newest),
        changed=tuple(sorted(changed)),
        steering=steering,
    )


def _steering(session: Session, municipalities: Sequence[tuple[UUID, str]]) -> tuple[NationalSteering, set[str]]:
    """The newest published figures of each kind of steering, as they were published; and whose are no longer that."""
    found: dict[str, list[PublishedPart]] = {}
    unsound = set()
    for kind in STEERING:
        for release in pick_newest(kind, releases.list_releases_for_authority(session, kind=kind)):
            if release_checksum(release) != release.checksum:
                unsound.add(release.organisation_name)
                continue
            figures = release.content["figures"][kind]
            found.setdefault(kind, []).append(PublishedPart(release.organisation_id, release.id, figures))
    return build_steering(municipalities, found), unsound


def pick_newest(kind: str, found: Iterable[Release]) -> list[Release]:
    """The newest release of a kind of each organisation, and of each intervention where it is of one.

    ``found``: the newest period and version last. Those without figures of the kind (what a payment follows from) aren't
    looked at.
    """
    told = [release for release in found if kind in release.content.get("figures", {})]
    if kind in AS_OF_NOW:
        told.sort(key=lambda release: release.created_at)
    whose = {(release.organisation_id, release.subject if kind == "value" else ""): release for release in told}
    return list(whose.values())


def _published(release: Release) -> Published:
    listed: Iterable[Mapping[str, Any]] = release.content.get("figures", {}).get("interventions", ())
    return Published(
        organisation_id=release.organisation_id,
        name=release.organisation_name,
        release_id=release.id,
        first_day=release.first_day,
        last_day=release.last_day,
        figures={each["slug"]: each for each in listed},
    )


def _in_force(found: Iterable[OutcomeTarget], runtime: Runtime) -> list[OutcomeTarget]:
    """The newest version of each national target that hasn't ended."""
    newest = {(target.organisation_id, target.code): target for target in found if target.level == "national"}
    return [target for target in newest.values() if not target.ends and target.first_day <= runtime.today()]


def _judge(
    target: OutcomeTarget,
    sound: Sequence[Published],
    published: Sequence[Published],
    missing: Sequence[tuple[UUID, str]],
) -> NationalTarget:
    """A target with each place's standing, by what it has published of the target's own days and nothing else."""
    indicator, unknown = INDICATORS[target.indicator], TargetStatus.NOT_SAID
    days = (target.first_day, target.last_day)
    heard = {each.organisation_id: each for each in sound if (each.first_day, each.last_day) == days}
    places = [_judge_place(target, each) for each in heard.values()]
    other_days = Sentence("Unknown: nothing is published of the target's days")
    unheard = [each.name for each in published if each.organisation_id not in heard]
    places += [TargetPlace(name, unknown, other_days, None, None) for name in unheard]
    places += [TargetPlace(name, unknown, Sentence("Unknown: nothing is published"), None, None) for _, name in missing]
    return NationalTarget(
        title=local_text(target.title),
        indicator=indicator.title,
        wish=wish_words(target.indicator, target.direction, float(target.threshold)),
        is_share=indicator.unit == "share",
        places=tuple(sorted(places, key=lambda place: place.name)),
    )


def _judge_place(target: OutcomeTarget, each: Published) -> TargetPlace:
    of_a_part = target.provider_id or target.target_group or target.legal_section
    # What is published are the indicators of everybody: a part is never judged by them.
    figures = None if of_a_part else each.figures.get(target.intervention_slug or "")
    stored = figures["indicators"].get(target.indicator) if figures else None
    value = read_number(stored)
    if value is None or stored is None or stored.get("n") is None:
        return TargetPlace(
            each.name, TargetStatus.NOT_SAID, Sentence("Unknown: no such figure is published"), None, None
        )
    judged = judge_target(
        ci_low=value.low, ci_high=value.high, n=int(stored["n"]), threshold=float(target.threshold),
        direction=target.direction, minimum_n=target.minimum_n,
        highest=highest_published(
            target.indicator, ci_high=value.high, n=int(stored["n"]), completeness=stored.get("completeness")
        ),
    )  # fmt: skip
    shown = Number(value.estimate, value.low, value.high)
    return TargetPlace(each.name, judged.status, status_words(judged.status), shown, int(stored["n"]))
