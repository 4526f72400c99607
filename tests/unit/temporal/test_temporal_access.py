"""How Temporal's own settings and ours combine (docs/temporal.md#settings)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from temporalio.envconfig import ClientConfigTLS

from domain.kernel.errors import InvalidInput
from ops.base.build import build_id
from ops.base.settings import Settings, load_settings
from ops.temporal.temporal_access import TemporalAccess, temporal_access
from ops.temporal.temporal_certificates import usable_tls
from services.temporal.connection_faults import TemporalCertificateUnusable, fault_of_connection
from tests.support.system.authority import Authority

SECRET = "secret-that-nobody-reads"
PROFILE = f"""
[profile.production]
address = "profile.example:7233"
namespace = "of-profile"
api_key = "{SECRET}"
"""


def _settings(folder: Path, **values: object) -> Settings:
    return load_settings(data_dir=folder, temporal_envconfig=True, **values)


def _access(folder: Path, **variables: str) -> TemporalAccess:
    return temporal_access(_settings(folder), {"HOME": str(folder), **variables})


def _file(folder: Path, text: str = PROFILE) -> dict[str, str]:
    file = folder / "temporal.toml"
    file.write_text(text)
    return {"TEMPORAL_CONFIG_FILE": str(file), "TEMPORAL_PROFILE": "production"}


def test_nothing_set_is_this_machine_in_clear(tmp_path: Path) -> None:
    """The last row of the order: the defaults."""
    access = _access(tmp_path)

    assert (access.address, access.namespace, access.tls) == ("127.0.0.1:7233", "default", False)
    assert str(access.chosen[0]) == "address 127.0.0.1:7233 (by default)"


def test_a_variable_goes_before_the_profile(tmp_path: Path) -> None:
    """TEMPORAL_ADDRESS before the file; what the variable leaves open comes from the file."""
    access = _access(tmp_path, **_file(tmp_path), TEMPORAL_ADDRESS="variable.example:7233")

    assert (access.address, access.namespace) == ("variable.example:7233", "of-profile")
    assert access.tls is True
    assert "TEMPORAL_ADDRESS, before profile production of" in str(access.chosen[0])


def test_our_own_setting_goes_before_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """PLANSWITCH_TEMPORAL_ADDRESS before variable and file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    for name, value in {
        **_file(tmp_path),
        "PLANSWITCH_TEMPORAL_ADDRESS": "ours.example:7233",
        "TEMPORAL_ADDRESS": "variable.example:7233",
    }.items():
        monkeypatch.setenv(name, value)

    access = temporal_access(_settings(tmp_path))

    assert access.address == "ours.example:7233"
    assert str(access.chosen[0]).startswith(
        "address ours.example:7233 (PLANSWITCH_TEMPORAL_ADDRESS, before TEMPORAL_ADDRESS, profile production"
    )


def test_the_embedded_stack_meets_nobodys_profile(tmp_path: Path) -> None:
    """With PLANSWITCH_TEMPORAL_ENVCONFIG=false neither file nor variables are read."""
    settings = load_settings(data_dir=tmp_path, temporal_envconfig=False)
    access = temporal_access(settings, {**_file(tmp_path), "TEMPORAL_ADDRESS": "variable.example:7233"})

    assert (access.address, access.tls, access.api_key) == ("127.0.0.1:7233", False, None)


def test_a_secret_is_only_said_to_be_set(tmp_path: Path) -> None:
    """Doctor shows no key."""
    access = _access(tmp_path, **_file(tmp_path))

    assert access.api_key == SECRET
    assert "API key set" in " ".join(map(str, access.chosen))
    assert SECRET not in repr(access)


@pytest.mark.parametrize(
    ("text", "variables", "words"),
    [
        (PROFILE, {"TEMPORAL_PROFILE": "other"}, "Profile 'other' not found"),
        (f"{PROFILE}tsl = 1", {}, "not usable"),
        (f'[profile.production]\napi_key = "{SECRET}', {}, "not usable"),
        (PROFILE, {"TEMPORAL_CONFIG_FILE": "/nonexistent/temporal.toml"}, "this account may read"),
        (PROFILE, {"TEMPORAL_TLS": "false"}, "everybody on the way reads the key"),
    ],
)
def test_settings_that_cant_be_used_are_refused(
    tmp_path: Path, text: str, variables: dict[str, str], words: str
) -> None:
    """A misspelled key is refused, since it would leave the connection in clear; no error shows a key."""
    with pytest.raises(InvalidInput, match=words) as refused:
        _access(tmp_path, **{**_file(tmp_path, text), **variables})

    assert SECRET not in f"{refused.value.message} {refused.value.remedy}"


def test_certificates_are_looked_at_by_their_files(tmp_path: Path) -> None:
    """docs/temporal.md#what-is-wrong: each file that can't be used is named, before Temporal is asked."""
    authority = Authority.make(tmp_path, "authority")
    client, other = authority.issue("client"), authority.issue("other")
    ended = authority.issue("ended", ended=True)
    now = datetime.now(UTC)

    def fault(certificate: Path | None, key: Path | None, issuer: Path = authority.file) -> str:
        tls = ClientConfigTLS(server_root_ca_cert=issuer, client_cert=certificate, client_private_key=key)
        with pytest.raises(TemporalCertificateUnusable) as refused:
            usable_tls(tls, now=now)
        return refused.value.message

    good = ClientConfigTLS(client_cert=client.certificate, client_private_key=client.key)
    assert usable_tls(good, now=now).client_cert == client.certificate.read_bytes()
    assert "is not the key of the client certificate" in fault(client.certificate, other.key)
    assert "expired at" in fault(ended.certificate, ended.key)
    assert "holds no certificate" in fault(client.key, client.key)
    assert "holds no private key" in fault(client.certificate, client.certificate)
    assert "can't be read: No such file" in fault(tmp_path / "none", client.key)
    assert "the client key is not" in fault(client.certificate, None)
    assert "holds no certificate" in fault(client.certificate, client.key, client.key)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ConnectError(Custom { error: InvalidCertificate(UnknownIssuer) })", "TEMPORAL_SERVER_UNTRUSTED"),
        ('error: "received fatal alert: CertificateRequired" }', "TEMPORAL_CERTIFICATE_REFUSED"),
        ("while receiving response with status: 400 Bad Request", "TEMPORAL_CERTIFICATE_REFUSED"),
        ('Status { code: Unauthenticated, message: "Request unauthorized" }', "TEMPORAL_ACCESS_REFUSED"),
        ("ConnectError(H2NotNegotiated)", "TEMPORAL_PROTOCOL_DIFFERS"),
        ("InvalidMessage(InvalidContentType)", "TEMPORAL_PROTOCOL_DIFFERS"),
        ('ConnectError("tcp connect error", ConnectionRefused)', "SERVER_UNAVAILABLE"),
    ],
)
def test_what_the_transport_says_has_a_code(text: str, code: str) -> None:
    """The texts are those of the client library against real servers (docs/temporal.md#what-is-wrong)."""
    fault = fault_of_connection(f"Failed client connect: {text}")

    assert (fault.code, bool(fault.remedy)) == (code, True)


def test_a_build_has_the_version_and_a_mark() -> None:
    """docs/temporal.md#versions-of-workers: version of the package and commit, the same each time."""
    version, mark = build_id().split("+")

    assert version
    assert len(mark) == 12
    assert build_id() == f"{version}+{mark}"


@pytest.mark.parametrize(("field", "value"), [("deployment", "a.b"), ("build_id", "a:b"), ("build_id", "'")])
def test_names_that_temporal_joins_are_refused(tmp_path: Path, field: str, value: str) -> None:
    """A name of a deployment or a build that could not be told apart again is refused."""
    with pytest.raises(InvalidInput, match=f"PLANSWITCH_{field.upper()}"):
        load_settings(data_dir=tmp_path, **{field: value})
