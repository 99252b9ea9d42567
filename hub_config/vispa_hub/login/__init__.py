"""The two ways in: an account, or a workshop token.

Both forms post to the hub's login URL with `_xsrf`: one has the fields `username` and `password`,
the other the field `token`. What is refused comes back as `login_error` on the same page.
"""

from vispa_hub.login.authenticator import VispaAuthenticator

__all__ = ["VispaAuthenticator"]
