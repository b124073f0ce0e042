"""Nowhere does a report say "effect" of what isn't one: not in text, pictures or sheets, in Danish or English.

Below D3 the word stands only in the whole sentences named here, which deny it. At D3 and D4 the label's own word is there.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest

from outcomes.analysis import effect
from outcomes.analysis.effect import estimate_effect
from outcomes.analysis.evidence import DesignLabel, allowed_word
from outcomes.analysis.plan import AnalysisPlan, Design, ExpectedChange
from outcomes.language import translate, use_locale
from outcomes.reports.effect_report import (
    EffectReportContext,
    ReportMaterial,
    build_context,
    render_html,
    to_json,
    write_workbook,
)
from outcomes.reports.effect_report.pdf import COMMITTEE
from tests.unit.reports.whole_report import whole_material

if TYPE_CHECKING:
    from collections.abc import Iterator


WORD = re.compile(r"effe[ck]t", re.IGNORECASE)
SPOKEN_ATTRIBUTES = {"alt", "aria-label", "aria-description", "content", "title"}
CODES = {
    "effect",
}  # for machines: a section's name, which JSON gives as a value

# Whole sentences below D3 that may hold the word, because they say that there is none.
DENIALS = {
    "en": (
        r"The plan has nobody to compare with, so there is no effect to estimate\.",
        r"The plan's design would allow the words \"effect, [a-z-]+\"\.",
        r"Departure from the plan: the design would allow the words \"effect, [a-z-]+\","
        r" but the number is called \"[a-z ]+\"\.",
    ),
    "da": (
        r"Planen har ingen at sammenligne med, så der er ikke nogen effekt at beregne\.",
        r"Planens design ville tillade ordene \"effekt, [a-zæøå]+\"\.",
        r"Afvigelse fra planen: designet ville tillade ordene »effekt, [a-zæøå]+«, men tallet kaldes »[a-zæøå ]+«\.",
    ),
}  # fmt: skip


LABELS = {
    "nobody to compare with": DesignLabel.D0,
    "every part": DesignLabel.D0,
    "too few people": DesignLabel.D0,
    "comparison not made": DesignLabel.D0,
    "expected course": DesignLabel.D1,
    "adjusted": DesignLabel.D2,
    "staggered": DesignLabel.D2,
    "waiting_list": DesignLabel.D3,
    "randomised": DesignLabel.D4,
}
BELOW = [name for name, label in LABELS.items() if not label.causal]
CAUSAL = [name for name, label in LABELS.items() if label.causal]

Said = Callable[[str, str], Mapping[str, list[str]]]


@dataclass(frozen=True, slots=True)
class Reports:
    """The trial as it was planned, as if the plan had been of another design, and with fewer people; made when asked for."""

    material: ReportMaterial
    alone: ReportMaterial
    few: ReportMaterial
    frame: pd.DataFrame
    plan: AnalysisPlan
    contexts: dict[str, EffectReportContext]

    def of(self, name: str) -> EffectReportContext:
        if name not in self.contexts:
            self.contexts[name] = build_context(self.made(name))
        assert self.contexts[name].estimate.label is LABELS[name]
        return self.contexts[name]

    def made(self, name: str) -> ReportMaterial:
        if name == "nobody to compare with":
            return self.alone
        if name == "every part":
            return whole_material()
        if name == "too few people":
            return self.few
        frame, plan = self.frame, self.plan
        if name == "comparison not made":  # lots were drawn, and too few are left
            kept = [person for _arm, people in frame.groupby("arm") for person in people["subject"].unique()[:20]]
            frame = frame[frame["subject"].isin(kept)].reset_index(drop=True)
        elif name == "expected course":
            expected = ExpectedChange(-3.0, "Proudfoot et al. 2003")
            plan = replace(plan, design=Design.EXPECTED, randomised_evidence=None, expected_change=expected)
        elif name != "randomised":
            plan = replace(plan, design=Design(name), randomised_evidence=None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                effect, "MOST_UNLIKE", 9.0
            )  # the trial's groups are less alike than a waiting list by turn makes them
            return replace(self.material, estimate=estimate_effect(frame, plan))


MADE: dict[str, EffectReportContext] = {}
SAID: dict[tuple[str, str], Mapping[str, list[str]]] = {}


@pytest.fixture
def said(
    material: ReportMaterial,
    alone_material: ReportMaterial,
    few_material: ReportMaterial,
    frame: pd.DataFrame,
    plan: AnalysisPlan,
) -> Said:
    """All that a report says, by its form; read once in a process."""
    reports = Reports(material, alone_material, few_material, frame, plan, MADE)

    def everything(name: str, locale: str) -> Mapping[str, list[str]]:
        if (name, locale) not in SAID:
            SAID[name, locale] = read_all(name, locale)
        return SAID[name, locale]

    def read_all(name: str, locale: str) -> Mapping[str, list[str]]:
        context = reports.of(name)
        return {
            "page and PDF": [
                *spoken(render_html(context, locale)),
                *spoken(render_html(context, locale, template=COMMITTEE)),
            ],
            "Excel": cells(write_workbook(context, locale)),
            "JSON": list(values(to_json(context, locale))),
        }

    return everything


class Spoken(HTMLParser):
    """What a reader or a screen reader meets in a document: text, spoken attributes, and text within pictures."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent += tag in {"style", "script"}
        self.said += [value for name, value in attrs if name in SPOKEN_ATTRIBUTES and value]
        for name, value in attrs:
            if name == "src" and value and value.startswith("data:image/svg+xml;base64,"):
                self.said += spoken(base64.b64decode(value.partition(",")[2]).decode())

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in {"style", "script"}

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.said.append(" ".join(data.split()))


def spoken(html: str) -> list[str]:
    parser = Spoken()
    parser.feed(html)
    return parser.said


def cells(workbook: bytes) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(workbook))
    properties = (book.properties.title, book.properties.subject, book.properties.description, book.properties.keywords)
    found = [str(value) for sheet in book for row in sheet.iter_rows(values_only=True) for value in row if value]
    return [*found, *(sheet.title for sheet in book), *(text for text in properties if text)]


def values(node: object) -> Iterator[str]:
    """Every text in a JSON document, its keys and codes apart."""
    if isinstance(node, dict):
        for inner in node.values():
            yield from values(inner)
    elif isinstance(node, list | tuple):
        for inner in node:
            yield from values(inner)
    elif isinstance(node, str) and node not in CODES:
        yield node


def without_denials(text: str, locale: str) -> str:
    for sentence in DENIALS[locale]:
        text = re.sub(sentence, "", text)
    return text


@pytest.mark.parametrize("locale", ["da", "en"])
@pytest.mark.parametrize("name", BELOW)
def test_below_d3_only_a_denial_holds_the_word(said: Said, name: str, locale: str) -> None:
    for form, texts in said(name, locale).items():
        assert len(texts) > 50, form
        assert [text for text in texts if WORD.search(without_denials(text, locale))] == [], form


@pytest.mark.parametrize("locale", ["da", "en"])
@pytest.mark.parametrize("name", CAUSAL)
def test_from_d3_on_the_labels_own_word_is_there(said: Said, name: str, locale: str) -> None:
    with use_locale(locale):
        word = translate(allowed_word(LABELS[name]))
    assert WORD.search(word)
    for form, texts in said(name, locale).items():
        assert any(word in text for text in texts), form


@pytest.mark.parametrize("locale", ["da", "en"])
def test_each_denial_is_said_and_allows_nothing_else(said: Said, locale: str) -> None:
    texts = [*said("too few people", locale)["JSON"], *said("staggered", locale)["JSON"]]
    for sentence in DENIALS[locale]:
        assert any(re.search(sentence, text) for text in texts), sentence
    for wrong in ("The effect is 3 points.", "There is no effect.", "Effekten er 3 point.", "Der er ingen effekt."):
        assert WORD.search(without_denials(wrong, locale))


def test_pictures_and_spoken_attributes_are_read_too() -> None:
    picture = base64.b64encode(b'<svg><text aria-label="an effect">drawn</text></svg>').decode()
    image = f'<img src="data:image/svg+xml;base64,{picture}">'
    html = f'<style>.effect{{}}</style><p class="effect">a <b title="b">c</b></p>{image}'
    assert spoken(html) == ["a", "b", "c", "an effect", "drawn"]
