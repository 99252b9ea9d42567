"""Modules that are loaded on first use, and look to everybody as if they had always been there."""

import importlib
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest

from vispa_spawner.singleuser.later import Later, is_loaded, load_later

MODULES = {
    "slow_thing.py": """
        class Error(Exception): pass
        def double(n): return 2 * n
        class Thing: pass
    """,
    "slow_box/__init__.py": "import slow_box.inner\nORDER.append('box')",
    "slow_box/inner.py": "ORDER.append('inner')",
    "slow_box/alone.py": "ORDER.append('alone')",
    "slow_round/__init__.py": "from . import part\nfrom .part import VALUE",
    "slow_round/part.py": "import slow_round\nVALUE = 7",
    "slow_broken.py": """
        ORDER.append("try")
        if len(ORDER) == 1:
            raise ImportError("no library")
    """,
}


@pytest.fixture
def order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Write the modules, declare them, and return what they note when they are executed."""
    noted: list[str] = []
    for name, text in MODULES.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"from builtins import SLOW_ORDER as ORDER\n{dedent(text)}\n")
    monkeypatch.setattr("builtins.SLOW_ORDER", noted, raising=False)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    why = "It is slow."
    load_later(
        [
            Later("slow_thing", why, stand_ins=("double", "Thing", "Error")),
            Later("slow_box", why, apart=("alone",)),
            Later("slow_round", why),
            Later("slow_broken", why),
            Later("slow_absent", why),
            Later("math", why),
        ]
    )
    yield noted
    for name in [name for name in sys.modules if name.startswith("slow_")]:
        del sys.modules[name]


@pytest.mark.usefixtures("order")
class TestStandIn:
    def test_it_is_loaded_when_it_is_called(self) -> None:
        from slow_thing import double

        assert not is_loaded("slow_thing")
        assert double(21) == 42
        assert is_loaded("slow_thing")

    def test_nothing_is_an_instance_of_what_was_never_loaded(self) -> None:
        from slow_thing import Thing

        assert not isinstance(3, Thing)
        assert not issubclass(int, Thing)
        assert not is_loaded("slow_thing")

    def test_an_instance_is_known_once_it_is_loaded(self) -> None:
        from slow_thing import Thing

        thing = importlib.import_module("slow_thing").__dict__["Thing"]()
        assert isinstance(thing, Thing)

    def test_an_except_with_it_lets_other_exceptions_pass(self) -> None:
        from slow_thing import Error

        def fail() -> None:
            try:
                raise ZeroDivisionError
            except Error:
                pytest.fail("This is another exception.")

        with pytest.raises(ZeroDivisionError):
            fail()


@pytest.mark.usefixtures("order")
def test_a_module_is_loaded_when_it_is_asked_for_something() -> None:
    module = importlib.import_module("slow_thing")
    assert not is_loaded("slow_thing")
    module.Thing = "of somebody"
    assert not is_loaded("slow_thing")
    assert "double" in dir(module)
    assert type(module) is ModuleType
    with pytest.raises(AttributeError, match="slow_thing"):
        _ = module.nothing


def test_a_package_is_loaded_before_what_is_in_it(order: list[str]) -> None:
    importlib.import_module("slow_box")
    assert order == []
    inner = importlib.import_module("slow_box.inner")
    assert order == ["inner", "box"]  # it imports the inner one itself, and nobody does it again
    assert sys.modules["slow_box.inner"] is inner
    assert inner.__spec__ is not None
    assert inner.__spec__.origin == inner.__file__


def test_but_not_before_what_stands_apart(order: list[str]) -> None:
    importlib.import_module("slow_box.alone")
    assert order == ["alone"]
    assert not is_loaded("slow_box")


@pytest.mark.usefixtures("order")
def test_modules_may_import_each_other() -> None:
    assert importlib.import_module("slow_round").VALUE == 7


@pytest.mark.usefixtures("order")
def test_what_is_not_there_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("slow_absent")


@pytest.mark.usefixtures("order")
def test_what_is_no_file_of_python_is_imported_as_always(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "math")
    assert type(importlib.import_module("math")) is ModuleType
    assert is_loaded("math")


def test_what_fails_to_load_fails_where_it_is_used_and_is_tried_again(order: list[str]) -> None:
    module = importlib.import_module("slow_broken")
    with pytest.raises(ImportError, match="no library"):
        _ = module.ORDER_OF_NOBODY
    order.append("repaired")
    with pytest.raises(AttributeError):
        _ = module.ORDER_OF_NOBODY
    assert order == ["try", "repaired", "try"]


def test_a_second_thread_waits_until_it_is_loaded(tmp_path: Path, order: list[str]) -> None:
    (tmp_path / "slow_gate.py").write_text(
        "import builtins\nbuiltins.SLOW_ENTERED.set()\nbuiltins.SLOW_OPEN.wait()\nVALUE = 7\n"
    )
    load_later([Later("slow_gate", "It waits.")])
    entered, is_open, seen = threading.Event(), threading.Event(), list[int]()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.SLOW_ENTERED", entered, raising=False)
        patch.setattr("builtins.SLOW_OPEN", is_open, raising=False)
        module = importlib.import_module("slow_gate")
        threads = [threading.Thread(target=lambda: seen.append(module.VALUE)) for _ in range(2)]
        threads[0].start()
        entered.wait(10)
        threads[1].start()
        threads[1].join(0.05)  # time to fail
        is_open.set()
        for thread in threads:
            thread.join(10)
    assert seen == [7, 7]
    assert order == []
