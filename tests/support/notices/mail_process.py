"""A real mail server as a process of its own: it keeps what it takes, and answers as a file says.

It writes its port into `FOLDER/port`. Each line of `FOLDER/answers` is the answer to one message, in turn;
without a line it is taken. `hang-up` takes the message and cuts the connection before the answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session

TAKEN = "250 2.0.0 taken"
HANG_UP = "hang-up"


class Keeper:
    """Keeps messages in a folder, one file each, in the order in which they came."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        """Take a recipient, unless the address says otherwise."""
        if address.startswith("nobody@"):
            return f"550 5.1.1 <{address}>: no such mailbox"
        if address.startswith("full@"):
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Keep a message, or refuse it by the next answer."""
        answer = self._next_answer()
        if answer.startswith(("4", "5")):
            return answer
        content = envelope.content or b""
        kept = len(list(self._folder.glob("*.json")))
        transport = server.transport
        assert transport is not None
        facts: dict[str, Any] = {
            "sender": envelope.mail_from,
            "recipients": envelope.rcpt_tos,
            "message": content.decode("utf-8") if isinstance(content, bytes) else content,
            "is_encrypted": transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data,
        }
        path = self._folder / f"{kept:05d}.json"
        path.with_suffix(".draft").write_text(json.dumps(facts), encoding="utf-8")
        path.with_suffix(".draft").rename(path)
        if answer == HANG_UP:
            transport.close()
        return TAKEN

    def _next_answer(self) -> str:
        answers = self._folder / "answers"
        lines = answers.read_text(encoding="utf-8").splitlines() if answers.exists() else []
        if not lines:
            return TAKEN
        answers.write_text("\n".join(lines[1:]), encoding="utf-8")
        return lines[0]


def main() -> None:
    """Serve until the process is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--user", nargs=2)
    options = parser.parse_args()
    context = None
    if options.certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options.certificate)
    more: dict[str, Any] = {}
    if options.user:
        known = tuple(each.encode() for each in options.user)

        def authenticate(*arguments: Any) -> AuthResult:
            data = arguments[-1]
            is_known = (data.login, data.password) == known
            return AuthResult(success=is_known, handled=is_known, auth_data=data.login.decode())

        more = {"authenticator": authenticate, "auth_required": True}
    if context and options.tls:
        more |= {"ssl_context": context, "auth_require_tls": False}
    elif context:
        more |= {"tls_context": context, "require_starttls": True}
    asyncio.run(_serve(options.folder, more))


async def _serve(folder: Path, more: dict[str, Any]) -> None:
    loop = asyncio.get_running_loop()
    context = more.pop("ssl_context", None)
    keeper = Keeper(folder)
    server = await loop.create_server(
        lambda: SMTP(keeper, loop=loop, **more), host="127.0.0.1", port=0, ssl=context
    )
    draft = folder / "port.draft"
    draft.write_text(str(server.sockets[0].getsockname()[1]), encoding="utf-8")
    draft.rename(folder / "port")
    await server.serve_forever()


if __name__ == "__main__":
    main()
