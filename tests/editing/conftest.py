import pytest

from scene import Scene, empty


@pytest.fixture
def scene(server, merchant, database, ids, sealer) -> Scene:
    empty(server.owner_url, merchant)
    return Scene(database, ids, sealer)
