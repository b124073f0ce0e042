"""The learning meeting: what changed, for whom, what isn't known, what the team thinks and does, and the roll-out.

``LearningMaterial`` is handed in by the service; ``build_learning`` makes the one context that the page, the steps, the
printout and JSON are made from.
"""

from outcomes.reports.learning.build import LearningMaterial, build_learning
from outcomes.reports.learning.context import LearningContext, Origin, PointView
from outcomes.reports.learning.pdf import render_html, render_pdf, render_pdf_in_subprocess

__all__ = [
    "LearningContext",
    "LearningMaterial",
    "Origin",
    "PointView",
    "build_learning",
    "render_html",
    "render_pdf",
    "render_pdf_in_subprocess",
]
