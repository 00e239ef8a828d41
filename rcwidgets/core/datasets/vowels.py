"""Japanese vowels: whose voice is it?"""

from importlib.resources import files

import numpy as np

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
