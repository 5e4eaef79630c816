"""Whatever is sent to any operation, the answer is one that the description names, and never an error of ours."""

from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paidan.entrypoints.api.problems import ProblemBody

OPEN_ENDED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=10), inner, max_size=3),
    max_leaves=6,
)
NASTY = st.sampled_from(
    ["", "0", "-1", "1", "99999999999999999999", "x", "\0", "é" * 30, "' OR 1=1 --", "*", '"v1"', "true", "[]", "%00", "../..", "a/b"]
)
PARAMETERS = {"integer": st.integers().map(str) | NASTY, "boolean": st.sampled_from(["true", "1", "x"]) | NASTY}


def resolved(spec: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return spec["components"]["schemas"][name] if name else schema


def values(spec: dict[str, Any], schema: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:  # noqa: PLR0911 - one line for each kind of schema
    """Values that mostly fit a schema, and sometimes do not."""
    schema = resolved(spec, schema)
    options = schema.get("oneOf") or schema.get("anyOf")
    if depth > 4:
        return st.none()
    if options:
        return st.one_of([values(spec, option, depth + 1) for option in options])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema.get("type")
    if isinstance(kind, list):
        return st.one_of([values(spec, {**schema, "type": one}, depth + 1) for one in kind])
    if kind == "object" and "properties" in schema:
        needed = {name: values(spec, part, depth + 1) for name, part in schema["properties"].items() if name in schema.get("required", ())}
        other = {name: values(spec, part, depth + 1) for name, part in schema["properties"].items() if name not in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=other) | OPEN_ENDED
    if kind == "array":
        return st.lists(values(spec, schema.get("items", {}), depth + 1), max_size=3, min_size=min(schema.get("minItems", 0), 2))
    if kind == "integer":
        return st.integers(schema.get("minimum", -5), schema.get("maximum", 2**63)) | st.integers()
    if kind == "string":
        return st.from_regex(schema["pattern"], fullmatch=True) if schema.get("pattern", "").startswith("^[") else NASTY | st.text(max_size=12)
    return {"number": st.floats(), "boolean": st.booleans(), "null": st.none()}.get(str(kind), OPEN_ENDED)


@pytest.fixture(scope="module")
def spec(still):
    return still.client.get("/api/v1/openapi.json").json()


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [(verb, path, item[verb]) for path, item in spec["paths"].items() for verb in ("get", "post", "put") if verb in item]


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], derandomize=True)
@given(data=st.data())
def test_every_operation_answers_as_described_whatever_is_sent(still, spec, data):
    verb, path, operation = data.draw(st.sampled_from(operations(spec)))
    query, headers = {}, {"accept-language": "en"}
    for parameter in operation.get("parameters", []):
        value = data.draw(PARAMETERS.get(str(parameter["schema"].get("type")), NASTY))
        if parameter["in"] == "path":
            path = path.replace("{" + parameter["name"] + "}", value.replace("/", "%2F").replace("\0", "%00").replace("%", "%25") or "1")
        elif parameter["in"] == "header" and value.isascii() and value.isprintable():
            headers[parameter["name"]] = value
        elif parameter["in"] == "query" and data.draw(st.booleans()):
            query[parameter["name"]] = value
    content = b""
    for media in operation.get("requestBody", {}).get("content", {}).values():
        body = data.draw(values(spec, media["schema"]))
        content = msgspec.json.encode(body)
        headers["content-type"] = "application/json"
    if ("/keys/" in path and "/revoke" in path) or path.endswith("/events"):  # events: a stream without end
        return
    answer = still.call(verb.upper(), path.removeprefix("/api/v1"), params=query, headers=headers, content=content)
    assert answer.status_code < 500, (verb, path, query, headers, content, answer.text)
    described = {str(code) for code in operation["responses"]}
    assert str(answer.status_code) in described | {"404"}, (verb, path, answer.status_code)
    if answer.status_code >= 400:
        assert answer.headers["content-type"] == "application/problem+json"
        problem = msgspec.json.decode(answer.content, type=ProblemBody)
        assert problem.status == answer.status_code
        assert problem.title


def test_the_description_is_openapi_3_1_and_names_every_operation_once(spec):
    assert spec["openapi"].startswith("3.1")
    found = operations(spec)
    assert len({operation["operationId"] for _, _, operation in found}) == len(found)
    assert all(operation.get("summary") and operation.get("description") for _, _, operation in found)
    assert all("422" in operation["responses"] for _, _, operation in found)
    assert {path for _, path, operation in found if not operation["security"]} == {"/api/v1/sign-in", "/api/v1/sign-in/ways", "/api/v1/sign-out"}


def test_no_list_is_described_as_a_list_of_anything(spec):
    found = []

    def walk(part: Any, path: str) -> None:
        if isinstance(part, list):
            for n, inner in enumerate(part):
                walk(inner, f"{path}/{n}")
        elif isinstance(part, dict):
            items = part.get("items")
            if part.get("type") == "array" and (not items or {} in items.get("oneOf", []) or {} in items.get("anyOf", [])):
                found.append(path)
            for key, inner in part.items():
                walk(inner, f"{path}/{key}")

    walk(spec, "")
    assert found == []
