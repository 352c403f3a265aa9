"""Grids → tables: pages joined, title and unit found, the header a tree, the kind of table recognised."""
