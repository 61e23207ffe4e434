"""Who stands before this server and is believed where a request comes from (`[proxy]` of the settings).

What anybody else says of itself in X-Forwarded-For, -Proto and -Host counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from etl.settings.tables import ProxyTable

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Address = IPv4Address | IPv6Address
_FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST")


class BehindProxies:
    """An application that sees the visitor instead of the proxies that are trusted now.

    `is_https`: it stands behind TLS, whatever is said of it.
    """

    def __init__(self, application: Application, table: Callable[[], ProxyTable], *, is_https: bool) -> None:
        self._application, self._table, self._is_https = application, table, is_https

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if self._is_https:
            environ["wsgi.url_scheme"] = "https"
        if not any(name in environ for name in _FORWARDED):
            return self._application(environ, start_response)
        address = visitor(self._table(), environ.get("REMOTE_ADDR", ""), environ.get(_FORWARDED[0], ""))
        if address is None:
            return self._application(environ, start_response)
        environ["REMOTE_ADDR"] = address
        return ProxyFix(self._application, x_for=0, x_proto=1, x_host=1)(environ, start_response)


def visitor(table: ProxyTable, peer: str, forwarded: str) -> str | None:
    """The address of the visitor: the last in `forwarded` that is no trusted proxy, as each further one to the left
    was told by a trusted proxy. What is no address was told by nobody; the proxy before it counts.

    None: who asks is no trusted proxy.
    """
    known = _address(peer)
    if known is None or not _is_trusted(table, known):
        return None
    for part in reversed([part for part in forwarded.split(",") if part.strip()]):
        address = _address(part)
        if address is None:
            break
        known = address
        if not _is_trusted(table, known):
            break
    return str(known)


def _address(text: str) -> Address | None:
    """The address in an entry, which may be quoted and bear a port; one of IPv4 also when it is written as of IPv6."""
    bare = text.strip().strip('"')
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _is_trusted(table: ProxyTable, address: Address) -> bool:
    return any(address in network for network in table.networks)
