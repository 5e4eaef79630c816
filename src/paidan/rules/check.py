"""Is a condition fit to be compiled? Everything wrong with it is told at once, with its place."""

from collections.abc import Iterator

from msgspec import Struct

from paidan.kernel.errors import BadInput
from paidan.kernel.reasons import Reason
from paidan.rules.conditions import MAX_DEPTH, MAX_NODES, OPERATORS, AnyOf, Compare, Condition, walk
from paidan.rules.fields import NOW, Catalogue, Field
from paidan.rules.values import Unfit, operand


class Problem(Struct, frozen=True, kw_only=True):
    """What is wrong with a condition, where (a JSON pointer into it) and in words."""

    reason: Reason
    path: str
    zh: str
    en: str


def check(condition: Condition, catalogue: Catalogue, *, for_lists: bool = False, path: str = "") -> list[Problem]:
    """Everything that keeps the condition from being compiled; empty when nothing does.

    `for_lists` also wants an SQL expression behind every field. `path` is put before the pointer of each problem.
    """
    placed = walk(condition, path)
    nodes: list[tuple[str, Condition]] = []
    for where, depth, node in placed:
        if depth > MAX_DEPTH:
            return [_too_large(where, f"条件嵌套超过 {MAX_DEPTH} 层", f"Nested deeper than {MAX_DEPTH}")]
        if len(nodes) == MAX_NODES:
            return [_too_large(where, f"条件超过 {MAX_NODES} 个", f"More than {MAX_NODES} conditions")]
        nodes.append((where, node))
    return [problem for where, node in nodes for problem in _check_node(node, catalogue, where, for_lists=for_lists)]


def require_sound(condition: Condition, catalogue: Catalogue, *, for_lists: bool = False) -> None:
    """Raise BadInput with the first problem, if there is one: nothing unchecked is ever compiled."""
    for problem in check(condition, catalogue, for_lists=for_lists):
        raise BadInput(problem.reason, f"{catalogue.subject} condition {problem.path or '/'}: {problem.en}")


def _check_node(node: Condition, catalogue: Catalogue, where: str, *, for_lists: bool) -> Iterator[Problem]:
    if isinstance(node, AnyOf) and not node.of:
        yield Problem(reason=Reason.FIELD_MISSING, path=f"{where}/of", zh="“或”条件不能为空", en="'Any of' needs a part")
    if not isinstance(node, Compare):
        return
    field = catalogue.fields_by_name.get(node.field)
    if field is None:
        yield Problem(reason=Reason.UNKNOWN_FIELD, path=f"{where}/field", zh="没有此字段", en=f"{catalogue.subject} has no such field")
    elif node.op not in OPERATORS[field.type]:
        yield Problem(
            reason=Reason.FIELD_INVALID,
            path=f"{where}/op",
            zh=f"{field.zh}不支持此比较方式",
            en=f"{field.en} cannot be compared by '{node.op}'",
        )
    else:
        yield from _check_value(node, field, where)
        if for_lists and not field.sql and field is not NOW:
            yield Problem(reason=Reason.UNKNOWN_FIELD, path=f"{where}/field", zh=f"{field.zh}不能用于列表", en=f"{field.en} cannot be used in lists")


def _check_value(node: Compare, field: Field, where: str) -> Iterator[Problem]:
    try:
        operand(field, node.op, node.value)
    except Unfit as unfit:
        yield Problem(reason=Reason.FIELD_INVALID, path=f"{where}/value", zh=f"{field.zh}：{unfit.zh}", en=f"{field.en}: {unfit.en}")


def _too_large(where: str, zh: str, en: str) -> Problem:
    return Problem(reason=Reason.BODY_TOO_LARGE, path=where, zh=zh, en=en)
