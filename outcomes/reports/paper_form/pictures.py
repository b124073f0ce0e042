"""The faces and pictograms of the pages on screen, as pictures for paper: black lines, one grey tone, no colour.

They stand beside words that say the same.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from outcomes.instruments import FACES, PICTOGRAMS
from outcomes.reports.environment import report_environment

if TYPE_CHECKING:
    from collections.abc import Iterable

LOOK = """<style>
.face-skin { fill: #fff; stroke: #000; stroke-width: 2 }
.face-eye { fill: #000 }
.face-line { fill: none; stroke: #000; stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round }
.face-open { fill: #fff }
.p-line, .p-both, .p-paper, .p-dash, .p-dot, .p-tone { fill: none; stroke: #000; stroke-width: 2; stroke-linecap: round;
 stroke-linejoin: round }
.p-tone { stroke: none }
.p-tone, .p-both { fill: #d9d9d9 }
.p-paper { fill: #fff }
.p-dash { stroke-dasharray: 1 5 }
.p-dot { stroke-width: 3.2 }
</style>"""


@cache
def draw_pictures() -> dict[str, str]:
    """Each drawing that an instrument can name, as a picture (SVG in a ``data:`` address), by its name."""
    environment = report_environment()
    face = environment.get_template("macros/faces.html").module.face  # type: ignore[attr-defined]
    pictogram = environment.get_template("macros/pictograms.html").module.pictogram  # type: ignore[attr-defined]
    return {name: _picture(face(name)) for name in FACES} | {name: _picture(pictogram(name)) for name in PICTOGRAMS}


def picture_rules(names: Iterable[str]) -> str:
    """The rules of style that draw ``names`` where the sheet has a place for them."""
    pictures = draw_pictures()
    return "\n".join(
        f'.drawn-{name.replace("_", "-")} {{ background-image: url("{pictures[name]}") }}'
        for name in names
        if name in pictures
    )


def _picture(drawing: object) -> str:
    svg = str(drawing).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1).replace(">", f">{LOOK}", 1)
    return f"data:image/svg+xml,{quote(svg)}"
