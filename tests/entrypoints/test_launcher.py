"""The launcher looks for the Python to make its environment with; Pythons that stand on PATH are the one of this run, seen through a script
that answers one question in its own way."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ANSWERS = {"old": ("version_info", 1), "bare": ("ensurepip", 1), "plain": ("sysconfig", 1), "good": ("sysconfig", 0)}


def chosen(folder: Path, **kinds: str) -> str:
    """What `find_python` chooses where nothing but these stands on PATH."""
    for name, kind in kinds.items():
        script = folder / name
        word, status = ANSWERS[kind]
        script.write_text(f'#!/bin/sh\ncase $2 in *{word}*) exit {status} ;; esac\nexec "{sys.executable}" "$@"\n')
        script.chmod(0o755)
    text = (ROOT / "paidan").read_text()
    names = re.findall(r"^(\w+)\(\) \{", text, re.MULTILINE)
    assert len(names) == len(set(names))  # of two the shell takes the last
    found = re.search(r"^is_new_enough\(\) \{.*?^(?=make_venv\(\))", text, re.MULTILINE | re.DOTALL)
    assert found is not None
    # The distribution's own, where this runs, is not looked for: it is another one on each machine.
    script = found[0].replace(" /usr/bin/python3;", ";") + "\nfind_python\n"
    env = {key: value for key, value in os.environ.items() if key != "PAIDAN_PYTHON"} | {"PATH": str(folder)}
    return subprocess.run(["/bin/sh", "-c", script], env=env, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own launcher


@pytest.mark.parametrize(
    ("kinds", "best"),
    [
        ({"python3": "good"}, "python3"),
        ({"python3": "plain", "python3.12": "good"}, "python3.12"),
        ({"python3": "old", "python3.13": "plain", "python3.11": "plain"}, "python3.13"),
        ({"python3": "bare", "python3.11": "plain"}, "python3.11"),
        ({"python3": "bare"}, "python3"),
        ({"python3": "old"}, ""),
    ],
)
def test_the_best_python_that_is_new_enough(tmp_path, kinds, best):
    assert chosen(tmp_path, **kinds) == best
