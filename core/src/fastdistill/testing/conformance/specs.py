"""What holds of every spec: its name, its summary, its options, and how fast its module is imported."""

import subprocess
import sys
from importlib.metadata import entry_points
from typing import Any

import attrs

from fastdistill.host import GROUP
from fastdistill.redact import names_secret, scrub
from fastdistill.serde import StructureError, structure, unstructure
from fastdistill.testing.conformance.check import Nonconforming, NotApplicable, Subject, made, want

HEAVY = frozenset(
    [
        "torch",
        "transformers",
        "numpy",
        "pandas",
        "scipy",
        "sympy",
        "sklearn",
        "pyarrow",
        "datasets",
        "duckdb",
        "sqlglot",
        "httpx",
        "requests",
        "aiohttp",
        "pyreqwest",
        "openai",
        "anthropic",
        "litellm",
        "xllamacpp",
        "tokenizers",
    ]
)
"""Modules that take long to import: `fd --help` and every other command would wait for them."""
LONGEST_SUMMARY = 120


def name_is_its_own(subject: Subject) -> None:
    """No other plugin offers the same name of this kind."""
    kind, name = subject.offer.kind, subject.offer.spec.name
    found = [one for one in subject.host.offers(kind) if one.spec.name == name]
    want(len(found) == 1, f"{name!r} is offered by {' and '.join(str(one.origin) for one in found)}")


def summary_is_one_line(subject: Subject) -> None:
    """The summary is one line that says what the plugin does."""
    summary = subject.offer.spec.summary
    want(isinstance(summary, str) and summary.strip(), "the summary is empty")
    want("\n" not in summary, f"the summary has several lines: {summary!r:.80}")
    want(
        len(summary) <= LONGEST_SUMMARY, f"the summary has {len(summary)} characters, not {LONGEST_SUMMARY}"
    )


def options_are_a_frozen_class(subject: Subject) -> None:
    """`config` is a frozen attrs class whose every field has a type."""
    config: Any = subject.offer.spec.config
    want(isinstance(config, type) and attrs.has(config), f"config is {config!r:.80}, no attrs class")
    bare = [one.name for one in attrs.fields(config) if one.type is None]
    want(not bare, f"without a type: {', '.join(bare)}")
    options = subject.built_options()
    for one in attrs.fields(config):
        try:
            setattr(options, one.name, getattr(options, one.name))
        except attrs.exceptions.FrozenInstanceError:
            break
        raise Nonconforming(f"{config.__name__} can be changed: write @attrs.frozen")


def defaults_fit_their_types(subject: Subject) -> None:
    """Every default is a value that a run file could hold for its field."""
    options = subject.built_options()
    table = unstructure(options)
    try:
        again = structure(table, subject.offer.spec.config)
    except StructureError as error:
        raise Nonconforming(f"a default does not fit: {'; '.join(error.problems)}") from None
    want(again == options, f"options do not survive a round trip: {options!r:.120}, then {again!r:.120}")


def unknown_options_are_refused(subject: Subject) -> None:
    """A key that the options do not have is an error."""
    table = {**subject.options, "no_such_option": 1}
    try:
        structure(table, subject.offer.spec.config)
    except StructureError as error:
        want(
            any("no_such_option" in one for one in error.problems),
            f"refused for another reason: {'; '.join(error.problems)}",
        )
        return
    raise Nonconforming("the key 'no_such_option' was taken without a word")


def options_hold_no_secret(subject: Subject) -> None:
    """No option is a key or a password: a run file names the variable or the file that holds it."""
    config: Any = subject.offer.spec.config
    found = [one.name for one in attrs.fields(config) if names_secret(one.name)]
    want(not found, f"{', '.join(found)}: take the name of a variable instead, as {found and found[0]}_env")


def module_is_light(subject: Subject) -> None:
    """Importing the plugin's module imports nothing heavy: that waits for `build` or `open`."""
    origin = subject.offer.origin
    points = [
        one
        for one in entry_points(group=GROUP, name=origin.plugin)
        if one.dist is not None and one.dist.name == origin.distribution
    ]
    if not points:
        raise NotApplicable("it is not installed: its entry point would name the module")
    module = points[0].module
    script = f"import sys, {module}; print(*sorted({{m.partition('.')[0] for m in sys.modules}}))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
    if done.returncode:
        raise NotApplicable(f"{module} cannot be imported by itself: {scrub(done.stderr[-200:])}")
    found = sorted(HEAVY & set(done.stdout.split()))
    want(not found, f"{module} imports {', '.join(found)}; import it in the function that needs it")


SPEC_CHECKS = made(
    name_is_its_own,
    summary_is_one_line,
    options_are_a_frozen_class,
    defaults_fit_their_types,
    unknown_options_are_refused,
    options_hold_no_secret,
    module_is_light,
)
