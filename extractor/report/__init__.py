"""Write HTML pages from datasets and the original files: an index, and one page per document."""
