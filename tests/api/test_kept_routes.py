"""The modules of a process share the routes of one application: what it holds must be each one's own."""

from kept_routes import KeptRoutes
from paidan.entrypoints.api import app as application
from paidan.entrypoints.api.services import HandlerContext
from paidan.runtime.clocks import FixedClock
from paidan.runtime.ids import CountingIds
from paidan.runtime.settings import Settings
from scene import NOW


def test_an_application_over_kept_routes_has_nothing_of_the_one_before(database, sealer, monkeypatch):
    def made():
        own = HandlerContext(database=database, ids=CountingIds(), sealer=sealer, clock=FixedClock(NOW), settings=Settings())
        return own, application.create_app(own)

    fresh = dict(made()[1].state.items())
    monkeypatch.setattr(application, "FrontDoor", KeptRoutes())
    _, first = made()
    before, started = dict(first.state.items()), first.on_startup
    own, second = made()
    assert second.routes is first.routes
    assert second.dependencies["services"].dependency() is second.state.services is own
    assert second.state.keys() == fresh.keys()
    assert [name for name, held in second.state.items() if held is before[name]] == []
    assert not {one.__self__ for one in started} & {one.__self__ for one in second.on_startup}
    assert not {one.__self__ for one in started} & {one.__self__ for one in second.on_shutdown}
