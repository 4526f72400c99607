"""What to do about what PostgreSQL, libpq or a pooler says when it gives no connection or no answer."""

from __future__ import annotations

import re
from collections.abc import Mapping

_ANY = "Check that PostgreSQL runs and that DATABASE_URL is right, then try again."
_FEWER = "PLANSWITCH_WORKER_CONNECTIONS and PLANSWITCH_CONSOLE_CONNECTIONS (docs/connections.md)"
_TLS = "(docs/connections.md#tls)"
_POOLER = "(docs/connections.md#pgbouncer)"
_TIME_OUTS = "(docs/connections.md#time-outs)"
#: Words of a refusal -> what to do. A server that is asked for a connection tells no SQLSTATE.
_REMEDIES: Mapping[str, str] = {
    "too many clients|too many connections|remaining connection slots": f"""
        Raise max_connections of PostgreSQL, or let this installation keep fewer connections: {_FEWER}.""",
    "of this process are in use": f"Try again. Where it lasts, let the process keep more: {_FEWER}.",
    "certificate verify failed": f"""
        The authority in sslrootcert of DATABASE_URL did not sign the server's certificate, or the
        certificate has expired: name the right authority, or renew the certificate {_TLS}.""",
    "does not match host name": f"""
        Name the server in DATABASE_URL as its certificate does, or give it a certificate for this
        name {_TLS}.""",
    "root certificate file .* does not exist|could not read root certificate": f"""
        Set sslrootcert of DATABASE_URL to the file of the authority that signs for the server {_TLS}.""",
    "no encryption|SSL off": f"""
        The server takes no connection in clear from this user (pg_hba.conf): add sslmode=verify-full and
        sslrootcert to DATABASE_URL {_TLS}.""",
    "does not support SSL": f"""
        Turn TLS on at the server (ssl = on), or choose another sslmode in DATABASE_URL {_TLS}.""",
    "could not open certificate file|could not stat private key": f"""
        libpq looks for a certificate of its own in the folder HOME, which this account may not enter: set
        HOME to a folder of the account, or sslcert in DATABASE_URL {_TLS}.""",
    "requires a valid client certificate|alert unknown ca|alert certificate": f"""
        Set sslcert and sslkey of DATABASE_URL to a certificate that the server trusts {_TLS}.""",
    "prepared statement .* (does not exist|already exists)|unsupported startup parameter": f"""
        A pooler answers there. For PgBouncer in transaction mode, end DATABASE_URL of worker, console and
        sealer with `?pgbouncer=true`, and give the projector and `migrate` PostgreSQL's own
        address {_POOLER}.""",
    "due to statement timeout": f"""
        Find out what holds the server up, or raise PLANSWITCH_DATABASE_STATEMENT_SECONDS {_TIME_OUTS}.""",
    "idle-in-transaction timeout": f"""
        Find out what held this process up, or raise PLANSWITCH_DATABASE_IDLE_SECONDS {_TIME_OUTS}.""",
}


def remedy_of(refusal: str) -> str:
    """Return what to do about a refusal.

    Args:
        refusal: First line of what was said.
    """
    remedies = (remedy for words, remedy in _REMEDIES.items() if re.search(words, refusal))
    return " ".join(next(remedies, _ANY).split())
