"""`./paidan pictures DIR`: pictures of a running console's pages, in the looks that are asked for."""

import os
import subprocess
import sys

from PIL import Image

from paidan.entrypoints.pictures import PASSWORD


def pictures(folder, *more):
    words = [sys.executable, "-m", "paidan.entrypoints.cli", "pictures", str(folder), *more]
    environment = {**os.environ, "PAIDAN_ADMIN_PASSWORD": PASSWORD, "PAIDAN_HOME": str(folder / "home")}
    return subprocess.run(words, capture_output=True, text=True, timeout=120, check=False, env=environment)  # noqa: S603 - our own module


def test_pages_are_taken_from_a_running_console_as_wide_and_as_dark_as_asked(console, tmp_path):
    done = pictures(tmp_path / "shots", "--url", console, "--pages", "order,unsaved,sign-in", "--looks", "1440-zh-light,390-en-dark")
    assert done.returncode == 0, done.stderr
    taken = {file.relative_to(tmp_path / "shots").as_posix(): Image.open(file) for file in (tmp_path / "shots").rglob("*.png")}
    assert {name: picture.width for name, picture in taken.items()} == {
        "1440-zh-light/order.png": 1440,
        "1440-zh-light/sign-in.png": 1440,
        "1440-zh-light/unsaved.png": 1440,
        "390-en-dark/order.png": 390,
        "390-en-dark/sign-in.png": 390,
        "390-en-dark/unsaved.png": 390,
    }
    corners = {name: picture.convert("L").getpixel((picture.width - 3, 3)) for name, picture in taken.items()}
    assert corners["1440-zh-light/order.png"] > 200
    assert corners["390-en-dark/order.png"] < 60


def test_a_page_that_is_not_there_is_named(tmp_path):
    done = pictures(tmp_path / "shots", "--url", "http://127.0.0.1:9", "--pages", "ordres")
    assert done.returncode != 0
    assert "ordres: there are only dashboard" in done.stdout + done.stderr
