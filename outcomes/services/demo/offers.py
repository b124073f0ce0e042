"""The demo's register of offers: what is recorded of each, one change, and levels of which one fell. All of it made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from outcomes.models import Intervention, ProviderRecord, Specialisation
from outcomes.reports.offers.specialisation import criteria_on
from outcomes.services.demo import content, staff
from outcomes.services.demo.content import Offered
from outcomes.services.demo.staff import Offer

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

FIRST, CHANGE, LATEST = (timedelta(days=days) for days in (1000, 420, 90))
"""How long ago the register was begun, one offer changed, and levels were last set."""
SOURCE = "Opdigtet til demoen"
ASSESSED_BY = staff.MANAGER.name
GUIDELINE = "https://www.sbst.dk/"
"""The national board's own front page: the demo's intervention is made up, and so has no guideline of its own."""

Staff = tuple[tuple[str, int], ...]
MANY: Staff = (("Socialpædagog", 9), ("Social- og sundhedsassistent", 3), ("Sygeplejerske", 1))
SOME: Staff = (("Socialpædagog", 5), ("Omsorgs- og pædagogmedhjælper", 3))
FEW: Staff = (("Socialpædagog", 2), ("Omsorgs- og pædagogmedhjælper", 6))


@dataclass(frozen=True, slots=True)
class _Recorded:
    """What is recorded of an offer, and the criteria that it met at first and lately (None: never looked at)."""

    offer: Offer
    offered: Offered
    owner_kind: str
    owner: str
    posts: str | None
    people: Staff
    agreements: tuple[str, ...] = ()
    met_first: str | None = None
    met_lately: str | None = None


TOWN = content.NAME
RECORDED = (
    _Recorded(staff.HOME_OFFER, content.HOME_SUPPORT, "municipal", TOWN, "21.5", MANY, (), "tmsv", "tmsv"),
    _Recorded(staff.STAIR_OFFER, content.HOME_SUPPORT, "municipal", TOWN, "9.0", SOME, (), "mr", "mr"),
    _Recorded(
        staff.CLOVER_OFFER, content.HOME_SUPPORT, "private", "Kløvermarken ApS (opdigtet)", "8.2", SOME,
        ("rammeaftale",), "tmv", "tmv",
    ),
    _Recorded(staff.RYE_OFFER, content.HOME_SUPPORT, "municipal", TOWN, "7.0", SOME, (), "tv", "tv"),
    _Recorded(
        staff.LINDEN_OFFER, content.HOME_SUPPORT, "self_governing", "Fonden Lindehøj (opdigtet)", "14.0", MANY,
        ("VISO", "rammeaftale"), "tmsrvc", "mv",
    ),
    _Recorded(staff.ELM_OFFER, content.HOME_SUPPORT, "municipal", TOWN, "6.5", SOME, (), "tmr", "tmr"),
    _Recorded(
        staff.FOREST_OFFER, content.HOME_SUPPORT, "regional", "Regionen (opdigtet)", None, SOME, ("NATKO",), "tmsr", "tmsr",
    ),
    _Recorded(staff.ACTIVITY_OFFER, content.COMMUNITY, "municipal", TOWN, "5.0", FEW, (), "mv", "mv"),
    _Recorded(staff.FAMILY_OFFER, content.FAMILY_SUPPORT, "municipal", TOWN, "4.5", SOME, ("VISO",), None, "tms"),
)  # fmt: skip
UNRECORDED = _Recorded(staff.OAT_OFFER, content.HOME_SUPPORT, "", "", None, SOME, (), "tm", "tm")
"""An offer of help at home whose level was set, and of which nothing else is recorded: the register says so."""
CRITERIA = {
    "t": "training", "m": "method", "s": "supervision", "r": "reserved", "v": "volume", "c": "cooperation",
}  # fmt: skip
REASONS = (
    "Besøg og samtale med ledelsen. Opdigtet.",
    "Tre uddannede medarbejdere er rejst, og aftalen med sygehuset er ophørt. Opdigtet.",
)


def add_offers(session: Session, place: Municipality, *, today: date) -> None:
    """Records of every offer but one, and levels of all; the one that lost its specialists has two records."""
    for recorded in (*RECORDED, UNRECORDED):
        if recorded is not UNRECORDED:
            _add_record(session, place, recorded, today - FIRST)
        for met, day, reason in (
            (recorded.met_first, today - FIRST, REASONS[0]),
            (recorded.met_lately, today - LATEST, REASONS[recorded.met_first != recorded.met_lately]),
        ):
            if met is not None:
                _add_level(session, place, recorded, met, day, reason)
    linden = next(each for each in RECORDED if each.offer is staff.LINDEN_OFFER)
    _add_record(session, place, linden, today - CHANGE, posts="10.5", people=FEW, agreements=("rammeaftale",))
    intervention_id = place.services[content.HOME_SUPPORT.slug].intervention_id
    session.get_one(Intervention, (place.id, intervention_id)).guideline_url = GUIDELINE
    session.flush()


def _add_record(
    session: Session, place: Municipality, recorded: _Recorded, day: date, *, posts: str | None = None,
    people: Staff = (), agreements: tuple[str, ...] | None = None,
) -> None:  # fmt: skip
    posts = posts or recorded.posts
    offered = recorded.offered
    session.add(
        ProviderRecord(
            id=place.new_id(),
            organisation_id=place.id,
            provider_id=place.providers[recorded.offer.name],
            valid_from=day,
            owner_kind=recorded.owner_kind,
            owner=recorded.owner,
            has_address=recorded.offer.has_address,
            capacity=recorded.offer.capacity,
            staffing=Decimal(posts) if posts else None,
            competences=[{"title": {"da": title}, "people": number} for title, number in people or recorded.people],
            interventions=[offered.slug],
            target_groups=[offered.group_code],
            legal_sections=[f"{offered.law[0]} {offered.section}"],
            agreements=list(recorded.agreements if agreements is None else agreements),
            source=SOURCE,
            recorded_by=staff.MANAGER.name,
        )
    )


def _add_level(
    session: Session, place: Municipality, recorded: _Recorded, letters: str, day: date, reason: str
) -> None:
    service = place.services[recorded.offered.slug]
    criteria = criteria_on(day)
    met = {each.key: each.key in {CRITERIA[letter] for letter in letters} for each in criteria.criteria}
    session.add(
        Specialisation(
            id=place.new_id(),
            organisation_id=place.id,
            intervention_id=service.intervention_id,
            target_group_id=service.target_group_id,
            provider_id=place.providers[recorded.offer.name],
            valid_from=day,
            level=criteria.level(met),
            criteria_version=criteria.version,
            criteria=met,
            reason=reason,
            assessed_by=ASSESSED_BY,
        )
    )
