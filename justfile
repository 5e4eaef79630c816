# The task list is the manual: `just` prints it. Everything here also works typed by hand.

python := ".venv/bin/python"
lock := "uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --custom-compile-command 'just lock'"

# print this list
default:
    @just --list --unsorted

# make .venv with everything a developer needs
setup:
    ./paidan setup --dev

# the quick tests (3 minutes); `just test tests/stock -x`
test *arguments:
    ./paidan test {{arguments}}

# the slow tests too (12 minutes)
test-all *arguments:
    ./paidan test --all {{arguments}}

# what .ci/run checks before any test: style, format, types, import contracts
lint:
    .venv/bin/ruff check .
    .venv/bin/ruff format --check .
    .venv/bin/mypy
    .venv/bin/lint-imports

# put the style right where it can be done by itself
format:
    .venv/bin/ruff check --fix .
    .venv/bin/ruff format .

# write schema/current.sql, docs/states.md and docs/openapi.json anew from what they are made of
generate:
    {{python}} -m paidan.entrypoints.generated

# lock the requirements anew, at the newest versions that pyproject.toml allows
lock:
    {{lock}} --upgrade pyproject.toml --output-file requirements/runtime.txt
    {{lock}} --upgrade --constraint requirements/runtime.txt pyproject.toml --group dev --output-file requirements/dev.txt
    {{lock}} --upgrade --constraint requirements/dev.txt --group build --output-file requirements/build.txt
    {{lock}} --upgrade requirements/node.in --output-file requirements/node.txt

# lock the requirements anew, changing only what pyproject.toml now asks for
lock-keeping:
    {{lock}} pyproject.toml --output-file requirements/runtime.txt
    {{lock}} --constraint requirements/runtime.txt pyproject.toml --group dev --output-file requirements/dev.txt
    {{lock}} --constraint requirements/dev.txt --group build --output-file requirements/build.txt

# build the web console into console/dist, if it is missing or old
console:
    {{python}} -m paidan.entrypoints.console_build

# a small day of trade, checked to the unit
demo:
    ./paidan demo --orders 2000 --seed 1 --headless --check

# everything that a submission must pass (25 minutes)
ci:
    bash .ci/run
