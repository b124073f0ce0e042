"""The copy that a citizen gets: everything of theirs, nothing of anybody else's, readable by people and by programs."""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from outcomes.errors import NotFoundError, Sentence
from outcomes.forms.lines import answer_lines
from outcomes.language import use_locale
from outcomes.models import AnalysisPlan, Episode, Intervention, Signal
from outcomes.reports.environment import say
from outcomes.services.add_correction import add_correction
from outcomes.services.copy_own_data import copy_own_data
from outcomes.services.describe_own_data import describe_own_data
from outcomes.services.gather_own_data import gather_own_data
from outcomes.services.open_citizen import open_citizen
from outcomes.services.rate_goal import rate_goal
from outcomes.services.recall_instrument import read_stored_instrument
from outcomes.services.share_access import redeem_share, share_access
from outcomes.services.sign_in_citizen import SignedInCitizen
from tests.citizens_sentences import is_citizens
from tests.integration.builders import (
    Case,
    add_case,
    add_citizen,
    add_coordinator,
    add_course,
    add_goal,
    add_staff,
    add_tenant,
    answer,
    get_ticket,
)
from tests.integration.own_page import give_contact, sign_in_with_code

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

    from outcomes.services.runtime import Runtime

pytestmark = pytest.mark.database
ANSWERS = {"enjoyed": 3, "strength": 2, "worries": 1, "body": 3}
CPR = "0101901234"


@pytest.fixture
def case(runtime: Runtime) -> Case:
    """A citizen with something of everything."""
    tenant = add_tenant(runtime)
    citizen_id = add_citizen(runtime, tenant, cpr=CPR)
    case = add_case(runtime, add_course(runtime, tenant), citizen_id=citizen_id, background={"bolig": "egen"})
    give_contact(runtime, tenant, citizen_id)
    worker = add_staff(runtime, tenant)
    add_coordinator(runtime, worker, citizen_id)
    goal_id = add_goal(runtime, case)
    rate_goal(runtime, worker, goal_id, level=1, note="Går alene", submission_key=uuid4())
    answer(runtime, get_ticket(runtime, case), ANSWERS)
    answer(runtime, get_ticket(runtime, case, respondent_kind="parent"), {"hope": 0})
    answer(runtime, get_ticket(runtime, case, respondent_kind="worker"), {"hope": 4})
    open_citizen(runtime, worker, citizen_id)
    me = sign_in_with_code(runtime, case)
    add_correction(runtime, me, words="Jeg er flyttet", submission_key=uuid4())
    redeem_share(runtime, add_staff(runtime, tenant), share_access(runtime, me, days=9))
    with runtime.database.transaction(tenant.scope) as session:
        for kind in ("citizen", "parent"):
            session.add(
                Signal(
                    organisation_id=tenant.organisation_id, citizen_id=citizen_id, episode_id=case.episode_id,
                    occasion_id=case.occasions["start"], respondent_kind=kind, kind="risk_answer", subject="hope",
                    raised_at=runtime.now(), due_at=runtime.now(),
                )
            )  # fmt: skip
        session.commit()
    return case


@pytest.fixture
def me(case: Case) -> SignedInCitizen:
    return SignedInCitizen(case.tenant.organisation_id, case.citizen_id, "token")


def get_json(runtime: Runtime, me: SignedInCitizen, locale: str = "da") -> dict[str, Any]:
    file = copy_own_data(runtime, me, file_format="json", locale=locale, in_words=answer_lines)
    assert (file.name, file.media_type) == ("alt-om-mig-2026-03-02.json", "application/json")
    found: dict[str, Any] = json.loads(file.content)
    return found


def test_everything_that_is_stored_about_me_is_in_it(runtime: Runtime, me: SignedInCitizen) -> None:
    found = get_json(runtime, me, "en")
    person = found["person"]
    assert (person["name"], person["phone"], person["email"], person["has_cpr"]) == (
        "Karen Prøvesen", "+4520304050", "karen@example.org", True,
    )  # fmt: skip
    assert found["responses"][0]["answers"] == ANSWERS
    assert [line["answer"] is None for line in found["responses"][0]["in_words"]] == [False] * 4 + [True]
    assert found["responses"][0]["scores"]
    assert [row["respondent"] for row in found["answered_by_staff"]] == ["worker"]
    assert found["goals"][0]["ratings"][0]["note"] == "Går alene"
    assert found["corrections"][0]["words"] == "Jeg er flyttet"
    assert [row["why"] for row in found["looked"]] == [
        "Looked at your page to help you", "Wrote how it goes with one of your goals",
    ]  # fmt: skip
    assert found["shared"][0]["days"] == 9
    assert found["messages"][0]["kind"] == "login_code"
    assert len(found["signals"]) == 1
    assert len(found["measurements"]) == 4
    assert found["episodes"][0]["background"] == {"bolig": "egen"}
    assert found["coordinators"][0]["name"] == "Test worker"


def test_no_cpr_number_and_no_word_of_a_relative_or_another_citizen(
    runtime: Runtime, case: Case, me: SignedInCitizen
) -> None:
    course = add_course(runtime, case.tenant, slug="andet")
    other = add_case(runtime, course, citizen_id=add_citizen(runtime, case.tenant, "Bent Fremmed"))
    add_goal(runtime, other, "Noget helt andet")
    answer(runtime, get_ticket(runtime, other), ANSWERS)
    found = get_json(runtime, me)
    text = json.dumps(found, ensure_ascii=False)
    assert CPR not in text
    assert "010190" not in text
    assert "Bent" not in text
    assert "helt andet" not in text
    assert len(found["responses"]) == 1
    stranger = SignedInCitizen(case.tenant.organisation_id, other.citizen_id, "token")
    assert "Karen" not in json.dumps(get_json(runtime, stranger))


def test_what_is_known_from_before_stands_there_in_words(runtime: Runtime, case: Case, me: SignedInCitizen) -> None:
    words = {
        "characteristics": {"bolig": {"da": "Bolig", "en": "Home"}},
        "categories": {"bolig": {"egen": {"da": "Egen bolig", "en": "A home of their own"}}},
    }
    assert known(runtime, me, "da") == {"bolig": "egen"}, "the key, where nothing calls it anything"
    with runtime.database.transaction(case.tenant.scope) as session:
        intervention = session.scalars(select(Intervention)).one()
        plan = AnalysisPlan(
            organisation_id=case.tenant.organisation_id, intervention_id=intervention.id, version=1,
            definition={"words": words},
        )  # fmt: skip
        session.add(plan)
        episode = session.get_one(Episode, (case.tenant.organisation_id, case.episode_id))
        episode.background = {"bolig": "egen", "age": 74.0, "living": None, "hours": 7.5, "bil": "ja"}
        session.commit()
    assert known(runtime, me, "en") == {
        "Home": "A home of their own", "Age": "74", "Who you live with": "Not known", "hours": "7.5", "bil": "ja",
    }  # fmt: skip
    danish = known(runtime, me, "da")
    assert (danish["Bolig"], danish["hours"]) == ("Egen bolig", "7,5")
    stored = get_json(runtime, me)["episodes"][0]
    assert stored["background"]["age"] == 74
    assert ["Bolig", "Egen bolig"] in stored["background_words"]


def known(runtime: Runtime, me: SignedInCitizen, locale: str) -> dict[str, str]:
    """What the copy says of the help besides where and when."""
    with runtime.database.transaction(me.scope) as session:
        data = gather_own_data(runtime, session, me)
    with use_locale(locale):
        document = describe_own_data(data, answer_lines, made_at=runtime.now())
        (entry,) = document.sections[2].entries
        said = {say(label): say(value) for label, value in entry.lines}
    return {label: value for label, value in said.items() if label not in {"Hvor", "Fra", "Where", "From"}}


def test_every_sentence_of_it_is_there_in_every_language_of_citizens(runtime: Runtime, me: SignedInCitizen) -> None:
    with runtime.database.transaction(me.scope) as session:
        data = gather_own_data(runtime, session, me)
    said = list(sentences(describe_own_data(data, answer_lines, made_at=runtime.now())))
    assert len({sentence.message for sentence in said}) > 40
    assert {sentence.message for sentence in said if not is_citizens(sentence.message)} == set()


def sentences(part: Any) -> Iterator[Sentence]:
    """Every sentence of a document, also those within others."""
    if isinstance(part, Sentence):
        yield part
        yield from sentences([value for _, value in part.values])
    elif isinstance(part, (list, tuple)):
        for each in part:
            yield from sentences(each)
    elif is_dataclass(part):
        yield from sentences([getattr(part, field.name) for field in fields(part)])


@pytest.mark.parametrize("locale", ["da", "ar"])
def test_the_pdf_holds_the_same_and_says_what_is_left_out(runtime: Runtime, me: SignedInCitizen, locale: str) -> None:
    file = copy_own_data(runtime, me, file_format="pdf", locale=locale, in_words=answer_lines)
    assert file.name == "alt-om-mig-2026-03-02.pdf"
    reader = PdfReader(BytesIO(file.content))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert reader.trailer["/Root"]["/Lang"] == locale
    for words in ("Karen Prøvesen", "Jeg vil handle ind selv", "Jeg er flyttet", "Går alene", "karen@example.org"):
        assert words in text, words
    assert CPR not in text
    fonts = {font for page in reader.pages for font in page["/Resources"]["/Font"]}
    assert fonts


def test_there_is_no_other_format(runtime: Runtime, me: SignedInCitizen, tmp_path: Path) -> None:
    for wrong in ("xml", "", "../settings.env"):
        with pytest.raises(NotFoundError):
            copy_own_data(runtime, me, file_format=wrong, locale="da", in_words=answer_lines)


def test_words_and_answers_belong_together(runtime: Runtime, case: Case, me: SignedInCitizen) -> None:
    """Each question in the copy stands beside the option that was chosen."""
    found = get_json(runtime, me, "en")["responses"][0]
    with runtime.database.transaction(case.tenant.scope) as session:
        from outcomes.models import Occasion  # noqa: PLC0415

        version = session.get_one(Occasion, (me.organisation_id, case.occasions["start"])).instrument_version_id
        instrument = read_stored_instrument(session, version)
    expected = [
        next((option.wording["en"] for option in item.options if option.value == ANSWERS.get(item.id)), None)
        for item in instrument.items
    ]
    assert [line["answer"] for line in found["in_words"]] == expected
