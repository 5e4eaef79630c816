"""A condition as a sentence, in Chinese and English, for the console, for `explain` and for reviews."""

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final, Literal, NamedTuple

from paidan.kernel.money import from_minor
from paidan.rules.conditions import ALWAYS, AllOf, AnyOf, Compare, Condition, Not, Op
from paidan.rules.fields import Catalogue, Field, FieldType
from paidan.rules.values import Operand, operand

Language = Literal["zh", "en"]
_SHOWN_MAX: Final = 12


class _Phrase(NamedTuple):
    zh: str
    en: str


# {f} is the field, {a} and {b} its values, {all} all of them in braces.
_PHRASES: Final[dict[Op, _Phrase]] = {
    Op.EQ: _Phrase("{f} = {a}", "{f} = {a}"),
    Op.NE: _Phrase("{f} ≠ {a}", "{f} ≠ {a}"),
    Op.LT: _Phrase("{f} < {a}", "{f} < {a}"),
    Op.LE: _Phrase("{f} ≤ {a}", "{f} ≤ {a}"),
    Op.GT: _Phrase("{f} > {a}", "{f} > {a}"),
    Op.GE: _Phrase("{f} ≥ {a}", "{f} ≥ {a}"),
    Op.BETWEEN: _Phrase("{f} 介于 {a} 与 {b} 之间", "{f} between {a} and {b}"),
    Op.IN: _Phrase("{f} 属于 {all}", "{f} in {all}"),
    Op.NOT_IN: _Phrase("{f} 不属于 {all}", "{f} not in {all}"),
    Op.CONTAINS: _Phrase("{f} 包含 {a}", "{f} contains {a}"),
    Op.CONTAINS_ANY: _Phrase("{f} 包含任一 {all}", "{f} contains any of {all}"),
    Op.STARTS_WITH: _Phrase("{f} 开头是 {a}", "{f} starts with {a}"),
    Op.ENDS_WITH: _Phrase("{f} 结尾是 {a}", "{f} ends with {a}"),
    Op.HAS_ANY: _Phrase("{f} 含任一 {all}", "{f} has any of {all}"),
    Op.HAS_ALL: _Phrase("{f} 含全部 {all}", "{f} has all of {all}"),
    Op.HAS_NONE: _Phrase("{f} 不含 {all}", "{f} has none of {all}"),
    Op.ONLY: _Phrase("{f} 仅含 {all}", "{f} has only {all}"),
    Op.IS_EMPTY: _Phrase("{f} 为空", "{f} is empty"),
    Op.NOT_EMPTY: _Phrase("{f} 不为空", "{f} is not empty"),
    Op.IN_LAST_HOURS: _Phrase("{f} 在过去 {a} 内", "{f} within the last {a}"),
    Op.IN_NEXT_HOURS: _Phrase("{f} 在未来 {a} 内", "{f} within the next {a}"),
}
_AND: Final = _Phrase(" 且 ", " and ")
_OR: Final = _Phrase(" 或 ", " or ")
_NOT: Final = _Phrase("非（{}）", "not ({})")
_GROUP: Final = _Phrase("（{}）", "({})")
_ANY_TIME: Final = _Phrase("任何情况", "always")
_NEVER: Final = _Phrase("不可能", "never")
_TRUTH: Final = {True: _Phrase("是", "yes"), False: _Phrase("否", "no")}
_UNITS: Final = {FieldType.AGE_HOURS: _Phrase("{} 小时", "{} h"), FieldType.AGE_DAYS: _Phrase("{} 天", "{} d")}
_HOURS: Final = _UNITS[FieldType.AGE_HOURS]


def sentence(condition: Condition, catalogue: Catalogue, language: Language = "zh", *, zone: tzinfo = UTC) -> str:
    """Say the condition, which `check` has passed, in words: `订单金额 ≥ 500.00 且 省份 属于 {西藏, 新疆}`. Instants are shown in `zone`."""
    speaker = _Speaker(catalogue, language, zone)
    return speaker.whole(condition)


class _Speaker:
    def __init__(self, catalogue: Catalogue, language: Language, zone: tzinfo) -> None:
        self.catalogue = catalogue
        self.language: Language = language
        self.zone = zone

    def in_words(self, phrase: _Phrase) -> str:
        return phrase.zh if self.language == "zh" else phrase.en

    def whole(self, condition: Condition) -> str:
        if condition == ALWAYS:
            return self.in_words(_ANY_TIME)
        if isinstance(condition, AllOf | AnyOf):
            link = _AND if isinstance(condition, AllOf) else _OR
            return self.in_words(link).join(self.part(part) for part in condition.of) or self.in_words(_NEVER)
        if isinstance(condition, Not):
            return self.in_words(_NOT).format(self.whole(condition.of))
        return self.comparison(condition)

    def part(self, condition: Condition) -> str:
        """As `whole`, in brackets where it has an `and` or an `or` of its own."""
        text = self.whole(condition)
        return self.in_words(_GROUP).format(text) if isinstance(condition, AllOf | AnyOf) and len(condition.of) > 1 else text

    def comparison(self, node: Compare) -> str:
        field = self.catalogue.fields_by_name[node.field]
        values = [self.value(field, value) for value in operand(field, node.op, node.value)]
        first, second = [*values, "", ""][:2]
        return self.in_words(_PHRASES[node.op]).format(f=self.name(field), a=first, b=second, all=self.listed(values))

    def name(self, field: Field) -> str:
        return field.zh if self.language == "zh" else field.en

    def listed(self, values: list[str]) -> str:
        left_out = len(values) - _SHOWN_MAX
        more = [self.in_words(_Phrase("…另 {} 项", "… {} more")).format(left_out)] if left_out > 0 else []
        return "{" + ", ".join(values[:_SHOWN_MAX] + more) + "}"

    def value(self, field: Field, value: Operand) -> str:
        if isinstance(value, bool):
            return self.in_words(_TRUTH[value])
        if isinstance(value, timedelta):
            return self.in_words(_HOURS).format(value // timedelta(hours=1))
        if isinstance(value, datetime):
            return value.astimezone(self.zone).isoformat(sep=" ")
        if isinstance(value, int):
            return self.whole_number(field, value)
        return f"“{value}”" if field.type is FieldType.TEXT else self.code(field, str(value))

    def whole_number(self, field: Field, value: int) -> str:
        if field.type is FieldType.MONEY_MINOR:
            return from_minor(value, field.currency)
        unit = _UNITS.get(field.type)
        return self.in_words(unit).format(value) if unit else str(value)

    def code(self, field: Field, code: str) -> str:
        """The words of an option; any other code, number or time as it is."""
        for option in field.options:
            if option.code == code:
                return self.in_words(_Phrase(option.zh, option.en))
        return code
