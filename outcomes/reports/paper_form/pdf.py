"""The paper form as PDF/UA-1, A4."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outcomes.instruments import FACES, PICTOGRAMS, NonAnswer, base_language
from outcomes.language import current_locale, text_direction, use_locale
from outcomes.reports.environment import report_environment
from outcomes.reports.fonts import STATIC_DIRECTORY
from outcomes.reports.paper_form.context import SCALE_STEPS
from outcomes.reports.paper_form.pictures import picture_rules
from outcomes.reports.pdf import make_pdf
from outcomes.reports.render_process import render_process

if TYPE_CHECKING:
    from outcomes.reports.paper_form.context import PaperForm

PAPER_CSS = STATIC_DIRECTORY / "css" / "paper.css"


def render_paper_html(form: PaperForm, locale: str) -> str:
    """The form as HTML, the way it goes into the PDF; our own words in the language of ``locale``."""
    with use_locale(base_language(locale)):
        template = report_environment().get_template("reports/paper_form.html")
        return template.render(
            form=form,
            locale=current_locale(),
            direction=text_direction(),
            steps=SCALE_STEPS,
            dont_know=NonAnswer.DONT_KNOW,
            pictures=PICTOGRAMS + FACES,
            faces=FACES,
        )


def render_paper(form: PaperForm, locale: str) -> bytes:
    """The form as PDF, made in this process: for the render worker and the command line."""
    return make_pdf(render_paper_html(form, locale), styles=PAPER_CSS, rules=picture_rules(form.drawings))


def render_paper_apart(form: PaperForm, locale: str) -> bytes:
    """The same, made in the render process: for web processes."""
    return render_process.run(render_paper, form, locale)
