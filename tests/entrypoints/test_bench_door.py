"""`./paidan bench`: what there is, and what each takes."""

import pytest

from paidan.entrypoints.cli import app


def bench(*words: str) -> int:
    return app(["bench", *words], result_action="return_value")


def test_help_behind_a_name_is_that_benchs_own(capfd: pytest.CaptureFixture[str]) -> None:
    assert bench("hot-sku", "--help") == 0
    assert "--connections" in capfd.readouterr().out


@pytest.mark.parametrize(("words", "code"), [((), 0), (("--help",), 0), (("hot_sku",), 2)])
def test_without_a_known_name_all_are_listed(capfd: pytest.CaptureFixture[str], words: tuple[str, ...], code: int) -> None:
    assert bench(*words) == code
    told = capfd.readouterr().out
    assert "hot-sku" in told
    assert "Everybody wants one thing" in told
