"""The Japanese vowels that ship with the package."""

import numpy as np

from rcwidgets.core.datasets import japanese_vowels


def test_the_parts_have_their_published_sizes():
    (train_x, train_y), (test_x, test_y) = japanese_vowels()
    assert (len(train_x), len(test_x)) == (270, 370)
    np.testing.assert_array_equal(np.bincount(train_y), np.full(9, 30))
    np.testing.assert_array_equal(np.bincount(test_y), [31, 35, 88, 44, 29, 24, 40, 50, 29])
    lengths = [len(series) for series in train_x + test_x]
    assert (min(lengths), max(lengths)) == (7, 29)


def test_every_utterance_is_float64_with_twelve_coefficients_a_frame():
    (train_x, _), (test_x, _) = japanese_vowels()
    for series in train_x + test_x:
        assert series.dtype == np.float64
        assert series.shape[1] == 12
    np.testing.assert_allclose(train_x[0][0, :3], [1.860936, -0.207383, 0.261557], rtol=1e-6)


def test_the_mean_frame_already_tells_most_speakers_apart():
    (train_x, train_y), (test_x, test_y) = japanese_vowels()
    centres = np.stack(
        [np.mean([x.mean(axis=0) for x, y in zip(train_x, train_y, strict=True) if y == speaker], axis=0) for speaker in range(9)]
    )
    means = np.stack([x.mean(axis=0) for x in test_x])
    nearest = np.linalg.norm(means[:, None] - centres, axis=-1).argmin(axis=1)
    assert np.mean(nearest == test_y) > 0.8
