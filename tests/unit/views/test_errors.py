"""What a form sent comes back only where sending it once more can help."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from outcomes.errors import AlteredError, OutcomesError, Sentence, UnavailableError
from outcomes.views import errors

SENT = [("reason", "x")]


@pytest.mark.parametrize(
    ("error", "template", "given_back"),
    [(UnavailableError, "errors/503.html", SENT), (AlteredError, "errors/409.html", None)],
)
def test_what_stays_as_it_is_is_not_tried_again(
    monkeypatch: pytest.MonkeyPatch, error: type[OutcomesError], template: str, given_back: Any
) -> None:
    def render(name: str, _status: int, **variables: Any) -> Any:
        return name, variables.get("typed")

    monkeypatch.setattr(errors, "_render", render)
    monkeypatch.setattr(errors, "_typed", lambda: SENT)
    with Flask(__name__).test_request_context("/udgivelser", method="POST"):
        assert errors.show_error(error(Sentence("Gone"))) == (template, given_back)
