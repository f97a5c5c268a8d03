"""What httpx is given where nothing is asked over TLS: to read the certificates of the world takes each client 18 ms."""

import ssl
from typing import Final

WITHOUT_TLS: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
