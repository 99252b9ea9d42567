"""What the documentation says is so: links, commands, settings, traits and generated pages."""

import re
import runpy
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import click
import pytest
from traitlets import HasTraits
from vispa_hub.settings import load

from vispa_cli import main
from vispa_spawner import spawners

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted(path for path in DOCS.rglob("*.md") if "_build" not in path.parts),
]
FENCE = re.compile(r"^( *)```(\w*)[^\n]*\n(.*?)^\1```", re.MULTILINE | re.DOTALL)
WRITTEN = [
    pytest.param(page, id=str(page.relative_to(ROOT)))
    for page in PAGES
    if page.parent.name != "reference" or page.name not in {"commands.md", "settings.md"}
]


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """Yield what is in the fenced blocks of these languages."""
    for _, language, text in FENCE.findall(page.read_text()):
        if language in languages:
            yield text


def shown_commands(page: Path) -> Iterator[str]:
    """Yield each line of code that a reader might type: shell blocks and code in sentences."""
    for block in blocks(page, "sh"):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", FENCE.sub("", page.read_text()))


def mentioned(page: Path, program: str) -> Iterator[list[str]]:
    """Yield the words that follow this program wherever it is called."""
    for line in shown_commands(page):
        for call in re.finditer(rf"(?:^|[\s/(\"]){program}((?: +[a-z][\w-]*)*)(?![\w-])", line):
            yield call[1].split()


def test_there_are_pages_and_they_show_commands() -> None:
    """Guard the tests below from looking at nothing."""
    commands = [" ".join(words[:2]) for page in PAGES for words in mentioned(page, "vispa")]
    assert {"workshop create", "pool start", "hub", "check"} <= set(commands)
    assert ["demo"] in mentioned(ROOT / "README.md", "make")


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md"])
def test_relative_links_lead_somewhere(page: str) -> None:
    text = (ROOT / page).read_text()
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    missing = [link for link in links if not (ROOT / link.partition("#")[0]).exists()]
    assert missing == []


@pytest.mark.parametrize("page", WRITTEN)
def test_each_vispa_command_exists(page: Path) -> None:
    context = click.Context(main)
    for words in mentioned(page, "vispa"):
        if not words:
            continue
        command = main.get_command(context, words[0])
        assert command is not None, f"there is no `vispa {words[0]}`"
        if isinstance(command, click.Group) and len(words) > 1:
            assert words[1] in command.list_commands(context), f"no `vispa {' '.join(words[:2])}`"


@pytest.mark.parametrize("page", WRITTEN)
def test_each_make_target_exists(page: Path) -> None:
    targets = re.findall(r"^([a-z][\w%-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for words in mentioned(page, "make"):
        known = [fnmatch(words[0], target.replace("%", "?*")) for target in targets if words]
        assert not words or any(known), f"there is no `make {words[0]}`"


@pytest.mark.parametrize("page", WRITTEN)
def test_shown_settings_can_be_used(page: Path, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(page, "toml")):
        file = tmp_path / f"{number}.toml"
        file.write_text(block)
        load(file)


@pytest.mark.parametrize("page", WRITTEN)
def test_shown_python_names_real_traits(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(block, str(page), "exec")
        for spawner, trait in re.findall(r"c\.(\w+Spawner)\.(\w+)", block):
            assert getattr(spawners, spawner).class_traits(config=True).get(trait), trait


def test_the_page_of_spawners_has_all_their_traits() -> None:
    text = (DOCS / "reference/spawners.md").read_text()
    ours = {
        name
        for owner in vars(spawners).values()
        if isinstance(owner, type) and issubclass(owner, HasTraits)
        if owner.__module__ == spawners.__name__
        for name in owner.class_own_traits(config=True)
    }
    assert ours
    assert {name for name in ours if f"`{name}`" not in text} == set()


def test_the_page_of_commands_is_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    runpy.run_path(str(DOCS / "commands.py"), run_name="__main__")
    assert capsys.readouterr().out == (DOCS / "reference/commands.md").read_text(), (
        "Write it anew: python docs/commands.py > docs/reference/commands.md"
    )
