"""Pages with coordinates → grids."""
