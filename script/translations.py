"""Collects the texts of code and templates into locale/, fills them in, finds what is missing.

    script/messages                       collect; 繁體 follows 简体
    script/messages --fill FILE.json …    add 简体 texts: {"msgid": "文本"}; a context is written
                                          "context\\u0004msgid", a plural "one\\u0000many"
    script/messages --check               write nothing; fail naming what is missing

Runs in the project's environment. No text is guessed from a similar one, none is kept that the
code no longer has. An entry of zh_Hant with the comment `derived` follows zh_Hans; delete the
comment to keep a text of its own.
"""

import argparse
import fcntl
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import polib
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("kpi_portal", "tickets", "surveys", "appraisal", "appeals")
LOCALES = ("zh_Hans", "zh_Hant")
GLOSSARY = ROOT / "locale" / "glossary-zh-hant.json"
DERIVED = "derived"
KEYWORDS = {
    **DEFAULT_KEYWORDS,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdfi]|%[sdfi]|\{\w*\}")

Key = tuple[str, str, str]  # context, singular, plural


@dataclass
class Report:
    """What keeps the catalogues from being complete."""

    lines: list[str] = field(default_factory=list)

    def add(self, locale: str, what: str, key: Key) -> None:
        context, singular, _plural = key
        where = f" ({context})" if context else ""
        self.lines.append(f"{locale}: {what}: {singular!r}{where}")


def main() -> int:
    parser = argparse.ArgumentParser(prog="script/messages")
    parser.add_argument("--check", action="store_true", help="write nothing; fail on a gap")
    parser.add_argument("--fill", nargs="+", type=Path, default=[], metavar="FILE.json")
    chosen = parser.parse_args()
    found = collected()
    if chosen.check:
        return _tell(check(found))
    (ROOT / "var").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / "var" / "messages.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        texts: dict[Key, str] = {}
        for path in chosen.fill:
            texts |= {_key(name): text for name, text in json.loads(path.read_text()).items()}
        update(found, texts)
    for key in texts.keys() - found:
        print(f"not in the code, left out: {key[1]!r}")
    gaps = check(found)
    print(f"{len(found)} texts, {len(gaps.lines)} gaps")
    return _tell(gaps) if chosen.fill else 0


def collected() -> set[Key]:
    """Every text that code and templates ask for."""
    return {key for path in _files() for key in _texts(path)}


def update(found: set[Key], texts: dict[Key, str]) -> None:
    """Writes both catalogues: known texts stay, `texts` win, what the code lost goes."""
    simplified = _read("zh_Hans")
    for key in found:
        entry = simplified.setdefault(key, _entry(key))
        if texts.get(key):
            _set(entry, texts[key])
    _write("zh_Hans", simplified, found)
    traditional = _read("zh_Hant")
    convert = _converter()
    for key in found:
        entry = traditional.setdefault(key, _entry(key))
        if not _text(entry) or entry.tcomment == DERIVED:
            _set(entry, convert(_text(simplified[key])))
            entry.tcomment = DERIVED
    _write("zh_Hant", traditional, found)


def check(found: set[Key]) -> Report:
    """Gaps in both languages: missing, superfluous, empty, fuzzy, or with other placeholders."""
    report = Report()
    for locale in LOCALES:
        entries = _read(locale)
        for key in sorted(found - entries.keys()):
            report.add(locale, "not collected", key)
        for key in sorted(entries.keys() - found):
            report.add(locale, "no longer in the code", key)
        for key in sorted(entries.keys() & found):
            entry = entries[key]
            if not _text(entry):
                report.add(locale, "not translated", key)
            elif entry.fuzzy:
                report.add(locale, "fuzzy", key)
            elif not _same_placeholders(entry):
                report.add(locale, "other placeholders", key)
    return report


def _tell(report: Report) -> int:
    for line in report.lines:
        print(line)
    if report.lines:
        print(f"{len(report.lines)} gaps. Collect with script/messages, fill with --fill.")
    return 1 if report.lines else 0


def _files() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if not {"tests", "migrations", "testing"} & set(path.relative_to(ROOT).parts):
                yield path
    for folder in (ROOT / "templates", *(ROOT / app for app in APPS)):
        for pattern in ("*.html", "*.txt", "*.typ"):
            yield from (
                path
                for path in sorted(folder.rglob(pattern))
                if "templates" in path.relative_to(ROOT).parts
            )


def _texts(path: Path) -> Iterator[Key]:
    source = path.read_text()
    if path.suffix != ".py":
        # What a template asks for, as Python; its indentation means nothing.
        source = "\n".join(line.lstrip() for line in templatize(source).splitlines())
    try:
        messages = list(extract("python", BytesIO(source.encode()), KEYWORDS))
    except SyntaxError as error:
        sys.exit(f"{path.relative_to(ROOT)}: {error}")
    for _line, message, _comments, context in messages:
        if isinstance(message, tuple):
            yield context or "", message[0], message[1]
        elif message:
            yield context or "", message, ""


def _key(name: str) -> Key:
    context, _, text = name.rpartition("\u0004")
    singular, _, plural = text.partition("\u0000")
    return context, singular, plural


def _entry(key: Key) -> polib.POEntry:
    context, singular, plural = key
    options = {"msgctxt": context} if context else {}
    if plural:
        return polib.POEntry(msgid=singular, msgid_plural=plural, msgstr_plural={0: ""}, **options)
    return polib.POEntry(msgid=singular, **options)


def _text(entry: polib.POEntry) -> str:
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr


def _set(entry: polib.POEntry, text: str) -> None:
    if entry.msgid_plural:
        entry.msgstr_plural = {0: text}
    else:
        entry.msgstr = text


def _same_placeholders(entry: polib.POEntry) -> bool:
    """Chinese has one form: it may leave out what only the English plural names."""
    wanted = sorted(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    return sorted(PLACEHOLDER.findall(_text(entry))) == wanted


def _path(locale: str) -> Path:
    return ROOT / "locale" / locale / "LC_MESSAGES" / "django.po"


def _read(locale: str) -> dict[Key, polib.POEntry]:
    path = _path(locale)
    if not path.exists():
        return {}
    entries = polib.pofile(str(path))
    return {
        (entry.msgctxt or "", entry.msgid, entry.msgid_plural or ""): entry
        for entry in entries
        if not entry.obsolete
    }


def _write(locale: str, entries: dict[Key, polib.POEntry], found: set[Key]) -> None:
    file = polib.POFile(wrapwidth=95)
    file.metadata = {
        "Language": locale,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for key in sorted(found, key=lambda key: (key[1], key[0], key[2])):
        entry = entries[key]
        entry.flags = ["python-format"] if "%(" in entry.msgid + entry.msgid_plural else []
        entry.occurrences = []
        file.append(entry)
    path = _path(locale)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = str(file).rstrip() + "\n"
    if not path.exists() or path.read_text() != text:
        part = path.with_suffix(".part")
        part.write_text(text)
        part.replace(path)


def _converter():  # type: ignore[no-untyped-def]
    """简体 to 繁體 as written in Taiwan, then the glossary's corrections."""
    from opencc import OpenCC

    convert = OpenCC("s2twp").convert
    glossary = json.loads(GLOSSARY.read_text())

    def converted(text: str) -> str:
        result = convert(text)
        for wrong, right in glossary.items():
            result = result.replace(wrong, right)
        return result

    return converted


if __name__ == "__main__":
    sys.exit(main())
