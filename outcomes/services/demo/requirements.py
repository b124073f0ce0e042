"""The demo's register of process requirements: one in each place that a requirement can stand in. All of it is invented."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from outcomes.services.demo import content, staff
from outcomes.store import requirements

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from outcomes.services.demo.municipality import Municipality

HOME, COMMUNITY, FAMILY = content.HOME_SUPPORT.slug, content.COMMUNITY.slug, content.FAMILY_SUPPORT.slug
COMMITTEE = "Social- og Sundhedsudvalget (opdigtet)"


@dataclass(frozen=True, slots=True)
class Step:
    """A step and how many days ago it was taken, or the day itself."""

    step: str
    when: int | date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Duty:
    """A requirement of the demo. ``minutes``: per citizen and month."""

    code: str
    title: dict[str, str]
    source_kind: str
    source: str
    minutes: str
    interventions: tuple[str, ...] = ()
    replaced_by: str | None = None
    replacement: str = ""
    steps: tuple[Step, ...] = ()


WEEKLY = Duty(
    "ugentlig-status",
    {"da": "Ugentlig status i journalen", "en": "Weekly status in the record"},
    "local_rule", "Instruks for bostøtten, 2019 (opdigtet)", "26", (HOME,),
    "share_better", "Borgerens egne svar hver tredje måned og kurven på borgerens side",
    (
        Step("proposed", 330, "Ingen læser dem, og borgeren svarer selv hver tredje måned.", staff.MANAGER.name),
        Step("heard", 290, "Bostøtterne er for. Borgerrådet er for, hvis man stadig kan læse, hvad der er aftalt.",
             "Bostøtten i Solbjerg og borgerrådet (opdigtet)"),
        Step("retired", 240, "Det, der skal vises, står i borgerens egne svar.", COMMITTEE),
    ),
)  # fmt: skip
MONTHLY = Duty(
    "maanedligt-fremmoede",
    {"da": "Månedlig opgørelse af fremmøde", "en": "Monthly count of attendance"},
    "agreement", "Driftsaftale med Aktivitetshuset Kornloftet, 2021 (opdigtet)", "8", (COMMUNITY,),
    "loneliness", "Spørgsmålene om ensomhed ved start, efter tre og efter seks måneder",
    (
        Step("proposed", 200, "Fremmøde viser ikke, om nogen er blevet mindre alene.", staff.MANAGER.name),
        Step("heard", 180, "Huset er for og beholder sin egen tavle.", "Aktivitetshuset Kornloftet"),
        Step("retired", 150, "Svarene om ensomhed viser det, aftalen handler om.", COMMITTEE),
    ),
)  # fmt: skip
QUARTERLY = Duty(
    "kvartalsnotat",
    {"da": "Kvartalsvist notat om fremskridt", "en": "Quarterly note on progress"},
    "local_rule", "Kvalitetshåndbogen, afsnit 4, 2018 (opdigtet)", "15", (HOME,),
    "mean_change", "Fremgangen i trivsel med usikkerhed, opgjort for alle",
    (Step("proposed", 20, "Notatet siger det samme som borgerens egne svar, bare senere.", "Team Bostøtte"),),
)  # fmt: skip
MINUTES = Duty(
    "tid-per-kontakt",
    {"da": "Registrering af tid per kontakt", "en": "Time registered per contact"},
    "local_rule", "Budgetnotat, 2020 (opdigtet)", "22", (HOME, COMMUNITY),
    None, "",
    (
        Step("proposed", 90, "Tallet bruges ikke til noget, vi kan finde.", "Team Bostøtte"),
        Step("heard", 45, "Økonomi vil gerne beholde det i et år mere og så se.", "Økonomi og Analyse (opdigtet)"),
    ),
)  # fmt: skip
MEDICINE = Duty(
    "medicinliste",
    {"da": "Underskrevet medicinliste ved besøg", "en": "Signed list of medicine at visits"},
    "local_rule", "Instruks efter en utilsigtet hændelse, 2022 (opdigtet)", "12", (HOME,),
    None, "",
    (
        Step("proposed", 160, "Den tager tid ved hvert besøg.", "Team Bostøtte"),
        Step("heard", 130, "Den har fanget to fejl i år. Intet af det, borgerne svarer på, ville have vist dem.",
             "Sygeplejen (opdigtet)"),
        Step("kept", 120, "Der er ikke noget, der viser det samme.", COMMITTEE),
    ),
)  # fmt: skip
PLAN = Duty(
    "handleplan",
    {"da": "Handleplan", "en": "Action plan"},
    "law", "Serviceloven § 141", "20", (HOME,),
)  # fmt: skip
CHILD_PLAN = Duty(
    "opfoelgning-barn",
    {"da": "Opfølgning på barnets plan", "en": "Follow-up on the child's plan"},
    "law", "Barnets Lov § 95", "18", (FAMILY,),
    None, "",
    (
        Step("proposed", date(2022, 3, 1), "Den lokale instruks krævede det oftere end loven.", staff.MANAGER.name),
        Step("heard", date(2022, 5, 1), "Familiehuset er for.", "Familiehuset Åbrinken"),
        Step("retired", date(2022, 7, 1), "Den lokale instruks faldt bort.", COMMITTEE),
        Step("reinstated", date(2024, 1, 1), "Barnets Lov § 95", "Folketinget"),
    ),
)  # fmt: skip
DUTIES = (WEEKLY, MONTHLY, QUARTERLY, MINUTES, MEDICINE, PLAN, CHILD_PLAN)


def add_requirements(session: Session, place: Municipality, *, today: date) -> None:
    """The register with its history."""
    _add(session, place, DUTIES, today)


def add_retired_duty(session: Session, place: Municipality, *, today: date) -> None:
    """A neighbour's register: one duty that is retired, and one that a law keeps."""
    _add(session, place, (WEEKLY, PLAN), today)


def _add(session: Session, place: Municipality, duties: tuple[Duty, ...], today: date) -> None:
    for duty in duties:
        requirement = requirements.add_requirement(
            session, organisation_id=place.id, code=duty.code, title=duty.title, source_kind=duty.source_kind,
            source=duty.source, law_bound=False, minutes_per_month=Decimal(duty.minutes),
            minutes_source="Skønnet af teamlederne i fællesskab (opdigtet)", interventions=duty.interventions,
            replaced_by=duty.replaced_by, replacement={"da": duty.replacement} if duty.replacement else {},
            entered_by=staff.MANAGER.name,
        )  # fmt: skip
        for number, step in enumerate(duty.steps, start=1):
            day = step.when if isinstance(step.when, date) else today - timedelta(days=step.when)
            requirements.add_requirement_event(
                session,
                requirement=requirement,
                number=number,
                step=step.step,
                on_day=day,
                reason=step.reason,
                by=step.by,
            )
        requirement.law_bound = duty.source_kind == "law"
    session.flush()
