"""nginx in front of a Temporal server: TLS with client certificates, with an API key, and without rights."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ops.processes.processes import Service, free_ports, is_port_open
from tests.support.system.authority import Authority, Pair
from tests.support.system.programs import system_program

SERVER_NAME = "temporal.test"
API_KEY = "key-of-the-proxy"
_FOLDERS = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
#: A refusal as Temporal sends it: in headers, with the status of HTTP saying that all is well.
_REFUSAL = (
    "add_header content-type application/grpc always; add_header grpc-status {status} always; "
    'add_header grpc-message "{words}" always; return 204;'
)


@dataclass(frozen=True, kw_only=True)
class TemporalProxy:
    """Where the proxy listens, and the certificates around it."""

    #: Wants a client certificate of the authority.
    address: str
    #: Wants API_KEY.
    key_address: str
    #: Wants nothing, and lets nobody change a namespace.
    bound_address: str
    authority: Authority
    client: Pair


@contextmanager
def temporal_proxy(folder: Path, upstream: str) -> Iterator[TemporalProxy]:
    """Run the proxy until the block ends.

    Args:
        folder: Of its files.
        upstream: Host and port of the Temporal server.
    """
    authority = Authority.make(folder, "authority")
    server = authority.issue(SERVER_NAME)
    ports = free_ports(3)
    configuration = folder / "nginx.conf"
    configuration.write_text(_configuration(folder, upstream, ports, authority, server))
    nginx = Service(
        name="nginx",
        command=[system_program("nginx"), "-p", folder, "-c", configuration, "-e", folder / "error.log"],
        environment={},
        log_file=folder / "nginx.log",
        probe=lambda: all(is_port_open(port) for port in ports),
    )
    with nginx:
        addresses = [f"127.0.0.1:{port}" for port in ports]
        yield TemporalProxy(
            address=addresses[0],
            key_address=addresses[1],
            bound_address=addresses[2],
            authority=authority,
            client=authority.issue("planswitch"),
        )


def _configuration(folder: Path, upstream: str, ports: list[int], authority: Authority, server: Pair) -> str:
    temporary = " ".join(f"{each}_temp_path {folder}/{each};" for each in _FOLDERS)
    tls = f"ssl_certificate {server.certificate}; ssl_certificate_key {server.key};"
    to_temporal = f"grpc_pass grpc://{upstream};"
    without_key = _REFUSAL.format(status=16, words="Request unauthorized.")
    without_right = _REFUSAL.format(status=7, words="Request denied.")
    changes = "(AddSearchAttributes|UpdateNamespace)$"
    return f"""
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{}}
http {{
  access_log off; {temporary}
  client_max_body_size 0; grpc_read_timeout 600s; grpc_send_timeout 600s; keepalive_requests 1000000;
  server {{
    listen 127.0.0.1:{ports[0]} ssl http2; {tls}
    ssl_client_certificate {authority.file}; ssl_verify_client on;
    location / {{ {to_temporal} }}
  }}
  server {{
    listen 127.0.0.1:{ports[1]} ssl http2; {tls}
    location / {{ if ($http_authorization != "Bearer {API_KEY}") {{ {without_key} }} {to_temporal} }}
  }}
  server {{
    listen 127.0.0.1:{ports[2]} ssl http2; {tls}
    location ~ {changes} {{ {without_right} }}
    location / {{ {to_temporal} }}
  }}
}}
"""
