"""Print where the time of reading documents goes, step by step, in one process: without start-up, isolation and commits.

python scripts/profile_job.py [--kind KIND | PATH …]: by default the departments that `make bench` draws.
"""

from __future__ import annotations

import argparse
import gc
import sys
from collections.abc import Mapping, Sequence
from heapq import nlargest
from operator import itemgetter

from bench_kinds import DEPARTMENTS, KINDS, SAMPLES
from bench_lists import draw
from profile_steps import REST, STEPS, Profile

from extractor.datasets.document_result import document_result
from extractor.pages.pdfium import initialise
from extractor.pipeline import read_document
from extractor.source.inputs import find_inputs
from extractor.source.source import Source, read_source
from extractor.vocabulary.config import Config
from extractor.vocabulary.vocabulary import compile_vocabulary

MOST_FUNCTIONS = 25  # printed


def shares_of(steps: Mapping[str, float]) -> dict[str, float]:
    """Return step → its share in per cent, to one digit; rounded so that they add up to 100."""
    whole, shares, before, rounded = sum(steps.values()), {}, 0.0, 0.0
    for step, seconds in steps.items():
        before += 100 * seconds / whole
        shares[step] = round(round(before, 1) - rounded, 1)
        rounded = round(before, 1)
    return shares


def breakdown(steps: Mapping[str, float], pages: int) -> list[str]:
    """Return the rows of a table: each step's time a page, and its share; steps that took none are left out."""
    taken = {step: steps[step] for step in (*STEPS, REST) if steps.get(step)}
    rows = ["| step | ms a page | share |", "| --- | --- | --- |"]
    for step, share in shares_of(taken).items():
        rows.append(f"| {step} | {1000 * taken[step] / pages:.2f} | {share:.1f} % |")
    return [*rows, f"| all | {1000 * sum(taken.values()) / pages:.2f} | 100 % |"]


def read(sources: Sequence[Source]) -> tuple[Profile, int]:
    """Read documents as a worker does; return the profile, and how many pages they have."""
    config = Config.read()
    vocabulary = compile_vocabulary(config)
    initialise()
    gc.disable()
    for path in sorted(SAMPLES.glob("*.pdf")):  # what is imported and compiled once is start-up
        document_result(read_document(read_source(path), vocabulary), config.hash)
    with Profile() as profile:
        pages = sum(document_result(read_document(s, vocabulary), config.hash).pages for s in sources)
    return profile, pages


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*")
    parser.add_argument("--kind", choices=[kind.name for kind in KINDS], default=DEPARTMENTS.name)
    arguments = parser.parse_args()
    kind = next(kind for kind in KINDS if kind.name == arguments.kind)
    if arguments.paths:
        sources = [read_source(file) for file in find_inputs(arguments.paths).files]
    else:
        sources = draw(kind, kind.most) or [read_source(path) for path in sorted(SAMPLES.glob("*.pdf"))]
    profile, pages = read(sources)
    print(f"{pages:,} pages in {len(sources)} documents\n")
    print("\n".join(breakdown(profile.steps, pages)))
    print("\n| function, with what it calls outside of the package | share |\n| --- | --- |")
    whole = sum(profile.functions.values())
    for function, seconds in nlargest(MOST_FUNCTIONS, profile.functions.items(), key=itemgetter(1)):
        print(f"| {function} | {100 * seconds / whole:.1f} % |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
