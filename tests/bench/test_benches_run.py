"""Every bench in a very short form: it runs, ends well and prints its ratio to the floor. How fast it is, is not judged here.

CI runs them in a step of its own, one after another, and shows the ratios.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from paidan.entrypoints.console_build import ensure_built
from paidan.entrypoints.pictures import find_chromium

BENCH = Path(__file__).resolve().parents[2] / "bench"
RATIO = re.compile(r"ratio to the floor:? *(?:pass )?[\d.,]+%?")
SHORT = {
    "pass_": "--orders 30 --rounds 1 --workers 1 --skus 100",
    "floor": "--orders 30 --rounds 1 --workers 1 --skus 100",
    "http_": "--orders 64 --rounds 1 --skus 100",
    "hot_sku": "--orders 40 --units 12 --rounds 1 --connections 1 --skus 100",
    "day": "--orders 20 --floor-orders 20 --workers 1",
    "wire": "--orders 20 --workers 1 --tick-s 28800",
    "scale": "--sizes 1000,3000 --skus 50 --orders 40 --rounds 1",
    "memory": "--orders 40 --past 1000 --skus 50 --workers 1",
    "actions": "--stored 1000 --times 2 --bulk 20 --skus 400",
    "console": "--rows 450 --times 2 --no-build",
}
NEEDS_BROWSER = "console"


@pytest.fixture
def browser_if_needed(name):
    """Left out without a browser or a built console, and says so."""
    if name != NEEDS_BROWSER:
        return
    if not find_chromium():
        pytest.skip("no chromium on PATH")
    pytest.importorskip("playwright")
    if not ensure_built():
        pytest.skip("the console is not built: Node is missing")


@pytest.mark.usefixtures("browser_if_needed")
@pytest.mark.deep
@pytest.mark.parametrize("name", SHORT)
def test_a_bench_runs_ends_well_and_prints_its_ratio(name, tmp_path):
    figures = tmp_path / "figures.json"
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, str(BENCH / f"{name}.py"), *SHORT[name].split(), "--json", str(figures)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, env=environment)  # noqa: S603 - our own file
    assert ended.returncode == 0, ended.stdout[-2000:] + ended.stderr[-4000:]
    ratio = RATIO.search(ended.stdout)
    assert ratio, ended.stdout[-2000:]
    sys.stdout.write(f"{name}: {ratio.group()}\n")
    assert figures.stat().st_size


def test_every_bench_is_tried_here():
    ours = {
        file.stem for file in BENCH.glob("*.py") if "--json" in file.read_text(encoding="utf-8") and "__main__" in file.read_text(encoding="utf-8")
    }
    assert ours == set(SHORT)
