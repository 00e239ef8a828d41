"""Files that would do harm: refused in words, before they are in memory, and nothing of them is run."""

import gzip
import io
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from rcwidgets.core.datasets import from_csv

MEGABYTE = 1_000_000


class Endless(io.RawIOBase):
    """A file of one byte again and again, which tells how much of it was read."""

    def __init__(self, byte: bytes, size: int) -> None:
        self.byte, self.size, self.place, self.most = byte, size, 0, 0

    def readable(self):
        return True

    def seekable(self):
        return True

    def seek(self, offset, whence=0):
        self.place = offset + (self.size if whence == 2 else self.place if whence == 1 else 0)
        return self.place

    def readinto(self, buffer):
        count = min(len(buffer), self.size - self.place)
        buffer[:count] = self.byte * count
        self.place += count
        self.most = max(self.most, self.place)
        return count


@pytest.mark.parametrize(
    ("byte", "words"),
    [
        (b"1", "Line 1 has more than 4,000,000 bytes"),
        (b"\0", "The file is not a text: line 1 has a zero byte"),
        (b",", "Line 1 has more than"),
    ],
)
def test_a_line_of_a_hundred_megabytes_is_refused_at_its_start(byte, words):
    file = Endless(byte, 100 * MEGABYTE)
    with pytest.raises(ValueError, match=words):
        from_csv(io.BufferedReader(file))
    assert file.most < 8 * MEGABYTE


def test_ten_thousand_columns_are_refused():
    text = ",".join(f"c{k}" for k in range(10_000)) + "\n" + ",".join("1" * 10_000) + "\n"
    with pytest.raises(ValueError, match="A file may have 500 columns, this one has 10,000. Leave some out."):
        from_csv(text.encode())


def test_zero_bytes_later_in_a_file_are_refused_with_their_line():
    with pytest.raises(ValueError, match="The file is not a text: line 3 has a zero byte."):
        from_csv(b"a,b\n1,2\n3,\x004\n")


@pytest.mark.parametrize("cell", ["=cmd|' /C calc'!A0", "=1+1", "@SUM(A1)", "__import__('os').abort()", "{x}", "${HOME}"])
def test_formulas_and_code_are_texts(cell):
    text = f'a,b\n1,"{cell}"\n2,"{cell}"\n'
    with pytest.warns(UserWarning, match=r"Left out: 'b' \(text\)\."):
        np.testing.assert_array_equal(from_csv(text.encode())["inputs"], [[1], [2]])


def bomb(size: int) -> bytes:
    """A workbook whose sheet unpacks to `size` bytes of nothing."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            for _ in range(size // MEGABYTE):
                sheet.write(b" " * MEGABYTE)
    return file.getvalue()


def test_a_workbook_that_unpacks_to_far_more_is_not_opened():
    with pytest.raises(
        ValueError, match=r"The file would unpack from [\d,]+ to 200,000,\d+ bytes, which no table needs. It was not opened."
    ):
        from_csv(bomb(200 * MEGABYTE))


def test_a_workbook_that_defines_entities_is_not_opened():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("[Content_Types].xml", "<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
    with pytest.raises(ValueError, match=r"defines entities of its own. It was not opened\."):
        from_csv(file.getvalue())


def test_pickled_objects_and_arrays_that_claim_too_much_are_not_loaded():
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], object), allow_pickle=True)
    with pytest.raises(ValueError, match="The file holds pickled objects, which are never loaded"):
        from_csv(file.getvalue())
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": "<f8", "fortran_order": False, "shape": (10**9, 100)})
    with pytest.raises(ValueError, match="An array may have 200,000,000 numbers"):
        from_csv(head.getvalue())


def test_a_packed_text_that_is_endless_is_read_in_bounded_memory():
    """Two hundred megabytes of zeros in a gzip are refused without unpacking more than a block or two."""
    packed = gzip.compress(b"\0" * (200 * MEGABYTE), 1)
    code = (
        "import resource, sys\nfrom rcwidgets.core.datasets import from_csv\nfrom_csv(b'a,b\\n1,2\\n')\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "try:\n    from_csv(sys.stdin.buffer.read())\nexcept ValueError as error:\n    print(error)\n"
        "print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], input=packed, capture_output=True, check=True)
    words, megabytes = done.stdout.decode().splitlines()
    assert "zero byte" in words and int(megabytes) < 60
