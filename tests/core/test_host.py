"""Discovery: good plugins work beside broken, misspelt and rival ones."""

from collections.abc import Iterable
from typing import Any

import pytest
from attrs import evolve
from support.toy import solve, toy_host

from fastdistill import NoOptions, ProviderSpec, RuleSpec, UsageError, hookimpl, passed
from fastdistill.config import load
from fastdistill.errors import PluginError, RunFileError
from fastdistill.host import PluginHost
from fastdistill.run.plan import resolve
from fastdistill.testing.scripted import ScriptedProvider


def rule(name: str) -> RuleSpec[NoOptions]:
    return RuleSpec(name=name, summary="", config=NoOptions, build=lambda _: lambda task, answer: passed())


def offering(*names: str) -> object:
    class Plugin:
        @hookimpl
        def fastdistill_rules(self) -> Iterable[RuleSpec[Any]]:
            return [rule(name) for name in names]

    return Plugin()


def test_an_offer_names_its_plugin() -> None:
    host = PluginHost()
    host.register(offering("short"), "good", distribution="attrs")
    offer = host.get("rules", "short")
    assert offer.origin.plugin == "good"
    assert offer.origin.distribution == "attrs"
    assert offer.origin.version != "unknown"


def test_the_installed_builtin_rules_are_found() -> None:
    host = PluginHost().discover()
    assert host.get("rules", "not-empty").origin.distribution == "fastdistill"


def test_rivals_are_refused_only_when_asked_for_naming_both() -> None:
    host = PluginHost()
    host.register(offering("same", "mine"), "one")
    host.register(offering("same"), "two")
    assert host.get("rules", "mine").origin.plugin == "one"
    with pytest.raises(PluginError, match=r"'same' is offered by one .* and two "):
        host.get("rules", "same")


def test_an_unknown_name_gets_the_nearest_and_what_is_there() -> None:
    host = PluginHost()
    host.register(offering("short"), "good")
    with pytest.raises(PluginError, match=r"no rule 'shrot' \(did you mean 'short'\?\); installed: short"):
        host.get("rules", "shrot")


def test_a_misspelt_hook_is_a_failure_and_the_others_work() -> None:
    class Misspelt:
        @hookimpl
        def fastdistill_ruls(self) -> list[Any]:
            return []

    host = PluginHost()
    host.register(offering("short"), "good")
    host.register(Misspelt(), "misspelt")
    host.register(offering("long"), "later")
    (failure,) = host.failures
    assert failure.origin.plugin == "misspelt"
    assert "fastdistill_ruls" in failure.error
    assert [offer.spec.name for offer in host.offers("rules")] == ["short", "long"]


def test_a_hook_without_the_marker_is_a_failure() -> None:
    class Unmarked:
        def fastdistill_rules(self) -> list[Any]:
            return []

    host = PluginHost()
    host.register(Unmarked(), "unmarked")
    assert "not marked with @hookimpl" in host.failures[0].error


def test_a_hook_with_arguments_is_a_failure() -> None:
    class Wrong:
        @hookimpl
        def fastdistill_rules(self, config: object) -> list[Any]:
            return []

    host = PluginHost()
    host.register(Wrong(), "wrong")
    assert host.failures[0].stage == "register"


@pytest.mark.parametrize("result", [None, [3], ["not a spec"]])
def test_a_hook_that_yields_rubbish_is_a_failure(result: Any) -> None:
    class Rubbish:
        @hookimpl
        def fastdistill_rules(self) -> Any:
            return result

    host = PluginHost()
    host.register(Rubbish(), "rubbish")
    host.register(offering("short"), "good")
    assert [offer.spec.name for offer in host.offers()] == ["short"]
    assert host.failures[0].stage == "hook"


def test_a_hook_that_raises_is_a_failure() -> None:
    class Raises:
        @hookimpl
        def fastdistill_rules(self) -> Any:
            raise RuntimeError("at work")

    host = PluginHost()
    host.register(Raises(), "raises")
    assert host.offers() == []
    assert host.failures[0].error.startswith("RuntimeError: at work (test_host.py, line")


def test_who_asks_nobody_needs_no_provider() -> None:
    host = toy_host(ScriptedProvider(answer=solve))
    loaded = load(None, ["scenario=adding"])
    with pytest.raises(UsageError, match=r"which teacher\? .*--teacher .*; installed: scripted"):
        resolve(loaded, host)
    assert resolve(loaded, host, asks=False).teachers == ()


@pytest.mark.parametrize("option", ["wrapper", "hookwrapper"])
def test_a_wrapper_is_told_that_hooks_wrap_nothing(option: str) -> None:
    class Wraps:
        @hookimpl(wrapper=option == "wrapper", hookwrapper=option == "hookwrapper")
        def fastdistill_rules(self) -> Any:
            yield

    host = PluginHost()
    host.register(Wraps(), "wraps")
    host.register(offering("short"), "good")
    assert [offer.spec.name for offer in host.offers()] == ["short"]
    (failure,) = host.failures
    assert failure.stage == "register"
    assert f"fastdistill_rules() is marked with @hookimpl({option}=True)" in failure.error


def with_defaults(*names: str) -> PluginHost:
    host = toy_host(ScriptedProvider(answer=solve))

    class Plugin:
        @hookimpl
        def fastdistill_providers(self) -> Iterable[ProviderSpec[Any]]:
            for name in names:
                spec = ScriptedProvider(answer=solve).spec(name)
                yield evolve(spec, default_model=f"{name}-small")

    host.register(Plugin(), "defaults")
    return host


def test_who_names_no_teacher_gets_the_provider_that_has_a_default_model() -> None:
    (teacher,) = resolve(load(None, ["scenario=adding"]), with_defaults("mine")).teachers
    assert teacher.config.title == "mine:mine-small"
    half = load(None, ["scenario=adding", "teacher.0.attempts=4"])
    (teacher,) = resolve(half, with_defaults("mine")).teachers
    assert (teacher.config.title, teacher.config.attempts) == ("mine:mine-small", 4)


def test_two_default_teachers_are_no_default() -> None:
    with pytest.raises(UsageError, match="mine and other each have a default model"):
        resolve(load(None, ["scenario=adding"]), with_defaults("mine", "other"))


def test_a_teacher_without_its_model_is_told_with_its_path() -> None:
    loaded = load(None, ["scenario=adding", "teacher.0.provider=scripted"])
    with pytest.raises(RunFileError, match=r"teacher\[0\].model: is missing"):
        resolve(loaded, with_defaults())
