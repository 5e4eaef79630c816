"""The only writer of connections, shops, warehouses, carriers, freight tiers and state translations. Sets of rows; one outcome each.

Keys are codes people know. A row that says what is stored already changes nothing and raises no version. `expected` holds the versions that
the caller has seen, by code: a row whose record has another one is refused (VERSION_CONFLICT). Secrets are sealed, bound to their record.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString
from zlib import crc32
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from paidan.kernel.expected import CONNECTION, MEANING, STOCK_QUERY, ZONE
from paidan.kernel.outcomes import Effect, Outcome, Sheet
from paidan.kernel.reasons import Reason
from paidan.kernel.states import DocumentState, FulfilmentState, ParcelState
from paidan.network.rows import CarrierRow, ConnectionRow, ShopRow, TierKey, TierRow, TranslationRow, WarehouseRow
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns
from paidan.runtime.sealing import Sealer

queries = load_queries("paidan.network", "masters.sql")

MEANINGS: Final = frozenset({"note", "mask"} | {state.name for kind in (FulfilmentState, ParcelState, DocumentState) for state in kind})
ANYWHERE_ID: Final = 0
VERSIONS: Final = 999_999_999

_to_json = msgspec.json.Encoder(order="sorted").encode
_from_json = msgspec.json.Decoder(dict[str, str]).decode

Known = dict[str, tuple[int, int]]  # code -> (id, version)


def connection_bond(connection_id: int) -> str:
    """What the secrets of a connection are sealed to."""
    return f"connection.secrets:{connection_id}"


def shop_bond(shop_id: int) -> str:
    """What the secrets of a shop are sealed to."""
    return f"shop.secrets:{shop_id}"


def read_shop_secrets(tx: Tx, sealer: Sealer) -> dict[int, dict[str, str]]:
    """Secrets of all active shops, in clear, by id: for building clients. Never to be shown."""
    return {row[0]: _from_json(sealer.unseal(row[1], bound_to=shop_bond(row[0]))) for row in tx.execute(queries.shop_secrets)}


def write_connections(
    tx: Tx, ids: IdSource, rows: Sequence[ConnectionRow], now: datetime, *, sealer: Sealer, expected: Mapping[str, int] | None = None
) -> list[Outcome]:
    """Create or change connections. Five statements."""
    del now  # the network keeps no instants
    sheet, known = _begin(tx, [row.code for row in rows], queries.connections_by_code, expected)
    _check_connections(tx, sheet, rows)
    live = sheet.live()
    values = []
    for n, new_id in zip(live, ids.take(len(live)), strict=True):
        row = rows[n]
        secrets = _sealed(sealer, row.secrets, connection_bond(known.get(row.code, (new_id, 0))[0]))
        values.append((new_id, row.code, row.protocol, row.url, _to_json(row.account).decode(), secrets, row.is_active))
    names = ("id", "code", "protocol", "url", "account", "secrets", "is_active")
    return _put(tx, sheet, [row.code for row in rows], known, queries.put_connections, columns(names, values))


NEEDED: Final[Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "qimen": (("app_key", "customer_id"), ("secret",)),
    "kuaidi100": (("customer",), ("key", "salt")),
}
"""What a protocol can't do without: (in `account`, in `secrets`)."""
QUERY_AT: Final = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d|never")


def _check_connections(tx: Tx, sheet: Sheet, rows: Sequence[ConnectionRow]) -> None:
    """A connection that lacks what its client needs would stop every client from being made: it is refused at the door."""
    stored = {row[0]: row[3] for row in tx.execute(queries.connections_by_code, {"codes": [row.code for row in rows]}) if row[4]}
    for n, row in enumerate(rows):
        if not QUERY_AT.fullmatch(str(row.account.get("stock_query_at") or "never")):
            sheet.refuse(n, "account.stock_query_at", Reason.FIELD_INVALID, expected=STOCK_QUERY)
        account, secrets = NEEDED.get(row.protocol, ((), ()))
        for name in account:
            if not isinstance(row.account.get(name), str) or not row.account[name]:
                sheet.refuse(n, f"account.{name}", Reason.FIELD_MISSING)
        is_stored = row.secrets is None and stored.get(row.code) == row.protocol
        for name in () if is_stored else secrets:
            if not (row.secrets or {}).get(name):
                sheet.refuse(n, f"secrets.{name}", Reason.FIELD_MISSING)


def write_shops(
    tx: Tx, ids: IdSource, rows: Sequence[ShopRow], now: datetime, *, sealer: Sealer, expected: Mapping[str, int] | None = None
) -> list[Outcome]:
    """Create or change shops and which warehouses serve them. Nine statements at most."""
    del now
    sheet, known = _begin(tx, [row.code for row in rows], queries.shops_by_code, expected)
    connections = _refuse_unknown_connections(tx, sheet, [row.connection_code for row in rows])
    warehouses = _refuse_unknown_warehouses(tx, sheet, rows)
    for n, row in enumerate(rows):
        _check_time_zone(sheet, n, row.time_zone)
    live = sheet.live()
    values: list[tuple[Any, ...]] = []
    for n, new_id in zip(live, ids.take(len(live)), strict=True):
        r = rows[n]
        secrets = _sealed(sealer, r.secrets, shop_bond(known.get(r.code, (new_id, 0))[0]))
        facts = (r.code, r.name, r.platform, r.shop_group, r.currency, r.time_zone, connections.get(r.connection_code), r.account_ref)
        values.append((new_id, *facts, _array(sorted(set(r.doors))), r.merge_window_s, r.safety_quantity, secrets, r.is_active))
    names = (
        "id code name platform shop_group currency time_zone connection_id account_ref doors merge_window_s safety_quantity secrets is_active"
    ).split()
    bound = {r.code: sorted({warehouses[code] for code in r.warehouse_codes}) for n in live if (r := rows[n]).warehouse_codes is not None}
    served = _served(tx, {code: known[code][0] for code in bound if code in known})
    changed = {code: wanted for code, wanted in bound.items() if served.get(code, []) != wanted}
    parameters = {**columns(names, values), "touched": sorted(changed)}
    outcomes = _put(tx, sheet, [row.code for row in rows], known, queries.put_shops, parameters)
    if changed:
        id_by_code = {row.code: outcome.id for row, outcome in zip(rows, outcomes, strict=True) if row.code in changed}
        tx.execute(queries.remove_shop_warehouses, {"shop_ids": sorted(id_by_code.values())})
        pairs = [(id_by_code[code], warehouse_id) for code, wanted in sorted(changed.items()) for warehouse_id in wanted]
        tx.execute(queries.add_shop_warehouses, columns(("shop_id", "warehouse_id"), pairs))
    return outcomes


def switch_stock_push(tx: Tx, ids: IdSource, shop_id: int, now: datetime, *, is_on: bool, actor: str) -> bool:
    """Turn the telling of a shop's stock on or off, and keep who did it; False when it is so already. Four statements at most.

    What its listings are believed to show is feedback's (`feedback.listings`), to be changed in the same transaction.
    """
    tx.execute(queries.lock_network)
    if tx.execute(queries.switch_stock_push, {"id": shop_id, "is_on": is_on}).fetchone() is None:
        return False
    kept = {"id": ids.take(1)[0], "shop_id": shop_id, "is_on": is_on, "actor": actor, "at": now}
    tx.execute(queries.keep_stock_push_switch, kept)
    tx.execute(queries.raise_network)
    return True


def _served(tx: Tx, shop_ids: Mapping[str, int]) -> dict[str, list[int]]:
    """The warehouses bound to known shops, by the shop's code."""
    code_by_id = {shop_id: code for code, shop_id in shop_ids.items()}
    found: dict[str, list[int]] = {}
    for shop_id, warehouse_id in tx.execute(queries.warehouses_of_shops, {"shop_ids": sorted(code_by_id)}) if code_by_id else ():
        found.setdefault(code_by_id[shop_id], []).append(warehouse_id)
    return found


def _refuse_unknown_warehouses(tx: Tx, sheet: Sheet, rows: Sequence[ShopRow]) -> dict[str, int]:
    """The warehouses these shops name, by code."""
    named = sorted({code for row in rows for code in row.warehouse_codes or ()})
    found = _ids(tx, queries.warehouses_by_code, named) if named else {}
    for n, row in enumerate(rows):
        if any(code not in found for code in row.warehouse_codes or ()):
            sheet.refuse(n, "warehouse_codes", Reason.UNKNOWN_WAREHOUSE)
    return found


def write_warehouses(
    tx: Tx, ids: IdSource, rows: Sequence[WarehouseRow], now: datetime, *, expected: Mapping[str, int] | None = None
) -> list[Outcome]:
    """Create or change warehouses with their areas and days. Eleven statements at most."""
    del now
    sheet, known = _begin(tx, [row.code for row in rows], queries.warehouses_by_code, expected)
    connections = _refuse_unknown_connections(tx, sheet, [row.connection_code for row in rows])
    for n, row in enumerate(rows):
        _check_warehouse(sheet, n, row)
    live = [rows[n] for n in sheet.live()]
    stored_ids = [known[row.code][0] for row in live if row.code in known]
    areas = _grouped(tx, queries.areas_of, stored_ids)
    days = _grouped(tx, queries.days_of, stored_ids)
    new_areas = {r.code: sorted((x,) for x in r.regions) for r in live if r.regions is not None}
    new_days = {r.code: sorted((d.on_date, d.is_open) for d in r.days) for r in live if r.days is not None}
    stored = {code: found[0] for code, found in known.items()}
    changed_areas = {code: wanted for code, wanted in new_areas.items() if areas.get(stored.get(code, 0), []) != wanted}
    changed_days = {code: wanted for code, wanted in new_days.items() if days.get(stored.get(code, 0), []) != wanted}
    parameters = columns(WAREHOUSE_NAMES, [_warehouse_row(i, r, connections) for i, r in zip(ids.take(len(live)), live, strict=True)])
    touched = sorted(changed_areas.keys() | changed_days.keys())
    outcomes = _put(tx, sheet, [row.code for row in rows], known, queries.put_warehouses, {**parameters, "touched": touched})
    id_by_code = {row.code: outcome.id for row, outcome in zip(rows, outcomes, strict=True) if outcome.effect != Effect.REFUSED}
    _replace(tx, changed_areas, id_by_code, ("region",), queries.remove_areas, queries.add_areas)
    _replace(tx, changed_days, id_by_code, ("on_date", "is_open"), queries.remove_days, queries.add_days)
    return outcomes


WAREHOUSE_NAMES: Final = (
    "id code name kind connection_id country province city district detail longitude latitude priority "
    "handling_order_minor handling_unit_minor time_zone cut_off work_days is_active"
).split()


def _warehouse_row(new_id: int, r: WarehouseRow, connections: Mapping[str, int]) -> tuple[Any, ...]:
    place = (r.country, r.province, r.city, r.district, r.detail, r.longitude, r.latitude)
    costs = (r.priority, r.handling_order_minor, r.handling_unit_minor)
    calendar = (r.time_zone, r.cut_off, _array(sorted(set(r.work_days))))
    return (new_id, r.code, r.name, r.kind, connections.get(r.connection_code), *place, *costs, *calendar, r.is_active)


def _check_warehouse(sheet: Sheet, n: int, row: WarehouseRow) -> None:
    _check_time_zone(sheet, n, row.time_zone)
    if row.regions is not None and len(set(row.regions)) != len(row.regions):
        sheet.refuse(n, "regions", Reason.DUPLICATE_KEY)
    if row.days is not None and len({day.on_date for day in row.days}) != len(row.days):
        sheet.refuse(n, "days", Reason.DUPLICATE_KEY)


def _grouped(tx: Tx, statement: LiteralString, warehouse_ids: Sequence[int]) -> dict[int, list[tuple[Any, ...]]]:
    """Rows of a warehouse's own table, sorted, by warehouse."""
    grouped: dict[int, list[tuple[Any, ...]]] = {}
    for warehouse_id, *rest in tx.execute(statement, {"warehouse_ids": list(warehouse_ids)}):
        grouped.setdefault(warehouse_id, []).append(tuple(rest))
    return {warehouse_id: sorted(found) for warehouse_id, found in grouped.items()}


def _replace(
    tx: Tx,
    wanted: Mapping[str, Sequence[tuple[Any, ...]]],
    id_by_code: Mapping[str, int],
    names: Sequence[str],
    remove: LiteralString,
    add: LiteralString,
) -> None:
    """Write a warehouse's own rows anew where they differ."""
    if wanted:
        tx.execute(remove, {"warehouse_ids": sorted(id_by_code[code] for code in wanted)})
        values = [(id_by_code[code], *row) for code, rows in sorted(wanted.items()) for row in rows]
        tx.execute(add, columns(("warehouse_id", *names), values))


def write_carriers(tx: Tx, ids: IdSource, rows: Sequence[CarrierRow], now: datetime, *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Create or change carriers. Four statements."""
    del now
    sheet, known = _begin(tx, [row.code for row in rows], queries.carriers_by_code, expected)
    live = [rows[n] for n in sheet.live()]
    values = [(i, r.code, r.name, _to_json(r.code_by_system).decode(), r.is_active) for i, r in zip(ids.take(len(live)), live, strict=True)]
    parameters = columns(("id", "code", "name", "code_by_system", "is_active"), values)
    return _put(tx, sheet, [row.code for row in rows], known, queries.put_carriers, parameters)


Tier = tuple[int, int, str]


def version_of(*said: str | int | None) -> int:
    """The version of a record that keeps none: a number of what it says, the same for the same words, at most nine digits and never 0."""
    return crc32(msgspec.json.encode(said)) % VERSIONS + 1


def tier_version(row: TierRow) -> int:
    """The version of a freight tier."""
    return version_of(row.first_g, row.first_minor, row.step_g, row.step_minor, row.weight_g_max, row.transit_h)


def tier_key(row: TierKey) -> str:
    """What people name a tier by: carrier/warehouse/region."""
    return f"{row.carrier_code}/{row.warehouse_code}/{row.region}"


def write_freight(tx: Tx, ids: IdSource, rows: Sequence[TierRow], now: datetime, *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Create or change freight tiers. Six statements. `expected` goes by `tier_key`."""
    del now
    sheet, keys = _tier_keys(tx, rows)
    stored = _stored_tiers(tx, keys)
    known = {key: found[0] for key, found in stored.items()}
    _refuse_stale_tiers(sheet, rows, keys, stored, expected)
    keys = {n: keys[n] for n in sheet.live()}
    names = ("id", "carrier_id", "warehouse_id", "region", "first_g", "first_minor", "step_g", "step_minor", "weight_g_max", "transit_h")
    values: list[tuple[Any, ...]] = []
    for (n, key), new_id in zip(keys.items(), ids.take(len(keys)), strict=True):
        r = rows[n]
        values.append((new_id, *key, r.first_g, r.first_minor, r.step_g, r.step_minor, r.weight_g_max, r.transit_h))
    written = {(row[0], row[1], row[2]): row[3] for row in tx.execute(queries.put_tiers, columns(names, values))}
    for n, key in keys.items():
        effect = Effect.SAME if key not in written else Effect.CHANGED if key in known else Effect.CREATED
        sheet.settle(n, effect, written.get(key) or known[key], tier_version(rows[n]))
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def _stored_tiers(tx: Tx, keys: Mapping[int, Tier]) -> dict[Tier, tuple[int, int]]:
    """(id, version) of the tiers that are there."""
    return {(row[0], row[1], row[2]): (row[3], version_of(*row[4:])) for row in tx.execute(queries.tiers_by_key, _tier_columns(list(keys.values())))}


def _refuse_stale_tiers(
    sheet: Sheet, rows: Sequence[TierKey], keys: Mapping[int, Tier], stored: Mapping[Tier, tuple[int, int]], expected: Mapping[str, int] | None
) -> None:
    versions = {tier_key(rows[n]): stored[key][1] for n, key in keys.items() if key in stored}
    sheet.refuse_stale([tier_key(row) for row in rows], versions, expected, "region")


def remove_freight(tx: Tx, rows: Sequence[TierKey], *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Remove freight tiers; a key that is not there is refused. Six statements at most. `expected` goes by `tier_key`."""
    sheet, keys = _tier_keys(tx, rows)
    if expected:
        _refuse_stale_tiers(sheet, rows, keys, _stored_tiers(tx, keys), expected)
        keys = {n: keys[n] for n in sheet.live()}
    gone = {(row[0], row[1], row[2]): row[3] for row in tx.execute(queries.remove_tiers, _tier_columns(list(keys.values())))}
    for n, key in keys.items():
        if key in gone:
            sheet.settle(n, Effect.CHANGED, gone[key], 0)
        else:
            sheet.refuse(n, "region", Reason.NOT_FOUND)
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def _tier_keys(tx: Tx, rows: Sequence[TierKey]) -> tuple[Sheet, dict[int, Tier]]:
    """The keys of the rows that name a known carrier and warehouse."""
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([(row.carrier_code, row.warehouse_code, row.region) for row in rows], "region")
    tx.execute(queries.lock_network)
    carriers = _ids(tx, queries.carriers_by_code, [row.carrier_code for row in rows])
    warehouses = {"": ANYWHERE_ID} | _ids(tx, queries.warehouses_by_code, [row.warehouse_code for row in rows])
    for n, row in enumerate(rows):
        if row.carrier_code not in carriers:
            sheet.refuse(n, "carrier_code", Reason.UNKNOWN_CARRIER)
        if row.warehouse_code not in warehouses:
            sheet.refuse(n, "warehouse_code", Reason.UNKNOWN_WAREHOUSE)
    return sheet, {n: (carriers[rows[n].carrier_code], warehouses[rows[n].warehouse_code], rows[n].region) for n in sheet.live()}


def _tier_columns(keys: Sequence[Tier]) -> dict[str, list[Any]]:
    return columns(("carrier_id", "warehouse_id", "region"), keys)


def translation_version(row: TranslationRow) -> int:
    """The version of a translation."""
    return version_of(row.meaning, row.zh, row.en)


def translation_key(row: TranslationRow) -> str:
    """What people name a translation by: protocol/subject/code."""
    return f"{row.protocol}/{row.subject}/{row.code}"


def write_translations(
    tx: Tx, ids: IdSource, rows: Sequence[TranslationRow], now: datetime, *, expected: Mapping[str, int] | None = None
) -> list[Outcome]:
    """Say what words of counterparts mean. Four statements. `expected` goes by `translation_key`."""
    del ids, now
    sheet = Sheet(len(rows))
    keys = [(row.protocol, row.subject, row.code) for row in rows]
    sheet.refuse_repeats(keys, "code")
    for n, row in enumerate(rows):
        if row.meaning not in MEANINGS:
            sheet.refuse(n, "meaning", Reason.FIELD_INVALID, expected=MEANING)
    tx.execute(queries.lock_network)
    stored = tx.execute(queries.translations_by_key, columns(("protocol", "subject", "code"), keys))
    sheet.refuse_stale([translation_key(row) for row in rows], {"/".join(row[:3]): version_of(*row[3:]) for row in stored}, expected, "code")
    live = sheet.live()
    values = [(*keys[n], rows[n].meaning, rows[n].zh, rows[n].en) for n in live]
    names = ("protocol", "subject", "code", "meaning", "zh", "en")
    written = {(row[0], row[1], row[2]): row[3] for row in tx.execute(queries.put_translations, columns(names, values))}
    for n in live:
        effect = Effect.SAME if keys[n] not in written else Effect.CREATED if written[keys[n]] else Effect.CHANGED
        sheet.settle(n, effect, 0, translation_version(rows[n]))
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def _begin(tx: Tx, codes: Sequence[str], by_code: LiteralString, expected: Mapping[str, int] | None) -> tuple[Sheet, Known]:
    """Take the turn, read what is there, refuse repeats and rows whose version the caller has not seen."""
    sheet = Sheet(len(codes))
    sheet.refuse_repeats(codes, "code")
    tx.execute(queries.lock_network)
    known = {row[0]: (row[1], row[2]) for row in tx.execute(by_code, {"codes": list(codes)})}
    sheet.refuse_stale(codes, {code: found[1] for code, found in known.items()}, expected, "code")
    return sheet, known


def _put(
    tx: Tx, sheet: Sheet, codes: Sequence[str], known: Known, statement: LiteralString, parameters: Mapping[str, Sequence[Any]]
) -> list[Outcome]:
    """Write the rows not refused, tell what became of each, raise the network's version if anything was written."""
    live = sheet.live()
    if not live:
        return sheet.outcomes()
    written = {code: (record_id, version) for code, record_id, version in tx.execute(statement, parameters)}
    for n in live:
        code = codes[n]
        effect = Effect.SAME if code not in written else Effect.CHANGED if code in known else Effect.CREATED
        sheet.settle(n, effect, *(written.get(code) or known[code]))
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def _raise_if_written(tx: Tx, sheet: Sheet) -> None:
    if sheet.any_written():
        tx.execute(queries.raise_network)


def _ids(tx: Tx, by_code: LiteralString, codes: Sequence[str]) -> dict[str, int]:
    return {row[0]: row[1] for row in tx.execute(by_code, {"codes": sorted({code for code in codes if code})})}


def _refuse_unknown_connections(tx: Tx, sheet: Sheet, codes: Sequence[str]) -> dict[str, int]:
    """The connections these rows name, by code."""
    found = _ids(tx, queries.connections_by_code, codes)
    for n, code in enumerate(codes):
        if code and code not in found:
            sheet.refuse(n, "connection_code", Reason.FIELD_INVALID, expected=CONNECTION)
    return found


def _check_time_zone(sheet: Sheet, n: int, name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        sheet.refuse(n, "time_zone", Reason.FIELD_INVALID, expected=ZONE)


def _sealed(sealer: Sealer, secrets: Mapping[str, str] | None, bond: str) -> bytes | None:
    return None if secrets is None else sealer.seal(_to_json(dict(secrets)), bound_to=bond)


def _array(values: Sequence[Any]) -> str:
    """A PostgreSQL array literal of plain words or numbers; unnest of arrays of arrays would flatten them."""
    return "{" + ",".join(map(str, values)) + "}"
