"""A document on disk: written whole, and never over what something else has written."""

import pytest

from rcwidgets.core.document.document import Document
from rcwidgets.live.experiment import Experiment
from rcwidgets.live.session.document_file import DocumentFile


def kept(file):
    return Document.from_json(file.read_text()).graph.by_name()["reservoir"].spectral_radius


def test_two_experiments_with_one_file_do_not_overwrite_each_other(tmp_path):
    file = tmp_path / "lesson.json"
    first, second = (Experiment(task="sunspots", auto=False, file=file) for _ in range(2))
    first.set("reservoir", spectral_radius=0.5)
    with pytest.raises(
        OSError, match=r"lesson\.json was changed by something else, .* Run the cell again to take up the file, or delete it"
    ):
        second.set("reservoir", spectral_radius=0.6)
    assert second.model["reservoir"].spectral_radius == 0.6 and kept(file) == 0.5
    first.set("reservoir", spectral_radius=0.7)
    assert kept(file) == 0.7
    file.unlink()
    second.set("reservoir", spectral_radius=0.8)
    assert kept(file) == 0.8
    third = Experiment(task="sunspots", auto=False, file=file)
    third.set("reservoir", spectral_radius=0.9)
    assert kept(file) == 0.9
    for one in (first, second, third):
        one.close()


def test_a_disk_that_refuses_is_a_sentence_and_leaves_nothing_behind(tmp_path):
    storage = DocumentFile(tmp_path / "there" / "lesson.json")
    assert storage.read() is None
    experiment = Experiment(task="sunspots", auto=False)
    with pytest.raises(OSError, match=r"lesson\.json cannot be written: No such file or directory\. .* Make room, or take another file"):
        storage.write(experiment.document)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read_is_named_and_left(tmp_path):
    file = tmp_path / "lesson.json"
    file.write_text("{}")
    with pytest.raises(ValueError, match=r"lesson\.json cannot be read: .* The file is left as it is\."):
        Experiment(task="sunspots", file=file)
    assert file.read_text() == "{}"
