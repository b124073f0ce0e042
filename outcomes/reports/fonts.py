"""The fonts of reports and charts: IBM Plex Sans, as it comes with Det Fælles Designsystem, and its Arabic letters.

The files are installed at set-up and may be absent; then the reports fall back to the fonts of the machine.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

STATIC_DIRECTORY = Path(__file__).parent.parent / "static"
SCHEME = "outcomes-static:"
FAMILY = "IBM Plex Sans"
FALLBACK = "'Liberation Sans', 'DejaVu Sans', sans-serif"
FACES: tuple[tuple[str, int, str], ...] = (
    ("Regular", 400, "normal"),
    ("Italic", 400, "italic"),
    ("SemiBold", 600, "normal"),
    ("Bold", 700, "normal"),
)
ARABIC_FAMILY = "IBM Plex Sans Arabic"
ARABIC_WEIGHTS = (400, 600, 700)


@cache
def font_files() -> dict[str, Path]:
    """Path of each face that is installed, by its name (``Regular``, ``SemiBold``, ...)."""
    found: dict[str, Path] = {}
    for path in sorted((STATIC_DIRECTORY / "vendor").rglob("complete/woff2/IBMPlexSans-*.woff2")):
        found.setdefault(path.stem.removeprefix("IBMPlexSans-"), path)
    return found


@cache
def font_face_css() -> str:
    """``@font-face`` rules whose addresses are ``outcomes-static:`` and the path under the static directory."""
    rules = [_face(FAMILY, weight, style, font_files().get(name)) for name, weight, style in FACES]
    for weight in ARABIC_WEIGHTS:
        found = sorted((STATIC_DIRECTORY / "vendor").rglob(f"ibm-plex-sans-arabic-arabic-{weight}-normal.woff2"))
        rules.append(_face(ARABIC_FAMILY, weight, "normal", found[0] if found else None))
    return "\n".join(rule for rule in rules if rule)


def _face(family: str, weight: int, style: str, path: Path | None) -> str:
    if path is None:
        return ""
    address = SCHEME + path.relative_to(STATIC_DIRECTORY).as_posix()
    return (
        f"@font-face {{ font-family: '{family}'; font-weight: {weight}; font-style: {style};"
        f" src: url('{address}') format('woff2'); }}"
    )


@cache
def chart_font_directory() -> Path | None:
    """The directory of the faces as TrueType, which the chart renderer reads; ``None`` where they aren't installed."""
    found = sorted((STATIC_DIRECTORY / "vendor").rglob("IBMPlexSans-Regular.ttf"))
    return found[0].parent if found else None
