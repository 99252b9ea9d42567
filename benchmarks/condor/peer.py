"""batchspawner's CondorSpawner, with what it needs to run at all in this benchmark."""

from batchspawner import CondorSpawner
from traitlets import Unicode, default


class OneAccountCondorSpawner(CondorSpawner):  # type: ignore[misc]  # untyped base
    """CondorSpawner for a personal pool and for users who have no account of their own.

    How it submits, asks and waits is untouched. Changed is only this:

    - It takes the name of the worker's slot for the address of the server. A personal pool's name
      (127-0-0-1.vispa.pool) is no address, so a healthy server would never be reached: the name
      is mapped to the loopback address.
    - Servers listen on the loopback interface instead of on all.
    - Home and user name come from the benchmark, because batchspawner asks the password database.
    """

    home_template = Unicode(help='Home of a user, with "{username}" in it.').tag(config=True)
    ip = Unicode("127.0.0.1").tag(config=True)

    def state_gethost(self) -> str:
        """Return the one address of this pool."""
        return "127.0.0.1"

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Add what a login would."""
        home = self.home_template.format(username=self.user.name)
        return {**env, "USER": self.user.name, "HOME": home, "SHELL": "/bin/sh"}

    @default("req_homedir")
    def _req_homedir_default(self) -> str:
        return self.home_template.format(username=self.user.name)
