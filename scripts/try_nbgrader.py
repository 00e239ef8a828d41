"""A lesson with a playground under nbgrader, from its release to the feedback: `python -m scripts.try_nbgrader`.

It installs this checkout and nbgrader into an environment of their own in a temporary folder (some minutes), hands out one assignment,
hands in two answers of which one reaches the bound, grades both without a browser, and reads the points. It is run by hand: nbgrader weighs
too much for every test.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LESSON = "lesson1"
SETUP = 'import rcwidgets as rc\n\nplay = rc.Playground(task="sunspots", file="lesson.json", locked=["task"])\nplay'
ANSWER = 'play.set("reservoir", spectral_radius=0.1)\n### BEGIN SOLUTION\nplay.set("reservoir", spectral_radius=0.9)\n### END SOLUTION'
TESTS = ("rc.classroom.check(play, units=50)", "rc.classroom.check(play, nrmse={bound})")
POINTS = """
import json, sys
from nbgrader.api import Gradebook
with Gradebook("sqlite:///gradebook.db") as book:
    print(json.dumps({one.student.id: [one.score, one.max_score] for one in book.assignment_submissions("lesson1")}))
"""


def cell(name: str, source: str, *, grade: bool = False, solution: bool = False, points: int | None = None) -> dict[str, object]:
    """A cell of nbgrader's third format."""
    marks: dict[str, object] = {"schema_version": 3, "grade_id": name, "grade": grade, "solution": solution, "task": False}
    marks |= {"locked": not solution} | ({} if points is None else {"points": points})
    return {"cell_type": "code", "id": name, "metadata": {"nbgrader": marks}, "source": source, "outputs": [], "execution_count": None}


def notebook(bound: float) -> str:
    """The teacher's notebook: a playground, a place for the answer, and a point for each bound."""
    cells = [cell("setup", SETUP), cell("answer", ANSWER, solution=True)]
    cells += [cell(f"test{at}", text.format(bound=bound), grade=True, points=1) for at, text in enumerate(TESTS)]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells})


def try_it(python: Path, course: Path, bound: float) -> dict[str, list[float]]:
    """Releases, submits, grades; gives the points of each student, and how many there were."""

    path = os.pathsep.join([str(python.parent), os.environ.get("PATH", os.defpath)])  # nbgrader calls alembic by its name

    def grader(*words: str) -> None:
        command = [str(python), "-m", "nbgrader", *words]
        done = subprocess.run(command, cwd=course, env={**os.environ, "PATH": path}, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"nbgrader {' '.join(words)} must succeed, got:\n{done.stdout[-3000:]}{done.stderr[-3000:]}")

    source = course / "source" / LESSON
    source.mkdir(parents=True)
    (source / "lesson.ipynb").write_text(notebook(bound), encoding="utf-8")
    grader("generate_assignment", LESSON, "--create")
    released = (course / "release" / LESSON / "lesson.ipynb").read_text(encoding="utf-8")
    assert "BEGIN SOLUTION" not in released and "0.9" not in released
    for student, radius in (("ada", 0.9), ("bob", 1.99)):
        handed_in = course / "submitted" / student / LESSON
        handed_in.mkdir(parents=True)
        held = json.loads(released)
        held["cells"][1]["source"] = f'play.set("reservoir", spectral_radius={radius})'
        (handed_in / "lesson.ipynb").write_text(json.dumps(held), encoding="utf-8")
    grader("autograde", LESSON, "--create", "--NotebookClient.store_widget_state=False")
    graded = json.loads((course / "autograded" / "ada" / LESSON / "lesson.ipynb").read_text(encoding="utf-8"))
    assert "widgets" not in graded["metadata"], "the switch must leave the state of the widgets out of what is graded"
    assert "image/svg+xml" in json.dumps(graded["cells"][0]["outputs"]), "its picture must be there"
    grader("generate_feedback", LESSON)
    for student in ("ada", "bob"):
        told = (course / "feedback" / student / LESSON / "lesson.html").read_text(encoding="utf-8")
        assert ("NRMSE must be at most" in told) == (student == "bob"), f"the feedback of {student} must tell of the bound that failed"
    return dict(json.loads(subprocess.check_output([python, "-c", POINTS], cwd=course, env={**os.environ, "PATH": path}, text=True)))


def main() -> None:
    """Makes the environment, unless one is given, and says what came out."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--python", type=Path, help="a Python that has rcwidgets and nbgrader; else one is made")
    python = reader.parse_args().python
    with tempfile.TemporaryDirectory() as folder:
        if python is None:
            venv.create(Path(folder) / "venv", with_pip=True)
            python = Path(folder) / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
            subprocess.run([python, "-m", "pip", "install", "--quiet", "nbgrader", ROOT], check=True)
        points = try_it(python.absolute(), Path(folder) / "course", bound=0.42)
    print(f"points: {points}")
    assert points == {"ada": [2.0, 2.0], "bob": [1.0, 2.0]}


if __name__ == "__main__":
    main()
