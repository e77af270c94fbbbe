"""All figures of the citizen's side, one section each; python -m benchmarks.citizen."""

import subprocess
import sys
import time

from tests import live

# Command, and what it tells; each in a process of its own, so that none warms another's caches.
SECTIONS = {
    "page_weight": "Weight and requests of each page",
    "paint": "First usable paint over a bad network",
    "minute": "Seconds for a person's complete answer",
    "accessibility": "Violations of WCAG 2.2 AA that axe finds",
    "masking": "Recall and precision of masking",
    "flags": "How often a sign of irregular answering is wrong",
    "posters": "Posters a second, and memory",
}
NEED_CHROMIUM = frozenset({"page_weight", "paint", "minute", "accessibility"})


def main() -> None:
    """Run every section; a section that fails is said at the end, and none is kept from running."""
    began, failed = time.perf_counter(), list[str]()
    for name, title in SECTIONS.items():
        print(f"\n== {title} (python -m benchmarks.{name})", flush=True)
        if name in NEED_CHROMIUM and live.CHROMIUM is None:
            print("needs Chromium; run: make browser")
            failed.append(name)
            continue
        since = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            failed.append(name)
        print(f"-- {time.perf_counter() - since:.0f} s", flush=True)
    print(f"\n{time.perf_counter() - began:.0f} s in all")
    if failed:
        raise SystemExit(f"without figures: {', '.join(failed)}")


if __name__ == "__main__":
    main()
