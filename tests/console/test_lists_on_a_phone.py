"""Lists at 390 px: rows of two lines that fit the screen."""

import re

import pytest
from playwright.sync_api import expect

from desk import CELLS, PATIENCE_MS
from heard import Heard
from paidan.entrypoints.pictures import EVERY_DAY, settle, signed_in

WIDTH = 390
LISTS = {
    f"/orders?f={EVERY_DAY}": re.compile(r"^SO\d+"),
    "/exceptions": re.compile(r"^SO\d+"),
    "/warehouses": re.compile(r"^WH-"),
}
# Per row: how high it is, where it begins and how far its cells reach; of whatever is drawn (a state, a link, a button) what is cut.
LOOK = """grid => ({
  overflow: grid.scrollWidth - grid.clientWidth,
  rows: [...grid.querySelectorAll('[role=row][id]')].map(row => ({
    top: row.getBoundingClientRect().top,
    height: row.getBoundingClientRect().height,
    tall: [...row.querySelectorAll('[role=gridcell]')].filter(one => one.getBoundingClientRect().bottom > row.getBoundingClientRect().bottom).length,
    right: Math.max(...[...row.querySelectorAll('[role=gridcell]')].map(one => one.getBoundingClientRect().right)),
    cut: [...row.querySelectorAll('[data-drawn]')].filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.innerText),
  })),
  head: Math.max(...[...grid.querySelectorAll('[role=columnheader]')].map(one => one.getBoundingClientRect().right)),
})"""


@pytest.mark.parametrize("language", ["zh", "en"])
def test_rows_of_a_list_fit_a_phone_and_can_be_chosen_sorted_and_opened(chromium, console, language):
    with signed_in(chromium, console, width=WIDTH, language=language) as page:
        page.set_default_timeout(PATIENCE_MS)
        heard = Heard(page)
        for path, number in LISTS.items():
            page.goto(f"{console}/console{path}")
            settle(page)
            grid = page.get_by_role("grid")
            rows = grid.locator("[role=row][id]")
            expect(rows.first).to_be_visible()
            look = grid.evaluate(LOOK)
            assert look["overflow"] == 0, path
            assert look["head"] <= WIDTH
            assert len({row["height"] for row in look["rows"]}) == 1, path
            # Drawn where the virtual list puts them: one under the other without a gap.
            assert [round(b["top"] - a["top"] - a["height"]) for a, b in zip(look["rows"], look["rows"][1:], strict=False)] == [0] * (
                len(look["rows"]) - 1
            )
            assert [row for row in look["rows"] if row["right"] > WIDTH or row["cut"] or row["tall"]] == [], path
            # The number and a state (icon and word) can be read without scrolling.
            expect(rows.first.get_by_text(number).first).to_be_visible()
            expect(rows.first.locator("[class*=pill]").first).to_be_visible()
            if path.startswith("/orders"):
                chosen_and_sorted(page, grid, rows)
            if path == "/exceptions":
                for heading in ("怎么办", "已等") if language == "zh" else ("What to do", "Waiting"):
                    expect(grid.get_by_role("columnheader", name=heading)).to_be_visible()
                    assert all(cells[heading] for cells in map(cells_of, rows.all()[:3])), heading
                buttons = rows.first.get_by_role("button")
                assert buttons.count() >= 2
                assert all(one.bounding_box()["x"] + one.bounding_box()["width"] < WIDTH for one in buttons.all())
            box = rows.first.bounding_box()
            rows.first.click(position={"x": box["width"] - 90, "y": box["height"] * 0.5})
            expect(page.locator(".ant-drawer-open, .ant-modal").first).to_be_visible()
        assert heard.complaints == []


def cells_of(row):
    """What a row shows, by the headings."""
    return row.evaluate(CELLS)


def chosen_and_sorted(page, grid, rows):
    """Anywhere in the narrow place of the box chooses a row, and opens nothing; a heading sorts."""
    rows.nth(1).get_by_role("gridcell").first.click(position={"x": 4, "y": 10})
    expect(rows.nth(1)).to_have_attribute("aria-selected", "true")
    rows.nth(1).get_by_role("checkbox").click()
    expect(rows.nth(1)).to_have_attribute("aria-selected", "false")
    expect(page.locator(".ant-drawer-open")).to_have_count(0)
    heading = grid.get_by_role("columnheader").nth(1)
    heading.get_by_role("button").click()
    expect(heading).to_have_attribute("aria-sort", "ascending")
    settle(page)
    numbers = [re.search(r"SO\d+", text).group() for text in rows.all_inner_texts()]
    assert numbers == sorted(numbers)
    # Most columns have no heading here; all of them sort.
    page.get_by_role("combobox", name=re.compile("^(排序|Sort)$")).click()
    page.locator(".ant-select-item-option").filter(has_text=re.compile(r"^(实付金额|Paid amount) ↓$")).click()
    expect(page).to_have_url(re.compile("sort=-paid_minor"))
    settle(page)
    expect(rows.first).to_be_visible()
