"""Which format a file is of: its first bytes tell, and its name where these do not."""

from typing import Literal

Format = Literal["text", "xlsx", "xls", "npy", "npz", "zip", "mat", "hdf5", "parquet", "feather", "edf", "bdf", "wfdb", "arff", "ts", "pdf"]


def format_of(head: bytes, name: str) -> Format:
    """The format of a file by its first bytes and its name; "text" where nothing tells another one."""
    suffix = name.lower().removesuffix(".gz").removesuffix(".bz2").removesuffix(".xz").rpartition(".")[2]
    if head.startswith(b"PK\x03\x04"):
        return "npz" if suffix == "npz" or b".npy" in head[:200] else "xlsx" if suffix in ("xlsx", "xlsm") or _is_book(head) else "zip"
    for magic, known in _MAGICS:
        if head.startswith(magic):
            return known
    if (head[:8] == b"0       " and head[168:170].strip().isdigit()) or (suffix == "edf" and b"\0" not in head[:256]):
        return "edf"
    if head.startswith(b"MATLAB 7.3 MAT-file") or head[512:516] == b"\x89HDF":
        return "hdf5"
    if suffix == "mat" and head:
        return "mat"
    if suffix == "hea" or (suffix == "dat" and b"\0" in head):
        return "wfdb"
    return _text(head, suffix)


_MAGICS: tuple[tuple[bytes, Format], ...] = (
    (b"\x93NUMPY", "npy"),
    (b"\x89HDF\r\n\x1a\n", "hdf5"),
    (b"MATLAB 5.0 MAT-file", "mat"),
    (b"PAR1", "parquet"),
    (b"ARROW1", "feather"),
    (b"\xffBIOSEMI", "bdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF", "pdf"),
)


def _is_book(head: bytes) -> bool:
    return b"[Content_Types].xml" in head[:4000] or b"xl/" in head[:4000]


def _text(head: bytes, suffix: str) -> Format:
    """Texts with a form of their own."""
    for line in head[:20_000].split(b"\n"):
        words = line.strip().lower()
        if not words or words.startswith((b"%", b"#")):
            continue
        if words.startswith(b"@relation"):
            return "arff"
        return (
            "ts"
            if words.startswith((b"@problemname", b"@timestamps", b"@univariate", b"@data")) or (suffix == "ts" and words.startswith(b"@"))
            else "text"
        )
    return "text"
