"""What clients of tests verify servers with: these servers have no TLS."""

from __future__ import annotations

import ssl

#: Trusts nobody. A client that is made without it reads the machine's certificates, which takes 30 ms.
WITHOUT_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
