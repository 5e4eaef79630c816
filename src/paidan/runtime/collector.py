"""Python's garbage collector, told what a worker is like."""

import gc
from typing import Final

YOUNG_MAX: Final = 200_000  # objects with references that one batch makes and drops; reference counting frees them


def calm_collector() -> None:
    """Call it once in a process that works in batches, when its lasting tables are loaded.

    As it stands the collector walks through the divisions, the catalogue and the whole batch every few hundred orders and finds nothing:
    a third of a pass. What is there now is left out of its walks, and it starts one in some batches instead of many in each.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_MAX, 20, 100)
