"""The only writer of products, SKUs, barcodes, bundles, listing mappings and goods bans. Sets of rows; one outcome each.

Keys are codes people know. A row that says what is stored already changes nothing and raises no version. `expected` holds the versions that
the caller has seen, by key: a row whose record has another one is refused (VERSION_CONFLICT).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, LiteralString

from paidan.catalog.rows import BundleRow, GoodsBanRow, ListingRow, SkuRow
from paidan.kernel.expected import BUNDLE, NO_BUNDLE, SAME_PRODUCT
from paidan.kernel.outcomes import Effect, Outcome, Sheet
from paidan.kernel.reasons import Reason
from paidan.orders.store import make_due, orders_held_for, orders_with_listing
from paidan.runtime.database import Tx
from paidan.runtime.ids import IdSource
from paidan.runtime.queries import load_queries
from paidan.runtime.rows import columns

queries = load_queries("paidan.catalog", "masters.sql")

SHOWN_BY_A_SKU: Final = frozenset({Reason.GOODS_OFF_SALE, Reason.GOODS_FORBIDDEN_HERE})
"""Holds whose cause stands in a SKU itself."""


def product_code_of(row: SkuRow) -> str:
    """The product a SKU belongs to."""
    return row.product_code or row.code


def write_skus(tx: Tx, ids: IdSource, rows: Sequence[SkuRow], now: datetime, *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Create or change SKUs with their products and barcodes; orders held for what is changed are looked at again. Fourteen statements at most."""
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([row.code for row in rows], "code")
    _refuse_contradictions(sheet, rows)
    tx.execute(queries.lock_catalog)
    known = {code: (sku_id, kind, version) for code, sku_id, kind, version in tx.execute(queries.skus_by_code, {"codes": [row.code for row in rows]})}
    sheet.refuse_stale([row.code for row in rows], {code: found[2] for code, found in known.items()}, expected, "code")
    _refuse_new_kinds(tx, sheet, rows, known)
    stored = _stored_barcodes(tx, rows, known)
    _refuse_taken_barcodes(sheet, rows, stored)
    live = [(n, rows[n]) for n in sheet.live()]
    if not live:
        return sheet.outcomes()
    products = _put_products(tx, ids, [row for _, row in live])
    barcodes = _by_owner(stored)
    touched = {row.code for _, row in live if barcodes.get(row.code, set()) != set(row.barcodes)} & known.keys()
    touched |= {row.code for _, row in live if product_code_of(row) in products} & known.keys()
    written = _put_skus(tx, ids, [row for _, row in live], touched)
    if products:
        tx.execute(queries.raise_siblings, {"product_codes": sorted(products), "written": sorted(written)})
    _look_again(tx, SHOWN_BY_A_SKU, [written[code][0] for code in written.keys() & known.keys()], now)
    _write_barcodes(tx, [row for _, row in live], stored, {code: found[0] for code, found in known.items()} | {c: w[0] for c, w in written.items()})
    for n, row in live:
        _settle(sheet, n, written.get(row.code), (known[row.code][0], known[row.code][2]) if row.code in known else None)
    if sheet.any_written():
        tx.execute(queries.raise_goods)
    return sheet.outcomes()


def _look_again(tx: Tx, reasons: Collection[Reason], sku_ids: Collection[int], now: datetime) -> None:
    """Let the audit look at orders held for one of these reasons that have one of these SKUs: the cause may have gone."""
    if sku_ids:
        make_due(tx, orders_held_for(tx, reasons, sku_ids), now)


def _by_owner(barcodes: Mapping[str, str]) -> dict[str, set[str]]:
    """Barcode → SKU, the other way round."""
    found: dict[str, set[str]] = {}
    for barcode, owner in barcodes.items():
        found.setdefault(owner, set()).add(barcode)
    return found


def _settle(sheet: Sheet, row: int, written: tuple[int, int] | None, known: tuple[int, int] | None) -> None:
    """(id, version) as written, or as known when nothing was to be written."""
    if written is not None:
        sheet.settle(row, Effect.CHANGED if known else Effect.CREATED, *written)
    elif known is not None:
        sheet.settle(row, Effect.SAME, *known)


def _raise_if_written(tx: Tx, sheet: Sheet) -> None:
    if sheet.any_written():
        tx.execute(queries.raise_catalog)


def _refuse_contradictions(sheet: Sheet, rows: Sequence[SkuRow]) -> None:
    """Rows of one product must tell the same of it; the first one counts."""
    told: dict[str, tuple[str, str, str]] = {}
    for n, row in enumerate(rows):
        product = (row.product_name, row.brand, row.category)
        if told.setdefault(product_code_of(row), product) != product:
            sheet.refuse(n, "product_code", Reason.FIELD_INVALID, expected=SAME_PRODUCT)
        if len(set(row.barcodes)) != len(row.barcodes):
            sheet.refuse(n, "barcodes", Reason.DUPLICATE_KEY)


def _refuse_new_kinds(tx: Tx, sheet: Sheet, rows: Sequence[SkuRow], known: Mapping[str, tuple[int, str, int]]) -> None:
    """Goods with a past stay goods: their units are booked, and a bundle has none."""
    changed = [n for n, row in enumerate(rows) if row.code in known and known[row.code][1] != row.kind]
    if changed:
        in_use = {row[0] for row in tx.execute(queries.skus_in_use, {"sku_ids": [known[rows[n].code][0] for n in changed]})}
        for n in changed:
            if known[rows[n].code][0] in in_use:
                sheet.refuse(n, "kind", Reason.ILLEGAL_MOVE, "the SKU has stock, demand or parts")


def _stored_barcodes(tx: Tx, rows: Sequence[SkuRow], known: Mapping[str, tuple[int, str, int]]) -> dict[str, str]:
    """Barcode → code of the SKU that has it, of all barcodes these rows speak of."""
    parameters = {"barcodes": sorted({barcode for row in rows for barcode in row.barcodes}), "sku_ids": sorted(found[0] for found in known.values())}
    return {barcode: code for barcode, _, code in tx.execute(queries.barcodes_of, parameters)}


def _refuse_taken_barcodes(sheet: Sheet, rows: Sequence[SkuRow], stored: Mapping[str, str]) -> None:
    """A barcode moves to another SKU only after it was removed from the first: two steps, so that none gets lost by a slip."""
    claimed: dict[str, str] = {}
    for n in sheet.live():
        row = rows[n]
        taken = [b for b in row.barcodes if stored.get(b, row.code) != row.code or claimed.get(b, row.code) != row.code]
        if taken:
            sheet.refuse(n, "barcodes", Reason.DUPLICATE_KEY, ", ".join(taken[:3]))
        else:
            claimed |= dict.fromkeys(row.barcodes, row.code)


def _put_products(tx: Tx, ids: IdSource, rows: Sequence[SkuRow]) -> set[str]:
    """Codes of products that are new or changed."""
    by_code = {product_code_of(row): row for row in reversed(rows)}
    values = [
        (product_id, code, row.product_name or row.name, row.brand, row.category)
        for product_id, (code, row) in zip(ids.take(len(by_code)), sorted(by_code.items()), strict=True)
    ]
    return {row[0] for row in tx.execute(queries.put_products, columns(("id", "code", "name", "brand", "category"), values))}


def _put_skus(tx: Tx, ids: IdSource, rows: Sequence[SkuRow], touched: Iterable[str]) -> dict[str, tuple[int, int]]:
    """Code → (id, version) of the SKUs written."""
    names = ("id", "product_code", "code", "name", "kind", "goods_class", "weight_g", "volume_cm3", "is_on_sale")
    values = [
        (sku_id, product_code_of(r), r.code, r.name, r.kind, r.goods_class, r.weight_g, r.volume_cm3, r.is_on_sale)
        for sku_id, r in zip(ids.take(len(rows)), sorted(rows, key=lambda r: r.code), strict=True)
    ]
    written = tx.execute(queries.put_skus, {**columns(names, values), "touched": sorted(touched)})
    return {code: (sku_id, version) for code, sku_id, version in written}


def _write_barcodes(tx: Tx, rows: Sequence[SkuRow], stored: Mapping[str, str], ids_by_code: Mapping[str, int]) -> None:
    wanted = {barcode: row.code for row in rows for barcode in row.barcodes}
    ours = {row.code for row in rows}
    gone = sorted(barcode for barcode, code in stored.items() if code in ours and wanted.get(barcode) != code)
    new = sorted((barcode, ids_by_code[code]) for barcode, code in wanted.items() if barcode not in stored)
    if gone:
        tx.execute(queries.remove_barcodes, {"barcodes": gone})
    if new:
        tx.execute(queries.add_barcodes, columns(("barcode", "sku_id"), new))


def write_bundles(tx: Tx, ids: IdSource, rows: Sequence[BundleRow], now: datetime, *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Set the parts of bundles; orders that waited for them are due at once. The version is the bundle SKU's. Nine statements at most."""
    del ids
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([row.code for row in rows], "code")
    tx.execute(queries.lock_catalog)
    codes = sorted({row.code for row in rows} | {part.code for row in rows for part in row.parts})
    known = {code: (sku_id, kind, version) for code, sku_id, kind, version in tx.execute(queries.skus_by_code, {"codes": codes})}
    sheet.refuse_stale([row.code for row in rows], {code: found[2] for code, found in known.items()}, expected, "code")
    for n, row in enumerate(rows):
        _check_bundle(sheet, n, row, known)
    live = [(n, rows[n]) for n in sheet.live()]
    stored = _stored_parts(tx, [known[row.code][0] for _, row in live]) if live else {}
    changed: dict[int, list[tuple[int, int, int]]] = {}
    for _, row in live:
        parts = sorted((known[part.code][0], part.quantity, part.price_share) for part in row.parts)
        if stored.get(known[row.code][0], []) != parts:
            changed[known[row.code][0]] = parts
    versions = _write_parts(tx, changed) if changed else {}
    _look_again(tx, {Reason.BUNDLE_WITHOUT_PARTS}, changed, now)
    for n, row in live:
        bundle_id, _, version = known[row.code]
        _settle(sheet, n, (bundle_id, versions[bundle_id]) if bundle_id in versions else None, (bundle_id, version))
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def _check_bundle(sheet: Sheet, n: int, row: BundleRow, known: Mapping[str, tuple[int, str, int]]) -> None:
    """A bundle is a SKU of that kind; its parts are SKUs that are goods, each once."""
    if row.code not in known:
        sheet.refuse(n, "code", Reason.UNKNOWN_SKU)
    elif known[row.code][1] != "bundle":
        sheet.refuse(n, "code", Reason.FIELD_INVALID, expected=BUNDLE)
    for part in row.parts:
        if part.code not in known:
            sheet.refuse(n, "parts", Reason.UNKNOWN_SKU, part.code)
        elif known[part.code][1] != "goods":
            sheet.refuse(n, "parts", Reason.FIELD_INVALID, part.code, NO_BUNDLE)
    if len({part.code for part in row.parts}) != len(row.parts):
        sheet.refuse(n, "parts", Reason.DUPLICATE_KEY)


def _stored_parts(tx: Tx, bundle_ids: Sequence[int]) -> dict[int, list[tuple[int, int, int]]]:
    stored: dict[int, list[tuple[int, int, int]]] = {}
    for bundle_id, *part in tx.execute(queries.parts_of, {"bundle_ids": list(bundle_ids)}):
        stored.setdefault(bundle_id, []).append((part[0], part[1], part[2]))
    return {bundle_id: sorted(parts) for bundle_id, parts in stored.items()}


def _write_parts(tx: Tx, parts_by_bundle: Mapping[int, Sequence[tuple[int, int, int]]]) -> dict[int, int]:
    """Replace the parts; the new version of each bundle."""
    bundle_ids = sorted(parts_by_bundle)
    tx.execute(queries.remove_parts, {"bundle_ids": bundle_ids})
    values = [(bundle_id, *part) for bundle_id in bundle_ids for part in parts_by_bundle[bundle_id]]
    tx.execute(queries.add_parts, columns(("bundle_id", "part_id", "quantity", "price_share"), values))
    return dict(tx.execute(queries.raise_skus, {"ids": bundle_ids}))


ListingKey = tuple[int, str, str]


def write_listings(tx: Tx, ids: IdSource, rows: Sequence[ListingRow], now: datetime, *, expected: Mapping[str, int] | None = None) -> list[Outcome]:
    """Map listings to SKUs; orders that wait for one of them are due at once. Nine statements at most.

    `expected` goes by `listing_key`.
    """
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([listing_key(row) for row in rows], "item_ref")
    tx.execute(queries.lock_catalog)
    shops: dict[str, int] = dict(tx.execute(queries.shops_by_code, {"codes": sorted({row.shop_code for row in rows})}))
    sku_codes = sorted({row.sku_code for row in rows if row.sku_code})
    skus = {row[0]: row[1] for row in tx.execute(queries.skus_by_code, {"codes": sku_codes})}
    for n, row in enumerate(rows):
        if row.shop_code not in shops:
            sheet.refuse(n, "shop_code", Reason.UNKNOWN_SHOP)
        if row.sku_code and row.sku_code not in skus:
            sheet.refuse(n, "sku_code", Reason.UNKNOWN_SKU)
    keys: dict[int, ListingKey] = {n: (shops[rows[n].shop_code], rows[n].item_ref, rows[n].sku_ref) for n in sheet.live()}
    known = _known_listings(tx, list(keys.values()))
    versions = {listing_key(rows[n]): known[key][2] for n, key in keys.items() if key in known}
    sheet.refuse_stale([listing_key(row) for row in rows], versions, expected, "item_ref")
    live = sheet.live()
    written = _put_listings(tx, ids, [(keys[n], rows[n], skus.get(rows[n].sku_code), known.get(keys[n])) for n in live]) if live else {}
    remapped = [written[keys[n]][0] for n in live if keys[n] in written and known.get(keys[n], (0, None))[1] != skus.get(rows[n].sku_code)]
    if remapped:
        make_due(tx, orders_with_listing(tx, remapped), now)
    for n in live:
        _settle(sheet, n, written.get(keys[n]), (known[keys[n]][0], known[keys[n]][2]) if keys[n] in known else None)
    _raise_if_written(tx, sheet)
    return sheet.outcomes()


def listing_key(row: ListingRow) -> str:
    """What people name a listing by: shop/item/sku."""
    return f"{row.shop_code}/{row.item_ref}/{row.sku_ref}"


def _known_listings(tx: Tx, keys: Sequence[ListingKey]) -> dict[ListingKey, tuple[int, int | None, int, str, str]]:
    """Key → (id, sku_id, version, merchant_code, title)."""
    found = tx.execute(queries.listings_by_key, columns(("shop_id", "item_ref", "sku_ref"), sorted(keys)))
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5], row[6], row[7]) for row in found}


def _put_listings(
    tx: Tx, ids: IdSource, rows: Sequence[tuple[ListingKey, ListingRow, int | None, tuple[int, int | None, int, str, str] | None]]
) -> dict[ListingKey, tuple[int, int]]:
    """Key → (id, version) of the listings written. A title or merchant code that is not told stays."""
    names = ("id", "shop_id", "item_ref", "sku_ref", "merchant_code", "title", "sku_id")
    values: list[tuple[Any, ...]] = []
    for listing_id, (key, row, sku_id, known) in zip(ids.take(len(rows)), rows, strict=True):
        merchant_code = row.merchant_code or (known[3] if known else "")
        title = row.title or (known[4] if known else "")
        values.append((listing_id, *key, merchant_code, title, sku_id))
    found = tx.execute(queries.put_listings, columns(names, values))
    return {(row[0], row[1], row[2]): (row[3], row[4]) for row in found}


def write_goods_bans(tx: Tx, ids: IdSource, rows: Sequence[GoodsBanRow], now: datetime) -> list[Outcome]:
    """Forbid classes of goods in regions. Three statements."""
    del ids, now
    return _bans(tx, rows, queries.put_bans, Effect.CREATED)


def lift_goods_bans(tx: Tx, ids: IdSource, rows: Sequence[GoodsBanRow], now: datetime) -> list[Outcome]:
    """Allow them again; orders with such goods that were held for a ban are looked at again. Six statements at most."""
    del ids
    outcomes = _bans(tx, rows, queries.lift_bans, Effect.CHANGED)
    lifted = {row.goods_class for row, outcome in zip(rows, outcomes, strict=True) if outcome.effect == Effect.CHANGED}
    if lifted:
        goods = tx.execute(queries.skus_of_classes, {"goods_classes": sorted(lifted)}).fetchall()
        _look_again(tx, {Reason.GOODS_FORBIDDEN_HERE}, [row[0] for row in goods], now)
    return outcomes


def _bans(tx: Tx, rows: Sequence[GoodsBanRow], statement: LiteralString, effect: Effect) -> list[Outcome]:
    sheet = Sheet(len(rows))
    sheet.refuse_repeats([(row.goods_class, row.region) for row in rows], "region")
    tx.execute(queries.lock_catalog)
    live = sheet.live()
    values = [(rows[n].goods_class, rows[n].region) for n in live]
    done = set(tx.execute(statement, columns(("goods_class", "region"), values)))
    for n in live:
        sheet.settle(n, effect if (rows[n].goods_class, rows[n].region) in done else Effect.SAME, 0, 0)
    _raise_if_written(tx, sheet)
    return sheet.outcomes()
