"""Making a checkout ready: once, whatever happens meanwhile, and on old machines too."""

import ast
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dev import ROOT
from dev.stamps import Stamp, fingerprint
from tests.pool.people import wait_for


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The bootstrap alone, in a folder of its own, shared since an environment takes seconds."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(ROOT / "dev", folder / "dev", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def run(checkout: Path, code: str) -> str:
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


ENSURE_VENV = "from dev.venv import ensure_venv; ensure_venv()"


def works(checkout: Path) -> bool:
    """Whether packages can be installed there."""
    script = "from dev.packages import can_install; print(can_install())"
    return run(checkout, script) == "True\n"


def test_a_second_run_leaves_the_environment_alone(checkout: Path) -> None:
    run(checkout, ENSURE_VENV)
    assert works(checkout)
    canary = checkout / ".venv/canary"
    canary.touch()
    assert run(checkout, ENSURE_VENV) == ""
    assert canary.exists()


def test_an_environment_that_somebody_else_made_is_used(checkout: Path) -> None:
    run(checkout, ENSURE_VENV)
    shutil.rmtree(checkout / ".venv/.vispa")
    (checkout / ".venv/canary").touch()
    assert run(checkout, ENSURE_VENV) == ""
    assert (checkout / ".venv/canary").exists()


@pytest.mark.parametrize("seconds", [0.05, 1.0])
def test_an_environment_is_complete_after_its_making_was_killed(
    checkout: Path, seconds: float
) -> None:
    shutil.rmtree(checkout / ".venv", ignore_errors=True)
    process = subprocess.Popen(
        [sys.executable, "-c", ENSURE_VENV], cwd=checkout, stdout=subprocess.DEVNULL
    )
    time.sleep(seconds)
    process.kill()
    process.wait()
    run(checkout, ENSURE_VENV)
    assert works(checkout)
    assert not (checkout / ".cache/venv.unfinished").exists()


def test_an_environment_in_which_an_installer_was_killed_is_made_anew(checkout: Path) -> None:
    run(checkout, ENSURE_VENV)
    half = checkout / ".venv/half-a-package"
    half.touch()
    killed = (
        "import os, signal\nfrom dev.packages import changing\n"
        "with changing(): os.kill(os.getpid(), signal.SIGKILL)"
    )
    ended = subprocess.run([sys.executable, "-c", killed], cwd=checkout, check=False)
    assert ended.returncode == -signal.SIGKILL
    assert "interrupted" in run(checkout, ENSURE_VENV)
    assert not half.exists()
    assert works(checkout)


def test_an_installer_that_fails_leaves_the_environment_in_use(checkout: Path) -> None:
    """A machine without a network keeps what it has."""
    run(checkout, ENSURE_VENV)
    (checkout / ".venv/canary").touch()
    code = (
        "from dev.packages import install\nfrom dev.progress import Failure\n"
        "try: install('--no-index', 'nothing-of-this-name', doing='Trying')\n"
        "except Failure as failure: print(failure)"
    )
    said = run(checkout, code)
    assert "Trying" in said
    assert "nothing-of-this-name" in said
    assert str(checkout / ".cache/bootstrap.log") in said
    assert run(checkout, ENSURE_VENV) == ""
    assert (checkout / ".venv/canary").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(checkout: Path) -> None:
    run(checkout, ENSURE_VENV)
    python = checkout / ".venv/bin/python"
    python.unlink()
    python.symlink_to("/nowhere/python3")
    assert "its Python is gone" in run(checkout, ENSURE_VENV)
    assert works(checkout)


def test_an_environment_that_was_moved_is_made_anew(checkout: Path, tmp_path: Path) -> None:
    """The programs in it begin with the path of its Python."""
    run(checkout, ENSURE_VENV)
    moved = tmp_path / "moved"
    checkout.rename(moved)
    try:
        assert "it was moved" in run(moved, ENSURE_VENV)
        pip = (moved / ".venv/bin/pip").read_text()
        assert pip.startswith(f"#!{moved}/.venv/bin/python")
    finally:
        moved.rename(checkout)


def test_ctrl_c_ends_a_step_with_a_sentence(checkout: Path) -> None:
    code = (
        "from dev.bootstrap import stopping_with_a_sentence\nfrom dev.progress import run\n"
        "with stopping_with_a_sentence(): run(['sleep', '987'], 'Sleeping')"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=checkout, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout
    assert process.stderr
    assert process.stdout.read(10) == b"  Sleeping"
    wait_for(lambda: children_of(process.pid))
    [sleep] = children_of(process.pid)
    process.send_signal(signal.SIGINT)
    assert b"goes on from here" in process.stderr.read()
    assert process.wait() == 1
    assert not Path(f"/proc/{sleep}").exists()


def test_a_failed_step_shows_the_end_of_what_it_said(checkout: Path) -> None:
    code = (
        "from dev.progress import Failure, run\n"
        "try: run(['sh', '-c', 'echo no space left; exit 3'], 'Unpacking')\n"
        "except Failure as failure: print(failure)"
    )
    said = run(checkout, code)
    assert "Unpacking failed" in said
    assert "status 3" in said
    assert "    no space left" in said


def test_a_stamp_counts_for_its_key_and_while_its_products_exist(tmp_path: Path) -> None:
    product = tmp_path / "product"
    stamp = Stamp("step", "key", (product,), tmp_path / "stamps")
    assert not stamp.is_fresh()
    product.touch()
    stamp.write()
    assert stamp.is_fresh()
    assert not Stamp("step", "another key", (product,), tmp_path / "stamps").is_fresh()
    product.unlink()
    assert not stamp.is_fresh()


def test_a_fingerprint_changes_with_contents_names_and_words(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("text")
    first = fingerprint([one])
    assert fingerprint([one]) == first
    assert fingerprint([one], "word") != first
    assert fingerprint([one, two]) != first
    one.write_text("changed")
    assert fingerprint([one]) != first
    one.rename(two)
    assert fingerprint([two]) not in {first, fingerprint([one])}


@pytest.mark.parametrize("file", sorted(ROOT.glob("dev/*.py")), ids=lambda file: str(file.name))
def test_the_bootstrap_needs_an_old_python_and_nothing_else(file: Path) -> None:
    """It runs before anything is installed, with the Python 3.9 of some long-lived systems."""
    tree = ast.parse(file.read_text(), feature_version=(3, 9))
    assert ast.get_docstring(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        else:
            continue
        for name in names:
            assert name.partition(".")[0] in {*sys.stdlib_module_names, "dev"}, name


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in text.split()]
