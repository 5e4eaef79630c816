"""What the doctor says of the Python it runs in."""

import sys
import sysconfig

import pytest

from paidan.entrypoints.doctor import examine
from paidan.runtime.settings import Settings


@pytest.mark.parametrize(
    ("prefix", "compiled", "text", "is_advised"),
    [
        ("/opt/python", "'--enable-optimizations' '--with-lto'", "compiled with its optimisations", False),
        ("/usr", "'--prefix=/usr'", "compiled with its optimisations", False),  # a distribution's
        ("/opt/python", "'--prefix=/opt/python'", "compiled without its optimisations", True),
        ("/opt/python", None, "compiled without its optimisations", True),  # Windows tells nothing
    ],
)
def test_a_python_without_its_optimisations_is_told(monkeypatch, tmp_path, prefix, compiled, text, is_advised):
    monkeypatch.setattr(sys, "base_prefix", prefix)
    monkeypatch.setattr(sysconfig, "get_config_var", lambda _: compiled)
    first = next(examine(Settings(home=tmp_path)))
    assert first.is_good
    assert first.text.endswith(text)
    assert ("PAIDAN_PYTHON" in first.advice) is is_advised
