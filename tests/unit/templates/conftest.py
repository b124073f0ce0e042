"""Templates without the app: our own environment with stand-ins for what Flask gives, and sample variables for each page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace as Thing
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.environment import install_language
from outcomes.reports.parts import Column, Kind, Table
from tests.unit.templates.admin_samples import ADMIN_SAMPLES, SIGNALS
from tests.unit.templates.learning_samples import LEARNING_SAMPLES
from tests.unit.templates.offer_samples import OFFER_SAMPLES
from tests.unit.templates.overview_samples import OVERVIEW_SAMPLES
from tests.unit.templates.own_samples import OWN_SAMPLES
from tests.unit.templates.paper_samples import PAPER_SAMPLES
from tests.unit.templates.release_samples import RELEASE_SAMPLES
from tests.unit.templates.supervision_samples import SUPERVISION_SAMPLES
from tests.unit.templates.target_samples import TARGET_SAMPLES
from tests.unit.templates.value_samples import VALUE_SAMPLES

PACKAGE = Path(__file__).parents[3] / "outcomes"
DAY = date(2026, 11, 21)
MOMENT = datetime(2026, 11, 21, 14, 3, tzinfo=UTC)
POLYGLOT = "\"'><script>alert(1)</script>{{ 7*7 }}"
CONTACT = Thing(name="Mette Holm", phone="21 34 56 78", email="mette@example.dk")
PERIOD = Thing(from_date=date(2026, 1, 1), to_date=DAY)
INTERVENTION = Thing(intervention_id="home-support", name="Støtte i eget hjem")

FIGURE = Thing(
    key="curve-wellbeing",
    title=Sentence("%(measure)s: clearly better than at the start", measure="Trivsel"),
    subtitle="0-100",
    description="A line through 2 answers",
    caption="Source",
    source="data:image/svg+xml;base64,PHN2Zy8+",
    narrow_source="data:image/svg+xml;base64,PHN2Zy8+",
    has_band=True,
    words="The first time it was 40, now it is 55. 100 is best.",
    drawn=True,
    table=Table(
        "t",
        Sentence("The answers in numbers"),
        (Column("day", Sentence("Day"), Kind.DATE), Column("score", Sentence("Points"), Kind.NUMBER)),
        ((DAY, 40.5), (DAY, None)),
    ),
)
RATING = Thing(level=1, rated_on=DAY, rated_by="worker", name="Mette Holm", note="")
GOAL = Thing(goal_id="g1", wording=POLYGLOT, kind="maintain", latest=RATING, rates=True)
LINES = [
    {"number": 1, "question": "Hvordan går det?", "answer": POLYGLOT},
    {"number": 2, "question": "Og ellers?", "answer": None},
]
HELPERS = [Thing(value="", label="No", checked=True), Thing(value="other", label=POLYGLOT, checked=False)]
PROMISE = Thing(name="Mette Holm", due_at=MOMENT)


def occasion(status: str) -> Thing:
    """A measurement with its window."""
    return Thing(
        occasion_id="o1", label="Start", opens_on=DAY, due_on=DAY, closes_on=DAY, status=status, asks=True,
        results=["Trivsel 40 af 100"],
    )  # fmt: skip


STATUSES = (
    "planned",
    "open",
    "due",
    "overdue",
    "partly_answered",
    "answered",
    "answered_late",
    "missed",
    "declined",
    "withdrawn",
)

PLAN = Thing(
    version=2, created_on=DAY, frozen_at=None, frozen_by=None, lines=[Thing(label=Sentence("Model"), value=POLYGLOT)]
)

RESPONDENT = Thing(kind="parent", relation_id="r1", name=POLYGLOT, locale="pl", words=Sentence("parent"))
RISK = Thing(
    lines=[Thing(name=Sentence("Livlinje"), phone="70 00 00 00", hours=Sentence("all day"))],
    words=Sentence("Call us"),
    risk=Thing(name="Mette Holm", due_at=MOMENT),
)

SAMPLES: dict[str, dict[str, Any]] = {
    "pages/citizen/start.html": {
        "organisation_name": POLYGLOT,
        "minutes": 3,
        "question_count": 8,
        "readers": [Thing(name="Mette Holm", role="din kontaktperson")],
        "team": Thing(name="Bostøtteteamet", named=[Thing(name="Ib Bo", role=None)], count=1),
        "contact": CONTACT,
        "lines": [Thing(name=POLYGLOT, phone="70 201 201", hours="11-05")],
        "closes_on": DAY,
        "resumed": False,
        "privacy": Thing(legal_basis="Serviceloven", kept_for=None, adviser=CONTACT),
        "child": False,
        "of_somebody": False,
    },
    "pages/citizen/all_questions.html": {
        "form": None,
        "questions": [Thing(id="q1", number=1, block=POLYGLOT, seen="seen-1", elsewhere=True)],
        "elsewhere": True,
        "intro": Thing(text=POLYGLOT, foreign=True, language="so", direction="ltr"),
        "untranslated": POLYGLOT,
        "saved": "flere",
        "contact": CONTACT,
    },
    "pages/citizen/help.html": {
        "lines": [Thing(name=POLYGLOT, phone="70 201 201", hours="11-05")],
        "words": None,
        "promise": PROMISE,
        "onward": "/svar/3",
        "answered": False,
    },
    "pages/citizen/decline.html": {"own": True, "contact": CONTACT},
    "pages/citizen/declined.html": {"contact": CONTACT},
    "pages/citizen/not_asked.html": {
        "line": {"answer": POLYGLOT, "answer_language": ""},
        "onward": "/svar/3",
        "organisation_name": "Solbakke Kommune",
        "contact": CONTACT,
    },
    "pages/citizen/said_no.html": {"organisation_name": "Solbakke Kommune", "contact": CONTACT},
    "pages/citizen/not_ready.html": {"contact": CONTACT},
    "pages/citizen/review.html": {
        "answers": LINES,
        "elsewhere": {2},
        "open": {3},
        "errors": [Thing(target="change-1", message=POLYGLOT), Thing(target="send", message="Press once more")],
        "digest": "digest-1",
        "submission_key": "key-1",
        "helpers": HELPERS,
        "back": "/svar/2",
        "contact": CONTACT,
    },
    "pages/citizen/receipt.html": {
        "organisation_name": "Solbakke Kommune",
        "received_at": MOMENT,
        "receipt_key": "7KQ4",
        "reader": Thing(name="Mette Holm", role=None),
        "looked_at_by": DAY,
        "next_on": DAY,
        "contact": CONTACT,
        "has_curve": True,
        "answers": LINES,
        "help": Thing(lines=[], risk=PROMISE, wish=None),
        "child": False,
    },
    "pages/citizen/curve.html": {"charts": [FIGURE]},
    "pages/citizen/already_answered.html": {
        "answered_at": MOMENT,
        "different": True,
        "has_curve": True,
        "contact": Thing(name="Mette Holm", phone=None, email=None),
    },
    "pages/citizen/not_open_yet.html": {"opens_on": DAY, "contact": CONTACT},
    "pages/citizen/left.html": {},
    "pages/citizen/open_link_again.html": {},
    "pages/citizen/link_not_valid.html": {},
    "pages/staff/sign_in.html": {"confirm": True},
    "pages/staff/today.html": {
        "to_look_at": [
            Thing(citizen_id="c0", name=POLYGLOT, overdue=True, signals=SIGNALS[:2], entry=None),
            Thing(
                citizen_id="c9",
                name="Ida",
                overdue=False,
                signals=SIGNALS[:1],
                entry=Thing(sentence=Sentence("Late"), since=DAY),
            ),
        ],
        "count": 3,
        "people": [
            Thing(citizen_id="c1", name=POLYGLOT, status="overdue", reason=Sentence("Late"), since=DAY, action="Open")
        ],
        "upcoming": [Thing(citizen_id="c2", name="Bent", what=Sentence("Soon"), on=DAY)],
        "shared": [Thing(citizen_id="c3", name=POLYGLOT, until=DAY)],
        "today": DAY,
    },
    "pages/staff/citizen.html": {
        "citizen": Thing(citizen_id="c1", name=POLYGLOT),
        "episode": Thing(intervention="Støtte", provider="Åen", started_on=DAY, ended_on=None, coordinator="Mette"),
        "goals": [GOAL, Thing(goal_id="g2", wording="Bo selv", kind="develop", latest=None, rates=False)],
        "charts": [FIGURE],
        "signals": SIGNALS,
        "occasions": [occasion(status) for status in STATUSES],
        "latest": Thing(answered_at=MOMENT, by=Sentence("the citizen"), lines=LINES),
        "corrections": [
            Thing(words=POLYGLOT, at=MOMENT, about=None),
            Thing(words="Nej", at=MOMENT, about=Sentence("About the goal: %(goal)s", goal=POLYGLOT)),
        ],
        "shared_until": None,
        "saved": Sentence("The rating is saved."),
    },
    "pages/staff/rate_goal.html": {
        "citizen": Thing(citizen_id="c1", name="Anna"),
        "goal": GOAL,
        "levels": [Thing(value=value, wording=POLYGLOT if value == 2 else "") for value in (2, 1, 0, -1, -2)],
        "chosen": None,
        "last": RATING,
        "note": POLYGLOT,
        "submission_key": "key-1",
        "errors": [Thing(target="level-1", message="Choose a level")],
    },
    "pages/staff/contact.html": {
        "citizen": Thing(citizen_id="c1", name=POLYGLOT, stopped=True),
        "phone": "+4521345678",
        "email": POLYGLOT,
        "errors": [Thing(target="email", message="Write the address")],
    },
    "pages/asking/ask.html": {
        "citizen": Thing(citizen_id="c1", name=POLYGLOT),
        "occasion": Thing(occasion_id="o1", label=Sentence("Wellbeing"), closes_on=DAY),
        "obstacle": None,
        "only_citizen": True,
        "respondents": [
            Thing(
                who=RESPONDENT,
                sheet=Thing(own="arabisk", language="dansk", others=[Thing(code="en", words=POLYGLOT)]),
                begun=True,
                ended=False,
                given=None,
            ),
            Thing(
                who=RESPONDENT,
                begun=False,
                ended=True,
                given=Thing(answered_at=MOMENT, late=True, how=Sentence("by phone"), lines=LINES),
            ),
        ],
    },
    "pages/asking/given.html": {
        "back": "/back",
        "who": RESPONDENT,
        "given": Thing(url=None, code="CDFGHJ", expires_at=MOMENT),
        "tablet": "https://example.dk/tablet",
    },
    "pages/asking/people.html": {
        "citizen": Thing(citizen_id="c1", name=POLYGLOT),
        "people": [
            Thing(
                relation_id="r1",
                kind=Sentence("parent"),
                name=POLYGLOT,
                phone="+4522334455",
                email="a@b.dk",
                language="Polski",
                from_date=DAY,
                ended_on=None,
                live=True,
            )
        ],
        "kinds": [Thing(value="parent", label="parent"), Thing(value="guardian", label="guardian")],
        "languages": [Thing(code="da", label="Dansk"), Thing(code="ar", label="x")],
        "typed": {"kind": "parent", "name": POLYGLOT, "phone": "1", "email": "", "locale": "ar", "from_date": "x"},
        "errors": [Thing(target="phone", message="Write the number"), Thing(target="kind-parent", message=POLYGLOT)],
    },
    "pages/asking/recorded.html": {
        "view": Thing(
            citizen_id="c1",
            name=POLYGLOT,
            label=Sentence("Wellbeing"),
            who=RESPONDENT,
            help=RISK,
            receipt=Thing(key="7KQ4", answered_at=MOMENT, late=True),
        ),
        "back": "/back",
    },
    "pages/asking/interview.html": {
        "citizen": Thing(citizen_id="c1", name=POLYGLOT),
        "label": Sentence("Wellbeing"),
        "who": RESPONDENT,
        "back": "/back",
        "questions": [
            Thing(id="mood", number=1, block="A question", seen="s", elsewhere=True, language="pl", direction="ltr")
        ],
        "language": "pl",
        "languages": [Thing(code="da", label="dansk"), Thing(code="pl", label="polsk")],
        "mode": "phone",
        "errors": [Thing(target="mode-interview", message="Choose")],
        "untranslated": POLYGLOT,
        "saved": "flere",
        "view": Thing(help=RISK),
        "submission_key": "key-1",
    },
    "pages/tablet/ready.html": {
        "errors": [Thing(target="code", message="This opens nothing")],
        "said": Sentence("Done"),
        "shared": True,
        "organisation_name": POLYGLOT,
    },
    "pages/tablet/thanks.html": {
        "seconds": 60,
        "contact": CONTACT,
        "lines": [Thing(name=POLYGLOT, phone="70 201 201", hours="")],
    },
    "pages/tablet/still_here.html": {"seconds": 120},
    "pages/manager/analysis_plan.html": {
        "intervention": INTERVENTION,
        "plan": PLAN,
        "earlier": [Thing(version=1, frozen_at=MOMENT, reason=None)],
        "may_freeze": True,
        "errors": [],
        "back": Thing(address="/indsatser?gruppering=udbyder", words=POLYGLOT),
    },
    "pages/manager/steering.html": {
        "groups": [
            {"title": POLYGLOT, "pages": [{"endpoint": "manager.overview", "name": POLYGLOT, "what": POLYGLOT}]},
        ],
    },
    "pages/admin/home.html": {
        "users": [Thing(name="Mette", role=Sentence("Worker"), active=True, last_seen=None)],
        "imports": [Thing(imported_at=MOMENT, file_name=POLYGLOT, organisation="x", rows=500, people=100, by="x")],
        "entries": 10423,
        "audit": Thing(checked_at=MOMENT, entries=10423, in_order=True, fault=None),
        "organisation_name": "Solbakke Kommune",
    },
    "pages/citizen/reading.html": {
        "languages": [Thing(label="العربية", href="", current=code == "da", code=code) for code in ("da", "ar")],
        "look": [
            Thing(name="size", legend=Sentence("Size of the text"), values=[("normal", Sentence("Usual"))]),
            Thing(
                name="pictures", legend=Sentence("Pictures"), values=[("yes", Sentence("Yes")), ("no", Sentence("No"))]
            ),
        ],
        "way": [
            Thing(name="pace", legend=Sentence("Pace"), values=[("one", Sentence("One")), ("all", Sentence("All"))])
        ],
        "chosen": Thing(size="normal", pictures="no", pace="one"),
        "back": "/svar/3?change=1",
    },
    "pages/public/accessibility.html": {
        "responsible": Thing(name=POLYGLOT, phone="21 34 56 78", email="mette@example.dk"),
        "languages": ["Dansk", "العربية"],
        "reviewed_on": DAY,
    },
    "pages/public/front.html": {"demo_links": [Thing(label="Som borger", href="/b/x", what="Svar")]},
    **{f"errors/{code}.html": {} for code in (400, 403, 404, 405, 409, 410, 413, 429, 500)},
    "errors/503.html": {
        "sentence": Sentence("Gone"),
        "typed": [("csrf_token", "the-token"), ("answer_mood", POLYGLOT)],
    },
}

SAMPLES.update(OWN_SAMPLES)
SAMPLES.update(OVERVIEW_SAMPLES)
SAMPLES.update(OFFER_SAMPLES)
SAMPLES.update(ADMIN_SAMPLES)
SAMPLES.update(PAPER_SAMPLES)
SAMPLES.update(RELEASE_SAMPLES)
SAMPLES.update(SUPERVISION_SAMPLES)
SAMPLES.update(TARGET_SAMPLES)
SAMPLES.update(VALUE_SAMPLES)
SAMPLES.update(LEARNING_SAMPLES)

Render = Callable[..., str]


def fake_url(endpoint: str, **values: object) -> str:
    """The address of an endpoint, recognisable."""
    if endpoint == "static":
        return f"/static/{values['filename']}"
    return "/" + endpoint + "".join(f"/{key}-{value}" for key, value in values.items())


@pytest.fixture
def package() -> Path:
    """Where the package lies."""
    return PACKAGE


@pytest.fixture(scope="session")
def templates() -> Environment:
    """The environment, with stand-ins for what Flask and Flask-WTF give. Each template is compiled once in a process."""
    environment = Environment(
        loader=FileSystemLoader(PACKAGE / "templates"), autoescape=True, undefined=StrictUndefined
    )
    install_language(environment)
    environment.globals.update(url_for=fake_url, csrf_token=lambda: "the-token")
    return environment


@pytest.fixture
def samples() -> dict[str, dict[str, Any]]:
    """Variables for each page that needs no form or report."""
    return {name: dict(values) for name, values in SAMPLES.items()}


@pytest.fixture
def render(templates: Environment) -> Render:
    """Render a template as a page of the app: ``render(name, locale=..., **variables)``."""

    def rendered(name: str, locale: str = "en", user: object = None, **variables: object) -> str:
        links = [Thing(label=code, code=code, href=f"?sprog={code}", current=code == locale) for code in ("da", "en")]
        shared = {
            "locale": locale,
            "direction": "ltr",
            "current_user": user,
            "language_links": links,
            "demo": True,
            "reading_link": "/laesning",
            "reading_classes": "",
            "navigation": [Thing(label="Today", href="/i-dag", current=True)],
        }
        with use_locale(locale):
            return templates.get_template(name).render(**shared, **variables)

    return rendered
