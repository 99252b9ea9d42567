"""The example and the reference page say what the model says."""

import re
from pathlib import Path

import vispa_hub.settings
from vispa_hub.settings import Settings, load
from vispa_hub.settings.reference import reference

ROOT = Path(__file__).parents[2]
EXAMPLE = Path(vispa_hub.settings.__file__).with_name("example.toml")


def test_the_reference_page_is_up_to_date() -> None:
    page = (ROOT / "docs" / "reference" / "settings.md").read_text()
    assert page == reference(), (
        "run: python -m vispa_hub.settings.reference > docs/reference/settings.md"
    )


def test_the_example_loads() -> None:
    settings = load(EXAMPLE)
    assert list(settings.groups) == ["students", "researchers", "guests"]
    assert settings.workshops_enabled


def test_commented_keys_of_the_example_show_their_defaults(tmp_path: Path) -> None:
    text = EXAMPLE.read_text()
    commented = re.findall(r"^#(\w+) = ", text, re.MULTILINE)
    assert len(commented) > 20
    only_defaults = re.sub(r"^\w+ = .*\n", "", text, flags=re.MULTILINE)
    file = tmp_path / "vispa.toml"
    file.write_text(re.sub(r"^#(\w+ = )", r"\1", only_defaults, flags=re.MULTILINE))
    groups = {key: {} for key in ("students", "researchers", "guests")}
    expected = Settings.model_validate({"groups": groups}, context={"folder": tmp_path})
    assert load(file) == expected


def test_every_key_is_in_the_example_unless_it_is_for_trying_out() -> None:
    shown = set(re.findall(r"^#? ?(\w+) = ", EXAMPLE.read_text(), re.MULTILINE))
    described = set(re.findall(r"^\| `(\w+)` \|", reference(), re.MULTILINE))
    assert described - shown == {"homes", "skeleton", "password_file"}
