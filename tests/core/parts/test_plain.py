"""Plain values as bytes."""

import numpy as np
import pytest
from scipy.sparse import csc_array

from rcwidgets.core.parts.plain import digest, pack, unpack

VALUES = {
    "array": np.arange(6, dtype=np.float32).reshape(2, 3),
    "masked": np.ma.MaskedArray([1.0, 2.0], [False, True]),
    "sparse": csc_array(np.diag([1.0, 0.0, 3.0])),
    "list": [np.array([np.nan, np.inf]), "text", 3, None, True],
    "nested": {"0": {"plain": 0.1}},
}


def test_what_is_packed_comes_back_to_the_bit_and_in_its_kind():
    back = unpack(pack(VALUES))
    assert back["array"].dtype == np.float32
    np.testing.assert_array_equal(back["array"], VALUES["array"])
    assert back["masked"].mask.tolist() == [False, True] and back["masked"].data.tolist() == [1.0, 2.0]
    np.testing.assert_array_equal(back["sparse"].toarray(), np.diag([1.0, 0.0, 3.0]))
    np.testing.assert_array_equal(back["list"][0], [np.nan, np.inf])
    assert back["list"][1:] == ["text", 3, None, True] and back["nested"] == {"0": {"plain": 0.1}}


def test_a_digest_is_of_numbers_precision_shape_and_mask():
    assert digest(VALUES) == digest(unpack(pack(VALUES)))
    x = np.arange(4.0)
    others = [x, x + 1e-15, x.astype(np.float32), x.reshape(2, 2), np.ma.MaskedArray(x, x > 2), [x], {"0": x}]
    assert len({digest(one) for one in others}) == len(others)


def test_objects_do_not_travel():
    with pytest.raises(TypeError, match="must be arrays of numbers to be worked on elsewhere, got object"):
        pack({"x": np.array([print, len])})
