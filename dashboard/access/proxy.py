"""Who stands before this server and is believed where a request comes from (`[proxy]` of the settings).

What anybody else says of itself in X-Forwarded-For, -Proto and -Host counts for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from ipaddress import ip_address
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from etl.settings.tables import ProxyTable

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
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
        hops = trusted_hops(self._table(), environ.get("REMOTE_ADDR", ""), environ.get(_FORWARDED[0], ""))
        if hops is None:
            return self._application(environ, start_response)
        return ProxyFix(self._application, x_for=hops, x_proto=1, x_host=1)(environ, start_response)


def trusted_hops(table: ProxyTable, peer: str, forwarded: str) -> int | None:
    """How many addresses from the end of `forwarded` lead to the visitor: each was told by a trusted proxy.

    None: who asks is no trusted proxy.
    """
    if not _is_trusted(table, peer):
        return None
    told: Sequence[str] = [part.strip() for part in forwarded.split(",") if part.strip()]
    return next((n for n, address in enumerate(reversed(told), 1) if not _is_trusted(table, address)), len(told))


def _is_trusted(table: ProxyTable, address: str) -> bool:
    try:
        known = ip_address(address)
    except ValueError:
        return False
    return any(known in network for network in table.networks)
