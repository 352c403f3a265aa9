"""Configuration of the documentation site: `make docs` builds it offline, and every warning is an error."""

from sphinx.application import Sphinx

from extractor.version import __version__

project = "budget-extractor"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
html_theme = "furo"
html_title = f"budget-extractor {release}"
html_show_sphinx = html_show_copyright = False
# The site in English has the one in Chinese in its folder zh: `make docs` builds this one with `-D language=zh_CN`.
locale_dirs = ["locale"]
gettext_compact = False  # a catalogue a page
templates_path = ["_templates"]
html_sidebars = {
    "**": [
        "sidebar/brand.html",
        "sidebar/languages.html",
        "sidebar/search.html",
        "sidebar/scroll-start.html",
        "sidebar/navigation.html",
        "sidebar/scroll-end.html",
    ]
}
myst_heading_anchors = 3  # links to headings, as GitHub makes them
autodoc_member_order = "bysource"
autodoc_typehints = "description"  # signatures stay readable
autodoc_typehints_description_target = "documented_params"
napoleon_use_ivar = True  # a field is described once, in its class's docstring


def skip_tuple_fields(_app: Sphinx, _what: str, _name: str, member: object, skip: bool, _options: object) -> bool:
    """Return whether a member is left out: Python says of a named tuple's field only "Alias for field number 0"."""
    return skip or type(member).__name__ == "_tuplegetter"


def setup(app: Sphinx) -> None:
    """Register what is above."""
    app.connect("autodoc-skip-member", skip_tuple_fields)
