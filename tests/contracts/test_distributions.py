"""Every distribution says what it is: readme, licence, addresses, one version, exact pins on the core."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from tools.version import rewritten

ROOT = Path(__file__).parents[2]
MEMBERS = sorted(
    path.parent for path in (*ROOT.glob("*/pyproject.toml"), *ROOT.glob("plugins/*/pyproject.toml"))
)
NAMES = [member.name for member in MEMBERS]


def project(member: Path) -> dict[str, Any]:
    text = (member / "pyproject.toml").read_text(encoding="utf-8")
    found: dict[str, Any] = tomllib.loads(text)["project"]
    return found


def test_all_distributions_share_one_version() -> None:
    assert len({project(member)["version"] for member in MEMBERS}) == 1


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_a_distribution_says_what_it_is(member: Path) -> None:
    found = project(member)
    assert {"readme", "urls", "classifiers", "license", "license-files", "keywords"} <= set(found)
    assert set(found["urls"]) == {"Homepage", "Documentation", "Changelog"}
    assert found["requires-python"] == ">=3.11"
    readme = (member / found["readme"]).read_text(encoding="utf-8")
    assert readme.startswith(f"# {found['name']}\n")
    assert (member / "LICENSE").read_bytes() == (ROOT / "LICENSE").read_bytes()
    (package,) = (path.parent for path in member.glob("src/*/__init__.py"))
    assert (package / "py.typed").is_file()


@pytest.mark.parametrize("member", MEMBERS, ids=NAMES)
def test_it_asks_for_the_core_of_its_own_version(member: Path) -> None:
    found = project(member)
    pins = [text for text in found["dependencies"] if text.startswith("fastdistill")]
    assert all(text.endswith(f"=={found['version']}") for text in pins)
    assert len(pins) == (found["name"] not in ("fastdistill", "fastdistill-simulator"))


def test_the_version_is_written_everywhere_at_once() -> None:
    for member in MEMBERS:
        text = rewritten((member / "pyproject.toml").read_text(encoding="utf-8"), "9.8.7")
        found = tomllib.loads(text)["project"]
        assert found["version"] == "9.8.7"
        assert all(
            pin.endswith("==9.8.7") for pin in found["dependencies"] if pin.startswith("fastdistill")
        )
