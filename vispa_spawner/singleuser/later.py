"""Modules that are loaded when something of them is used, not when they are imported.

An import that only *names* a module costs as much as one that uses it. `load_later` puts a finder
in front of Python's own. It answers the import of the modules it is told with an empty module,
which loads itself from the usual place as soon as somebody asks for what it has.

`from module import name` asks at once. So a name can be declared: it is there from the beginning,
as a stand-in for the real thing. A stand-in can be called, and asked with `isinstance` (nothing is
an instance of a class that was never loaded). It is not the thing itself: do not declare what
somebody derives from, or catches as an exception in anything that a server does.

Whatever is not there, or does not come from a file of Python, is imported as always.
"""

import sys
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import ModuleType
from typing import Any

_lock = threading.RLock()  # one for all: with one each, two threads could wait for each other


@dataclass(frozen=True)
class Later:
    """A module to load on first use, and the reason why a start does not need it."""

    module: str
    because: str
    stand_ins: tuple[str, ...] = ()
    """Names that others take from it with `from … import`, to call them or ask with isinstance."""
    apart: tuple[str, ...] = ()
    """Submodules that are imported without the package around them."""


def load_later(modules: Iterable[Later]) -> None:
    """From now on, load these modules when they are first used."""
    sys.meta_path.insert(0, _Finder(modules))


def is_loaded(module: str) -> bool:
    """Whether the module was imported and, if it is to be loaded later, used."""
    return type(sys.modules.get(module)) not in {_Module, type(None)}


class _Finder(MetaPathFinder):
    def __init__(self, modules: Iterable[Later]) -> None:
        self._later = {later.module: later for later in modules}
        self._apart = {f"{m.module}.{name}" for m in self._later.values() for name in m.apart}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        later = self._later.get(fullname)
        if later is None:
            if fullname not in self._apart:
                _load_package_of(fullname)
            # The package may have imported it. Python would then execute it once more.
            imported = sys.modules.pop(fullname, None)
            return ModuleSpec(fullname, _Imported(imported)) if imported else None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        spec.loader = _Loader(spec.loader, later.stand_ins)
        return spec


class _Loader(Loader):
    """Fills the module with stand-ins, and steps back for the real loader."""

    def __init__(self, real: Loader, stand_ins: Iterable[str]) -> None:
        self._real = real
        self._stand_ins = stand_ins

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None
        module.__spec__.loader = module.__loader__ = self._real
        for name in self._stand_ins:
            setattr(module, name, _stand_in(module, name))
        module.__class__ = _Module


class _Imported(Loader):
    """Gives out a module that was imported while we looked for it."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = module.__spec__

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec


class _Module(ModuleType):
    """Loads itself when it is asked for what it does not have yet, and is then an ordinary one."""

    def __getattr__(self, name: str) -> Any:
        # For a `__path__`, which only a package has, it is asked by each `from … import`.
        if name != "__path__" and _load(self):
            return getattr(self, name)
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")

    def __dir__(self) -> Iterable[str]:
        return ModuleType.__dir__(self) if not _load(self) else dir(self)


_in_work: set[ModuleType] = set()


def _load(module: ModuleType) -> bool:
    """Load it if it is one of ours; False while that goes on further up in this thread."""
    with _lock:
        if type(module) is not _Module:
            return True
        if module in _in_work:
            return False
        _load_package_of(module.__name__)
        if type(module) is not _Module:  # its package has used it
            return True
        assert module.__spec__ is not None
        assert module.__spec__.loader is not None
        _in_work.add(module)
        try:
            module.__spec__.loader.exec_module(module)
        finally:
            _in_work.remove(module)
        # Had it failed, the next use would try again, as after an import that fails.
        module.__class__ = ModuleType  # type: ignore[assignment]  # any module may become any other
        return True


def _load_package_of(fullname: str) -> None:
    """Load the package around a module first, as Python does."""
    package = sys.modules.get(fullname.rpartition(".")[0])
    if package is not None:
        _load(package)


def _stand_in(module: ModuleType, name: str) -> Any:
    def real() -> Any:
        _load(module)
        return getattr(module, name)

    class _Kind(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            return real()(*args, **kwargs)

        def __instancecheck__(cls, instance: Any) -> bool:
            return type(module) is not _Module and isinstance(instance, real())

        def __subclasscheck__(cls, subclass: type) -> bool:
            return type(module) is not _Module and issubclass(subclass, real())

    # An exception, so that `except` takes it; it will never match.
    return _Kind(
        name, (Exception,), {"__module__": module.__name__, "__doc__": f"Stands in for {name}."}
    )
