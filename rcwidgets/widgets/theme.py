"""The colours of the figures, by what they mean.

Each is the name of a CSS variable. The values for the light and the dark theme stand in `frontend/src/caption.css`, so the figures follow
JupyterLab's theme at once and without the kernel.
"""

CHANNELS = 6  # how many channels have a colour of their own, and how many a figure draws


def channel(index: int) -> str:
    """The colour that channel `index` has in every figure."""
    return f"var(--rcw-channel-{index % CHANNELS + 1})"


def run(place: int) -> str:
    """The colour of the pinned run at `place`, 0 to 2, over the forecast."""
    return f"var(--rcw-run-{place + 1})"


TRUTH = "var(--rcw-truth)"
GAP = "var(--rcw-gap)"  # over the truth where there is none
PARTS = "var(--rcw-parts)"  # where truth and forecast part
TRAINING = "var(--rcw-training)"
HELD_OUT = "var(--rcw-held-out)"
TWEAK = "var(--rcw-tweak)"
EACH = "var(--rcw-each)"  # the loss of each step, behind the smoothed one
NOW = "var(--rcw-now)"  # the setting that the hand is on
GUIDE = "var(--rcw-guide)"
