"""The programs that build tunnels to servers."""


def test_without_tunnels_nothing_is_looked_for(report, settings) -> None:
    assert len(report(settings).of("tunnel", "off")) == 1


def test_each_missing_program_is_named(report, settings, tmp_path) -> None:
    with_tunnel = settings.replace("enabled = false", "tunnel = true")
    checked = report(with_tunnel, "--deadline", "1", PATH=str(tmp_path))
    tool, ssh = checked.of("tunnel", "failed")
    assert tool.startswith("There is no condor_ssh_to_job here: it is one of HTCondor's programs")
    assert ssh == "There is no ssh here: install it (Debian: openssh-client)."


def test_with_both_it_can_be_done(report, settings, program) -> None:
    folder = program("ssh", "true").parent
    program("condor_ssh_to_job", "true")
    with_tunnel = settings.replace("enabled = false", "tunnel = true")
    [text] = report(with_tunnel, "--deadline", "1", PATH=str(folder)).of("tunnel", "ok")
    assert text.endswith("Each worker needs an sshd.")
