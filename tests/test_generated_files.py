"""Files written from others are up to date: `just generate` writes them anew."""

import pytest

from paidan.entrypoints.generated import REPOSITORY, pages


@pytest.mark.parametrize(("path", "text"), [pytest.param(path, text, id=str(path.relative_to(REPOSITORY))) for path, text in pages().items()])
def test_a_generated_file_is_up_to_date(path, text):
    assert path.read_text(encoding="utf-8") == text, "run `just generate`"
