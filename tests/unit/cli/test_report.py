"""``outcomes report``: what can't be made isn't made of something else instead."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from outcomes.cli import FAULT, main


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--of", "targets", "--target-group", "unge"), "Leave out --target-group"),
        (("--of", "targets", "--format", "pdf"), "--format json"),
        ((), "--intervention"),
    ],
)
def test_what_no_page_answers_is_refused(asked, said):
    result = CliRunner().invoke(main, ["--language", "en", "report", "--organisation", "nordby", *asked])
    assert (result.exit_code, said in result.output) == (FAULT, True), result.output
