"""Ways to submit as somebody: which process starts, with which proof, and what is left of it."""

import base64
import json
import os
import stat
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vispa_htcondor.broker import Broker
from vispa_htcondor.errors import HTCondorError, Refused
from vispa_htcondor.identity import Identity
from vispa_htcondor.submit_as import (
    Launch,
    SameAccount,
    Setuid,
    SubmitAs,
    Token,
    TokenCommand,
    TokenFolder,
    Tokens,
    UnusableToken,
    own_rights,
)

ME = Identity.current()


def token(account: str, **claims: object) -> str:
    """A token that says this, signed by nobody."""
    payload = json.dumps({"sub": f"{account}@pool", **claims}).encode()
    return f"e30.{base64.urlsafe_b64encode(payload).decode().rstrip('=')}.c2lnbmF0dXJl"


def issued(folder: Path, **texts: str) -> TokenFolder:
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text)
    return TokenFolder(folder)


def person(name: str) -> Identity:
    return replace(ME, name=name, uid=ME.uid + 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a.b",
        "a.b.c.d",
        "e30.e30.",
        "two\ntokens",
        "e30.bm90IGpzb24.x",
        "e30.W10.x",
        "e30.e30.x",
    ],
)
def test_what_is_no_token_is_refused(text: str) -> None:
    with pytest.raises(UnusableToken):
        Token.parse(text)


@given(st.text() | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]+", fullmatch=True))
def test_no_text_is_too_odd(text: str) -> None:
    try:
        Token.parse(text)
    except UnusableToken:
        return


def test_a_token_does_not_show_itself() -> None:
    text = token("ann", exp=5)
    parsed = Token.parse(f"\n{text}\n")
    assert (parsed.text, parsed.account, parsed.expires) == (text, "ann", 5.0)
    assert text not in repr(parsed)


async def test_a_command_is_run_without_a_shell_and_told_the_account() -> None:
    script = "import sys; print(open('/dev/null').read() + sys.argv[1])"
    command = TokenCommand([sys.executable, "-c", script, "{account}; echo $HOME"])
    with pytest.raises(UnusableToken, match="none"):
        await command.token("ann")
    echo = TokenCommand(["/bin/echo", token("ann")])
    assert (await echo.token("ann")).account == "ann"


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["/no/such/program"], "cannot be run: No such file"),
        (["/bin/sh", "-c", "echo not you >&2; exit 3"], "no token for ann: not you"),
        (["/bin/false"], "it said nothing"),
    ],
)
async def test_a_command_that_fails_is_named(command: list[str], reason: str) -> None:
    with pytest.raises(UnusableToken, match=reason):
        await TokenCommand(command).token("ann")


async def test_a_folder_of_tokens_that_lacks_one_says_so(tmp_path: Path) -> None:
    with pytest.raises(UnusableToken, match="no token for bob in"):
        await issued(tmp_path / "issued", ann=token("ann")).token("bob")


async def test_each_launch_has_a_private_folder_with_one_token(tmp_path: Path) -> None:
    source = issued(tmp_path / "issued", ann=token("ann"), bob=token("bob"))
    tokens = Tokens(source, tmp_path / "tokens")
    launches = [await tokens.launch(person(name)) for name in ("ann", "bob", "ann")]
    folders = [Path(one.environment["_CONDOR_SEC_TOKEN_DIRECTORY"]) for one in launches]
    assert len(set(folders)) == 3
    for folder, name in zip(folders, ("ann", "bob", "ann"), strict=True):
        [file] = folder.iterdir()
        assert file.read_text().strip() == token(name)
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "tokens").stat().st_mode) == 0o700
    for one in launches:
        one.clean_up()
    assert list((tmp_path / "tokens").iterdir()) == []


async def test_no_other_proof_of_identity_is_within_reach(tmp_path: Path) -> None:
    tokens = Tokens(issued(tmp_path / "issued", ann=token("ann")), tmp_path / "tokens")
    launch = await tokens.launch(person("ann"))
    environment = launch.environment
    own = Path(environment["_CONDOR_SEC_TOKEN_DIRECTORY"])
    assert environment["_CONDOR_SEC_CLIENT_AUTHENTICATION_METHODS"] == "IDTOKENS"
    assert environment["_CONDOR_SEC_CLIENT_AUTHENTICATION"] == "REQUIRED"
    for name in ("TOKEN_SYSTEM_DIRECTORY", "PASSWORD_DIRECTORY", "TOKEN_POOL_SIGNING_KEY_FILE"):
        assert environment[f"_CONDOR_SEC_{name}"] == f"{own}/none"
    assert os.listdir(own) == ["token"]  # noqa: PTH208
    assert launch.account == ME, "nothing runs in the person's account"
    assert launch.process == {}


async def test_a_token_for_somebody_else_or_of_yesterday_is_not_used(tmp_path: Path) -> None:
    source = issued(tmp_path / "issued", ann=token("bob"), carl=token("carl", exp=time.time() + 30))
    tokens = Tokens(source, tmp_path / "tokens")
    with pytest.raises(UnusableToken, match="for ann is one for bob"):
        await tokens.launch(person("ann"))
    with pytest.raises(UnusableToken, match="good for less than 60 seconds"):
        await tokens.launch(person("carl"))
    assert not (tmp_path / "tokens").exists()


async def test_a_worker_is_replaced_a_minute_before_its_token_expires(tmp_path: Path) -> None:
    expires = time.time() + 600
    source = issued(tmp_path / "issued", ann=token("ann", exp=expires), bob=token("bob"))
    tokens = Tokens(source, tmp_path / "tokens")
    launch = await tokens.launch(person("ann"))
    assert launch.good_until - time.monotonic() <= expires - 60 - time.time() + 1
    assert launch.good_until - time.monotonic() > 480, "or this machine stood still for a minute"
    assert (await tokens.launch(person("bob"))).good_until == float("inf")


async def test_what_a_killed_hub_left_is_deleted(tmp_path: Path) -> None:
    dead = 5_000_000  # larger than the number of any process can be
    old, ours = tmp_path / f"tokens/token-{dead}-x", tmp_path / f"tokens/token-{os.getpid()}-x"
    old.mkdir(parents=True)
    ours.mkdir()
    tokens = Tokens(issued(tmp_path / "issued", ann=token("ann")), tmp_path / "tokens")
    await tokens.launch(person("ann"))
    assert not old.exists()
    assert ours.exists()


def test_each_person_has_folders_for_jobs_of_their_own(tmp_path: Path) -> None:
    tokens = Tokens(TokenFolder(tmp_path), tmp_path / "tokens")  # which pytest has resolved
    home = Path("/home/x/servers")
    folders = {
        tokens.folder(person(name), home / job) for name in ("ann", "bob") for job in ("1", "2")
    }
    assert len(folders) == 4
    assert {folder.parent for folder in folders} == {
        tmp_path / "tokens/jobs" / name for name in ("ann", "bob")
    }


async def test_who_is_not_root_speaks_for_nobody_else() -> None:
    assert (await SameAccount().launch(ME)).process == {}
    with pytest.raises(Refused, match=r"cannot submit as ann: .* tokens"):
        await SameAccount().launch(person("ann"))


async def test_root_becomes_the_account_with_all_its_groups() -> None:
    ann = replace(person("ann"), groups=(7, 8))
    launch = await Setuid().launch(ann)
    assert launch.process == {"user": ann.uid, "group": ann.gid, "extra_groups": [7, 8]}
    assert launch.account == ann


def test_a_process_knows_its_rights(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert isinstance(own_rights(), Setuid)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert isinstance(own_rights(), SameAccount)


class Counted(SameAccount):
    """Counts launches and what was cleaned up behind them; the first is good for no time."""

    def __init__(self) -> None:
        self.launched = 0
        self.cleaned = 0

    async def launch(self, identity: Identity) -> Launch:
        self.launched += 1
        good: dict[str, Any] = {"good_until": 0.0} if self.launched == 1 else {}
        return Launch(identity, {}, {"CONDOR_CONFIG": "/dev/null"}, clean_up=self.clean_up, **good)

    def clean_up(self) -> None:
        self.cleaned += 1


async def test_a_worker_whose_proof_is_no_longer_good_gets_no_other_request() -> None:
    way = Counted()
    broker = Broker(submit_as=way)
    for _ in range(3):
        await broker.call("tail", folder="/", name="none", lines=1)
    assert (broker.starts, way.launched, way.cleaned) == (2, 2, 1)
    assert broker.restarts == 0
    await broker.close()
    assert way.cleaned == 2


async def test_a_worker_that_cannot_be_launched_is_an_answer_for_the_caller() -> None:
    class Broken(SameAccount):
        async def launch(self, identity: Identity) -> Launch:
            raise UnusableToken("There is no token today.")

    way: SubmitAs = Broken()
    broker = Broker(submit_as=way)
    with pytest.raises(HTCondorError, match="no token today"):
        await broker.call("tail", folder="/", name="none", lines=1)
    assert broker.restarts == 0
    await broker.close()
