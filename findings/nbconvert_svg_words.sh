#!/usr/bin/env bash
# Do the words of a drawing reach a reader who hears a notebook that was exported as HTML?
#
# Guess: nbconvert puts an output of the kind image/svg+xml into the page as it is, so that <title> and <desc> of the drawing are the text
# alternative there, as they are in JupyterLab.
# Seen with nbconvert 7.17.2, Python 3.11: the drawing becomes an <img> with a data address. What is inside of such an image is not in the
# page for a screen reader, and the alt text is the same empty phrase for each; alt text in the output's metadata is not used. Printed:
#   inline <svg>: False; <img> of SVG: True; alt: 'No description has been provided for this image'
#   with metadata alt: alt: 'No description has been provided for this image'
# What follows: a notebook that is to be heard as HTML needs the words as text beside the drawing.
# Exits non-zero where that changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet nbconvert==7.17.2 nbformat==5.10.4
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import re
import sys

import nbformat.v4 as made
from nbconvert import HTMLExporter

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="9" height="9"><title>Loss</title><desc>It falls</desc></svg>'


def told(metadata):
    """The page's body, and the alt text of its image."""
    output = made.new_output("display_data", data={"image/svg+xml": DRAWING}, metadata=metadata)
    page, _ = HTMLExporter().from_notebook_node(made.new_notebook(cells=[made.new_code_cell("", outputs=[output])]))
    body = page[page.index("<body") :]
    alt = re.search(r'<img[^>]*alt="?([^">]*)', body)
    return body, alt[1].strip() if alt else None


body, alt = told({})
inline, image = "<desc>It falls" in body, "data:image/svg+xml" in body
print(f"inline <svg>: {inline}; <img> of SVG: {image}; alt: {alt!r}")
_, named = told({"image/svg+xml": {"alt": "Loss, it falls"}, "alt": "Loss, it falls"})
print(f"with metadata alt: alt: {named!r}")
if inline or not image or (named and "falls" in named):
    sys.exit("Changed")
PYTHON
