"""The vendor's clouds: where each has its token service, its directory and its seller (vendor#clouds)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class CloudName(StrEnum):
    """A cloud of the vendor."""

    GLOBAL = "global"
    US_GOVERNMENT = "us_government"
    CHINA = "china"


@dataclass(frozen=True, kw_only=True, slots=True)
class CloudHosts:
    """Addresses of one cloud."""

    authority: str
    directory_url: str
    directory_audience: str
    seller_url: str
    seller_audience: str


#: Cloud -> its addresses; a profile may name others.
HOSTS = {
    CloudName.GLOBAL: CloudHosts(
        authority="https://login.microsoftonline.com",
        directory_url="https://graph.microsoft.com/v1.0",
        directory_audience="https://graph.microsoft.com",
        seller_url="https://api.partnercenter.microsoft.com/v1",
        seller_audience="https://api.partnercenter.microsoft.com",
    ),
    CloudName.US_GOVERNMENT: CloudHosts(
        authority="https://login.microsoftonline.us",
        directory_url="https://graph.microsoft.us/v1.0",
        directory_audience="https://graph.microsoft.us",
        seller_url="https://api.partnercenter.microsoft.com/v1",
        seller_audience="https://api.partnercenter.microsoft.com",
    ),
    CloudName.CHINA: CloudHosts(
        authority="https://login.partner.microsoftonline.cn",
        directory_url="https://microsoftgraph.chinacloudapi.cn/v1.0",
        directory_audience="https://microsoftgraph.chinacloudapi.cn",
        seller_url="https://partner.partnercenterapi.microsoftonline.cn/v1",
        seller_audience="https://partner.partnercenterapi.microsoftonline.cn",
    ),
}
