"""Litestar's decorators with every refusal documented: what an operation may answer beside its success is a problem."""

from functools import partial
from typing import Final

from litestar import delete as litestar_delete
from litestar import get as litestar_get
from litestar import post as litestar_post
from litestar import put as litestar_put

from paidan.entrypoints.api.problems import RESPONSES

get: Final = partial(litestar_get, responses=RESPONSES)
post: Final = partial(litestar_post, responses=RESPONSES)
put: Final = partial(litestar_put, responses=RESPONSES)
delete: Final = partial(litestar_delete, responses=RESPONSES)
