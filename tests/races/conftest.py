import pytest

from paidan.runtime.ids import CountingIds
from paidan.runtime.sealing import Sealer, new_keyring
from scene import Scene, empty


@pytest.fixture(scope="module")
def scene(server, merchant, database) -> Scene:
    """One merchant for all races of a module: each race has orders and, where it counts, SKUs of its own."""
    empty(server.owner_url, merchant)
    return Scene(database, CountingIds(), Sealer(new_keyring()))
