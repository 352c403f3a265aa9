"""Configuration of the documentation site: `make docs` builds it offline, and every warning is an error."""

from extractor import __version__

project = "budget-extractor"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
html_theme = "furo"
html_title = f"budget-extractor {release}"
html_show_sphinx = False
myst_heading_anchors = 3  # links to headings, as GitHub makes them
autodoc_typehints = "description"  # signatures of Decimal and Path stay readable
autodoc_member_order = "bysource"
