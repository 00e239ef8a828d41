"""Makes the pictures of README and documentation from those that the browser tests have taken: `python -m scripts.pictures`.

First run `make test LAYERS=browser`, or only `pytest tests/browser/test_pictures.py tests/browser/test_moving_picture.py`. Needs pillow.
"""

import sys
from itertools import groupby
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
TAKEN = ROOT / "tests" / "artifacts"
PICTURES = ROOT / "docs" / "pictures"
STILL = {"first": "playground-first-light", "feedback": "playground-feedback-light", "error": "playground-error-light"}
WIDTH, MOVING_WIDTH = 1200, 900  # pixels
FRAME, REST, END = 220, 1500, 3500  # ms that a frame stays: in a gesture, before one, and at the end
MOST = 1_500_000  # bytes of the moving picture


def narrowed(path: Path, width: int) -> Image.Image:
    """A picture, made as wide as this where it is wider."""
    picture = Image.open(path).convert("RGB")
    if picture.width <= width:
        return picture
    return picture.resize((width, round(picture.height * width / picture.width)), Image.Resampling.LANCZOS)


def still() -> None:
    """The pictures of the tour, with colours as few as a page needs."""
    for name, taken in STILL.items():
        picture = narrowed(TAKEN / f"{taken}.png", WIDTH).quantize(128, dither=Image.Dither.NONE)
        picture.save(PICTURES / f"{name}.png", optimize=True)


def moving() -> int:
    """The moving picture; returns its bytes."""
    frames = [narrowed(path, MOVING_WIDTH) for path in sorted(TAKEN.glob("moving-*.png"))]
    if not frames:
        raise FileNotFoundError(f"{TAKEN} has no moving-*.png. Run pytest tests/browser/test_moving_picture.py first.")
    top = min(frame.height for frame in frames)
    runs = [list(run) for _, run in groupby((frame.crop((0, 0, frame.width, top)) for frame in frames), Image.Image.tobytes)]
    shown = [run[0] for run in runs]
    lasting = [REST, REST, *[FRAME] * (len(shown) - 3), END][: len(shown)]
    target = PICTURES / "playground.webp"
    shown[0].save(target, save_all=True, append_images=shown[1:], duration=lasting, loop=0, quality=70, method=6)
    return target.stat().st_size


def main() -> int:
    """Makes all of them; the exit status is 1 where the moving picture is too large."""
    PICTURES.mkdir(exist_ok=True)
    still()
    size = moving()
    print(f"{PICTURES / 'playground.webp'}: {size / 1000:.0f} kB, at most {MOST / 1000:.0f}")
    return int(size > MOST)


if __name__ == "__main__":
    sys.exit(main())
