"""Everything Paidan does by itself, as one mill to turn: pulls, passes, release, warehouses' and carriers' messages, the outbox,
the stock push, and the house's chores.

A worker process turns it for ever (`worker.py`); the demo turns it until nothing is due. Each part guards its own writes, so several may turn.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec import Struct, structs

from paidan.catalog.load import cache_versions
from paidan.channels.registry import CHANNELS
from paidan.entrypoints.chores import chores_of
from paidan.entrypoints.installation import OpenInstallation
from paidan.feedback.links import ShopLinks
from paidan.feedback.merging import MergeAsker
from paidan.feedback.pushing import Pusher, PushRules
from paidan.feedback.ship import ShipDelivery
from paidan.fulfilment.deliveries import deliveries
from paidan.fulfilment.links import LinkCache
from paidan.fulfilment.tracking_messages import TrackingMessages
from paidan.fulfilment.warehouse_messages import WarehouseMessages
from paidan.intake.ports import Ports
from paidan.intake.schedule import PullSchedule, PullWorker
from paidan.network.accounts import AccountCache
from paidan.network.connections import ConnectionCache
from paidan.network.load import NetworkCache
from paidan.pipeline import OrderPass, Stages
from paidan.release.step import ReleaseStep
from paidan.runtime.buckets import BucketLease
from paidan.runtime.calling import Caller
from paidan.runtime.chores import do_due
from paidan.runtime.http import HttpCaller
from paidan.runtime.passes import PoisonGuard, run_step
from paidan.runtime.plans import PlanWatch
from paidan.runtime.queries import load_queries
from paidan.runtime.relay import Relay, RelayRules
from paidan.runtime.slots import Slots
from paidan.sourcing.waking import wake
from paidan.stock.store import forget_changes

queries = load_queries("paidan.entrypoints", "mill.sql")

Count = dict[str, int]

SETTLED = frozenset({"done", "refused", "gave_up", "unknown"})


class MillRules(Struct, frozen=True, kw_only=True):
    """How one mill turns. `push_delay_s`: stock changes are pushed only so long after they happened.

    `hands`: so many platforms, warehouses and shops are called side by side.
    """

    batch: int = 500
    push_delay_s: float = 0.0
    hands: int = 4
    owner: str = "mill"


class Mill:
    """One worker's share of all work. Not for sharing between threads. `caller`: counterparts are called by this port instead of HTTP."""

    def __init__(self, services: OpenInstallation, *, rules: MillRules | None = None, caller: Caller | None = None) -> None:
        self._services = services
        self._rules = rules or MillRules()
        s = services
        local = s.settings.allow_loopback
        self._http = HttpCaller(allow_loopback=local, allow_plain=local, timeout_s_max=s.settings.call_timeout_s)
        self._caller = caller or self._http
        codecs = {platform: channel.codec.parse for platform, channel in CHANNELS.items()}
        self.stages = Stages(ids=s.ids, numbers=s.numbers, sealer=s.sealer, codecs=codecs)
        network = self._network = NetworkCache()
        connections = ConnectionCache(s.sealer)
        links = LinkCache(connections)
        accounts = AccountCache(s.sealer, connections)
        self._shops = ShopLinks(CHANNELS, self._caller, s.clock, s.sealer, accounts)
        self._lease = BucketLease(s.database, self._rules.owner, lease_s=s.settings.lease_s, renew_s=s.settings.lease_s / 4)
        self._guard = PoisonGuard()
        self._plans = PlanWatch(s.database)
        self._versions: int | None = None
        self._woken_for: int | None = None  # the version of the network for which backorders were looked at
        self._steps: Sequence[Any] = (
            OrderPass(self.stages),
            WarehouseMessages(ids=s.ids, sealer=s.sealer, network=network, links=links),
            TrackingMessages(ids=s.ids, sealer=s.sealer, network=network),
            ReleaseStep(network, s.ids, s.sealer),
        )
        wms = deliveries(caller=self._caller, clock=s.clock, ids=s.ids, sealer=s.sealer, network=network, links=links)
        ship = ShipDelivery(self._shops, network, clock=s.clock, ids=s.ids)
        self._relay = Relay(
            s.database,
            [*wms, ship],
            clock=s.clock,
            ids=s.ids,
            sealer=s.sealer,
            rules=RelayRules(lease_s=s.settings.outbox_lease_s, hands=self._rules.hands),
        )
        push = PushRules(delay_s=self._rules.push_delay_s, hands=self._rules.hands)
        self._pusher = Pusher(s.database, self._shops, network, clock=s.clock, ids=s.ids, sealer=s.sealer, rules=push)
        self._merging = MergeAsker(s.database, self._shops, network, clock=s.clock, ids=s.ids, sealer=s.sealer)
        ports = Ports(database=s.database, ids=s.ids, sealer=s.sealer, clock=s.clock)
        self._duties = chores_of(s)
        self._callers = Slots(min(self._rules.hands, 2))
        self._pulls = PullWorker(ports, self._caller, PullSchedule(), hands=self._rules.hands)

    def turn(self) -> Count:
        """Do once whatever is due and ours; what was done, counted. All zero: nothing is due at this instant.

        Orders and messages are divided among workers by their buckets, and so are the shops to pull from and to push to.
        """
        self._lease.hold()
        self._plans.look()
        due = self._look()
        done = self._pull(is_asked=bool(due & {"reads", "versions"}))
        if done["pull.landed"]:
            due.add("orders")
        _add(done, self._pass(due))
        if due & {"orders", "versions"}:
            _add(done, self._merge())
        if due & {"wake", "versions"}:
            _add(done, self._wake())
        calls: list[Callable[[], Count]] = []  # both wait for counterparts most of the time, and neither for the other
        if due & {"send", "release", "orders"}:
            calls.append(self._send)
        if due & {"push", "orders", "warehouse_messages", "versions"}:
            calls.append(self._push)
        for told in self._callers.map(lambda call: call(), calls):
            _add(done, told)
        if "chores" in due:
            _add(done, self._chores())
        return done

    @property
    def held(self) -> int:
        """How many buckets are ours."""
        return len(self._lease.buckets)

    def share(self) -> int:
        """Take or give back buckets now; how many are held."""
        return len(self._lease.renew())

    def _look(self) -> set[str]:
        """The parts that have something to do; `versions` when master data or rules have changed since the last look."""
        with self._services.database.transaction() as tx:
            cursor = tx.execute(queries.what_is_due, {"now": self._services.clock.now(), "chores": len(self._duties)})
            row = cursor.fetchone()
            names = [column.name for column in cursor.description or ()]
        *flags, versions = row or ()
        due = {name for name, is_due in zip(names, flags, strict=False) if is_due}
        if versions != self._versions:
            due.add("versions")
        self._versions = versions
        return due

    def close(self) -> None:
        """Give buckets and connections back."""
        self._lease.give_back()
        self._http.close()

    def _pull(self, *, is_asked: bool) -> Count:
        reports = self._pulls.run_due(self._lease.has, is_asked=is_asked)
        done = {"pull.landed": sum(report.landed for report in reports)}
        if repeated := sum(report.deduplicated for report in reports):
            done["pull.repeated"] = repeated
        return done

    def _pass(self, due: set[str]) -> Count:
        """Each step with work, in the order in which work flows: what a pass plans may be released in the same turn."""
        done: Count = {}
        for step in self._steps:
            if step.name not in due and not (step.name == "release" and "orders" in due):
                continue
            report = run_step(self._services.database, step, self._lease, self._services.clock, self._rules.batch, guard=self._guard)
            done[f"{step.name}.claimed"] = report.claimed
            for word, count in report.outcomes.items():
                done[f"{step.name}.{word}"] = count
        return done

    def _merge(self) -> Count:
        report = self._merging.once()
        return {"merge.asked": report.asked, "merge.merged": report.merged}

    def _wake(self) -> Count:
        with self._services.database.transaction() as tx:
            network = self._network.load(tx, cache_versions(tx)["network"])
            woken = wake(tx, self._services.clock.now(), network=network, is_network_new=self._woken_for != network.version)
            forget_changes(tx)
        self._woken_for = network.version
        return {"wake.orders": woken}

    def _send(self) -> Count:
        report = self._relay.once()
        return {f"outbox.{name}": count for name, count in structs.asdict(report).items() if count and name in SETTLED}

    def _push(self) -> Count:
        report = self._pusher.once(self._lease.has)
        return {"push.changes": report.changes, "push.sent": report.sent}

    def _chores(self) -> Count:
        return {f"chores.{name}": count for name, count in do_due(self._services.database, self._duties).items()}


def _add(done: Count, more: Count) -> None:
    for name, count in more.items():
        done[name] = done.get(name, 0) + count
