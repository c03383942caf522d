"""Which addresses are tunnels of Cloudflare's, and how they are reached. Pure."""

from collections.abc import Sequence

from ..errors import ArgumentError

_DOMAIN = ".cfargotunnel.com"


def hostname_of(tunnel_id: str) -> str:
    """The name of the tunnel of an id. It leads somewhere for Cloudflare alone, and for hostnames of the tunnel's account alone."""
    return f"{tunnel_id}{_DOMAIN}"


def is_tunnel(address: str) -> bool:
    """Whether an origin's address is the name of a tunnel."""
    return address.lower().rstrip(".").endswith(_DOMAIN)


def check_tunnels(addresses: Sequence[str], path: str, *, port: int, proxied: bool) -> None:
    """Refuses tunnels where Cloudflare does not reach them: it asks a tunnel over HTTPS, whatever the machines behind it serve.

    Source: https://developers.cloudflare.com/cloudflare-one/networks/connectors/cloudflare-tunnel/routing-to-tunnel/public-load-balancers/

    Args:
        addresses: Those of the origins.
        path: Where they stand, for the error.
        port: Where all origins of the front listen.
        proxied: Whether Cloudflare stands between visitors and origins.

    Raises:
        ArgumentError: If one is a tunnel, and the port is another, or visitors come by themselves.
    """
    tunnel = next((address for address in addresses if is_tunnel(address)), None)
    if tunnel is None:
        return
    if not proxied:
        raise ArgumentError(path, f"{tunnel} is a tunnel, which only Cloudflare reaches, and dns.proxied is false", "leave that out")
    if port != 443:
        wrong = f"{tunnel} is a tunnel, which Cloudflare asks over HTTPS on port 443, and origin_port is {port}"
        raise ArgumentError(path, wrong, "say origin_port: 443; tiers beside it that serve plain HTTP need a certificate, or a tunnel, too")


def service(port: int, path: str) -> str:
    """What a connector asks on its own machine.

    Args:
        port: Where the machine serves.
        path: Where that stands, for the error.

    Raises:
        ArgumentError: If it is no port, or that of HTTPS.
    """
    if not 1 <= port <= 65535:
        raise ArgumentError(path, f"{port} is not a port", "give a number from 1 to 65535")
    if port == 443:
        wrong = "443 is HTTPS, and machines serve a tunnel by plain HTTP: what leaves them is encrypted by the tunnel itself"
        raise ArgumentError(path, wrong, "leave it out, which is 80")
    return f"http://localhost:{int(port)}"
