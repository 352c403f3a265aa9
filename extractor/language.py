"""What users read, in Chinese or English: messages, the words of the datasets, and sentences that are stored in English.

English is the language of the code and of the datasets, so that machines read the same everywhere; `locale/zh.po` has the
Chinese, and what is stored is translated where it is shown. `scripts/write_messages.py` collects what is to be translated.
"""

from __future__ import annotations

import gettext
import io
import re
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import polib

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
CATALOGUE = Path(__file__).with_name("locale") / "zh.po"
# Contexts of the catalogue, beside those of words, which are named after their `Literal`:
SENTENCE = "sentence"  # matched as a whole; the placeholders are {0}, {1} …
HELP = "help"  # what `--help` prints of commands and options
CLICK = "click"  # messages of click itself: they depend on its version, and not all of them are there
MAX_SENTENCE = 4000  # characters: a dataset of a stranger may hold a text on which patterns take very long
_PLACEHOLDER = re.compile(r"\{\d+\}")

_spoken: ContextVar[Language] = ContextVar("_spoken", default="en")


def speak(language: Language) -> None:
    """Choose the language of this process's messages."""
    _spoken.set(language)


def spoken() -> Language:
    """Return the language of this process's messages."""
    return _spoken.get()


def language_of(environment: Mapping[str, str]) -> Language:
    """Return the language of a locale, as POSIX ranks its variables; English for all but Chinese."""
    chosen = next((v for name in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := environment.get(name))), "")
    return "zh" if chosen.lower().startswith("zh") else "en"


def _(message: str) -> str:
    """Return a message in the language of this process."""
    return translations(spoken()).gettext(message)


def ngettext(one: str, many: str, number: int, context: str = "") -> str:
    """Return a message that depends on a number, of a context or of none, in the language of this process."""
    said = translations(spoken())
    return said.npgettext(context, one, many, number) if context else said.ngettext(one, many, number)


def in_context(context: str, message: str) -> str:
    """Return a message of a context in the language of this process; the message itself where it is not translated."""
    return translations(spoken()).pgettext(context, message)


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """Return the messages of a language."""
    if language == "en":
        return gettext.NullTranslations()
    return gettext.GNUTranslations(io.BytesIO(polib.pofile(str(CATALOGUE)).to_binary()))


def word(kind: str, value: str, language: Language | None = None) -> str:
    """Return the name of a word of the datasets.

    Args:
        kind: The name of its `Literal` in `contract.py`: `Verdict`, `Status`.
        value: The word, as the datasets have it.
        language: The language; by default that of this process.
    """
    named = translations(language or spoken()).pgettext(kind, value)
    return named if named != value else value.replace("_", " ")


class _Sentence(NamedTuple):
    pattern: re.Pattern[str]
    translation: str


@cache
def _sentences() -> tuple[_Sentence, ...]:
    """Return the sentences of the catalogue, those that say most first: a placeholder stands for anything."""
    found = [entry for entry in polib.pofile(str(CATALOGUE)) if entry.msgctxt == SENTENCE and entry.msgstr]
    found.sort(key=lambda entry: -len(_PLACEHOLDER.sub("", entry.msgid)))
    return tuple(_Sentence(_pattern(entry.msgid), entry.msgstr) for entry in found)


def _pattern(msgid: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(map(re.escape, _PLACEHOLDER.split(msgid))), re.DOTALL)


def sentence(text: str, language: Language | None = None) -> str:
    """Return a sentence of an error, or reasons joined by semicolons, in a language; what is not known stays as it is."""
    if (language or spoken()) == "en" or len(text) > MAX_SENTENCE:
        return text
    parts, told = text.split("; "), []
    while parts:
        # The sentence that says most, and of its readings the shortest: a placeholder at its end would take the next too.
        beginnings = ((_known("; ".join(parts[:end])), end) for end in range(1, len(parts) + 1))
        found = min(((*known, end) for known, end in beginnings if known), key=lambda k: (k[0], k[2]), default=None)
        told.append(found[1] if found else parts[0])
        parts = parts[found[2] if found else 1 :]
    return "；".join(told)


def _known(text: str) -> tuple[int, str] | None:
    """Return the rank of the sentence that a text is, 0 for the one that says most, and its translation."""
    for rank, known in enumerate(_sentences()):
        if found := known.pattern.fullmatch(text):
            return rank, known.translation.format(*map(_value, found.groups()))
    return None


def _value(text: str) -> str:
    """Return the value of a placeholder, which may be a sentence, or several joined by commas."""
    parts = list(map(_known, text.split(", ")))
    if all(parts):
        return "、".join(part[1] for part in parts if part)
    known = _known(text)
    return known[1] if known else text
