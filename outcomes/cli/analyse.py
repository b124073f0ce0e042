"""``outcomes analyse``: our methods on a table of one's own, without a database."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from pathlib import Path

import click

from outcomes.language import use_locale
from outcomes.services.analyse import FAMILIES, AnalysisRequest, Role, analyse, render

DEFAULTS = (
    "ancova: robust standard errors, vcov=hc3 (with --cluster vcov=cr2)",
    "weighted: estimand=overlap, doubly_robust=false",
    "mixed-model: random=intercept, reml=true, df=satterthwaite",
    "mmrm: covariance=auto, reml=true, df=satterthwaite",
    "meta: method=reml, hartung_knapp=true",
    "did: method=dr, comparison=not-yet-treated",
    "reliable-change, responders: direction=lower is better, formula=jt",
    "cusum: odds_ratio=2, arl0=1000; gas: rho=0.3",
    "all: individuals=false",
)
EPILOG = (
    "Methods: " + ", ".join(FAMILIES) + ".\n\n"
    "\b\nWhat the options are where you don't say:\n" + "\n".join(f"  {line}" for line in DEFAULTS) + "\n\n"
    "What each method needs and takes: docs/analyse.md."
)


@click.command(name="analyse", epilog=EPILOG)
@click.argument("data", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--method", required=True, help="The method; the list is below.")
@click.option("--score", multiple=True, help="Column of the score or outcome.")
@click.option("--subject", help="Column that says who.")
@click.option("--time", help="Column of the time or occasion.")
@click.option("--group", help="Column of the groups to compare.")
@click.option("--reference", help="The group's base level. Default: the first in sorted order.")
@click.option("--baseline", help="Column of the score at the start.")
@click.option(
    "--covariate", multiple=True, help="Column to adjust for; NAME:categorical for a category. May be repeated."
)
@click.option("--cluster", help="Column of what people belong to: provider, school, municipality.")
@click.option("--weight", help="Column of weights.")
@click.option("--option", multiple=True, metavar="NAME=VALUE", help="An option of the method. May be repeated.")
@click.option("--format", "form", type=click.Choice(["json", "text"]), default="text", show_default=True)
@click.option("--language", type=click.Choice(["da", "en"]), help="Language of sentences. Default: as messages.")
def analyse_command(
    data: Path, method: str, reference: str | None, option: tuple[str, ...], form: str, language: str | None,
    **columns: str | tuple[str, ...] | None,
) -> None:  # fmt: skip
    """Run a method on the table in DATA (CSV or Excel)."""
    named = {Role(part): value if isinstance(value, tuple) else (value,) for part, value in columns.items() if value}
    request = AnalysisRequest(data, method, named, reference, option)
    with use_locale(language) if language else nullcontext():
        text = render(analyse(request), form)
    sys.stdout.buffer.write(text.encode())
    sys.stdout.flush()
