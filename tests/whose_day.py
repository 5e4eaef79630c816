"""Which process takes which files: those over the played day of the console go to one, as long as the others have something else to do.

To play a day takes some twenty seconds of the processor, and each process that has a test over it plays one.
"""

from pathlib import Path
from typing import Any

from xdist.scheduler import LoadFileScheduling

CONSOLE = Path(__file__).parent / "console"
OWN_PLACE = ("test_first_run.py", "test_pda.py", "test_sign_in_by_provider.py", "test_sources.py")  # no test of theirs asks for the day


class DayOfOne(LoadFileScheduling):
    """File by file, as `--dist loadfile`; the process that asks first keeps the day. Whoever has nothing else to do plays one too."""

    _home: Any = None

    def remove_node(self, node: Any) -> str | None:
        """A process that died took its day with it: the next to ask keeps one in its place."""
        if node is self._home:
            self._home = None
        test: str | None = super().remove_node(node)
        return test

    def _assign_work_unit(self, node: Any) -> None:
        self._home = self._home or node
        fitting = (file for file in self.workqueue if over_the_day(file) == (node is self._home))
        if chosen := next(fitting, None):
            self.workqueue.move_to_end(chosen, last=False)
        super()._assign_work_unit(node)


def over_the_day(file: str) -> bool:
    """Whether the tests of this file look at the played day; told by its path from the repository's folder."""
    path = Path(file)
    return path.parent.parts[-2:] == CONSOLE.parts[-2:] and path.name not in OWN_PLACE
