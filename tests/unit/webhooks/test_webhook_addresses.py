"""Which URLs and addresses are taken (webhooks#addresses)."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

import pytest

from domain.kernel.errors import InvalidInput
from domain.webhooks.addresses import parsed_networks, refusal_of, require_url

#: Loopback, private, link-local, shared, multicast, reserved, metadata; plain, mapped, NAT64, 6to4, Teredo.
REFUSED = (
    *("127.0.0.1", "127.255.255.254", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0"),
    *("100.64.0.1", "100.100.100.200", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
    *("168.63.129.16", "192.0.0.192", "192.0.2.1", "198.18.0.1"),
    *("::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "::127.0.0.1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::1"),
    "2001:0:4136:e378:8000:63bf:f5ff:fffe",
)
ALLOWED = ("8.8.8.8", "93.184.216.34", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808")


@pytest.mark.parametrize("address", REFUSED)
def test_what_is_not_public_is_refused(address: str) -> None:
    """Also where an IPv6 address stands for an IPv4 one."""
    assert refusal_of(ip_address(address), ()) != ""
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(InvalidInput, match="public address"):
        require_url(f"https://{host}/hook", ())


@pytest.mark.parametrize("address", ALLOWED)
def test_what_is_public_is_allowed(address: str) -> None:
    """Over TLS alone."""
    assert refusal_of(ip_address(address), ()) == ""
    assert refusal_of(ip_address(address), (ip_network("127.0.0.0/8"),), is_plain=True) != ""


def test_a_setting_allows_networks() -> None:
    """An address counts by itself and by what it stands for; others stay refused."""
    networks = parsed_networks(" 10.0.0.0/8, fd00::/8,")

    assert [
        refusal_of(ip_address(each), networks, is_plain=True)
        for each in ("10.1.2.3", "::ffff:10.1.2.3", "fd00::1")
    ] == [
        "",
        "",
        "",
    ]
    assert refusal_of(ip_address("192.168.1.1"), networks) != ""
    assert require_url("http://10.1.2.3:8080/hook?x=1", networks) == "http://10.1.2.3:8080/hook?x=1"
    for text in ("10.0.0.1/8", "everywhere", "10.0.0.0/33"):
        with pytest.raises(InvalidInput, match="PLANSWITCH_WEBHOOK_NETWORKS"):
            parsed_networks(text)


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "ftp://example.com/", "https:///hook", "https://user:pass@example.com/"),
        *("https://user@example.com", "https://example.com/#part", "https://exa mple.com/", "//example.com/"),
        *("https://example.com:0/", "https://example.com:99999/", "https://[::1", "https://münchen.example/"),
        *("javascript:alert(1)", "hook", "", "https://example.com/\n", f"https://example.com/{'x' * 2_000}"),
    ],
)
def test_what_is_no_url_is_refused(url: str) -> None:
    """An absolute https URL with a host, without user, password or fragment."""
    with pytest.raises(InvalidInput) as refused:
        require_url(url, ())

    assert refused.value.details["field"] == "url"
