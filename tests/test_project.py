"""The house around the code: what is installed, what the documents promise, what is checked in."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from index.settings import PREFIX, Settings

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# nvidia-cublas, cuda-bindings, cupy-cuda12x, triton (which only CUDA builds of torch bring)
CUDA_PACKAGE = re.compile(r"^(nvidia|cuda|cupy|triton)\b", re.IGNORECASE)


def pinned_versions() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: which files are checked in cannot be known")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def requirements() -> list[Requirement]:
    groups = PROJECT["dependency-groups"]
    lines = [*PROJECT["project"]["dependencies"], *groups["dev"], *PROJECT["build-system"]["requires"]]
    lines += [line for extra in PROJECT["project"].get("optional-dependencies", {}).values() for line in extra]
    return [Requirement(line) for line in lines]


@pytest.mark.parametrize("requirement", requirements(), ids=lambda requirement: requirement.name)
def test_every_dependency_is_pinned_within_its_range(requirement: Requirement) -> None:
    pinned = pinned_versions().get(canonicalize_name(requirement.name))
    assert pinned is not None, f"{requirement.name} is not in constraints.txt; run: make lock"
    assert requirement.specifier.contains(pinned)


@pytest.mark.parametrize("requirement", PROJECT["project"]["dependencies"])
def test_a_dependency_is_a_range_and_not_one_version(requirement: str) -> None:
    operators = {specifier.operator for specifier in Requirement(requirement).specifier}
    assert ">=" in operators
    assert "==" not in operators


def test_no_cuda_package_is_pinned() -> None:
    assert [name for name in pinned_versions() if CUDA_PACKAGE.match(name)] == []


def test_no_cuda_package_is_installed() -> None:
    installed = {distribution.metadata["Name"] for distribution in distributions()}
    assert [name for name in sorted(installed) if CUDA_PACKAGE.match(name)] == [], (
        "a CUDA build of torch came along; README.md says how to choose the build for the processor"
    )


def test_pinned_versions_name_no_local_build() -> None:
    """A pin like `torch==2.13.0+cpu` could only be installed from one index."""
    assert [name for name, version in pinned_versions().items() if "+" in version] == []


def test_make_alone_lists_every_target_that_it_describes() -> None:
    shown = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    described = re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE)
    assert [line.split()[0] for line in shown.stdout.splitlines()[1:]] == described


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md", "docs/decisions.md"])
def test_documents_name_only_make_targets_that_exist(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    # "    make app" in a block, "`make test`" in a sentence
    named = set(re.findall(r"(?:^ *|`)make ([a-z]+)", text, re.MULTILINE))
    assert named <= set(re.findall(r"^([a-z]+):.*## ", MAKEFILE, re.MULTILINE))
    assert named


def test_readme_names_every_command_and_only_those() -> None:
    from rag.cli import main

    # "kamerantwoord ask "Hoe …""
    named = set(re.findall(r"\bkamerantwoord ([a-z]+)\b", README))
    assert named == set(main.commands)


def settings_table() -> str:
    """Return the table of docs/settings.md as the settings themselves would write it."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = f"`{field.default}`" if field.default not in (None, ()) else "none"
        rows.append(f"| `{name}` | {default} | {field.description} |")
    return "\n".join(rows) + "\n"


def test_every_setting_is_documented_with_its_default() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert document.partition("| --- | --- | --- |\n")[2] == settings_table()
    assert f"`{PREFIX}" in document


DOCUMENTS = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "letters").glob("*.md")]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    # "[decisions](docs/decisions.md)", "![The web app](docs/screenshot.png)"
    targets = re.findall(r"\]\((?!https?:|#)([^)#]+)", document.read_text(encoding="utf-8"))
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_readme_python_example_answers(tmp_path: Path, real_index: Path) -> None:
    # ```python
    example = re.search(r"^```python\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    assert example is not None
    (tmp_path / ".index").symlink_to(real_index)
    shown = subprocess.run(
        [sys.executable, "-c", example[1]],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )
    assert shown.returncode == 0, shown.stderr
    assert "sociaal kredietsysteem in" in shown.stdout
    assert "antwoord op vraag 4" in shown.stdout


def test_the_licence_is_the_whole_unchanged_eupl() -> None:
    """The checksum is of the text that the SPDX licence list holds under EUPL-1.2."""
    text = (ROOT / "LICENSE").read_bytes()
    assert hashlib.sha256(text).hexdigest() == "57fb42fbcd0b037ce528ed8f72f1ec095d67bc6825ecf1448ff39be1fe68a4b4"
    assert PROJECT["project"]["license"] == "EUPL-1.2"


def test_version_is_in_the_changelog() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"## [{PROJECT['project']['version']}]" in changelog


# Written in pieces, so that this file does not hold what it looks for.
MACHINE = re.compile(
    "|".join(["/" + "root/", "/" + "home/[a-z]", "/" + "Users/", "/" + "tmp/", "/" + "work/", "/" + "opt/"])
)
REGISTRY = re.compile(
    "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + r"js\.(org|com)", "download" + r"\.pytorch"])
)


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = []
    for path in tracked_files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a letter, a picture, a model
        if path.suffix == ".json" and path.stat().st_size > 1_000_000:
            continue  # the vocabulary of the bundled model
        found += [
            f"{path.relative_to(ROOT)}: {match[0]}" for match in (MACHINE.search(text), REGISTRY.search(text)) if match
        ]
    assert found == []
