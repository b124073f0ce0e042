"""Put the front-end assets in place: what package-lock.json pins, no more than the pages use, licences beside.

Runs on the standard library alone. ``npm ci`` checks the hashes of the lock file; the parts needed are copied into the
git-ignored ``outcomes/static/vendor/``, one folder for each package.

    python .ci/assets.py             where they are in place already, nothing is done
    python .ci/assets.py --check     exit code 1 where they aren't
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "outcomes" / "static" / "vendor"
STAMP = VENDOR / ".stamp"
OLDEST_NODE = 20
MACHINE_SETTINGS = Path("/etc/npmrc")  # where Debian's npm looks for a mirror; npm from elsewhere would miss it
INPUTS = ("package.json", "package-lock.json", ".ci/assets.py")

# Left out on purpose: Sass sources, source maps, older font formats, and the logos of portals that aren't ours.
DKFDS_PARTS = (
    "LICENSE.md",
    "css/dkfds.min.css",
    "js/dkfds.min.js",
    "img/all-svg-icons.svg",
    "img/svg-icons/*.svg",
    *(
        f"fonts/IBMPlexSans/complete/woff2/IBMPlexSans-{style}.woff2"
        for style in ("Regular", "Italic", "Medium", "MediumItalic", "SemiBold", "SemiBoldItalic", "Bold", "BoldItalic")
    ),
    "fonts/IBMPlexSans/complete/woff2/license.txt",
    # Pages load the letters that are on them; paper has all of them in one.
    *(
        f"fonts/IBMPlexSans/split/woff2/IBMPlexSans-{style}-{part}.woff2"
        for style in ("Regular", "SemiBold", "Bold")
        for part in ("Latin1", "Latin2", "Latin3", "Cyrillic", "Greek", "Pi")
    ),
    "fonts/IBMPlexSans/split/woff2/license.txt",
    # Charts are measured and drawn on the server, by a renderer that reads TrueType alone.
    *(f"fonts/IBMPlexSans/complete/ttf/IBMPlexSans-{style}.ttf" for style in ("Regular", "Italic", "SemiBold", "Bold")),
    "fonts/IBMPlexSans/complete/ttf/license.txt",
)
# The same family's Arabic letters, which the design system doesn't have: for sheets, letters and copies on paper.
ARABIC_PARTS = ("LICENSE", *(f"files/ibm-plex-sans-arabic-arabic-{weight}-normal.woff2" for weight in (400, 600, 700)))
PACKAGES: dict[str, tuple[str, tuple[str, ...]]] = {
    "dkfds": ("dkfds/dist", DKFDS_PARTS),
    "plex-arabic": ("@fontsource/ibm-plex-sans-arabic", ARABIC_PARTS),
}
"""By folder below ``VENDOR``: where the package's files are below ``node_modules``, and which of them are needed."""


def checksum() -> str:
    """One hash over everything that decides what the assets are."""
    whole = hashlib.sha256()
    for name in INPUTS:
        whole.update((ROOT / name).read_bytes())
    return whole.hexdigest()


def in_place() -> bool:
    """Whether the assets of today's lock file are there."""
    return STAMP.is_file() and STAMP.read_text().strip() == checksum()


def node_is_new_enough(node: str) -> bool:
    """Whether the program ``node`` runs and is of a version that npm's lock file format needs."""
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    version = answer.stdout.strip().removeprefix("v").split(".")[0]
    return answer.returncode == 0 and version.isdigit() and int(version) >= OLDEST_NODE


def npm_command() -> Path:
    """The machine's npm where its Node is new enough, else the one from ``.ci/node.lock`` in this environment."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_is_new_enough(node):
        return Path(npm)
    npm_here = Path(sysconfig.get_path("scripts")) / "npm"
    if not npm_here.exists():
        print(f"assets: no Node >= {OLDEST_NODE} on this machine: taking one from the Python package index", flush=True)
        pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--require-hashes"]
        subprocess.run([*pip, "-r", str(ROOT / ".ci" / "node.lock")], check=True)
    return npm_here


def fetch(folder: Path) -> Path:
    """Install what the lock file pins below ``folder`` and return its ``node_modules``."""
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, folder / name)
    npm = npm_command()
    environment = os.environ | {"PATH": os.pathsep.join([str(npm.parent), os.environ.get("PATH", "")])}
    if MACHINE_SETTINGS.is_file():
        environment.setdefault("NPM_CONFIG_GLOBALCONFIG", str(MACHINE_SETTINGS))
    answer = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--loglevel=error"], cwd=folder, env=environment, check=False
    )
    if answer.returncode:
        raise SystemExit("assets: npm could not fetch what package-lock.json pins; what it said stands above")
    return folder / "node_modules"


def copy_parts(source: Path, target: Path, parts: tuple[str, ...]) -> int:
    """Copy ``parts`` and return how many files that was; a part that isn't there stops the set-up."""
    count = 0
    for part in parts:
        found = sorted(source.glob(part))
        if not found:
            raise SystemExit(f"assets: {part} isn't in the package any more: correct PACKAGES in .ci/assets.py")
        for file in found:
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)
            count += 1
    return count


def main() -> int:
    if in_place():
        return 0
    if sys.argv[1:] == ["--check"]:
        print("assets: not in place; run 'make setup'", file=sys.stderr)
        return 1
    VENDOR.mkdir(parents=True, exist_ok=True)
    STAMP.unlink(missing_ok=True)
    count = 0
    with tempfile.TemporaryDirectory(dir=VENDOR, prefix=".fetch-") as temporary:
        modules, fresh = fetch(Path(temporary)), Path(temporary) / "fresh"
        for name, (place, parts) in PACKAGES.items():
            count += copy_parts(modules / place, fresh / name, parts)
        for name in PACKAGES:
            shutil.rmtree(VENDOR / name, ignore_errors=True)
            (fresh / name).rename(VENDOR / name)
    STAMP.write_text(checksum() + "\n")
    print(f"assets: {count} files in {VENDOR.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
