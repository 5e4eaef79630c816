"""What the environment says: read once at the door, passed on as a value."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from msgspec import Struct, ValidationError, convert, structs

from paidan.kernel.errors import SetupError
from paidan.kernel.money import minor_digits

PREFIX = "PAIDAN_"
CURRENCY: Final = re.compile(r"[A-Z]{3}")
HOUSE_DIGITS: Final = 2
"""Files and forms tell costs with two decimal places."""


class Secret(str):
    """A text that is not shown when what holds it is."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'…'" if self else "''"


class Settings(Struct, frozen=True, kw_only=True):
    """One field per variable: `home` is PAIDAN_HOME. Empty URLs mean the embedded server under `home`."""

    home: Path = Path(".paidan")  # keys, embedded database, exports
    database_url: str = ""  # the application's login: neither superuser nor owner
    owner_url: str = ""  # may create roles, schemas and tables: `migrate` and provisioning only
    database: str = "paidan"  # name of the database made by provisioning
    merchant: str = "default"
    currency: str = "CNY"  # of freight, handling and other costs of the house (ISO 4217, two decimal places); set before the first tier is written
    admin_password: str = ""  # of the first administrator, at the first start only; empty: drawn by lot and shown once
    allow_loopback: bool = False  # let calls reach 127.0.0.0/8 and private addresses: demo and tests
    allow_plain_http: bool = False  # let calls go out without TLS: for gateways that know nothing better
    log_level: str = "info"
    batch_size: int = 500
    workers: int = 1
    push_delay_s: float = 0.0  # stock changes are told to platforms only so long after they happened
    call_timeout_s: float = 10.0  # longest wait for a counterpart's answer
    lease_s: float = 8.0  # real seconds after which a dead worker's buckets go to others
    outbox_lease_s: float = 60.0  # ... and the calls it had under way are asked about
    print_fonts: str = ""  # a folder with fonts for print-outs, beside the system's
    print_zpl_font: str = "E:SIMSUN.FNT"  # the font with Chinese letters that the label printers hold
    public_url: str = ""  # how browsers reach the console (https://oms.example.com); without it sign-ins by a provider work on this machine only
    password_sign_in: bool = True  # off: people sign in by the provider alone, the first administrator still by his password
    oidc_issuer: str = ""  # who vouches for people (OpenID Connect); empty: nobody does
    oidc_client_id: str = ""  # what we are called there
    oidc_client_secret: Secret = Secret()
    oidc_scopes: str = "openid profile email"  # what we ask for; some providers want one more for groups
    oidc_name_claims: str = "preferred_username email"  # the first of these that can be a name here is a new person's name
    oidc_role_claim: str = "groups"  # the claim that holds what `oidc_roles` speaks of; a path such as realm_access.roles too
    oidc_roles: str = ""  # JSON, {"their word": "our role" or a list}; empty: the provider has no say in roles
    oidc_default_role: str = ""  # of those who have none by `oidc_roles`; empty: they are refused
    oidc_label: str = ""  # what the button says; empty: the issuer's host
    keep_outbox_days: int = 30  # what was told to a counterpart is forgotten after so long; the message log keeps the exchange
    keep_jobs_days: int = 90  # bulk jobs of the console, what became of each of their orders, and the files they made
    keep_inbox_days: int = 180  # a shop's message repeated after so long is taken in anew, without effect

    @property
    def data_dir(self) -> Path:
        """Where the embedded server keeps its files."""
        return self.home / "postgres"

    @property
    def keys_dir(self) -> Path:
        """Where keys and passwords lie: never inside the database's folder."""
        return self.home / "keys"


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Read PAIDAN_* variables; unknown ones are left alone, for tests and tools have their own.

    Raises SetupError naming the variable that cannot be read.
    """
    environment = os.environ if environment is None else environment
    fields = {field.name: PREFIX + field.name.upper() for field in structs.fields(Settings)}
    given = {name: environment[variable] for name, variable in fields.items() if environment.get(variable)}
    try:
        read = convert(given, Settings, strict=False, dec_hook=lambda kind, text: kind(text))
    except ValidationError as error:
        raise SetupError(f"a {PREFIX}* variable cannot be read: {error}") from error
    if not CURRENCY.fullmatch(read.currency) or minor_digits(read.currency) != HOUSE_DIGITS:
        raise SetupError(f"{PREFIX}CURRENCY: three capital letters of a currency with two decimal places, as CNY")
    return read
