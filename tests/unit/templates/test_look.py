"""The look: colours that can be read in light and dark, and files that hold no more than they should."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

STATIC = Path(__file__).parents[3] / "outcomes" / "static"
OWN_STYLES = ("outcomes.css", "citizen.css", "reading.css", "staff.css", "print.css")
TEXT = ("ink", "ink-quiet", "link", "link-visited", "accent", "error")
GROUND = ("surface", "surface-quiet", "surface-page")
SOFT = ("accent-soft", "error-soft", "warning-soft", "success-soft", "info-soft")


def tokens(block: str) -> dict[str, str]:
    """Custom properties of a rule that are colours, as six hex digits."""
    found = re.findall(r"--([\w-]+): #([0-9a-f]{3,6});", block)
    return {name: value if len(value) == 6 else "".join(2 * digit for digit in value) for name, value in found}


def modes() -> dict[str, dict[str, str]]:
    """The colours of light and of dark mode."""
    sheet = (STATIC / "css" / "outcomes.css").read_text(encoding="utf-8")
    light, dark = (tokens(block) for block in re.findall(r":root \{(.*?)\}", sheet, re.DOTALL))
    return {"light": light, "dark": {**light, **dark}}


def choices() -> dict[str, dict[str, str]]:
    """The colours that a reader can choose, each on top of light mode and of dark mode."""
    sheet = (STATIC / "css" / "reading.css").read_text(encoding="utf-8")
    blocks = re.findall(r":root\.reading-contrast-(\w+)[^{]*\{(.*?)\}", sheet, re.DOTALL)
    chosen = {name: tokens(block) for name, block in blocks}
    return {f"{name} over {mode}": {**below, **own} for name, own in chosen.items() for mode, below in modes().items()}


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_counted_as_the_guideline_counts() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("777777", "ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_can_be_read_on_every_ground(mode: str) -> None:
    colours = modes()[mode]

    pairs = [*product(TEXT, GROUND), *(("ink", ground) for ground in SOFT), ("on-accent", "accent")]
    weak = [pair for pair in pairs if contrast(colours[pair[0]], colours[pair[1]]) < 4.5]
    assert weak == []


def test_a_reader_who_wants_contrast_gets_seven_to_one_everywhere() -> None:
    assert set(choices()) == {f"{name} over {mode}" for name in ("strong", "dark") for mode in ("light", "dark")}
    for name, colours in choices().items():
        pairs = [*product(TEXT, GROUND), *(("ink", ground) for ground in SOFT), ("on-accent", "accent")]
        weak = [(pair, contrast(colours[pair[0]], colours[pair[1]])) for pair in pairs]
        assert [pair for pair, ratio in weak if ratio < 7] == [], name
        edges = product(("line-strong", "accent", "focus", "error", "better", "worse"), GROUND)
        assert [pair for pair in edges if contrast(colours[pair[0]], colours[pair[1]]) < 3] == [], name


def test_a_choice_of_colours_names_every_one() -> None:
    light = modes()["light"]
    sheet = (STATIC / "css" / "reading.css").read_text(encoding="utf-8")
    for block in re.findall(r":root\.reading-contrast-\w+[^{]*\{(.*?)\}", sheet, re.DOTALL):
        assert tokens(block).keys() == light.keys(), "a colour of the mode below would show through"


def test_places_are_named_by_the_direction_of_reading() -> None:
    """Right-to-left pages are mirrored: no margin, padding, border or place is left or right."""
    sided = re.compile(r"(?<![\w-])(?:(?:margin|padding|border)-(?:left|right)|left|right|text-align)\s*:\s*([^;}]+)")
    undone = {"auto", "0", "start", "end", "center"}
    for name in ("outcomes.css", "citizen.css", "reading.css"):
        sheet = (STATIC / "css" / name).read_text(encoding="utf-8")
        mirrored = re.sub(r"\[dir=\"rtl\"\][^{]*\{[^}]*\}", "", sheet)
        found = [match[0] for match in sided.finditer(mirrored) if match[1].strip() not in undone]
        assert found == [], name
        corners = re.findall(r"(?:margin|padding|inset): ([^\s;]+) ([^\s;]+) ([^\s;]+) ([^\s;]+);", sheet)
        assert [four for four in corners if four[1] != four[3]] == [], name


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_edges_of_controls_can_be_seen(mode: str) -> None:
    colours = modes()[mode]

    seen = ("line-strong", "accent", "focus", "error", "better", "worse")
    weak = [pair for pair in product(seen, GROUND) if contrast(colours[pair[0]], colours[pair[1]]) < 3]
    assert weak == []


@pytest.mark.parametrize("name", OWN_STYLES)
def test_styles_fetch_nothing_from_elsewhere_and_use_only_known_colours(name: str) -> None:
    sheet = (STATIC / "css" / name).read_text(encoding="utf-8")
    defined = {
        token for path in OWN_STYLES for token in re.findall(r"--([\w-]+):", (STATIC / "css" / path).read_text())
    }

    assert not re.search(r"url\([\"']?(?:https?:)?//|@import", sheet)
    assert set(re.findall(r"var\(--([\w-]+)", sheet)) <= defined
    assert sheet.count("{") == sheet.count("}")


def test_motion_is_only_for_those_who_have_not_asked_for_less() -> None:
    for name in OWN_STYLES:
        sheet = (STATIC / "css" / name).read_text(encoding="utf-8")
        for place in re.finditer(r"\b(?:transition|animation)\s*:(?! none)", sheet):
            assert "prefers-reduced-motion: no-preference" in sheet[: place.start()]


def test_the_script_writes_no_markup() -> None:
    script = (STATIC / "js" / "page.js").read_text(encoding="utf-8")

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|new Function|document\.write|localStorage", script
    )
    assert len(script) < 4000, "small helps only"


def test_drawings_are_sound() -> None:
    for path in (STATIC / "img").glob("*.svg"):
        root = ET.parse(path).getroot()
        assert root.tag.endswith("svg")
        assert not [each for each in root.iter() if each.tag.endswith("script")]
