"""Datasets and the original files → pages for readers: an index, and a page for every document."""
