"""The README: one page, with a picture that moves and is small."""

import re

from PIL import Image, ImageSequence

from scripts.pictures import MOST
from tests.docs.conftest import ROOT

TEXT = (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_is_one_page_with_two_commands_and_fifteen_lines_of_python() -> None:
    assert len(TEXT.splitlines()) <= 60
    (commands,) = re.findall(r"```sh\n(.*?)```", TEXT, re.DOTALL)
    assert [line.split("#")[0].strip() for line in commands.splitlines()] == ["make run", "make test"]
    (python,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert len([line for line in python.splitlines() if line.strip()]) <= 15


def test_the_moving_picture_moves_and_is_small() -> None:
    (link,) = re.findall(r"!\[[^]]+\]\(([^)]+\.webp)\)", TEXT)
    path = ROOT / link
    assert path.stat().st_size <= MOST
    with Image.open(path) as picture:
        frames = [frame.convert("RGB").tobytes() for frame in ImageSequence.Iterator(picture)]
    assert len(frames) >= 12 and len(set(frames)) == len(frames)
