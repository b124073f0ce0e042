"""Load what the commands and the tests load, so that its bytecode lies beside it from then on.

Only what is there is loaded: a set-up without the tests' libraries compiles what the product needs.
"""

from __future__ import annotations

import contextlib
import importlib
import pkgutil

LIBRARIES = (
    "scipy.optimize", "scipy.stats", "scipy.special", "scipy.linalg", "scipy.sparse",
    "statsmodels.api", "weasyprint", "vl_convert", "gunicorn.app.base", "gunicorn.workers.gthread",
    "procrastinate", "psycopg", "alembic.command", "xlsxwriter", "openpyxl", "authlib.oauth2",
    "pypdf", "hypothesis", "pytest", "xdist", "playwright.sync_api", "tinyhtml5.parser", "page",
    "axe_playwright_python.sync_playwright",
)  # fmt: skip
"""What is loaded late, by whoever needs it; the rest comes with our own modules."""


def main() -> None:
    """Every module of ours, and the libraries."""
    import outcomes  # noqa: PLC0415

    for module in pkgutil.walk_packages(outcomes.__path__, "outcomes."):
        importlib.import_module(module.name)
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)


if __name__ == "__main__":
    main()
