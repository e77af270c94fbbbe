"""How long the posters of a province take and how much memory; python -m benchmarks.posters.

Each form in a process of its own, so that no figure holds the memory of another. Absolute
times depend on the machine; compare two runs on the same one, in turn.
"""

import resource
import subprocess
import sys
import time
from datetime import date
from io import BytesIO

from survey import posters
from survey.posters import Poster
from survey.storage import code_tokens

CODES, UNITS = 1000, 120
MOST_SECONDS, MOST_MEGABYTES = 20, 400
KINDS = [
    ("a5", "", "pdf"),
    ("a5", "en", "pdf"),
    ("a5", "", "zip"),
    ("a4", "", "pdf"),
    ("a6", "", "pdf"),
    ("stand", "", "pdf"),
    ("stand", "en", "pdf"),
    ("sticker", "", "pdf"),
]


def main() -> None:
    """Print seconds, codes a second, megabytes of memory and of paper for each form."""
    if len(sys.argv) > 1:
        _print(*sys.argv[1].split(":"))
        return
    print(f"{CODES} codes of {UNITS} units")
    for kind in KINDS:
        subprocess.run([sys.executable, "-m", "benchmarks.posters", ":".join(kind)], check=True)


def _print(form: str, language: str, kind: str) -> None:
    file, began = BytesIO(), time.perf_counter()
    posters.WRITERS[kind](
        file, [_poster(number) for number in range(CODES)], form, language or None
    )
    seconds = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    name = f"{form} {kind}{' with ' + language if language else ''}"
    is_over = seconds > MOST_SECONDS or memory > MOST_MEGABYTES
    print(
        f"{name:16} {seconds:5.1f} s, {CODES / seconds:4.0f} codes a second, "
        f"{memory:4.0f} MB at most, file of {len(file.getvalue()) / 1e6:.1f} MB"
        f"{f', over {MOST_SECONDS} s or {MOST_MEGABYTES} MB' if is_over else ''}"
    )


def _poster(number: int) -> Poster:
    unit = number * UNITS // CODES
    return Poster(
        unit_code=f"{31000 + unit}",
        unit=f"Phường Mẫu {unit}",
        point=f"Quầy {number}: Hộ tịch, chứng thực",
        address=f"https://hailong.cantho.gov.vn/p/{code_tokens.new()}",
        serial=f"ABCDEFGH-{number:02d}",
        issued_on=date(2026, 11, 5),
        is_test=False,
    )


if __name__ == "__main__":
    main()
