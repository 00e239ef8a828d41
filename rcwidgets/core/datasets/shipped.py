"""The real data that ship with the package: the yearly sunspot numbers and the Japanese vowels."""

from importlib.resources import files

import numpy as np


def sunspots() -> dict[str, np.ndarray]:
    """The yearly mean sunspot number, 1700 to 2008: {'years', 'number'}, each (309, 1).

    A cycle of about 11 years whose height changes from one to the next. Source: NOAA National Geophysical Data Center, public domain.

    >>> sunspots()['number'].shape
    (309, 1)
    """
    text = files("rcwidgets").joinpath("data", "sunspots_yearly.csv").read_text(encoding="utf-8")
    table = np.array([line.split(",") for line in text.split()[1:]], np.float64)
    return {"years": table[:, [0]], "number": table[:, [1]]}


Utterances = tuple[list[np.ndarray], np.ndarray]


def japanese_vowels() -> tuple[Utterances, Utterances]:
    """Nine men saying "ae": ((train_x, train_y), (test_x, test_y)).

    train_x are 270 and test_x 370 utterances, each a float64 array (frames, 12) of LPC cepstrum coefficients, 7 to 29 frames long; train_y
    (270,) and test_y (370,) are the speakers, 0 to 8.

    Reference: Kudo, Toyama & Shimbo (1999), Multidimensional curve classification using passing-through regions, Pattern Recognition
    Letters 20, 1103-1111; UCI Machine Learning Repository, CC BY 4.0.

    >>> (train_x, train_y), (test_x, test_y) = japanese_vowels()
    >>> train_x[0].shape
    (20, 12)
    """
    with files("rcwidgets").joinpath("data", "japanese_vowels.npz").open("rb") as file:
        data = np.load(file, allow_pickle=False)
        return _utterances(data, "train"), _utterances(data, "test")


def _utterances(data: np.lib.npyio.NpzFile, part: str) -> Utterances:
    """The series of one part, cut where each utterance ends."""
    ends = np.cumsum(data[f"{part}_lengths"])[:-1]
    return np.split(data[f"{part}_x"].astype(np.float64), ends), data[f"{part}_y"].astype(np.int64)
