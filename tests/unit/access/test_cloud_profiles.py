"""The file of profiles: what a cloud's name says, which profile an organization has, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.kernel.awaited import Party
from domain.kernel.errors import AccessLost, InvalidInput, UnacceptableText
from providers.access.profiles import Access, Audience, CloudProfile, CloudProfiles, Grant

PARTNER = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
CONTOSO = "33333333-abcd-4333-8333-333333333333"
SHOUTED = f"{{{CONTOSO.upper()}}}"
FABRIKAM = "44444444-4444-4444-8444-444444444444"
LEAST = f'tenant_id = "{PARTNER}"\nclient_id = "{CLIENT}"\n'
CERTIFICATE = 'certificate_file = "app.pem"\n'


def _load(folder: Path, text: str) -> CloudProfiles:
    file = folder / "cloud.toml"
    file.write_text(text, encoding="utf-8")
    return CloudProfiles.load(file)


def _one(folder: Path, fields: str) -> CloudProfile:
    return _load(folder, f"[profiles.one]\n{LEAST}{fields}").named("one")


@pytest.mark.parametrize(
    ("cloud", "authority", "directory", "seller"),
    [
        (
            "global",
            "https://login.microsoftonline.com",
            "https://graph.microsoft.com/v1.0",
            "https://api.partnercenter.microsoft.com/v1",
        ),
        (
            "us_government",
            "https://login.microsoftonline.us",
            "https://graph.microsoft.us/v1.0",
            "https://api.partnercenter.microsoft.com/v1",
        ),
        (
            "china",
            "https://login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn/v1.0",
            "https://partner.partnercenterapi.microsoftonline.cn/v1",
        ),
    ],
)
def test_hosts_and_scopes_follow_from_the_cloud(
    tmp_path: Path, cloud: str, authority: str, directory: str, seller: str
) -> None:
    """A profile needs no address: its cloud's name tells all of them (vendor#clouds)."""
    profile = _one(tmp_path, f'{CERTIFICATE}cloud = "{cloud}"\n')

    assert profile.authority == authority
    assert (profile.url_of(Audience.DIRECTORY), profile.url_of(Audience.SELLER)) == (directory, seller)
    assert profile.scope_of(Audience.DIRECTORY) == directory.removesuffix("/v1.0") + "/.default"
    assert profile.scope_of(Audience.SELLER) == seller.removesuffix("/v1") + "/.default"


def test_what_is_not_said_is_the_careful_choice(tmp_path: Path) -> None:
    """A profile reads and does not write, checks the token service, and has no billing of its own accord."""
    profile = _one(tmp_path, CERTIFICATE)

    assert (profile.access, profile.instance_discovery) == (Access.READ, True)
    assert (profile.grant, profile.directory_grant) == (Grant.APPLICATION, Grant.APPLICATION)
    assert profile.audiences_of_people == ()
    assert (profile.billing_url, profile.credit_url, profile.notices_url) == (None, None, None)
    assert profile.certificate_file == tmp_path / "app.pem"


def test_the_directory_is_asked_at_the_organization_and_the_seller_at_ours(tmp_path: Path) -> None:
    """A token of the directory is of the organization's own tenant, the seller's of the partner's."""
    profile = _one(tmp_path, f'{CERTIFICATE}grant = "application_and_user"\n')

    assert profile.tenant_of(Audience.DIRECTORY, CONTOSO) == CONTOSO
    assert profile.tenant_of(Audience.SELLER, CONTOSO) == PARTNER
    assert profile.grant_of(Audience.DIRECTORY) is Grant.APPLICATION
    assert profile.audiences_of_people == (Audience.SELLER,)


def test_a_public_client_has_people_alone(tmp_path: Path) -> None:
    """An application without a secret has no rights of its own: a person signs in for each audience."""
    profile = _one(tmp_path, "is_public_client = true\n")

    assert profile.audiences_of_people == (Audience.DIRECTORY, Audience.SELLER)


def test_each_address_can_be_another_one(tmp_path: Path) -> None:
    """An overridden address wins over that of the cloud, without a slash at its end."""
    profile = _one(
        tmp_path,
        f'{CERTIFICATE}authority = "https://127.0.0.1:8443/"\ndirectory_url = "http://127.0.0.1:8534/v1.0"\n'
        'directory_audience = "https://directory.test"\nca_file = "ca.pem"\ninstance_discovery = false\n'
        'billing_url = "http://localhost:8534/billing/v1"\n',
    )

    assert profile.authority == "https://127.0.0.1:8443"
    assert profile.directory_url == "http://127.0.0.1:8534/v1.0"
    assert profile.scope_of(Audience.DIRECTORY) == "https://directory.test/.default"
    assert (profile.ca_file, profile.instance_discovery) == (tmp_path / "ca.pem", False)


def test_an_organization_has_the_profile_that_names_it_else_the_one_that_names_none(tmp_path: Path) -> None:
    """Several profiles work at once; ids are alike in any case."""
    text = (
        f'[profiles.named]\n{LEAST}{CERTIFICATE}tenants = ["{CONTOSO.upper()}"]\n'
        f"[profiles.others]\n{LEAST}{CERTIFICATE}"
    )
    profiles = _load(tmp_path, text)

    assert profiles.names == ("named", "others")
    assert profiles.of(CONTOSO).name == "named"
    assert profiles.of(FABRIKAM.upper()).name == "others"


@pytest.mark.parametrize("spelling", [CONTOSO.upper(), f"{{{CONTOSO.upper()}}}", f"  {CONTOSO}\n"])
def test_an_id_is_the_same_in_each_of_its_spellings(tmp_path: Path, spelling: str) -> None:
    """Capitals, braces and blanks come with a copied id: in the file as in a question."""
    text = f'[profiles.one]\n{LEAST}{CERTIFICATE}tenants = ["{spelling.strip()}"]\n'
    profiles = _load(tmp_path, text)

    assert profiles.named("one").tenants == (CONTOSO,)
    assert profiles.of(spelling) is profiles.of(CONTOSO) is profiles.named("one")


@pytest.mark.parametrize(
    "text", ["", "contoso.com", "common", CONTOSO[:-1], f"{{{CONTOSO}", CONTOSO.replace("-", ""), "../x"]
)
def test_what_is_no_id_is_refused_for_every_profile(tmp_path: Path, text: str) -> None:
    """It would become a part of the token service's address: also where one profile is for everybody."""
    profiles = _load(tmp_path, f"[profiles.one]\n{LEAST}{CERTIFICATE}")

    with pytest.raises(InvalidInput, match="allowed: a directory id") as caught:
        profiles.of(text)

    assert caught.value.details["field"] == "organization_id"
    assert "directory id, not its name" in caught.value.remedy


def test_an_organization_without_a_profile_waits_for_an_operator(tmp_path: Path) -> None:
    """It says nothing of the organization: access is missing, and comes when the file names it."""
    profiles = _load(tmp_path, f'[profiles.one]\n{LEAST}{CERTIFICATE}tenants = ["{CONTOSO}"]\n')

    with pytest.raises(AccessLost) as caught:
        profiles.of(FABRIKAM)

    assert (caught.value.code, caught.value.handling.is_retryable) == ("ACCESS_LOST", True)
    awaited = caught.value.details["awaited"]
    assert awaited.party is Party.OPERATOR
    assert FABRIKAM in awaited.words()
    assert "PLANSWITCH_CLOUD_FILE" in caught.value.remedy


TWICE = f'[profiles.a]\n{LEAST}{CERTIFICATE}tenants = ["{CONTOSO}"]\n'
AGAIN = TWICE.replace(".a]", ".b]")


@pytest.mark.parametrize(
    ("text", "field", "allowed"),
    [
        (f"{TWICE}{AGAIN}", "profiles.b.tenants", "a names it"),
        (
            f"{TWICE}{TWICE.replace('.a]', '.b]').replace(CONTOSO, SHOUTED)}",
            "profiles.b.tenants",
            "a names it",
        ),
        (
            f"[profiles.a]\n{LEAST}{CERTIFICATE}[profiles.b]\n{LEAST}{CERTIFICATE}",
            "profiles.b.tenants",
            "at least one tenant",
        ),
        ("", "profiles", "at least one"),
        ("[clouds.a]\n", "clouds", "[profiles.NAME]"),
        ("profiles = 1\n", "profiles", "at least one"),
        ("[profiles]\na = 1\n", "profiles.a", "a table"),
        (f'[profiles."a b"]\n{LEAST}{CERTIFICATE}', "profiles.a b", "letters, digits"),
        ("[profiles.a\n", "PLANSWITCH_CLOUD_FILE", "a TOML file"),
    ],
    ids=[
        "tenant twice",
        "tenant twice by case",
        "two for all",
        "empty",
        "strange table",
        "no tables",
        "no table",
        "name",
        "no TOML",
    ],
)
def test_a_file_that_is_none_is_refused(tmp_path: Path, text: str, field: str, allowed: str) -> None:
    """Every refusal names the field, its value, what is allowed and what to do."""
    with pytest.raises(InvalidInput) as caught:
        _load(tmp_path, text)

    assert caught.value.details["field"] == field
    assert allowed in caught.value.message
    assert caught.value.remedy


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """The setting is named, since it says where the file is."""
    with pytest.raises(InvalidInput, match=r"PLANSWITCH_CLOUD_FILE is .*cloud\.toml.*No such file"):
        CloudProfiles.load(tmp_path / "cloud.toml")


@pytest.mark.parametrize(
    ("fields", "field", "allowed"),
    [
        (f'{CERTIFICATE}cloud = "germany"\n', "cloud", "global, us_government, china"),
        (f'{CERTIFICATE}grant = "user"\n', "grant", "application, application_and_user"),
        (f'{CERTIFICATE}access = "all"\n', "access", "read, write"),
        (f'{CERTIFICATE}tenants = ["contoso.com"]\n', "tenants", "a GUID"),
        (f'{CERTIFICATE}tenants = ["{CONTOSO}", "{CONTOSO}"]\n', "tenants", "each tenant once"),
        (f"{CERTIFICATE}tenants = []\n", "tenants", "leave the field out"),
        (f'{CERTIFICATE}authority = "http://127.0.0.1:8443"\n', "authority", "an https address"),
        (f'{CERTIFICATE}directory_url = "http://graph.test/v1.0"\n', "directory_url", "tokens go nowhere"),
        (f'{CERTIFICATE}directory_url = "http://127.0.0.1:8534/v1.0"\n', "directory_url", "a sandbox's own"),
        (f'{CERTIFICATE}seller_url = "http://localhost:8534/v1"\n', "seller_url", "a sandbox's own"),
        (f'{CERTIFICATE}authority = "https://a.test/{CONTOSO}"\n', "authority", "without a tenant"),
        (f'{CERTIFICATE}authority = "https://a.test/common"\n', "authority", "without a tenant"),
        (f'{CERTIFICATE}authority = "https://a.test/contoso.com/"\n', "authority", "without a tenant"),
        (f'{CERTIFICATE}seller_url = "https://u:p@seller.test"\n', "seller_url", "an https address"),
        (f'{CERTIFICATE}seller_url = "https://seller.test:99999"\n', "seller_url", "an https address"),
        (f'{CERTIFICATE}ca_file = ""\n', "ca_file", "the path of a file"),
        (f'{CERTIFICATE}instance_discovery = "no"\n', "instance_discovery", "true, false"),
        (f'{CERTIFICATE}certificate = "x"\n', "certificate", "one of the fields access, authority"),
        ("", "certificate_file", "exactly one of"),
        (f'{CERTIFICATE}secret_file = "s"\n', "certificate_file", "exactly one of"),
        ("secret_command = []\n", "secret_command", "a program and its arguments"),
        ('secret_command = ["", "x"]\n', "secret_command", "a program and its arguments"),
        ('secret_command = "vault read x"\n', "secret_command", "a program and its arguments"),
        (f"{CERTIFICATE}is_public_client = true\n", "certificate_file", "keeps no secret"),
        ('is_public_client = true\ngrant = "application"\n', "grant", "application_and_user"),
        (
            'is_public_client = true\ndirectory_grant = "application"\n',
            "directory_grant",
            "application_and_user",
        ),
        (f'{CERTIFICATE}billing_url = "https://billing.test"\n', "interfaces_token_file", "bearer token"),
    ],
)
def test_a_bad_field_is_refused_by_its_name(tmp_path: Path, fields: str, field: str, allowed: str) -> None:
    """Nothing starts with a profile that could not work, or that says two things at once."""
    with pytest.raises(InvalidInput) as caught:
        _one(tmp_path, fields)

    assert caught.value.details["field"] == f"profiles.one.{field}"
    assert allowed in caught.value.message
    assert caught.value.remedy


def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path: Path) -> None:
    """Somebody who writes the secret itself in place of a command does not read it in a log."""
    with pytest.raises(InvalidInput) as caught:
        _one(tmp_path, 'secret_command = "hunter2-hunter2"\n')

    assert "hunter2" not in str(caught.value.message) + str(caught.value.details)


def test_control_characters_are_refused(tmp_path: Path) -> None:
    """A terminal obeys some of them; they are refused at this edge as at every other one."""
    with pytest.raises(UnacceptableText):
        _one(tmp_path, f'{CERTIFICATE}seller_audience = "https://a\\u001b.test"\n')


def test_an_unknown_name_is_answered_with_those_there_are(tmp_path: Path) -> None:
    """Whoever mistypes a profile reads which ones there are."""
    profiles = _load(tmp_path, f"[profiles.one]\n{LEAST}{CERTIFICATE}")

    with pytest.raises(InvalidInput, match="profile is 'two'; allowed: one"):
        profiles.named("two")
