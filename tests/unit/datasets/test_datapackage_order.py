from __future__ import annotations

from extractor.datasets.datapackage import datapackage


def test_the_parts_of_the_documents_that_most_datasets_have_come_first() -> None:
    """Frictionless reads first parts alone: their references must lead to one another's rows."""
    files = ["documents/part-0.parquet", "documents/part-7.parquet", "line_items/year=2025/part-7.parquet"]
    files += ["line_items/year=2026/part-7.parquet", "tables/part-7.parquet", "tables/part-9.parquet"]
    paths = {resource["title"]: resource["path"] for resource in datapackage(files)["resources"]}
    assert paths == {
        "documents": ["documents/part-7.parquet", "documents/part-0.parquet"],
        "tables": ["tables/part-7.parquet", "tables/part-9.parquet"],
        "line_items": ["line_items/year=2025/part-7.parquet", "line_items/year=2026/part-7.parquet"],
    }
