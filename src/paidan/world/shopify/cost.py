"""What a GraphQL document costs in points."""

from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

MUTATION_COST = 10


def cost(node: DocumentNode, variables: dict[str, Any]) -> int:
    """What a document asks for in points: 1 for an object, a page as many times its content as `first` says, 10 for a mutation.

    The real calculation differs in detail; callers must go by `extensions.cost`, not by a formula.
    """
    fragments = {one.name.value: one for one in node.definitions if isinstance(one, FragmentDefinitionNode)}
    total = 0
    for operation in node.definitions:
        if isinstance(operation, OperationDefinitionNode):
            is_mutation = operation.operation.value == "mutation"
            total += MUTATION_COST if is_mutation else _points(operation.selection_set, variables, fragments)
    return max(total, 1)


def _points(selected: SelectionSetNode | None, variables: dict[str, Any], fragments: dict[str, FragmentDefinitionNode]) -> int:
    points = 0
    for one in selected.selections if selected else ():
        if isinstance(one, FragmentSpreadNode):
            inner = fragments.get(one.name.value)
            points += _points(inner.selection_set, variables, fragments) if inner else 0
        elif isinstance(one, FieldNode) and one.selection_set is not None:
            is_wrapper = one.name.value in {"edges", "nodes", "node", "pageInfo"}
            points += _times(one, variables) * ((0 if is_wrapper else 1) + _points(one.selection_set, variables, fragments))
        elif isinstance(one, InlineFragmentNode):
            points += _points(one.selection_set, variables, fragments)
    return points


def _times(field: FieldNode, variables: dict[str, Any]) -> int:
    for argument in field.arguments or ():
        if argument.name.value == "first":
            if isinstance(argument.value, IntValueNode):
                return int(argument.value.value)
            if isinstance(argument.value, VariableNode):
                return int(variables.get(argument.value.name.value) or 1)
    return 1
