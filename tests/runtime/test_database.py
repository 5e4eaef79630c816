from paidan.runtime.ids import BLOCK, BlockIds


def test_ids_ascend_and_never_repeat_over_blocks(database):
    ids = BlockIds(database)
    taken = [number for n in (1, 3, BLOCK, 5, 3 * BLOCK + 7, 2) for number in ids.take(n)]
    assert taken == sorted(set(taken))
