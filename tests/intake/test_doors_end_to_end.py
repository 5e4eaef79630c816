"""A day of trade through every door over loopback: push database, message service, polling, webhooks; then through the pipeline."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import psycopg
import pytest
from intake.stand import APP_KEY, SECRET, Stand
from psycopg.conninfo import make_conninfo
from scene import empty

from paidan.intake.doors import permit_messages
from paidan.intake.ports import Feed
from paidan.intake.pushes import receive_shopify
from paidan.intake.schedule import Due, PullRules, PullSchedule, PullWorker
from paidan.network.accounts import Account, settings_of_shop  # noqa: F401
from paidan.network.rows import ConnectionRow, ShopRow
from paidan.runtime.http import HttpCaller
from paidan.world.day import make_day
from paidan.world.host import HostSetup, host_in_thread
from paidan.world.shopify import ShopifyPlatform
from paidan.world.shopify.platform import domain_of, token_of
from paidan.world.taobao import BulkTable, TaobaoPlatform
from paidan.world.taobao.platform import session_of
from paidan.world.wire import Faults
