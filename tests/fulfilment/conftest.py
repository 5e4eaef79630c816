import pytest

from fulfilment.yard import Yard
from scene import Scene, empty


@pytest.fixture
def yard(server, merchant, database, ids, sealer) -> Yard:
    empty(server.owner_url, merchant)
    return Yard(Scene(database, ids, sealer))
