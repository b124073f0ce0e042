"""The README's pictures, from a fresh demo: ``python .ci/screenshots.py`` writes ``docs/images``.

Needs what the tests need, and ``pdftoppm`` (Debian: poppler-utils) for the picture of the report on paper.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from tests.e2e.conftest import CHROMIUM, CHROMIUM_OPTIONS  # noqa: E402 - the tests' own browser and demo
from tests.e2e.running import Demo, running_demo  # noqa: E402
from tests.e2e.visitor import DESKTOP, PHONE  # noqa: E402

IMAGES = ROOT / "docs" / "images"
COLOURS = 128
MOST_BYTES = 200_000
PAPER_WIDTH = 900
TALL_PHONE = 812


def keep(name: str, picture: bytes) -> None:
    """Write a picture with few colours, so that the repository stays small."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    path = IMAGES / f"{name}.png"
    image.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(path, optimize=True)
    size = path.stat().st_size
    if size > MOST_BYTES:
        sys.exit(f"screenshots: {path.name} is {size} bytes; at most {MOST_BYTES} go into the repository")
    print(f"screenshots: {path.relative_to(ROOT)}: {image.width} x {image.height}, {size // 1024} kB")


def open_page(browser: Browser, screen: dict[str, int], scale: float = 1) -> Page:
    """A page in Danish on a screen of this size."""
    context = browser.new_context(
        viewport={"width": screen["width"], "height": screen["height"]}, locale="da-DK", device_scale_factor=scale
    )
    return context.new_page()


def sign_in(page: Page, link: str) -> None:
    """Follow a sign-in link."""
    page.goto(link)
    page.locator("main").get_by_role("button").click()
    page.wait_for_load_state()


def take_citizen(browser: Browser, demo: Demo) -> None:
    """A question on a phone, with an answer chosen."""
    page = open_page(browser, {**PHONE, "height": TALL_PHONE}, scale=2)
    page.goto(demo.links["citizen"])
    page.get_by_role("button", name="Start").click()
    page.wait_for_url("**/svar/1")
    page.locator("main input[type=radio]").nth(3).check()
    page.mouse.move(0, 0)
    keep("citizen-question", page.screenshot())


def take_worker(browser: Browser, demo: Demo) -> None:
    """The citizen with the longest course on the worker's list."""
    page = open_page(browser, DESKTOP)
    sign_in(page, demo.links["worker"])
    longest, address = 0, ""
    for link in page.locator(".turn h2 a").all():
        href = f"{demo.url}{link.get_attribute('href')}"
        other = page.context.new_page()
        other.goto(href)
        answers = other.locator(".status-answered, .status-answered_late").count()
        longest, address = max((longest, address), (answers, href))
        other.close()
    page.goto(address)
    keep("worker-citizen", page.screenshot())


def take_report(browser: Browser, demo: Demo) -> None:
    """The trial's report on a screen, and the first page of its PDF."""
    page = open_page(browser, DESKTOP)
    sign_in(page, demo.links["trial_manager"])
    page.locator(".intervention h2 a").click()
    page.wait_for_load_state()
    keep("report-page", page.screenshot())
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF, Dansk").click()
    converter = shutil.which("pdftoppm")
    if converter is None:
        sys.exit("screenshots: install pdftoppm (Debian: poppler-utils) for the picture of the PDF")
    paper = subprocess.run(
        [converter, "-png", "-singlefile", "-scale-to-x", str(PAPER_WIDTH), "-scale-to-y", "-1", waiting.value.path()],
        capture_output=True,
        check=True,
    )
    keep("report-pdf-page-1", paper.stdout)


def main() -> None:
    """Every picture."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        running_demo(Path(folder) / "home") as demo,
        sync_playwright() as playwright,
    ):
        danish: dict[str, str | float | bool] = {
            **os.environ,
            "LANG": "da_DK.UTF-8",
            "LANGUAGE": "da",
        }  # dates in fields as the reader sees them
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS, env=danish)
        for take in (take_citizen, take_worker, take_report):
            take(browser, demo)
        browser.close()


if __name__ == "__main__":
    main()
