"""Word, workbooks, HTML and text → grids."""
