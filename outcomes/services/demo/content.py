"""What the demo municipality offers: interventions, how they are measured, and how their results will be judged."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from outcomes.services.demo import goals, staff

Wording = dict[str, str]

SLUG = "solbjerg"
NAME = "Solbjerg Kommune"
BASELINE = "baseline"
OPENS_BEFORE, DUE_AFTER, CLOSES_AFTER = 7, 7, 28
"""The window around a planned day, in days."""

SERVICELOVEN = ("Serviceloven", date(2007, 1, 1))
BARNETS_LOV = ("Barnets Lov", date(2024, 1, 1))
GROUPS_FROM = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Step:
    """When which instrument is asked: at the start (``months`` 0) or that many months after."""

    code: str
    instrument: str
    months: int


@dataclass(frozen=True, slots=True)
class Offered:
    """An intervention with everything that is written about it. ``plan``: the analysis plan's design and occasions."""

    slug: str
    title: Wording
    description: Wording
    theory_of_change: Wording
    law: tuple[str, date]
    section: str
    section_title: Wording
    group_code: str
    group_title: Wording
    planned_months: int
    cost_per_month: Decimal
    measure: str
    steps: tuple[Step, ...]
    workers: tuple[staff.Colleague, ...]
    offers: tuple[staff.Offer, ...]
    plan: dict[str, Any]
    comparison: Wording | None = None
    characteristics: dict[str, Wording] | None = None
    categories: dict[str, dict[str, Wording]] | None = None

    @property
    def follow_up(self) -> tuple[str, ...]:
        """Codes of the occasions after the start at which the main measure is asked."""
        return tuple(step.code for step in self.steps if step.instrument == self.measure and step.months)


HOME_SUPPORT = Offered(
    slug="bostoette",
    title={"da": "Bostøtte i eget hjem", "en": "Support at home"},
    description={
        "da": "En fast medarbejder kommer hjem til dig en til to gange om ugen. Opdigtet eksempel: også prisen er opdigtet.",
        "en": "The same worker visits you at home once or twice a week. An invented example: the price is invented too.",
    },
    theory_of_change={
        "da": "Et menneske, man kender, og små skridt i egen hverdag giver overskud. Overskud giver trivsel.",
        "en": "Somebody familiar and small steps in one's own everyday life give strength. Strength gives wellbeing.",
    },
    law=SERVICELOVEN,
    section="§ 85",
    section_title={"da": "Socialpædagogisk støtte", "en": "Socio-educational support"},
    group_code="psykiske-vanskeligheder",
    group_title={"da": "Voksne med psykiske vanskeligheder", "en": "Adults with mental health problems"},
    planned_months=12,
    cost_per_month=Decimal(7400),
    measure="wellbeing",
    steps=(
        Step(BASELINE, "wellbeing", 0),
        Step("month-3", "wellbeing", 3),
        Step("month-6", "wellbeing", 6),
        Step("month-9", "wellbeing", 9),
        Step("month-12", "wellbeing", 12),
        Step("mastery-1", "mastery", 1),
        Step("mastery-6", "mastery", 6),
        Step("mastery-12", "mastery", 12),
        Step("influence-4", "influence", 4),
    ),
    workers=staff.HOME_WORKERS,
    offers=(staff.HOME_OFFER, staff.HOME_OFFER, staff.STAIR_OFFER),
    plan={
        "design": "none",
        "intervention": "Bostøtte",
        "covariates": [
            {"name": "age", "kind": "number", "adjusted": False},
            {"name": "living", "kind": "category", "reference": goals.ALONE, "adjusted": False},
        ],
    },
    characteristics={"age": {"da": "Alder", "en": "Age"}, "living": {"da": "Bor", "en": "Lives"}},
    categories={"living": goals.LIVING},
)

COMMUNITY = Offered(
    slug="faellesskab",
    title={"da": "Fællesskab på Kornloftet", "en": "Company at Kornloftet"},
    description={
        "da": "To faste dage om ugen i et hus, hvor man laver mad og ting sammen. Pladserne gives i den rækkefølge, folk er "
        "henvist, og derfor venter nogle. Opdigtet eksempel: også prisen er opdigtet.",
        "en": "Two fixed days a week in a house where people cook and make things together. Places are given in the order "
        "in which people were referred, so some have to wait. An invented example: the price is invented too.",
    },
    theory_of_change={
        "da": "Når nogen regner med, at man kommer, bliver dagene mindre ensomme.",
        "en": "When somebody counts on your coming, the days get less lonely.",
    },
    law=SERVICELOVEN,
    section="§ 104",
    section_title={"da": "Aktivitets- og samværstilbud", "en": "Activity and social contact"},
    group_code="ensomhed",
    group_title={"da": "Voksne, der er meget alene", "en": "Adults who are much on their own"},
    planned_months=6,
    cost_per_month=Decimal(4900),
    measure="loneliness",
    steps=(
        Step(BASELINE, "loneliness", 0),
        Step("month-3", "loneliness", 3),
        Step("month-6", "loneliness", 6),
    ),
    workers=staff.ACTIVITY_WORKERS,
    offers=(staff.ACTIVITY_OFFER,),
    plan={
        "design": "waiting_list",
        "intervention": "Fællesskab",
        "comparison": "Venteliste",
        "covariates": [
            {"name": "age", "kind": "number"},
            {"name": "living", "kind": "category", "reference": goals.ALONE},
        ],
    },
    comparison={"da": "Venteliste", "en": "Waiting list"},
    characteristics={"age": {"da": "Alder", "en": "Age"}, "living": {"da": "Bor", "en": "Lives"}},
    categories={"living": goals.LIVING},
)

FAMILY_SUPPORT = Offered(
    slug="familiehuset",
    title={"da": "Støtte til børn i Familiehuset", "en": "Support for children at the family house"},
    description={
        "da": "Samtaler og leg med barnet, og hjælp til de voksne derhjemme. Opdigtet eksempel: også prisen er opdigtet.",
        "en": "Talks and play with the child, and help for the adults at home. An invented example: so is the price.",
    },
    theory_of_change={
        "da": "Når de voksne derhjemme bliver tryggere, får barnet ro til at være barn.",
        "en": "When the adults at home feel safer, the child has peace to be a child.",
    },
    law=BARNETS_LOV,
    section="§ 32",
    section_title={"da": "Støttende indsatser", "en": "Supporting interventions"},
    group_code="boern-mistrivsel",
    group_title={"da": "Børn i mistrivsel", "en": "Children who don't thrive"},
    planned_months=6,
    cost_per_month=Decimal(9800),
    measure="child",
    steps=(Step(BASELINE, "child", 0), Step("month-3", "child", 3), Step("month-6", "child", 6)),
    workers=staff.FAMILY_WORKERS,
    offers=(staff.FAMILY_OFFER,),
    plan={"design": "none", "intervention": "Familiehuset"},
)

OFFERED = (HOME_SUPPORT, COMMUNITY, FAMILY_SUPPORT)

DATA_SOURCE = {
    "da": "Opdigtede mennesker og svar, lavet til at vise programmet. Tallene siger intet om virkelige indsatser.",
    "en": "Invented people and answers, made to show the program. The numbers say nothing about real interventions.",
}
REMARKS = (
    "Det hjælper, at det er den samme, der kommer.",
    "Jeg vil gerne have besked i god tid, når noget bliver ændret.",
    "Brevene er svære at forstå.",
    "Tak, fordi I spørger.",
    "Jeg vil gerne være med, når I holder møde om mig.",
)
"""What some write where they may write freely."""
