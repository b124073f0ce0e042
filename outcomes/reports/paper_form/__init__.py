"""A questionnaire on paper: for whoever would rather hold a pen."""

from __future__ import annotations

from outcomes.reports.paper_form.context import PaperForm, Sheet, build_paper_form
from outcomes.reports.paper_form.pdf import render_paper, render_paper_apart, render_paper_html

__all__ = ["PaperForm", "Sheet", "build_paper_form", "render_paper", "render_paper_apart", "render_paper_html"]
