"""What is imported costs what is used: result types and rules come without the heavy libraries."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = "{'pandas', 'scipy', 'statsmodels'}"


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("outcomes.analysis.effect", HEAVY),
        ("outcomes.analysis.effect_results", "{'numpy', *" + HEAVY + "}"),
        ("outcomes.analysis.reliable_change", "{'numpy', *" + HEAVY + "}"),
        ("outcomes.analysis.plan", "{'numpy', *" + HEAVY + "}"),
        ("outcomes.analysis.gas", "{'numpy', *" + HEAVY + "}"),
    ],
)
def test_importing_is_cheap(module: str, absent: str) -> None:
    code = f"import sys, {module}; print(sorted({absent} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
