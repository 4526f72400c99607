"""A reverse proxy before several consoles: a process that takes each in turn, and none that is dead.

Run it with its port and those of the consoles.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import count

_READ = 65_536
_HEAD_END = b"\r\n\r\n"
#: What a proxy that ends TLS says of it.
_ADDED = b"X-Forwarded-Proto: https\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n"
_turns = count()


async def _opened(ports: list[int]) -> tuple[int, asyncio.StreamReader, asyncio.StreamWriter]:
    """Return a connection to the console whose turn it is, or to the next one that answers."""
    first = next(_turns)
    for step in range(len(ports)):
        port = ports[(first + step) % len(ports)]
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            continue
        return port, reader, writer
    raise OSError


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, ports: list[int]) -> None:
    """Hand one request on and its answer back, with the port that answered."""
    try:
        head = await reader.readuntil(_HEAD_END)
        lines = head.split(b"\r\n")
        length = next((int(each[15:]) for each in lines if each.lower().startswith(b"content-length:")), 0)
        body = await reader.readexactly(length) if length else b""
        port, answers, requests = await _opened(ports)
        kept = [each for each in lines[1:-2] if not each.lower().startswith(b"connection:")]
        requests.write(b"\r\n".join([lines[0], *kept]) + b"\r\n" + _ADDED + b"\r\n" + body)
        await requests.drain()
        first = await answers.readuntil(b"\r\n")
        writer.write(first + f"X-Served-By: {port}\r\n".encode())
        while part := await answers.read(_READ):
            writer.write(part)
            await writer.drain()
        requests.close()
    except (OSError, asyncio.IncompleteReadError):
        pass
    finally:
        writer.close()


async def main(port: int, ports: list[int]) -> None:
    """Serve until the process ends."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await _serve(reader, writer, ports)

    async with await asyncio.start_server(serve, "127.0.0.1", port) as server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), [int(each) for each in sys.argv[2:]]))
