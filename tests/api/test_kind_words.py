"""What the log calls a message or a call, in words: for every kind that an adapter names."""

import ast
import re
from importlib.resources import files

import pytest

from paidan.channels.shopify.webhooks import ORDER_TOPICS
from paidan.counterparts.qimen.parse import REPORTS
from paidan.counterparts.qimen.render import _WRITERS
from paidan.entrypoints.api.kind_words import MESSAGE_KIND_WORDS, OUTBOX_KIND_WORDS
from paidan.feedback.ship import ShipDelivery
from paidan.fulfilment.carrier_subscribe import CarrierSubscribe
from paidan.fulfilment.door import PUSH
from paidan.fulfilment.stock_questions import WmsStock
from paidan.fulfilment.wms_create import WmsCreate
from paidan.fulfilment.wms_entry import WmsEntry
from paidan.fulfilment.wms_recall import WmsRecall
from paidan.intake.landing import ORDERS, REFUNDS
from paidan.intake.ports import Feed

METHOD = re.compile(r"(taobao|tmall|alibaba)\.[a-z.]+[a-z]")
NOTICE = re.compile(r"taobao_(trade|refund|item)_[A-Za-z]+")


def _said(package: str) -> set[str]:
    """Every text that stands in the sources of a package."""
    sources = (one for one in files(package).iterdir() if one.name.endswith(".py"))
    nodes = (node for source in sources for node in ast.walk(ast.parse(source.read_text())))
    return {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_every_kind_of_message_has_its_words():
    taobao = {text for text in _said("paidan.channels.taobao") | _said("paidan.intake") if METHOD.fullmatch(text)}
    notices = {text for text in _said("paidan.world.taobao") if NOTICE.fullmatch(text)}
    shopify = {one.name.removesuffix(".graphql") for one in files("paidan.channels.shopify").joinpath("queries").iterdir()} | ORDER_TOPICS
    qimen = {*REPORTS, *(method for method, _ in _WRITERS.values())}
    ours = {ORDERS.kind, REFUNDS.kind, PUSH, *(f"read {feed}" for feed in Feed)}
    assert min(len(taobao), len(shopify), len(qimen)) > 12  # they are found where they are looked for
    assert notices
    assert taobao | notices | shopify | qimen | ours <= MESSAGE_KIND_WORDS.keys()


def test_every_kind_of_call_has_its_words():
    deliveries = (WmsCreate, WmsEntry, WmsRecall, WmsStock, CarrierSubscribe, ShipDelivery)
    assert {delivery.kind for delivery in deliveries} == OUTBOX_KIND_WORDS.keys()


@pytest.mark.parametrize("words", [MESSAGE_KIND_WORDS, OUTBOX_KIND_WORDS])
def test_a_word_is_said_of_one_kind_alone(words):
    """Whoever looks for a word finds its kind."""
    for said in zip(*words.values(), strict=True):
        assert len(set(said)) == len(words)
