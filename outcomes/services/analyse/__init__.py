"""``outcomes analyse``: any of our methods on a table of one's own, without a database. See ``docs/analyse.md``."""

from outcomes.services.analyse.request import AnalysisRequest, Role
from outcomes.services.analyse.run import FAMILIES, analyse, find_method, render

__all__ = ["FAMILIES", "AnalysisRequest", "Role", "analyse", "find_method", "render"]
