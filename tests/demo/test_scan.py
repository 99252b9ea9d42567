"""The sample scan: 120 points, each with real plots of its own."""

import itertools
import json
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from demo.scan.make_scan import CUTS, MASSES, WIDTHS, Point, points
from dev import ROOT


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "scan"
    subprocess.run([sys.executable, ROOT / "demo/scan/make_scan.py", folder], check=True)
    return folder


def test_every_combination_has_a_folder_that_names_its_values(scan: Path) -> None:
    expected = {
        f"mass={mass}/width={width}/cut={cut}"
        for mass, width, cut in itertools.product(MASSES, WIDTHS, CUTS)
    }
    assert len(expected) == 120
    found = {str(folder.relative_to(scan)) for folder in scan.glob("*/*/*")}
    assert found == expected


def test_every_point_has_its_four_files(scan: Path) -> None:
    for point in points():
        folder = scan / point.folder
        files = {file.name for file in folder.iterdir()}
        assert files == {"plot.png", "plot.pdf", "result.json", "log.txt"}
        assert size_of_png((folder / "plot.png").read_bytes()) == (400, 300)
        pdf = (folder / "plot.pdf").read_bytes()
        assert pdf.startswith(b"%PDF-")
        assert pdf.rstrip().endswith(b"%%EOF")
        assert "significance" in (folder / "log.txt").read_text()


def test_the_numbers_belong_to_the_folder(scan: Path) -> None:
    for point in points():
        result = numbers(scan, point)
        assert (result["mass"], result["width"], result["cut"]) == (
            point.mass,
            point.width,
            point.cut,
        )


def test_no_two_plots_are_the_same(scan: Path) -> None:
    pictures = {file.read_bytes() for file in scan.rglob("plot.png")}
    assert len(pictures) == 120


def test_there_is_something_to_find_out(scan: Path) -> None:
    """A cut helps, too hard a cut does not, and wide particles are harder to find."""
    for mass in MASSES:
        narrow = [numbers(scan, Point(mass, 1, cut))["significance"] for cut in CUTS]
        assert max(narrow) not in {narrow[0], narrow[-1]}
        wide = [numbers(scan, Point(mass, 8, cut))["significance"] for cut in CUTS]
        assert max(wide) < max(narrow)


def numbers(scan: Path, point: Point) -> dict[str, float]:
    result: dict[str, float] = json.loads((scan / point.folder / "result.json").read_text())
    return result


def size_of_png(data: bytes) -> tuple[int, int]:
    """Read width and height, checking every chunk's sum on the way."""
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    at, kinds = 8, []
    while at < len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + body) == struct.unpack(">I", data[at + 8 + length :][:4])[0]
        kinds.append(kind)
        at += length + 12
    assert (kinds[0], kinds[-1]) == (b"IHDR", b"IEND")
    width, height = struct.unpack(">II", data[16:24])
    return width, height
