"""A demo of our own, served as a user gets it, and a real browser in front of it."""

from __future__ import annotations

import json
import shutil
import time
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect, sync_playwright

from outcomes.language import CITIZEN_LOCALES
from tests.conftest import file_lock
from tests.e2e.running import Demo, FirstDay, running_demo, spend_first_day
from tests.e2e.visitor import DESKTOP, PHONE, Visitor, axe_script

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser, BrowserContext

CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium-headless-shell"
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
    "--lang=da",
]
PATIENCE = 45_000
"""Milliseconds until a page or file counts as not coming: a PDF takes seconds, and many where much else runs."""
EVERYBODY = [("da", "phone"), ("en", "desktop")]
"""Both languages and both screens; the longer words on the smaller one."""
SCREENS = {"phone": PHONE, "desktop": DESKTOP}
MIRROR_IMAGES = ("da", "ar")
"""One language of each direction: in the others stand other words within the same markup, which an integration test holds."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test of a citizen's page that asks for ``spoken`` runs in one language of each direction, or in each there is."""
    if "spoken" in metafunc.fixturenames:
        every = metafunc.config.getoption("--every-language")
        metafunc.parametrize("spoken", CITIZEN_LOCALES if every else MIRROR_IMAGES)


class Users:
    """How many processes of the run use the demo that one of them started; counted in a file."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.file = folder, folder / "demo.json"

    @contextmanager
    def locked(self) -> Iterator[dict[str, Any]]:
        """What is written there, written back at the end."""
        with file_lock(self.folder / "demo.lock"):
            state = json.loads(self.file.read_text()) if self.file.exists() else {"users": 0, "demo": None}
            yield state
            self.file.write_text(json.dumps(state))

    def leave(self) -> None:
        with self.locked() as state:
            state["users"] -= 1

    def wait_until_gone(self) -> None:
        """Until nobody uses the demo; after that, nobody will find it."""
        while True:
            with self.locked() as state:
                if not state["users"]:
                    state["demo"] = None
                    return
            time.sleep(0.2)


@pytest.fixture(scope="session")
def begun_demo(run_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Demo, FirstDay]]:
    """One demo for every process of the run, and how its first day went: it is started, stopped and started again.

    The first process to ask starts it, and stops it when the last has left.
    """
    users, running = Users(run_folder), ExitStack()
    with users.locked() as state:
        state["users"] += 1
        started = state["demo"] is None
        if started:
            home = tmp_path_factory.mktemp("demo") / "home"
            first_day = spend_first_day(home)
            begun = time.monotonic()
            demo = running.enter_context(running_demo(home))
            first_day.seconds_to_start_again = time.monotonic() - begun
            state["demo"] = {"url": demo.url, "home": str(demo.home), "pid": demo.pid, "links": demo.links}
            state["first_day"] = asdict(first_day)
        found = state["demo"]
        day = FirstDay(**state["first_day"])
    yield Demo(found["url"], Path(found["home"]), found["pid"], found["links"]), day
    users.leave()
    if started:
        users.wait_until_gone()
    running.close()


@pytest.fixture(scope="session")
def demo(begun_demo: tuple[Demo, FirstDay]) -> Demo:
    """One demo for every process of the run."""
    return begun_demo[0]


@pytest.fixture(scope="session")
def first_day(begun_demo: tuple[Demo, FirstDay]) -> FirstDay:
    """What was seen when the demo was started for the first time, and stopped."""
    return begun_demo[1]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE / 3)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: ``visit(language, screen, **options of the browser's context)``."""
    contexts: list[BrowserContext] = []

    def make(language: str = "da", screen: str = "phone", **options: Any) -> Visitor:
        settings = {"viewport": SCREENS[screen], "reduced_motion": "reduce", "locale": "da-DK", **options}
        context = browser.new_context(**settings)
        context.set_default_timeout(PATIENCE)
        context.add_init_script(axe_script())
        contexts.append(context)
        return Visitor(context, language)

    yield make
    for context in contexts:
        context.close()


@pytest.fixture(params=EVERYBODY, ids="-".join)
def visitor(request: pytest.FixtureRequest, visit: Callable[..., Visitor]) -> Visitor:
    """Each test that asks for this runs in Danish on a phone and in English on a desk."""
    language, screen = request.param
    return visit(language, screen)
