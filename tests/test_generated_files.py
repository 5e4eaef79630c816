"""Files written from others are up to date: `just generate` writes them anew."""

import pytest

from paidan.entrypoints.generated import PAGES, REPOSITORY


@pytest.mark.parametrize("path", [pytest.param(path, id=str(path.relative_to(REPOSITORY))) for path in PAGES])
def test_a_generated_file_is_up_to_date(path):
    assert path.read_text(encoding="utf-8") == PAGES[path](), "run `just generate`"
