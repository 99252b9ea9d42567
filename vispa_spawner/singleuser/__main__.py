"""Command line of the single-user process; the hub calls it, nobody types it."""

import argparse
import os
import socket
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from vispa_spawner.exits import NO_ADDRESS
from vispa_spawner.singleuser import quick, tls
from vispa_spawner.singleuser.listen import NoAddress, listen
from vispa_spawner.spawn_file import SpawnFile


def main() -> None:
    """Become the single-user server described by the spawn file."""
    parser = argparse.ArgumentParser(prog="vispa_spawner.singleuser", description=__doc__)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--spawn-file", type=Path, help="read it here, then delete it")
    source.add_argument("--spawn-fd", type=int, help="read it from this inherited descriptor")
    parser.add_argument("--listen-fd", type=int, help="serve on this inherited socket")
    options = parser.parse_args()

    spawn = _read(options.spawn_file, options.spawn_fd)
    _enter(spawn)
    if options.listen_fd is not None:
        listener = socket.socket(fileno=options.listen_fd)
        listener.setblocking(False)
    elif spawn.tunnelled:
        # Only here: others do not pay for what they do not use.
        from vispa_spawner.singleuser.private_socket import listen_privately

        listener = listen_privately()
    else:
        try:
            listener = listen(spawn.report_url, spawn.port_range, spawn.network)
        except NoAddress as error:
            print(error, file=sys.stderr, flush=True)  # noqa: T201  # this is the server's log
            sys.exit(NO_ADDRESS)

    if quick.is_wanted():
        quick.before_imports()
    # Only now: this import takes its time, and everything above fails fast.
    from vispa_spawner.singleuser.server import serve

    serve(listener, spawn)


def _read(path: Path | None, descriptor: int | None) -> SpawnFile:
    if path is not None:
        text = path.read_text(encoding="utf-8")
        path.unlink()
    else:
        assert descriptor is not None
        with os.fdopen(descriptor, encoding="utf-8") as pipe:
            text = pipe.read()
    return SpawnFile.from_json(text)


def _enter(spawn: SpawnFile) -> None:
    """Take on the environment, the home and the log of the person."""
    # What HTCondor set stays: it tells which GPUs and how many threads are this job's.
    os.environ.update(spawn.environment)
    if runtime := int(os.environ.get("VISPA_RUNTIME", 0)):
        ends = datetime.now(UTC) + timedelta(seconds=runtime)  # however long the job has waited
        os.environ["VISPA_ENDS"] = ends.isoformat()
    own_programs = str(Path(sys.executable).parent)
    os.environ["PATH"] = os.pathsep.join(
        [own_programs, os.environ.get("PATH") or "/usr/local/bin:/usr/bin:/bin"]
    )
    if spawn.log:
        Path(spawn.log).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(spawn.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.close(log)
    if spawn.credentials is not None:
        tls.install(spawn.credentials, Path(spawn.credentials_folder))
    try:
        os.chdir(spawn.home)
    except OSError as error:
        sys.exit(f"Your home {spawn.home} cannot be entered: {error.strerror}.")


if __name__ == "__main__":
    main()
