"""Objects that stand in for those of libraries that the tests do not install: the same attributes, of recorded arrays."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

DATA = Path(__file__).parents[2] / "data"


def recorded(library: str) -> dict[str, dict[str, np.ndarray]]:
    """What was recorded of a library, by case; what all cases share is under ""."""
    kept: dict[str, dict[str, np.ndarray]] = {"": {}}
    with np.load(DATA / f"{library}.npz") as file:
        for name in file.files:
            case, _, part = name.rpartition(" ")
            kept.setdefault(case, {})[part] = file[name]
    return kept


def instance(kind: str, **attributes: Any) -> Any:
    """An object of a class with the name `kind`."""
    return type(kind, (SimpleNamespace,), {})(**attributes)


class Tensor:
    """As much of a tensor of PyTorch as is read."""

    layout = "torch.strided"

    def __init__(self, array: np.ndarray) -> None:
        self.array, self.shape = array, array.shape

    def detach(self) -> "Tensor":
        return self

    def cpu(self) -> "Tensor":
        return self

    def numpy(self) -> np.ndarray:
        return self.array


class RowTensor(Tensor):
    """A CSR tensor of PyTorch."""

    layout = "torch.sparse_csr"

    def __init__(self, array: Any) -> None:
        self.stored, self.shape = array, array.shape

    def values(self) -> Tensor:
        return Tensor(self.stored.data)

    def col_indices(self) -> Tensor:
        return Tensor(self.stored.indices)

    def crow_indices(self) -> Tensor:
        return Tensor(self.stored.indptr)
