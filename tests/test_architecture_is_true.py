"""ARCHITECTURE.md tells what the code does: the stages in their order, the parts of the mill, every folder, the way of imports."""

import ast
import re
from configparser import ConfigParser
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
SOURCES = ROOT / "src" / "paidan"
DECIDING = {"decide", "settle"}


def rows(head):
    """The table below the header row that starts with `head`: its cells, row by row."""
    table = PAGE.split(f"| {head} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in table]


def function(tree, name):
    return next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == name)


def calls_in_order(node):
    return sorted((call for call in ast.walk(node) if isinstance(call, ast.Call)), key=lambda call: (call.lineno, call.col_offset))


def deciding_modules():
    """Files whose `decide` or `settle` the pass calls, in the order it calls them."""
    tree = ast.parse((SOURCES / "pipeline.py").read_text(encoding="utf-8"))
    module_by_name, modules = {}, {}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("paidan"):
            for alias in node.names:
                if alias.name in DECIDING:
                    module_by_name[alias.asname or alias.name] = node.module
                modules[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    called = []
    for call in [*calls_in_order(function(tree, "run_pass")), *calls_in_order(function(tree, "_apply"))]:
        if isinstance(call.func, ast.Name) and call.func.id in module_by_name:
            called.append(module_by_name[call.func.id])
        elif isinstance(call.func, ast.Attribute) and call.func.attr in DECIDING and isinstance(call.func.value, ast.Name):
            called.append(modules[call.func.value.id])
    return list(dict.fromkeys(module.removeprefix("paidan.").replace(".", "/") + ".py" for module in called))


def test_the_stages_are_those_of_the_pass_in_their_order():
    assert [where.strip("`") for _, _, where in rows("stage")] == deciding_modules()


def test_the_parts_of_the_mill_are_those_it_turns():
    mill = ast.parse((SOURCES / "entrypoints" / "mill.py").read_text(encoding="utf-8"))
    methods = {node.name for node in ast.walk(mill) if isinstance(node, ast.FunctionDef)}
    named = [node for node in ast.walk(function(mill, "turn")) if isinstance(node, ast.Attribute) and node.attr in methods]
    own = [node for node in named if isinstance(node.value, ast.Name) and node.value.id == "self"]  # called there, or handed on to be called
    parts = [node.attr.lstrip("_") for node in sorted(own, key=lambda node: (node.lineno, node.col_offset))]
    assert [part for part, *_ in rows("part")] == [part for part in parts if part != "look"]


def test_the_steps_over_buckets_are_named():
    mill = ast.parse((SOURCES / "entrypoints" / "mill.py").read_text(encoding="utf-8"))
    steps = next(
        node.value
        for node in ast.walk(mill)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute) and node.target.attr == "_steps"
    )
    told = next(what for part, what, _ in rows("part") if part == "pass")
    assert re.findall(r"`(\w+)`", told) == [element.func.id for element in steps.elts]


def test_the_map_names_every_folder_and_no_other():
    told = set(re.findall(r"^[├└]── (\w+)/ ", PAGE, re.MULTILINE))
    there = {folder.name for folder in SOURCES.iterdir() if (folder / "__init__.py").exists()}
    assert told == there


def test_files_and_folders_named_in_tables_exist():
    named = {word for _, _, where in [*rows("stage"), *rows("part")] for word in re.findall(r"`([\w/.]+)`", where)}
    assert named
    assert [word for word in sorted(named) if not (SOURCES / word).exists()] == []


def test_the_way_of_imports_is_the_contract():
    contracts = ConfigParser()
    contracts.read(ROOT / ".importlinter")
    layers = contracts["importlinter:contract:layers"]["layers"].split("\n")
    order = [sorted(re.findall(r"\w+", line)) for line in layers if line.strip() and not line.lstrip().startswith("#")]
    told = PAGE.split("exhaustive: a folder", 1)[1].split("```")[1].strip().splitlines()[0]
    capabilities = sorted(re.findall(r"├── (intake|audit|editing|shaping|sourcing|release|fulfilment|feedback|printing)/", PAGE))
    steps = [capabilities if step.strip() == "capabilities" else sorted(re.findall(r"\w+", step)) for step in told.split("→")]
    # The world stands beside the pipeline: the line below says what it may see.
    assert [[name for name in layer if name != "world"] for layer in order] == steps
