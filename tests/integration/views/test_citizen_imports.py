"""The statistics stay out of the citizen's path: whoever answers waits for no library that their pages don't use."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.integration.views.test_citizen import ITEMS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Clock, ServerDatabase
    from tests.integration.views.conftest import World

HEAVY = ("numpy", "pandas", "scipy", "statsmodels", "weasyprint", "vl_convert", "openpyxl", "xlsxwriter")
WALK = """
import json, sys
from datetime import datetime
from outcomes import create_app
from outcomes.services.runtime import Runtime
from outcomes.settings import Settings
from outcomes.store.database import Database
from outcomes.vault import Vault
from tests.conftest import DATA_KEY, LOOKUP_KEY
from tests.integration.views.conftest import Browser

given = json.loads(sys.argv[1])
before = set(sys.modules)
settings = Settings.model_validate({
    "OUTCOMES_HOME": given["home"], "SECRET_KEY": "x" * 48, "DATA_KEYS": {"test": DATA_KEY}, "LOOKUP_KEY": LOOKUP_KEY,
})
now = datetime.fromisoformat(given["now"])
runtime = Runtime(settings, Database(given["url"]), Vault(settings.data_keys, settings.lookup_key), lambda: now)
browser = Browser(create_app(runtime).test_client())
pages = [browser.get("/b/" + given["token"]), browser.send("/svar")]
for number, item in enumerate(given["items"], 1):
    pages.append(browser.send(f"/svar/{number}", **{f"answer_{item}": "3", "action": "next"}))
pages.append(browser.send(pages[-1].request.path))
pages.append(browser.get(pages[-1].request.path))
print(json.dumps({
    "statuses": [page.status_code for page in pages],
    "end": pages[-1].request.path,
    "loaded": sorted({name.split(".")[0] for name in sys.modules}),
}))
"""


def test_answering_loads_no_statistics(world: World, database: ServerDatabase, clock: Clock, tmp_path: Path) -> None:
    given = {
        "home": str(tmp_path),
        "url": database.app_url,
        "token": world.token,
        "now": clock().isoformat(),
        "items": list(ITEMS),
    }
    run = subprocess.run([sys.executable, "-c", WALK, json.dumps(given)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    found = json.loads(run.stdout.splitlines()[-1])
    assert set(found["statuses"]) == {200}
    assert "tak" in found["end"] or "kvittering" in found["end"], found["end"]
    assert sorted(set(HEAVY) & set(found["loaded"])) == []
