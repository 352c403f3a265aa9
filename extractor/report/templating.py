"""The templates of the report: every value is escaped, and every message stands there in both languages.

A style sheet shows one of the two, and a button on each page changes it, without a server and without another page.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, get_args

import jinja2
from markupsafe import Markup, escape

from extractor.contract import Rule, Verdict, base_type
from extractor.language import CATALOGUE, LANGUAGES, Language, sentence, translations, word
from extractor.report import wording
from extractor.report.page import CheckView
from extractor.report.treemap import share_of
from extractor.version import __version__
from extractor.vocabulary.vocabulary import Vocabulary

GENERATOR = "budget-extractor report"
IN_SCRIPT = re.compile(r'\bT\("((?:[^"\\]|\\.)*)"')
WORDS: dict[str, tuple[str, ...]] = {"Verdict": get_args(Verdict), "Rule": get_args(Rule)}
_HTML_LANG = {"en": "en", "zh": "zh-Hans"}


def environment(vocabulary: Vocabulary, language: Language) -> jinja2.Environment:
    """Return the template environment; all values are escaped, and an undefined name is an error.

    Args:
        vocabulary: For the Chinese names of table types.
        language: The language of a page before its reader chooses one.
    """
    found = jinja2.Environment(
        loader=jinja2.PackageLoader("extractor.report"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    names = {kind.id: kind.zh for kind in vocabulary.kinds}
    found.globals.update(
        generator=f"{GENERATOR} {__version__}",
        html_lang=_HTML_LANG[language],
        VERDICTS=wording.VERDICTS,
        yuan=wording.yuan,
        round_yuan=wording.round_yuan,
        share=wording.share,
        share_of=share_of,
        local_id=wording.local_id,
        t=message,
        tn=counted,
        plain=translations(language).gettext,
        check_data=check_data,
        word=shown_word,
        said=lambda text: _both({lang: str(escape(sentence(text, lang))) for lang in LANGUAGES}),
        proof=lambda counts, tables, documents=1: _both(
            {lang: wording.proof(counts, tables, lang, documents=documents) for lang in LANGUAGES}
        ),
        table_type=lambda kind: _table_type(kind, names),
        attribute=lambda name, text, **values: _switched(
            language, name, {lang: translations(lang).gettext(text).format(**values) for lang in LANGUAGES}
        ),
        word_attribute=lambda name, kind, value: _switched(
            language, name, {lang: word(kind, value, lang) for lang in LANGUAGES}
        ),
        as_json=as_json,
        packed=packed,
        words=lambda script: as_json(_script_words(_asset(found, script))),
        asset=lambda name: Markup(_asset(found, name)),
        script_hash=lambda name: f"sha256-{_hash(_asset(found, name))}",
    )
    return found


@cache
def design() -> str:
    """Return a digest of the templates and the catalogue: pages that another design has drawn are drawn again."""
    loader = jinja2.PackageLoader("extractor.report")
    found = hashlib.sha256(f"{__version__}".encode() + CATALOGUE.read_bytes())
    for name in sorted(loader.list_templates()):
        found.update(loader.get_source(jinja2.Environment(autoescape=True), name)[0].encode())
    return found.hexdigest()


def message(text: str, **values: object) -> Markup:
    """Return a message in both languages, in elements of which one is shown; markup in it is ours, values are escaped."""
    return _both({lang: str(Markup(translations(lang).gettext(text)).format(**values)) for lang in LANGUAGES})


def counted(one: str, many: str, n: int, **values: object) -> Markup:
    """Return a message that depends on a number, which is its `{n}`."""
    texts = {lang: translations(lang).ngettext(one, many, n) for lang in LANGUAGES}
    return _both({lang: str(Markup(text).format(n=f"{n:,}", **values)) for lang, text in texts.items()})


def shown_word(kind: str, value: str) -> Markup:
    """Return the name of a word of the datasets in both languages."""
    return _both({lang: str(escape(word(kind, value, lang))) for lang in LANGUAGES})


def as_json(value: object) -> Markup:
    """Return JSON for a block that no browser runs; no text in it can end the block."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)


def packed(value: object) -> str:
    """Return JSON for a block that a page's script unpacks: the text of checks repeats what the tables print."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")


def check_data(checks: Sequence[CheckView]) -> list[list[object]]:
    """Return checks as a page's script reads them; the items of one table follow each other without its number.

    Each is rule, result, stated and computed items, statement, stated and tolerance; where it does not hold exactly
    also computed and difference, how many terms are elsewhere, the caution, the doubt.
    """
    found: list[list[object]] = []
    for check in checks:
        row = check.row
        short = [row["rule"], check.result, _short(check.left), _short(check.right), row["statement"]]
        values: list[object] = [*short, wording.yuan(row["stated"]), wording.yuan(row["tolerance"])]
        if row["holds"] != "exact" or check.elsewhere:
            said = check.caution.message if check.caution else ""
            sums = (wording.yuan(row["computed"]), wording.yuan(row["difference"]))
            doubt = row["doubt"] or ""
            values += [*sums, check.elsewhere, [said, translations("zh").gettext(said) if said else ""]]
            values.append([doubt, sentence(doubt, "zh")])
        found.append(values)
    return found


def _short(items: Sequence[str]) -> str:
    told, before = [], ""
    for item in items:
        table, _, place = item.partition("/")
        told.append(place if table == before else item)
        before = table
    return " ".join(told)


def _both(texts: Mapping[Language, str]) -> Markup:
    """Return escaped texts of the languages as elements; one text where they agree."""
    if texts["en"] == texts["zh"]:
        return Markup(texts["en"])
    return Markup("".join(f'<span class="{lang}">{text}</span>' for lang, text in texts.items()))


def _switched(language: Language, name: str, texts: Mapping[Language, str]) -> Markup:
    """Return an attribute that a page's script sets in the language that is chosen; `text` is an element's own text."""
    both = Markup(' data-l10n="{}" data-en="{}" data-zh="{}"').format(name, texts["en"], texts["zh"])
    return both if name == "text" else Markup(' {}="{}"').format(Markup(name), texts[language]) + both


def _table_type(kind: str | None, names: Mapping[str, str]) -> Markup:
    """Return the name of a table type in both languages."""
    if not kind:
        return message("unrecognised")
    base = base_type(kind)
    final = translations("zh").gettext("(final accounts)") if base != kind else ""
    return _both({"en": str(escape(kind.replace("_", " "))), "zh": str(escape(names.get(base, kind) + final))})


def _script_words(script: str) -> dict[str, str]:
    """Return message → Chinese, of the messages of a script."""
    found = {text: translations("zh").gettext(text) for text in sorted(set(IN_SCRIPT.findall(script)))}
    if "checks" in script:
        found |= {
            word(kind, value, "en"): word(kind, value, "zh") for kind in ("Verdict", "Rule") for value in WORDS[kind]
        }
    return found


def _asset(found: jinja2.Environment, name: str) -> str:
    """Return a style sheet or script of the report, which is embedded unescaped."""
    assert found.loader is not None
    return found.loader.get_source(found, name)[0]


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode("ascii")


def stream(found: jinja2.Environment, template: str, **values: Any) -> bytes:
    """Return a rendered page."""
    return found.get_template(template).render(**values).encode()
