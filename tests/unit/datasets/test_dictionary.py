from __future__ import annotations

import re

from write_dictionary import PLACE, dictionary

from extractor.datasets.schemas import DATASETS
from extractor.vocabulary.config import Config


def test_the_data_dictionary_is_up_to_date(config: Config) -> None:
    assert PLACE.read_text(encoding="utf-8").rstrip() == dictionary(config).rstrip(), "run `make dictionary`"


def test_it_has_every_column_and_every_id_with_its_chinese_name(config: Config) -> None:
    text = dictionary(config)
    for name, dataset in DATASETS.items():
        own = text.split(f"\n## {name}\n")[1].split("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", own, re.MULTILINE) == [column.name for column in dataset.columns]
    for known in (*config.kinds, *config.headers.measure, *config.words.section, *config.words.subject):
        assert f"| `{known.id}` | {known.zh} |" in text


def test_its_links_lead_to_its_own_headings(config: Config) -> None:
    text = dictionary(config)
    headings = {heading.lower().replace(" ", "-") for heading in re.findall(r"^## (.+)$", text, re.MULTILINE)}
    assert set(re.findall(r"\(#([^)]+)\)", text)) <= headings
