# Short names for what is done often. `just` lists them.
uv := ".uv/bin/uv"

_list:
    @just --list

# Make the environment of the workspace.
sync:
    python3 -m venv .uv && .uv/bin/pip install -q uv && {{uv}} sync --all-packages

# Format, and repair what a tool can repair.
format:
    {{uv}} run --no-sync ruff check --fix .
    {{uv}} run --no-sync ruff format .

# Lint, types, layers, dependencies, dead code.
check:
    {{uv}} run --no-sync ruff check .
    {{uv}} run --no-sync ruff format --check .
    {{uv}} run --no-sync mypy
    {{uv}} run --no-sync lint-imports
    {{uv}} run --no-sync python tests/tools/dependencies.py
    {{uv}} run --no-sync vulture

# Run tests: all, or those named.
test *WHAT:
    {{uv}} run --no-sync pytest -q {{WHAT}}

# Build the site into ./site, or serve it.
docs *HOW="build --strict":
    {{uv}} run --group docs mkdocs {{HOW}}

# Everything that must hold of a commit.
ci:
    .ci/run

# Write the version of every package.
version NEW:
    {{uv}} run --no-sync python tests/tools/version.py {{NEW}}
