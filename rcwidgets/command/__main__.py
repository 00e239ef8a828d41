"""Reads the words after `rcwidgets` and runs what they ask for."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rcwidgets.command.doctor import examine
from rcwidgets.command.lab import open_lab
from rcwidgets.command.tutorials import copy_course


def parser() -> argparse.ArgumentParser:
    """What the command understands."""
    root = argparse.ArgumentParser("rcwidgets", description="Reservoir computing in a notebook.")
    commands = root.add_subparsers(dest="command", required=True, metavar="COMMAND")
    lab = commands.add_parser("lab", help="opens JupyterLab at a notebook with a playground", description=open_lab.__doc__)
    lab.add_argument(
        "notebook", nargs="?", type=Path, default=Path("playground.ipynb"), help="made where it is not there (playground.ipynb)"
    )
    lab.epilog = "Other words, as --no-browser or --port=8890, go to JupyterLab."
    tutorials = commands.add_parser("tutorials", help="copies the notebooks of the course", description=copy_course.__doc__)
    tutorials.add_argument("folder", type=Path, metavar="DIR", help="made where it is not there")
    commands.add_parser("doctor", help="says what is installed and what to do where something is wrong", description=examine.__doc__)
    return root


def main(words: Sequence[str] | None = None) -> int:
    """Runs the command; returns the exit status, 0 where all went well."""
    reader = parser()
    asked, rest = reader.parse_known_args(words)
    if rest and asked.command != "lab":
        reader.error(f"unknown words: {' '.join(rest)}")
    try:
        if asked.command == "lab":
            return open_lab(asked.notebook, rest)
        if asked.command == "tutorials":
            return copy_course(asked.folder)
        return examine()
    except OSError as error:
        print(f"rcwidgets {asked.command}: {error.strerror}: {error.filename}. Choose a folder that you may write to.", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
