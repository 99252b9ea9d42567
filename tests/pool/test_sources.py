"""The machine's own lists of package sources tell which mirror to use."""

from pathlib import Path

from vispa_htcondor.pool.sources import (
    FALLBACK_MIRROR,
    Source,
    deb822_sources,
    debian_mirror,
    machine_sources,
    one_line_sources,
)


def test_one_line_format() -> None:
    text = """
    # deb http://commented.example/debian bookworm main
    deb http://plain.example/debian bookworm main contrib # the usual one
    deb [arch=amd64 signed-by=/usr/share/keyrings/x.gpg] https://options.example/debian sid main
    deb-src http://sources.example/debian bookworm main
    """
    assert list(one_line_sources(text)) == [
        Source("http://plain.example/debian", "bookworm", ("main", "contrib")),
        Source("https://options.example/debian", "sid", ("main",)),
    ]


def test_deb822_format() -> None:
    text = """\
Types: deb deb-src
# a comment inside
URIs: http://one.example/debian
 http://two.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 mDMEZ: not a field
 -----END PGP PUBLIC KEY BLOCK-----

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb-src
URIs: http://sources.example/debian
Suites: bookworm
Components: main
"""
    assert list(deb822_sources(text)) == [
        Source(f"http://{host}.example/debian", suite, ("main",))
        for host in ("one", "two")
        for suite in ("bookworm", "bookworm-updates")
    ]


def test_both_formats_are_read_in_apts_order(tmp_path: Path) -> None:
    (tmp_path / "sources.list.d").mkdir()
    (tmp_path / "sources.list").write_text("deb http://a/debian bookworm main\n")
    (tmp_path / "sources.list.d/b.list").write_text("deb http://b/debian bookworm main\n")
    (tmp_path / "sources.list.d/c.sources").write_text(
        "Types: deb\nURIs: http://c/debian\nSuites: bookworm\nComponents: main\n"
    )
    (tmp_path / "sources.list.d/d.list.disabled").write_text("deb http://d/debian sid main\n")
    assert [source.uri[7] for source in machine_sources(tmp_path)] == ["a", "b", "c"]


def test_a_machine_without_lists_has_no_sources(tmp_path: Path) -> None:
    assert machine_sources(tmp_path / "none") == []


class TestMirror:
    def test_it_is_the_one_that_serves_debian(self) -> None:
        sources = [
            Source("cdrom:[Debian]/debian", "bookworm", ("main",)),
            Source("https://download.example/linux/debian", "bookworm", ("stable",)),
            Source("http://security.example/debian-security", "bookworm-security", ("main",)),
            Source("http://mirror.example/debian/", "bookworm", ("main",)),
        ]
        assert debian_mirror(sources, "bookworm") == "http://mirror.example/debian"

    def test_on_debian_it_may_have_any_name(self) -> None:
        sources = [
            Source("https://other.example/repo", "nodistro", ("main",)),
            Source("https://proxy.example/deb-remote", "bookworm", ("main",)),
        ]
        assert debian_mirror(sources, "bookworm") == "https://proxy.example/deb-remote"

    def test_elsewhere_the_mirror_of_another_distribution_is_not_taken(self) -> None:
        sources = [Source("http://archive.example/ubuntu", "noble", ("main",))]
        assert debian_mirror(sources, None) == FALLBACK_MIRROR
