"""The course, copied."""

from pathlib import Path

import pytest

from rcwidgets.command.tutorials import copy_course, course

NAMES = sorted(path.name for path in course().glob("*.ipynb"))


def test_the_course_is_copied_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "new" / "course"
    assert copy_course(folder) == 0
    assert sorted(path.name for path in folder.iterdir()) == NAMES
    assert {name: (folder / name).read_bytes() for name in NAMES} == {name: (course() / name).read_bytes() for name in NAMES}
    assert f"Open them: rcwidgets lab {folder / '01_playground.ipynb'}" in capsys.readouterr().out


def test_a_file_that_is_there_is_left_as_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / NAMES[1]).write_text("mine")
    copy_course(tmp_path)
    assert (tmp_path / NAMES[1]).read_text() == "mine"
    said = capsys.readouterr().out
    assert f"kept    {tmp_path / NAMES[1]}" in said and f"copied  {tmp_path / NAMES[0]}" in said
    assert f"1 of {len(NAMES)} were there and are left as they are" in said
