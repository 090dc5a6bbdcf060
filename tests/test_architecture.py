"""The shape of the program: what imports what, and what an import costs."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent

LOADED_WHEN_NEEDED = {"torch", "gradio", "faiss", "pandas", "sentence_transformers", "transformers", "onnxruntime"}

# Which modules may import a library; nobody else needs to know that it is there.
KEEPERS = {
    "pypdf": "index.reading",
    "xml": "index.reading",
    "pypdfium2": "rag.pages",
    "faiss": "index.stores.faiss",
    "tantivy": "index.lexical",
    "sqlite3": "index.catalogue",
    "sentencex": "index.passages",
    "onnxruntime": "index.encoders",
    "tokenizers": "index.encoders",
    "sentence_transformers": "index.encoders",
    "rich": "rag",
}


def run_python(code: str) -> str:
    """Run code in a fresh interpreter, with nothing loaded yet, and return what it prints."""
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    ).stdout


def imports_of(path: Path) -> set[str]:
    """Return the modules that a file imports, anywhere in it."""
    nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    return plain | {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}


@pytest.fixture(scope="module")
def imports() -> grimp.ImportGraph:
    """Return what imports what; app.py, which is no package, is added to it by hand."""
    graph = grimp.build_graph("index", "rag", "eval", include_external_packages=True, cache_dir=None)
    for module in imports_of(ROOT / "app.py"):
        if module not in graph.modules:
            graph.add_module(module.split(".")[0], is_squashed=True)
        graph.add_import(importer="app", imported=module if module in graph.modules else module.split(".")[0])
    return graph


def contract_layers() -> list[list[str]]:
    """Return the layers of the contract from the lowest up, each with its modules."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    return [[name.strip() for name in layer.split("|")] for layer in reversed(layers)]


def test_imports_go_one_way_only() -> None:
    linter = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports; raise SystemExit(lint_imports())"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert linter.returncode == 0, linter.stdout


def test_every_module_has_its_place_in_the_order(imports: grimp.ImportGraph) -> None:
    modules = {module for package in ("index", "rag") for module in imports.find_children(package)}
    assert modules | {"eval"} == {name for layer in contract_layers() for name in layer}


def test_the_order_is_the_one_that_the_decisions_explain() -> None:
    text = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
    # "    index/reading/         1 read: PDF, DOCX, TXT -> lines"
    places = re.findall(r"^    ((?:index|rag)/\w+)(?:\.py|/) ", text, re.MULTILINE)
    assert [place.replace("/", ".") for place in places] == [layer[0] for layer in contract_layers()[:-1]]


def test_the_web_app_does_not_import_eval_or_the_command_line(imports: grimp.ImportGraph) -> None:
    imported = imports.find_modules_directly_imported_by("app")
    assert {name for name in imported if name.split(".")[0] == "eval" or name.startswith("rag.cli")} == set()
    assert "rag.assistant" in imported


@pytest.mark.parametrize("library", KEEPERS)
def test_a_library_is_imported_in_one_place(library: str, imports: grimp.ImportGraph) -> None:
    importers = imports.find_modules_that_directly_import(library) if library in imports.modules else set()
    ours = {name for name in importers if not name.startswith("eval")}
    assert {name for name in ours if f"{name}.".startswith(f"{KEEPERS[library]}.")} == ours


def declared_libraries(*groups: str) -> set[str]:
    """Return the distributions that an installation with these dependency groups asks for."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lines = [
        *project["project"]["dependencies"],
        *(line for name in groups for line in project["dependency-groups"][name]),
    ]
    lines += [line for extra in project["project"]["optional-dependencies"].values() for line in extra]
    return {canonicalize_name(Requirement(line).name) for line in lines}


def undeclared(modules: set[str], declared: set[str]) -> set[str]:
    """Return the modules that no declared distribution brings."""
    sold_as = packages_distributions()
    external = modules - sys.stdlib_module_names - {"index", "rag", "app", "eval", "tests"}
    return {name for name in external if not declared & set(map(canonicalize_name, sold_as.get(name, [name])))}


def test_every_library_that_is_imported_is_a_declared_dependency(imports: grimp.ImportGraph) -> None:
    external = {name for name in imports.modules if imports.is_module_squashed(name)}
    # Building the bundled model again is a developer's work, with a group of its own.
    assert undeclared(external, declared_libraries("model")) == set()


def test_every_library_of_the_tests_is_a_declared_dependency() -> None:
    imported = {name.split(".")[0] for path in (ROOT / "tests").rglob("*.py") for name in imports_of(path)}
    assert undeclared(imported, declared_libraries("dev", "model")) == set()


def test_importing_index_and_rag_loads_nothing_heavy() -> None:
    loaded = json.loads(run_python("import json, sys, index, rag; print(json.dumps(sorted(sys.modules)))"))
    assert LOADED_WHEN_NEEDED & set(loaded) == set()


ASK = """
import json, sys
from click.testing import CliRunner
from rag.cli import main
asked = CliRunner().invoke(main, ["ask", "Hoe werkt het sociaal kredietsysteem?", "--json", "--index", {index!r}])
assert asked.exit_code == 0, asked.output
print(json.dumps(sorted(sys.modules)))
"""


def test_asking_loads_neither_torch_nor_the_web_app(real_index: Path) -> None:
    loaded = set(json.loads(run_python(ASK.format(index=str(real_index)))))
    assert {"torch", "sentence_transformers", "transformers", "gradio", "pandas"} & loaded == set()
    assert "onnxruntime" in loaded


IMPORT_ALL = """
import importlib, json, logging, pkgutil, sys, threading
opened = []
def watch(event, arguments):
    if event in ("open", "subprocess.Popen", "socket.connect"):
        opened.append(str(arguments[0]))
sys.addaudithook(watch)
import index, rag
for package in (index, rag):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
print(json.dumps({"opened": opened, "handlers": len(logging.getLogger().handlers),
                  "threads": threading.active_count()}))
"""


def test_importing_does_no_work() -> None:
    """No module opens a file of ours, starts a thread or configures logging when it is imported."""
    seen = json.loads(run_python(IMPORT_ALL))
    ours = [name for name in seen["opened"] if name.startswith(str(ROOT)) and "/." not in name]
    assert [name for name in ours if not name.endswith((".py", ".pyc")) and "/__pycache__/" not in name] == []
    assert (seen["handlers"], seen["threads"]) == (0, 1)
