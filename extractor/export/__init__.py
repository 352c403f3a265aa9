"""Datasets in the formats of other tools, and queries of them."""
