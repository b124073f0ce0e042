"""The message catalogues: taken from the code, brought up to date, checked, compiled.

    python .ci/translations.py extract            translations/messages.pot from code and templates
    python .ci/translations.py update             extract, then bring every language's catalogue in line with it
    python .ci/translations.py fill FILE.json..   update, then merge Danish sentences from JSON files
    python .ci/translations.py fill --language ar FILE.json..       the same for another language
    python .ci/translations.py export-missing --language ar         what is still to be translated, as such a file
    python .ci/translations.py check              exit code 1 where anything is stale, missing, fuzzy or mismatched
    python .ci/translations.py compile            .mo files, where a .po is newer

The English sentence is the message id, so the English catalogue fills itself. Danish and English hold every message; the
other languages hold what a citizen can meet, which is what :data:`CITIZEN_PLACES` say and the templates those build on.
A JSON file for ``fill`` is flat: ``{"English message id": "Dansk", "singular id": ["ental", "flertal"]}``, with as many
forms as the language has plurals, in the order of its ``Plural-Forms``. What is written depends on the messages alone
(sorted, no dates, no line numbers), so that a catalogue changes only where a sentence did.
"""

from __future__ import annotations

import ast
import fcntl
import io
import json
import re
import sys
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from jinja2 import Environment, meta

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
LANGUAGES = ("da", "en")
CITIZEN_LANGUAGES = ("ar", "uk", "pl", "tr", "so")
SOURCE_LANGUAGE = "en"
CITIZEN_PLACES = (
    "outcomes/templates/base.html",
    "outcomes/templates/errors/*.html",
    "outcomes/templates/macros/questions.html",
    "outcomes/templates/mail/citizen/*",
    "outcomes/templates/pages/citizen/*.html",
    "outcomes/templates/pages/own/*.html",
    "outcomes/templates/pages/public/*.html",
    "outcomes/templates/pages/tablet/*.html",
    "outcomes/templates/reports/own_copy.html",
    "outcomes/templates/reports/paper*",
    "outcomes/templates/reports/own_copy.html",
    "outcomes/forms/*.py",
    "outcomes/instruments/answers.py",
    "outcomes/reports/letters.py",
    "outcomes/reports/charts/course.py",
    "outcomes/reports/charts/trajectory.py",
    "outcomes/reports/own_copy.py",
    "outcomes/reports/paper_form/*.py",
    "outcomes/reports/trajectory.py",
    "outcomes/services/add_correction.py",
    "outcomes/services/contact.py",
    "outcomes/services/copy_own_data.py",
    "outcomes/services/decline_occasion.py",
    "outcomes/services/describe_own_data.py",
    "outcomes/services/describe_score.py",
    "outcomes/services/draw_curves.py",
    "outcomes/services/limit_attempts.py",
    "outcomes/services/open_link.py",
    "outcomes/services/raise_signals.py",
    "outcomes/services/rate_goal.py",
    "outcomes/services/rate_own_goal.py",
    "outcomes/services/read_audio.py",
    "outcomes/services/read_own_page.py",
    "outcomes/services/read_welcome.py",
    "outcomes/services/redeem_code.py",
    "outcomes/services/request_code.py",
    "outcomes/services/save_answers.py",
    "outcomes/services/share_access.py",
    "outcomes/services/show_own_curve.py",
    "outcomes/services/sign_in_citizen.py",
    "outcomes/services/sign_in_openid.py",
    "outcomes/services/stop_asking.py",
    "outcomes/services/submit_response.py",
    "outcomes/services/use_code.py",
    "outcomes/views/admission.py",
    "outcomes/views/all_questions.py",
    "outcomes/views/audio.py",
    "outcomes/views/citizen.py",
    "outcomes/views/errors.py",
    "outcomes/views/helpers.py",
    "outcomes/views/menu.py",
    "outcomes/views/own_page.py",
    "outcomes/views/own_sign_in.py",
    "outcomes/views/page.py",
    "outcomes/views/public.py",
    "outcomes/views/questions.py",
    "outcomes/views/reading_page.py",
    "outcomes/views/sending.py",
    "outcomes/views/tablet.py",
)
"""Where the sentences that a citizen can meet are written. A page that says one from elsewhere fails in the tests."""
TEMPLATES = "outcomes/templates/"
# Functions whose first argument is a message id; True where the second one is its plural.
KEYWORDS = {"_": False, "gettext": False, "Sentence": False, "ngettext": True}
# These pass on what they are given and hold no sentence of their own.
PASS_ON = ("outcomes/errors.py", "outcomes/language.py")
PLACEHOLDER = re.compile(r"%(?:\((?P<name>\w+)\)[^a-zA-Z]*(?P<kind>[a-zA-Z])|(?P<escaped>%)|(?P<stray>.|$))", re.DOTALL)

Ids = str | tuple[str, ...] | list[str]

faults: list[str] = []


class FixedCatalog(Catalog):
    """A catalogue whose head says only what a reader of it needs, and nothing that changes by itself."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        language = [("Language", str(self.locale)), ("Plural-Forms", self.plural_forms)] if self.locale else []
        return [
            *language,
            ("MIME-Version", "1.0"),
            ("Content-Type", "text/plain; charset=utf-8"),
            ("Content-Transfer-Encoding", "8bit"),
        ]


def python_messages(path: Path) -> Iterator[Ids]:
    """Every message id that Python code hands to one of :data:`KEYWORDS`, nested calls and conditions included."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Call) and node.args:
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in KEYWORDS:
                yield from messages_of(node, plural=KEYWORDS[name])
                if any(isinstance(part, ast.JoinedStr) for part in ast.walk(node.args[0])):
                    place = f"{path.relative_to(ROOT)}, line {node.lineno}"
                    faults.append(f"{place}: values are pasted into a message id; use named placeholders")


def template_messages(path: Path) -> Iterator[Ids]:
    """Every message id in a template, ``trans`` blocks included."""
    keywords = {"_": None, "gettext": None, "ngettext": (1, 2)}
    for _line, ids, _comments, _context in extract_from_file("jinja2", path, keywords, (), {"silent": "false"}):
        yield ids


def messages_of(call: ast.Call, *, plural: bool) -> Iterator[Ids]:
    """The message ids of one call; what is put together while running can't be found here."""
    arguments = call.args[:2] if plural else call.args[:1]
    texts = [list(literals(argument)) for argument in arguments]
    if plural and len(texts) == 2 and all(texts):
        yield (texts[0][0], texts[1][0])
    elif not plural:
        yield from texts[0]


def literals(node: ast.expr) -> Iterator[str]:
    """The strings that an expression can turn out to be."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


def extract() -> FixedCatalog:
    """The messages of the code as it is now."""
    catalog = FixedCatalog(fuzzy=False, header_comment="# Messages of outcomes, taken from its code and templates.")
    files = sorted(path for path in (ROOT / "outcomes").rglob("*.*") if "static" not in path.parts)
    for path in files:
        name = path.relative_to(ROOT).as_posix()
        messages: Iterator[Ids] = iter(())
        if path.suffix == ".py" and name not in PASS_ON:
            messages = python_messages(path)
        elif "templates" in path.parts:
            messages = template_messages(path)
        for ids in messages:
            catalog.add(ids, locations=[(name, 1)])
    return catalog


def citizen_templates() -> set[str]:
    """Templates of the citizen's pages, and those that they extend, include or import from; names from the checkout."""
    environment = Environment(autoescape=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    folder = ROOT / TEMPLATES
    names = (path.relative_to(ROOT).as_posix() for path in sorted(folder.rglob("*.*")))
    waiting = [name for name in names if any(fnmatch(name, place) for place in CITIZEN_PLACES)]
    found: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name not in found and (ROOT / name).is_file():
            found.add(name)
            tree = environment.parse((ROOT / name).read_text(encoding="utf-8"))
            waiting.extend(TEMPLATES + other for other in meta.find_referenced_templates(tree) if other)
    return found


def for_language(language: str, template: Catalog) -> Catalog:
    """The messages that a language holds: all of them, or those that a citizen can meet."""
    if language in LANGUAGES:
        return template
    templates = citizen_templates()
    chosen = FixedCatalog(fuzzy=False)
    for message in template:
        places = [name for name, _line in message.locations]
        if message.id and any(
            name in templates or any(fnmatch(name, place) for place in CITIZEN_PLACES) for name in places
        ):
            chosen.add(message.id, locations=message.locations)
    return chosen


def text_of(catalog: Catalog) -> bytes:
    """A catalogue as the file that holds it."""
    buffer = io.BytesIO()
    write_po(buffer, catalog, width=120, sort_output=True, ignore_obsolete=True, include_lineno=False)
    return buffer.getvalue()


def catalogue_path(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def read(language: str) -> Catalog:
    """A language's catalogue as it stands; an empty one where there is none."""
    path = catalogue_path(language)
    if not path.is_file():
        return Catalog(locale=language)
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True, abort_invalid=True)


def update(template: Catalog, additions: dict[str, str | list[str]], filled: str = "da") -> None:
    """Write the template, and every catalogue with exactly its messages, keeping the translations that still fit.

    ``additions``: new translations, of the language ``filled``.
    """
    FOLDER.mkdir(exist_ok=True)
    TEMPLATE.write_bytes(text_of(template))
    for language in (*LANGUAGES, *CITIZEN_LANGUAGES):
        old = read(language)
        name = Locale.parse(language).english_name
        fresh = FixedCatalog(locale=language, fuzzy=False, header_comment=f"# {name} sentences of outcomes.")
        for message in for_language(language, template):
            if not message.id:
                continue
            given = additions.get(first_id(message.id)) if language == filled else None
            known = old.get(message.id)
            string: Any = known.string if known and known.id == message.id and not known.fuzzy else ""
            if language == SOURCE_LANGUAGE or not has_words(message.id):
                string = message.id
            elif given:
                string = tuple(given) if isinstance(given, list) else given
            if isinstance(string, str) != isinstance(message.id, str):
                string = ""
            fresh.add(message.id, string, locations=message.locations)
        catalogue_path(language).parent.mkdir(parents=True, exist_ok=True)
        catalogue_path(language).write_bytes(text_of(fresh))


def first_id(ids: Ids) -> str:
    """What a message goes by in a JSON file: its only id, or its singular."""
    return ids if isinstance(ids, str) else ids[0]


def placeholders(text: str) -> set[tuple[str, str]]:
    """Names and kinds of the placeholders in ``text``, and any stray per cent sign among them."""
    found = {(match["name"] or match["stray"] or "", match["kind"] or "") for match in PLACEHOLDER.finditer(text)}
    return found - {("", "")}


def has_words(ids: Ids) -> bool:
    """Whether there is anything to translate, not placeholders and signs alone."""
    return any(letter.isalpha() for letter in PLACEHOLDER.sub("", "".join(ids)))


def mismatches(ids: Ids, strings: Sequence[str]) -> bool:
    """Whether a translation would break or lose a value where its message has placeholders."""
    wanted = set().union(*map(placeholders, [ids] if isinstance(ids, str) else ids))
    named = any(kind for _name, kind in wanted)
    each = [placeholders(text) for text in strings]
    if isinstance(ids, str):
        return named and each[0] != wanted
    return any(not own <= wanted for own in each) or set().union(*each) != wanted


def faults_of(language: str, template: Catalog) -> Iterator[str]:
    """What is wrong with one language's catalogue, one sentence each."""
    catalog, template = read(language), for_language(language, template)
    wanted, there = ({str(m.id) for m in c if m.id} for c in (template, catalog))
    for missing in sorted(wanted - there):
        yield f"{language}: not in the catalogue: {missing!r}"
    for stale in sorted(there - wanted):
        yield f"{language}: nothing says this any more: {stale!r}"
    for message in catalog:
        strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
        if not message.id:
            continue
        if message.fuzzy:
            yield f"{language}: marked fuzzy: {message.id!r}"
        if not all(strings) or (not isinstance(message.id, str) and len(strings) != catalog.num_plurals):
            yield f"{language}: not translated: {message.id!r}"
        elif mismatches(message.id, strings):
            yield f"{language}: placeholders differ: {message.id!r}"


def check() -> int:
    """Print every fault of the catalogues; 1 where there is one."""
    template = extract()
    found = list(faults)
    if not TEMPLATE.is_file() or TEMPLATE.read_bytes() != text_of(template):
        found.append("translations/messages.pot is stale; run 'make translations' and translate what is new")
    for language in (*LANGUAGES, *CITIZEN_LANGUAGES):
        found.extend(faults_of(language, template))
    for fault in found:
        print(f"translations: {fault}", file=sys.stderr)
    shared = len(for_language(CITIZEN_LANGUAGES[0], template))
    print(
        f"translations: {len(template)} messages in {len(LANGUAGES)} languages, "
        f"{shared} of them in {len(CITIZEN_LANGUAGES)} more, {len(found)} faults"
    )
    return 1 if found else 0


def compile_all() -> int:
    """Write the ``.mo`` of each catalogue that changed since."""
    for language in (*LANGUAGES, *CITIZEN_LANGUAGES):
        source = catalogue_path(language)
        target = source.with_suffix(".mo")
        if source.is_file() and (not target.is_file() or target.stat().st_mtime < source.stat().st_mtime):
            fresh = target.with_suffix(".mo.new")
            with fresh.open("wb") as file:
                write_mo(file, read(language))
            fresh.replace(target)
    return 0


def fill(files: list[str], language: str) -> int:
    """Merge a language's sentences from JSON files, and say which fit nothing and which are still missing."""
    additions: dict[str, str | list[str]] = {}
    for file in files:
        additions |= json.loads(Path(file).read_text(encoding="utf-8"))
    template = extract()
    update(template, additions, language)
    known = {first_id(message.id) for message in for_language(language, template) if message.id}
    for unknown in sorted(additions.keys() - known):
        print(f"translations: nothing in the code says {unknown!r}")
    for fault in faults_of(language, template):
        print(f"translations: {fault}")
    return 0


def export_missing(language: str) -> int:
    """Print what a language still lacks as a JSON file for ``fill``, each plural with its forms to be written."""
    catalog = read(language)
    missing: dict[str, str | list[str]] = {}
    for message in for_language(language, extract()):
        known = catalog.get(message.id) if message.id else None
        given = known.string if known else ()
        strings = [given] if isinstance(given, str) else list(given or ())
        if not message.id or (known and known.id == message.id and not known.fuzzy and strings and all(strings)):
            continue
        missing[first_id(message.id)] = "" if isinstance(message.id, str) else [""] * catalog.num_plurals
    print(json.dumps(dict(sorted(missing.items())), ensure_ascii=False, indent=1))
    return 0


@contextmanager
def alone() -> Iterator[None]:
    """Let one process at a time change the catalogues."""
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with (place / "translations.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["fill"] and arguments[1:2] != ["--language"]:
        arguments = ["fill", "--language", "da", *arguments[1:]]
    match arguments:
        case ["check"]:
            return check()
        case ["compile"]:
            return compile_all()
        case ["extract"]:
            TEMPLATE.write_bytes(text_of(extract()))
        case ["update"]:
            with alone():
                update(extract(), {})
        case ["fill", "--language", language, *files] if files and language in (*LANGUAGES, *CITIZEN_LANGUAGES):
            with alone():
                return fill(files, language)
        case ["export-missing", "--language", language] if language in (*LANGUAGES, *CITIZEN_LANGUAGES):
            return export_missing(language)
        case _:
            print(__doc__, file=sys.stderr)
            return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
