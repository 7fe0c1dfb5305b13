"""Which machines may be spoken to."""

from __future__ import annotations

import pytest

from crawlers.guard import is_public, literal


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("8.8.8.8", True),
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("127.0.0.1", False),
        ("127.8.8.8", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("172.31.255.255", False),
        ("172.32.0.1", True),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("255.255.255.255", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("192.0.2.1", False),
        ("198.18.0.1", False),
        ("::1", False),
        ("::", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:8.8.8.8", True),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
        ("2002:7f00:1::", False),
        ("[::1]", False),
        ("not an address", False),
        ("", False),
    ],
)
def test_only_public_addresses_are_public(address, expected):
    assert is_public(address) is expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1/x", "127.0.0.1"),
        ("http://127.0.0.1./x", "127.0.0.1"),
        ("http://[::1]:80/", "::1"),
        ("http://2130706433/", "127.0.0.1"),
        ("http://0x7f000001/", "127.0.0.1"),
        ("http://0177.0.0.1/", "127.0.0.1"),
        ("http://127.1/", "127.0.0.1"),
        ("http://0x7f.1/", "127.0.0.1"),
        ("http://999.999.999.999/", "0.0.0.0"),
        ("http://wire.example/", None),
        ("http://24.kg/", None),
        ("http://31.kz/", None),
    ],
)
def test_addresses_are_seen_through_their_disguises(url, expected):
    assert literal(url) == expected
