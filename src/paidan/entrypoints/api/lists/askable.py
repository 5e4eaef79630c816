"""What may be asked of a field, and by what a list is sorted, in words: told where a question was refused."""

from collections.abc import Iterable, Mapping
from typing import Final

from paidan.entrypoints.api.lists.kinds import FEW_VALUES, TEXT_MAX, VALUES_MAX, Field, Kind, Op
from paidan.kernel import expected
from paidan.kernel.expected import Expected

FILTER: Final = Expected(
    zh="字段:条件:值，可用的字段见 GET /api/v1/lists/orders/fields",
    en="field:operator:value; the fields there are: GET /api/v1/lists/orders/fields",
)
TIME: Final = Expected(
    zh="带时区的时间（如 2026-06-18T09:30:00+08:00）或 now、now-7d、now+2h",
    en="a time with its zone (such as 2026-06-18T09:30:00+08:00), or now, now-7d, now+2h",
)
OP_WORDS: Final[Mapping[Op, str]] = {
    Op.IS: "是",
    Op.NOT: "不是",
    Op.STARTS: "开头是",
    Op.CONTAINS: "包含",
    Op.AT_LEAST: "不少于",
    Op.AT_MOST: "不多于",
    Op.FROM: "不早于",
    Op.BEFORE: "早于",
    Op.BETWEEN: "介于",
    Op.NONE: "为空",
}


def operators_of(field: Field) -> Expected:
    """The operators that a field takes, and how its values look."""
    value = _value(field, field.operators[0])
    words = "、".join(f"{op}（{OP_WORDS[op]}）" for op in field.operators)
    zh = f"{field.name}:条件:值，条件为以下之一：{words}；值为{value.zh}"
    en = f"{field.name}:operator:value, the operator one of: {', '.join(field.operators)}; the value {value.en}"
    if Op.BETWEEN in field.operators:
        zh, en = f"{zh}；{Op.BETWEEN} 为用 | 隔开的两个值", f"{en}; of {Op.BETWEEN} two apart by |"
    if Op.NONE in field.operators:
        zh, en = f"{zh}；{Op.NONE} 的值为 true 或 false", f"{en}; of {Op.NONE} true or false"
    return Expected(zh=zh, en=en)


def values_of(field: Field, op: Op) -> Expected:
    """The values behind one operator of a field."""
    value = _value(field, op)
    match FEW_VALUES.get(op):
        case 1:
            return Expected(zh=f"{field.name}:{op}: 之后为一个值：{value.zh}", en=f"one value behind {field.name}:{op}: – {value.en}")
        case 2:
            return Expected(
                zh=f"{field.name}:{op}: 之后为用 | 隔开的两个值，每个为{value.zh}",
                en=f"two values apart by | behind {field.name}:{op}: – each {value.en}",
            )
        case _:
            return Expected(
                zh=f"{field.name}:{op}: 之后为用 | 隔开的 1 到 {VALUES_MAX} 个值，每个为{value.zh}",
                en=f"1 to {VALUES_MAX} values apart by | behind {field.name}:{op}: – each {value.en}",
            )


def sorted_by(names: Iterable[str], most: int) -> Expected:
    """Columns that a list is sorted by; at most so many of them."""
    choice = expected.one_of(names)
    if most == 1:
        return Expected(zh=f"{choice.zh}（降序在前面加 -）", en=f"{choice.en} (with - before it: falling)")
    return Expected(
        zh=f"最多 {most} 个不同的字段，用逗号隔开（降序在前面加 -），每个为{choice.zh}",
        en=f"at most {most} different fields apart by commas (with - before one: falling), each {choice.en}",
    )


def _value(field: Field, op: Op) -> Expected:
    if op == Op.NONE or field.kind == Kind.FLAG:
        return expected.SWITCH
    if field.kind == Kind.INSTANT:
        return TIME
    if field.kind == Kind.MONEY:
        return expected.minor()
    if field.kind == Kind.NUMBER:
        return expected.whole()
    return expected.one_of(value.code for value in field.values) if field.values else expected.text(1, TEXT_MAX)
