"""The reader beside pandas: a file of 1,000,000 rows by 10 columns by its path, both warm, and the most memory over idle.

python -m benchmarks.reader
"""

import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas

from rcwidgets.core.datasets import from_csv

ROWS, COLUMNS = 1_000_000, 10
RATIO, TABLES = 1.5, 5.0  # at most: times of pandas, and sizes of the table
_MEMORY = """
import re, sys
from pathlib import Path
from rcwidgets.core.datasets import from_csv
held = lambda word: int(re.search(rf"{word}:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024
from_csv(b"a,b\\n1,2\\n")
idle = held("VmRSS")
from_csv(sys.argv[1])
print(held("VmHWM") - idle)
"""


def main() -> bool:
    """Prints the two ratios; True where both bars were met."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "large.csv")
        values = np.random.default_rng(0).normal(size=(ROWS, COLUMNS))
        pandas.DataFrame(values, columns=[f"c{k}" for k in range(COLUMNS)]).to_csv(path, index=False)
        done = subprocess.run([sys.executable, "-c", _MEMORY, str(path)], capture_output=True, text=True, check=True)
        tables = int(done.stdout) / values.nbytes
        from_csv(path), pandas.read_csv(path)
        pairs = [(_seconds(lambda: pandas.read_csv(path)), _seconds(lambda: from_csv(path))) for _ in range(7)]
    ratio = statistics.median(ours for _, ours in pairs) / statistics.median(theirs for theirs, _ in pairs)
    least = min(ours for _, ours in pairs) / min(theirs for theirs, _ in pairs)
    print(
        f"reader: {ratio:.2f} times pandas.read_csv (at most {RATIO}; by the fastest of each {least:.2f}), "
        f"{tables:.2f} tables over idle (at most {TABLES})"
    )
    return ratio <= RATIO and tables <= TABLES


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
