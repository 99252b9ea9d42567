"""Who may import whom. A package that keeps to this can be used, tested and replaced alone."""

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

FOLDERS = {
    "vispa_cli": ROOT / "vispa_cli",
    "vispa_htcondor": ROOT / "vispa_htcondor",
    "vispa_hub": ROOT / "hub_config/vispa_hub",
    "vispa_server": ROOT / "server_ext/vispa_server",
    "vispa_spawner": ROOT / "vispa_spawner",
}
MAY_IMPORT = {
    "vispa_cli": set[str](),
    "vispa_htcondor": set[str](),
    "vispa_hub": {"vispa_htcondor", "vispa_spawner", "vispa_server"},
    "vispa_server": {"vispa_htcondor"},
    "vispa_spawner": {"vispa_htcondor"},
}
JUPYTER = ("batchspawner", "ipykernel", "jupyter", "notebook", "tornado", "traitlets")


def _imported(file: Path) -> Iterator[str]:
    """Yield the full names of all modules a file imports, wherever in the file."""
    for node in ast.walk(ast.parse(file.read_text(), file)):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), level=0):
                yield module


def _imports_of(package: str) -> Iterator[tuple[str, str]]:
    files = sorted(FOLDERS[package].rglob("*.py"))
    assert files
    for file in files:
        for module in _imported(file):
            yield module, str(file.relative_to(ROOT))


@pytest.mark.parametrize("package", FOLDERS)
def test_a_package_imports_only_those_it_may(package: str) -> None:
    allowed = {package} | MAY_IMPORT[package]
    wrong = [
        f"{where} imports {module}"
        for module, where in _imports_of(package)
        if module.startswith("vispa_") and module.partition(".")[0] not in allowed
    ]
    assert not wrong


@pytest.mark.parametrize("package", ["vispa_htcondor", "vispa_cli"])
def test_no_jupyter_is_imported(package: str) -> None:
    wrong = [
        f"{where} imports {module}"
        for module, where in _imports_of(package)
        if module.startswith(JUPYTER)
    ]
    assert not wrong


def test_every_package_is_under_this_rule() -> None:
    packages = {
        path.parent.name
        for place in (ROOT, ROOT / "hub_config", ROOT / "server_ext")
        for path in place.glob("vispa_*/__init__.py")
    }
    assert packages == set(FOLDERS)


def test_using_htcondor_loads_no_jupyter() -> None:
    """Not through somebody else either: look at all that came with all its modules."""
    program = """
import importlib, json, pkgutil, sys
import vispa_htcondor
for module in pkgutil.walk_packages(vispa_htcondor.__path__, "vispa_htcondor."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(json.dumps(sorted(sys.modules)))
"""
    command = [sys.executable, "-c", program]
    loaded = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert any(name.startswith("vispa_htcondor.") for name in loaded)
    assert not [name for name in loaded if name.startswith(JUPYTER)]


def test_looking_at_the_command_loads_neither_hub_nor_lab() -> None:
    """`vispa --help` answers at once; a subcommand's package is loaded when it is called."""
    program = """
import contextlib, json, sys
from vispa_cli import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(None):
    main(["--version"])
print(json.dumps(sorted(sys.modules)))
"""
    command = [sys.executable, "-c", program]
    loaded = json.loads(subprocess.run(command, capture_output=True, check=True).stdout)
    assert not [name for name in loaded if name.startswith((*JUPYTER, "vispa_h", "vispa_s"))]
