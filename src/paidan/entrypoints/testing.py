"""`./paidan test`: pytest on two processes. The slow tests come with `--all`, the deep ones with `--deep`."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

PROCESSES = 2
MARKERS = {"": "not slow and not deep", "--all": "not deep", "--deep": ""}
HELP = """\
./paidan test [--all | --deep] [pytest arguments]

  (nothing)   what every change must pass; at most 3 minutes on two cores
  --all       the slow tests too; at most 12 minutes
  --deep      everything, by hand before a release

Examples: ./paidan test tests/stock    ./paidan test -k merge -x    ./paidan test --all -n 0 --pdb
"""


def pytest_arguments(given: Sequence[str]) -> list[str]:
    """Arguments for pytest: ours first, then the caller's, which win; a marker expression or a number of processes of his replaces ours."""
    depths = [word for word in given if word in ("--all", "--deep")]
    rest = [word for word in given if word not in depths]
    ours = [] if _names(rest, "-n", "--numprocesses") else ["-n", str(PROCESSES), "--dist", "loadfile", "--no-loadscope-reorder"]
    markers = MARKERS[depths[-1] if depths else ""]
    if markers and not _names(rest, "-m"):
        ours += ["-m", markers]
    return [*ours, *rest]


def _names(words: Sequence[str], short: str, long: str = "") -> bool:
    return any((word.startswith(short) and not word.startswith("--")) or (long and word.startswith(long)) for word in words)


def main() -> None:
    """Become pytest, in the repository."""
    given = sys.argv[1:]
    if given and given[0] in {"-h", "--help"}:
        sys.stdout.write(HELP)
        return
    root = Path(__file__).resolve().parents[3]
    if not (root / "tests").is_dir():
        sys.exit("paidan test: the tests are in the repository, not in an installed package")
    os.chdir(root)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *pytest_arguments(given)])  # noqa: S606 - our own interpreter, no shell


if __name__ == "__main__":
    main()
