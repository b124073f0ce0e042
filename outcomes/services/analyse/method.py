"""What a method is to the command: its title, the columns that it needs and takes, its options, and how it is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from outcomes.errors import Sentence
from outcomes.services.analyse.call import Call
from outcomes.services.analyse.options import COMMON, Option
from outcomes.services.analyse.output import AnalysisOutput
from outcomes.services.analyse.request import AnalysisRequest, Role


@dataclass(frozen=True, slots=True)
class Method:
    """One method of the command. ``needs``: parts that must have a column; ``takes``: further parts that may have one.

    ``many``: parts that may have several columns (covariates always may).
    """

    name: str
    title: Sentence
    run: Callable[[Call], AnalysisOutput]
    needs: tuple[Role, ...] = ()
    takes: tuple[Role, ...] = ()
    many: tuple[Role, ...] = ()
    options: dict[str, Option] = field(default_factory=dict)

    @property
    def all_options(self) -> dict[str, Option]:
        """The method's own options and those of every method."""
        return {**COMMON, **self.options}


@dataclass(frozen=True, slots=True)
class Analysis:
    """A method that was run, what it was asked, and its result."""

    method: Method
    request: AnalysisRequest
    output: AnalysisOutput
