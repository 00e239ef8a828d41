"""The notebooks of the course, copied to where they can be changed."""

import shutil
from importlib.resources import as_file, files
from pathlib import Path


def course() -> Path:
    """The folder of the notebooks: within the package, or beside it in a checkout."""
    with as_file(files("rcwidgets")) as package:
        inside = package / "notebooks"
        return inside if inside.is_dir() else package.parent / "notebooks"


def copy_course(folder: Path) -> int:
    """Copies the notebooks of the course into a folder, never over a file that is there."""
    folder.mkdir(parents=True, exist_ok=True)
    names = sorted(path.name for path in course().glob("*.ipynb"))
    kept = [name for name in names if (folder / name).exists()]
    for name in names:
        if name not in kept:
            shutil.copyfile(course() / name, folder / name)
        print(f"{'kept  ' if name in kept else 'copied'}  {folder / name}")
    if kept:
        print(f"{len(kept)} of {len(names)} were there and are left as they are: rename a file to get the original beside it.")
    print(f"Open them: rcwidgets lab {folder / names[0]}")
    return 0
