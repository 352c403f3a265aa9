"""Leave one publisher out at a time: what does the rest still read of its documents?

python scripts/generalise.py [--write] [PUBLISHER ...]

Taken away for each publisher are its templates and every pattern of the vocabulary (measures.toml, tables.toml) that no
text of the other publishers' tables matches: what only its own documents can have taught. The extractor then reads its
documents with the rest, and the audit measures. A pattern with alternatives stays whole where one of them is met.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from audit_floors import audit, run, shares_of

from extractor.datasets.folder import Folder
from extractor.datasets.store import read_rows
from extractor.vocabulary.config import packaged_configs
from extractor.vocabulary.titles import plain_title

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
CORPUS, GOVERNMENT = SHARED / "corpus", SHARED / "government"
NO_PUBLISHERS = {"formats", "not-pdf", "listing-pages"}
FLOOR_ON_AVERAGE, FLOOR_FOR_EACH = 0.95, 0.7  # named share without what a publisher alone taught; they only rise
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_LIST = re.compile(rf"^(match|title|header) = (\[(?:\s*{_STRING.pattern},?)*\s*\])", re.MULTILINE)


class Figures(NamedTuple):
    """What was read of one publisher; shares from 0 to 1."""

    publisher: str
    documents: int
    tables: int
    amounts: int
    recall: float
    named: float
    sums: float
    proven: float


def texts_of(out: Path) -> set[str]:
    """Return every header text and title of a dataset, as the vocabulary meets them."""
    tables = read_rows(Folder(out), "tables")
    texts = {plain_title(title) for title in tables["title"].to_pylist() if title}
    nodes = [node for header in tables["header"].to_pylist() for node in json.loads(header)]
    while nodes:
        node = nodes.pop()
        texts.add(re.sub(r"20\d\d年?度?|\((?:亿元|万元|千元|元|%)\)", "", node["text"]).strip(":*"))
        nodes += node.get("children", [])
    labels = read_rows(Folder(out), "line_items")["label"].to_pylist()
    return texts | set(labels)


def without(source: Path, target: Path, texts: Iterable[str], publisher: str) -> None:
    """Copy configs without a publisher's templates and without the patterns that match none of the texts."""
    known = "\n".join(texts)

    def narrowed(match: re.Match[str]) -> str:
        kept = [m[0] for m in _STRING.finditer(match[2]) if _is_met(json.loads(m[0]), match[1], known)]
        return f"{match[1]} = [{', '.join(kept)}]"

    for path in source.rglob("*"):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        elif path.name in ("measures.toml", "tables.toml"):
            copy.write_text(_LIST.sub(narrowed, path.read_text(encoding="utf-8")), encoding="utf-8")
        elif not (path.parent.name == "templates" and path.stem == publisher):
            copy.write_bytes(path.read_bytes())


def _is_met(pattern: str, key: str, known: str) -> bool:
    if key == "title":
        return re.search(pattern, known) is not None
    return re.search(f"^(?:{pattern})$", known, re.MULTILINE) is not None


def figures(publisher: str, pdfs: Sequence[Path], out: Path) -> Figures:
    """Return a publisher's figures in one dataset."""
    total = audit(out, pdfs)["total"]
    shares = shares_of(total)
    items = read_rows(Folder(out), "line_items")
    verdicts = [
        v for v, a in zip(items["verdict"].to_pylist(), items["amount"].to_pylist(), strict=True) if a is not None
    ]
    return Figures(
        publisher,
        len(pdfs),
        read_rows(Folder(out), "tables").num_rows,
        total["items"],
        shares.get("recall", 0.0),
        shares.get("named", 0.0),
        shares.get("sums", 0.0),
        sum(v in ("proven", "rounded") for v in verdicts) / max(1, len(verdicts)),
    )


def measure(publishers: Sequence[str]) -> Iterator[tuple[Figures, Figures]]:
    """Yield for each publisher its figures with everything, and with what it alone taught left out."""
    configs = packaged_configs()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        documents = {p.name: sorted(p.glob("*.pdf")) for p in sorted(CORPUS.iterdir()) if p.is_dir()}
        documents = {name: pdfs for name, pdfs in documents.items() if pdfs and name not in NO_PUBLISHERS}
        texts: dict[str, set[str]] = {}
        for name, pdfs in documents.items():
            run(pdfs, work / name)
            texts[name] = texts_of(work / name)
        for name in publishers or documents:
            if not read_rows(Folder(work / name), "line_items").num_rows:
                continue  # scans, and documents without tables
            others = set().union(*(found for other, found in texts.items() if other != name))
            left_out = work / f"{name}-configs"
            without(configs, left_out, others, name)
            run(documents[name], work / f"{name}-out", left_out)
            full = figures(name, documents[name], work / name)
            if full.named:  # else its documents are no budgets
                yield full, figures(name, documents[name], work / f"{name}-out")


def table(pairs: Sequence[tuple[Figures, Figures]]) -> str:
    """Return the figures as a Markdown table."""
    lines = [
        "| publisher | documents | tables | figures | recall | sums | named | proven | named, left out | proven, left out |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for full, rest in pairs:
        shares = (full.recall, full.sums, full.named, full.proven, rest.named, rest.proven)
        counts = (full.documents, full.tables, full.amounts)
        lines.append(
            f"| {full.publisher} | {' | '.join(map(str, counts))} | {' | '.join(f'{v:.4f}' for v in shares)} |"
        )
    mean = sum(rest.named for _, rest in pairs) / len(pairs)
    lines.append(f"\nnamed, left out: {mean:.4f} on average, {min(rest.named for _, rest in pairs):.4f} at least")
    return "\n".join(lines)


def government_table() -> str:
    """Return what is read of the books of governments, by document, as a Markdown table."""
    pdfs = sorted(GOVERNMENT.glob("*/*.pdf"))
    with tempfile.TemporaryDirectory() as out:
        run(pdfs, Path(out))
        report = audit(Path(out), pdfs)
        files = {line["file"] for line in report["documents"]}
        quoted = _quoted(Path(out), [path for path in pdfs if path.name in files])  # some are cut off
    by_name = {line["file"]: line | {"quoted": quoted[line["file"]]} for line in report["documents"]}
    lines = [
        "| publisher of government books | document | figures printed | all | prose too | recall | invented | glued | sums | named |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for path in pdfs:
        if (line := by_name.get(path.name)) is not None:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            lines.append(_government_row(path.parent.name, f"`{digest[:12]}`", line))
    lines.append(_government_row("all", "", report["total"] | {"quoted": quoted.total()}))
    return "\n".join(lines)


def _quoted(out: Path, pdfs: Sequence[Path]) -> Counter[str]:
    """Return file name → how many of the figures that the audit misses in `line_items` a sentence of `statements` quotes.

    The audit takes running text whose figures stand between blanks for tables.
    """
    spec = importlib.util.spec_from_file_location("audit", SHARED / "tools" / "audit.py")
    assert spec is not None and spec.loader is not None  # a file that is there
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    read: Counter[tuple[str, int, str]] = Counter()
    said: Counter[tuple[str, int, str]] = Counter()
    for item in read_rows(Folder(out), "line_items").to_pylist():
        read[item["document_id"], item["page"], tool.clean(item["amount_text"])] += 1
    statements = read_rows(Folder(out), "statements").to_pylist()
    for document, page, sentence in {(s["document_id"], s["page"], s["text"]) for s in statements}:
        for figure in _FIGURE.findall(sentence):
            said[document, page, figure] += 1
    quoted: Counter[str] = Counter()
    for path in pdfs:
        document = hashlib.sha256(path.read_bytes()).hexdigest()
        for page, (tokens, _) in tool.printed_all(path).items():
            for figure, count in tokens.items():
                missed = max(0, count - read[document, page, figure])
                quoted[path.name] += min(missed, said[document, page, figure])
    return quoted


def _government_row(publisher: str, document: str, counts: dict[str, int]) -> str:
    shown = {name: f"{share:.4f}" for name, share in shares_of(counts).items()}
    shown |= {name: str(counts[name]) for name in ("invented", "glued")}
    if printed := counts["printed_all"]:
        shown["prose too"] = f"{(counts['found_all'] + counts['quoted']) / printed:.4f}"
    cells = [shown.get(name, "–") for name in ("all", "prose too", "recall", "invented", "glued", "sums", "named")]
    return f"| {publisher} | {document} | {counts['printed_all']} | {' | '.join(cells)} |"


def with_table(page: str, table: str) -> str:
    """Return a page with a table, and what follows it in its section, in the place of the one with the same first cell."""
    first = re.escape(table.partition(" | ")[0])
    return re.sub(rf"^{first} \|.*?(?=^## |\Z)", lambda _: table + "\n\n", page, flags=re.M | re.S).rstrip() + "\n"


def main(arguments: Sequence[str]) -> int:
    """Print the table; with `--write`, put it and that of government books into docs/corpus.md. Exit 1 under the floors of leaving one out."""
    if not CORPUS.is_dir():
        print("leaving publishers out skipped: ../shared is not there")
        return 0
    pairs = list(measure([a for a in arguments if not a.startswith("--")]))
    shown = table(pairs)
    print(shown)
    if "--write" in arguments:
        page = ROOT / "docs" / "corpus.md"
        text = with_table(page.read_text(encoding="utf-8"), shown)
        page.write_text(with_table(text, government_table()), encoding="utf-8")
    named = [rest.named for _, rest in pairs]
    return 0 if sum(named) / len(named) >= FLOOR_ON_AVERAGE and min(named) >= FLOOR_FOR_EACH else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
