"""The console is built beside the one that is served: at no time is there none."""

import os
import sys
from errno import EXDEV
from pathlib import Path
from threading import Barrier, Thread

import pytest

from paidan.entrypoints import console_build

# What npm does here: keep what the served page says meanwhile, then write a new one, or fail.
NPM = """
import os, pathlib, sys
console = pathlib.Path.cwd()
if sys.argv[1] == "ci":
    (console / "node_modules").mkdir(exist_ok=True)
    sys.exit()
with (console.parent / "builds").open("a") as told:
    told.write((console / "dist" / "index.html").read_text() + "\\n")
out = pathlib.Path(os.environ["PAIDAN_CONSOLE_OUT"])
out.mkdir()
(out / "index.html").write_text("new")
sys.exit(int(os.environ["TEST_CODE"]))
"""


@pytest.fixture
def console(tmp_path, monkeypatch):
    """A console that was built before its sources were changed."""
    folder = tmp_path / "console"
    (folder / "dist").mkdir(parents=True)
    (folder / "dist" / "index.html").write_text("old")
    os.utime(folder / "dist" / "index.html", (1, 1))
    (folder / "package.json").write_text("{}")
    script = tmp_path / "npm.py"
    script.write_text(NPM)
    monkeypatch.setattr(console_build, "CONSOLE", folder)
    monkeypatch.setenv("TEST_CODE", "0")
    monkeypatch.setattr(console_build, "find_npm", lambda: ([sys.executable, str(script)], dict(os.environ)))
    return folder


def shown(console):
    return (console / "dist" / "index.html").read_text()


def builds(console):
    return (console.parent / "builds").read_text().split()


def test_what_is_served_stays_until_the_new_one_is_whole(console):
    assert console_build.ensure_built()
    assert (builds(console), shown(console)) == (["old"], "new")
    assert sorted(path.name for path in console.iterdir()) == ["dist", "node_modules", "package.json"]
    assert list((console / "node_modules").iterdir()) == []


def test_a_build_that_fails_leaves_the_old_one(console, monkeypatch):
    monkeypatch.setenv("TEST_CODE", "1")
    assert not console_build.ensure_built()
    assert shown(console) == "old"


@pytest.mark.parametrize("failing", ["dist", ".dist-new"])
def test_a_rename_that_fails_leaves_the_old_one(console, monkeypatch, failing):
    rename = Path.rename

    def fails(path, target):
        if path.name == failing:
            raise OSError(EXDEV, "another device")
        return rename(path, target)

    monkeypatch.setattr(Path, "rename", fails)
    assert not console_build.ensure_built()
    assert shown(console) == "old"


def test_two_who_find_it_old_at_the_same_time_build_it_once(console, monkeypatch):
    both, npm = Barrier(2), console_build.find_npm

    def when_both_are_here():
        both.wait(20)
        return npm()

    monkeypatch.setattr(console_build, "find_npm", when_both_are_here)
    found = []
    threads = [Thread(target=lambda: found.append(console_build.ensure_built())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert found == [True, True]
    assert builds(console) == ["old"]
