"""Sphinx's settings: `make docs` builds into docs/site, without a network, and a warning ends the build."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import rcwidgets  # noqa: E402

project = "rcwidgets"
author = "rcwidgets developers"
copyright = "rcwidgets developers"
version = release = rcwidgets.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "scripts.reference", "scripts.mathml"]
exclude_patterns = ["site"]
source_suffix = {".md": "markdown"}
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say shapes and units
autodoc_member_order = "bysource"
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"

html_theme = "furo"
html_title = "rcwidgets"
html_static_path = ["static"]
html_css_files = ["own.css"]
html_copy_source = False
html_show_sphinx = False
