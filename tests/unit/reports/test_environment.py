"""The reports' templates: escaping, messages, filters, and failing where something is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from jinja2 import DictLoader, Environment, UndefinedError

from outcomes.errors import Sentence
from outcomes.language import use_locale
from outcomes.reports.environment import install_language, report_environment
from outcomes.reports.parts import local_text


def rendered(source: str, **values: object) -> str:
    environment = report_environment().overlay(loader=DictLoader({"t": source}))
    return environment.get_template("t").render(**values)


def test_text_is_escaped_and_placeholders_too() -> None:
    assert rendered("{{ name }}", name="<b>") == "&lt;b&gt;"
    assert rendered('{{ _("Hello %(name)s", name=name) }}', name="<b>") == "Hello &lt;b&gt;"
    assert rendered("{{ s | say }}", s=Sentence("%(a)s", a="<b>")) == "&lt;b&gt;"


def test_plurals_follow_the_number() -> None:
    source = "{% trans n=n, who=who %}{{ n }} person, {{ who }}{% pluralize %}{{ n }} people, {{ who }}{% endtrans %}"
    assert rendered(source, n=1, who="<a>") == "1 person, &lt;a&gt;"
    assert rendered(source, n=3, who="b") == "3 people, b"


def test_a_missing_name_fails() -> None:
    with pytest.raises(UndefinedError):
        rendered("{{ nobody }}")


def test_filters_write_numbers_dates_and_wording_in_the_language() -> None:
    source = (
        "{{ 1.5 | number }} {{ 0.25 | percent }} {{ day | date }} {{ text | say }} {{ 2.5 | say }} {{ none | say }}"
    )
    values = {"day": date(2026, 11, 21), "text": local_text({"da": "dansk", "en": "English"})}
    with use_locale("da"):
        assert rendered(source, **values) == "1,5 25\N{NO-BREAK SPACE}% 21. november 2026 dansk 2,5 "
        assert "21. november 2026 09.00" in rendered("{{ t | datetime }}", t=datetime(2026, 11, 21, 8, 0, tzinfo=UTC))
    with use_locale("en"):
        assert rendered("{{ text | say }} {{ 'plain' | say }}", **values) == "English plain"


def test_another_environment_can_speak_the_same_language() -> None:
    environment = Environment(autoescape=True)
    install_language(environment)
    assert environment.from_string('{{ _("Hi") }} {{ 2 | number(1) }}').render().startswith("Hi 2")
