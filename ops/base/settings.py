"""All settings of all processes: environment first, then the running embedded stack, then defaults."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import SettingsConfigDict

from activities.signed_command import BUREAU_ACTOR, OUTSIDE_ACTOR
from activities.signing.signatures import SYSTEM_PREFIX
from audit.seals.places import SEAL_SECONDS
from domain.approvals.approval_policy import APPROVAL_HOURS_MAX, ApprovalPolicy, amounts_of, commands_of
from domain.kernel.errors import InvalidInput, PlanSwitchError
from domain.kernel.limits import LICENSES_MAX
from domain.kernel.shown_values import Words
from domain.licenses.license_failures import FAILURE_PERCENT_MAX, FAILURES_MIN
from domain.text.plain_text import require_plain_text
from domain.text.schema_words import allowed_words
from domain.webhooks.addresses import Networks, parsed_networks
from domain.webhooks.attempts import FAILING_DAYS_MAX
from ops.base.checked_texts import (
    FINDINGS,
    approval_amounts,
    approval_names,
    build_name,
    deployment_name,
    mail_address,
    quiet_window,
)
from ops.base.database_settings import (
    DATABASE_ROLE_VARIABLES,
    DATABASE_VARIABLE,
    DATABASE_VARIABLES,
    DatabaseSettings,
)
from ops.base.key_settings import KeySettings
from ops.base.mail_settings import CONSOLE_ADDRESS, ConsoleAddress, complete_server
from providers.access.profiles import CloudProfiles
from providers.mail.smtp import MailSecurity, MailServer
from store.vault.secret_files import SecretUnusable, read_secret, required_secret

#: Secrets that come from files alone: a value in the environment is inherited by every child.
_SECRETS_OF_FILES = (
    "SEAL_KEY",
    "OIDC_CLIENT_SECRET",
    "SMTP_PASSWORD",
)
#: Read by other programs of this project.
_OF_OTHERS = frozenset({"SHARED", "TEST_PROCESSES"})
_OWN_FINDINGS = frozenset({*FINDINGS, CONSOLE_ADDRESS})
ENVIRONMENT_PREFIX = "PLANSWITCH_"
#: The embedded stack writes where it runs, and the environment that joins it, into this file of its folder.
STATE_FILE = "stack.json"
#: File of the profiles of real clouds in the data folder.
CLOUD_FILE_NAME = "cloud.toml"
_ROOT = 0
_API_KEY = f"{ENVIRONMENT_PREFIX}API_KEY"
_OIDC_SECRET = f"{ENVIRONMENT_PREFIX}OIDC_CLIENT_SECRET_FILE"
_MASK = "********"
_SECRET_FIELDS = frozenset({"api_key", *(variable.lower() for variable in DATABASE_VARIABLES)})
_PORT_MAX = 65_535
#: Names under which the product itself acts.
_OWN_ACTORS = frozenset({OUTSIDE_ACTOR, BUREAU_ACTOR, "reconciler"})


def default_data_dir() -> Path:
    """Return the folder of the embedded stack when none is named."""
    if os.geteuid() == _ROOT:
        # A root's home is closed to the account that runs PostgreSQL.
        return Path("/var/lib/planswitch")
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "planswitch"


class Settings(DatabaseSettings, KeySettings):
    """Settings of one process; frozen, and built once at its edge by `load_settings`."""

    model_config = SettingsConfigDict(
        env_prefix=ENVIRONMENT_PREFIX, frozen=True, extra="ignore", populate_by_name=True
    )

    #: Host and port of the Temporal front end; goes before what Temporal's own settings say, as the namespace
    #: does (docs/temporal.md).
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    #: Whether Temporal's own settings are read: the variables TEMPORAL_* and temporal.toml, with TLS,
    #: certificates and API key. The embedded stack sets false.
    temporal_envconfig: bool = True
    #: Name of the worker deployment, by which old and new workers run beside each other
    #: (docs/temporal.md#versions-of-workers); "": workers have no versions.
    deployment: Annotated[str, AfterValidator(deployment_name)] = ""
    #: Version of the workers in it; that of the package with its commit when "".
    build_id: Annotated[str, AfterValidator(build_name)] = ""
    #: A worker that is ready makes its own version the current one; the embedded stack sets it.
    deployment_becomes_current: bool = False
    #: Task queue of workflows and the customer's activities.
    task_queue: str = "planswitch"
    #: File of the profiles of real clouds (access#profiles); "" is `data_dir/cloud.toml`, if it is there and
    #: no sandbox is named.
    cloud_file: str = Field(default="", max_length=4_096)
    #: Names of its profiles that are used, with commas between; "": all.
    cloud_profile: str = Field(default="", max_length=1_000)
    #: Base URL of the sandbox, with all its interfaces; a named file of profiles goes before it.
    cloud_url: str = "http://127.0.0.1:8534"
    #: Where the command line finds the console's API.
    api_url: str = "http://127.0.0.1:8533"
    #: Where the console listens.
    api_host: str = "127.0.0.1"
    api_port: int = Field(default=8533, ge=1, le=_PORT_MAX)
    #: Proxies in front of the console whose word for the caller's address counts: addresses, commas between.
    trusted_proxies: str = Field(default="", max_length=1_000)
    #: Where browsers find the console, such as https://planswitch.example.com; "": by the address that they
    #: send. The provider of sign-ins sends them back to it, links in notices begin with it, and HTTPS makes
    #: cookies Secure.
    public_url: ConsoleAddress = ""
    #: Provider of sign-ins by OpenID Connect, as its tokens name it; "": nobody signs in there.
    oidc_issuer: str = Field(default="", max_length=500)
    #: Of this installation at the provider.
    oidc_client_id: str = Field(default="", max_length=500)
    #: Its secret there; without one it is a public client.
    oidc_client_secret_file: Path | None = None
    #: What the provider is asked for, with blanks between.
    oidc_scopes: str = Field(default="openid profile email", max_length=500)
    #: Claim that names the account which a first sign-in opens.
    oidc_name_claim: str = Field(default="email", min_length=1, max_length=200)
    #: Claim with the roles of a person; "": grants are given here alone.
    oidc_role_claim: str = Field(default="", max_length=200)
    #: What its values mean: VALUE=ROLE or VALUE=ROLE@ORGANIZATION,…, with semicolons between.
    oidc_role_mapping: str = Field(default="", max_length=20_000)
    #: The operator's key for the API; `operator_key` reads `api_key_file` when it is not set.
    api_key: SecretStr | None = None
    api_key_file: Path | None = None
    #: Who acts when the local key is used.
    local_actor: str = "local-operator"
    #: Keys that sign seals; `data_dir/keys/seal.key` when None. Only the sealer reads them.
    seal_key_file: Path | None = None
    #: Folder of the published seals, outside of the database; `data_dir/seals` when None.
    seals_folder: Path | None = None
    #: Between two seals while there is work; a seal is 4 kB.
    seal_seconds: float = Field(default=SEAL_SECONDS, ge=0.1, le=60)
    #: Where the sandbox's credit bureau calls back.
    credit_callback_url: str = ""
    #: Whom operators call support, shown where a remedy says so: a name, an address or a number.
    support_contact: str = Field(default="", max_length=200)
    #: Whom alarms call (waits#who-gets-an-alarm): a mail address; without one they stand on the board
    #: alone.
    alarm_contact: Annotated[str, AfterValidator(mail_address)] = ""
    #: Mail server of the notices (docs/notices.md#mail-server); "": no notice is sent by mail.
    smtp_host: str = Field(default="", max_length=253)
    smtp_port: int = Field(default=587, ge=1, le=_PORT_MAX)
    #: How the connection is protected; plain only to this machine, unless smtp_plain_elsewhere allows it.
    smtp_security: MailSecurity = MailSecurity.STARTTLS
    #: Let mail leave this machine on a connection that anybody on the way can read.
    smtp_plain_elsewhere: bool = False
    #: Who signs in at the mail server, by the password in smtp_password_file; "": nobody.
    smtp_user: str = Field(default="", max_length=320)
    smtp_password_file: Path | None = None
    #: Sender of the notices: a mail address.
    smtp_from: Annotated[str, AfterValidator(mail_address)] = ""
    #: Certificates that the mail server's is checked against; those of this machine when None.
    smtp_ca_file: Path | None = None
    #: Quiet hours of a request that says `configured`, by its organization's clocks: 22:00-06:00; "": none.
    quiet_hours: Annotated[str, AfterValidator(quiet_window)] = ""
    #: Networks to which webhooks are sent although they are not public, such as 10.0.0.0/8, commas between;
    #: to them alone plain http is allowed (webhooks#addresses). "": none.
    webhook_networks: str = Field(default="", max_length=2_000)
    #: Days after which an endpoint of webhooks is disabled whose every attempt has failed.
    webhook_failing_days_max: float = Field(default=FAILING_DAYS_MAX, gt=0, le=365)
    #: More users than this move only after a second person has approved it (docs/approvals.md); no value:
    #: no limit.
    approval_users_over: int | None = Field(default=None, ge=0, le=LICENSES_MAX)
    #: The same of what a switch or an act costs, in minor units by currency: EUR:500000,USD:600000; "": no
    #: limit.
    approval_amount_over: Annotated[str, AfterValidator(approval_amounts)] = ""
    #: Commands that always need it, with commas between, such as start,cancel,product_buy; "": none.
    approval_commands: Annotated[str, AfterValidator(approval_names)] = ""
    #: Hours in which a request for an approval may be approved.
    approval_hours: float = Field(default=48.0, gt=0, le=APPROVAL_HOURS_MAX)
    #: Folder of the embedded stack.
    data_dir: Path = Field(default_factory=default_data_dir)
    #: Free bytes below which `doctor` calls a disk full; a database stops before the last byte.
    disk_free_bytes_min: int = Field(default=100_000_000, ge=0)
    #: Free bytes below which `doctor` warns.
    disk_free_bytes_warning: int = Field(default=1_000_000_000, ge=0)
    #: Parts stay what they were started as, also root; a supervisor, which has decided, sets it for its own.
    keep_account: bool = False
    #: JSON lines instead of colored text in the log.
    log_json: bool = True
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    #: Where this process answers probes and Prometheus (docs/metrics.md#probes); whoever reaches it may ask.
    probe_host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    #: Its port; 0 is off. None: 8541 of a worker, 8542 of a console, 8543 of a projector, 8544 of a sealer.
    probe_port: int | None = Field(default=None, ge=0, le=_PORT_MAX)
    #: Receiver of traces by OTLP over HTTP (docs/metrics.md#traces); "": none are sent.
    tracing_endpoint: str = Field(default="", max_length=2_000)
    #: Touched by a process without a port of its own when it is ready.
    ready_file: Path | None = None
    #: Folder of file gates, where a test stops steps at named points (activities/base/points.py); a testing
    #: aid.
    points_dir: Path | None = None
    #: How often the worker looks for open switches whose workflow is lost.
    reconcile_seconds: float = Field(default=300, ge=1, le=86_400)
    #: Reservations younger than this are left alone by it.
    reconcile_grace_seconds: float = Field(default=30, ge=0, le=86_400)
    #: Connections to PostgreSQL that a worker keeps: one for each step and slice at a time, and four beside.
    worker_connections: int = Field(default=24, ge=10, le=200)
    #: Open workflows that a worker keeps in memory, about 120 kB each; others are read again when they go on.
    worker_cached_workflows: int = Field(default=500, ge=10, le=10_000)
    #: Connections to PostgreSQL that a console keeps for its store; its read models take as many at most.
    console_connections: int = Field(default=4, ge=2, le=100)
    #: Hours from its first use on in which an idempotency key of the API keeps its answer.
    idempotency_hours: float = Field(default=24, ge=24, le=8_760)
    #: Seconds that a read of the API waits at most for the position that it names.
    read_wait_seconds: float = Field(default=5, ge=0, le=30)
    #: Users per license slice (one activity).
    license_slice_size: int = Field(default=2_000, ge=1, le=5_000)
    #: Writes that the directory takes at once from this installation and organization, and the seconds in
    #: which they come back; 0 writes: nothing is held back, only what the directory answers counts.
    directory_writes_max: int = Field(default=3_000, ge=0)
    directory_writes_window_seconds: float = Field(default=150.0, gt=0)
    #: The same for all applications of an organization together.
    directory_organization_writes_max: int = Field(default=18_000, ge=0)
    directory_organization_writes_window_seconds: float = Field(default=300.0, gt=0)
    #: Slices that run at the same time.
    license_lanes: int = Field(default=4, ge=1, le=64)
    #: A move holds when more percent of the users tried than this have failed, and at least so many users.
    failure_percent_max: Decimal = Field(default=FAILURE_PERCENT_MAX, ge=0, le=100)
    failures_min: int = Field(default=FAILURES_MIN, ge=1)

    def operator_key(self) -> str | None:
        """Return the operator's API key from the setting or its file; None when neither is set.

        Raises:
            SecretUnusable: It is empty or too short, its file is missing, or others may read it.
        """
        if self.api_key is not None:
            return required_secret(self.api_key.get_secret_value(), name=_API_KEY)
        if self.api_key_file is not None:
            return read_secret(self.api_key_file, name=f"{_API_KEY}_FILE")
        return None

    def required_operator_key(self) -> str:
        """Return the operator's API key for a process that lets people in by it.

        Raises:
            SecretUnusable: There is none, or it can't be used.
        """
        key = self.operator_key()
        if key is None:
            raise SecretUnusable(
                f"{_API_KEY} is not set: nobody could sign in.",
                remedy=f"Set {_API_KEY}_FILE to a file with the operator's key; `planswitch up` makes one.",
            )
        return key

    def approval_policy(self) -> ApprovalPolicy:
        """Return what needs the approval of a second person."""
        return ApprovalPolicy(
            users_over=self.approval_users_over,
            amounts_over=amounts_of(self.approval_amount_over),
            commands=commands_of(self.approval_commands),
            lifetime=timedelta(hours=self.approval_hours),
        )

    def cloud_file_path(self) -> Path | None:
        """Return the file of the profiles of real clouds; None where the sandbox is worked with."""
        if self.cloud_file:
            return Path(self.cloud_file).expanduser()
        usual = self.data_dir / CLOUD_FILE_NAME
        # A running stack with a sandbox names its address to whoever joins it.
        return usual if "cloud_url" not in self.model_fields_set and usual.exists() else None

    def cloud_profiles(self) -> CloudProfiles | None:
        """Return the profiles of real clouds that are used; None where the sandbox is worked with.

        Raises:
            InvalidInput: The file can't be read, or a field of it has a value that is not allowed.
        """
        file = self.cloud_file_path()
        if file is None:
            return None
        profiles = CloudProfiles.load(file)
        if not self.cloud_profile:
            return profiles
        return profiles.only([each.strip() for each in self.cloud_profile.split(",")])

    def allowed_webhook_networks(self) -> Networks:
        """Return the networks to which webhooks are sent although they are not public.

        Raises:
            InvalidInput: One is none.
        """
        return parsed_networks(self.webhook_networks)

    def seal_key_path(self) -> Path:
        """Return the file of the keys that sign seals."""
        return self.seal_key_file or self.data_dir / "keys" / "seal.key"

    def seals_path(self) -> Path:
        """Return the folder of the published seals."""
        return self.seals_folder or self.data_dir / "seals"

    def oidc_client_secret(self) -> str:
        """Return the secret at the provider of sign-ins; "" when none is set.

        Raises:
            SecretUnusable: Its file is missing or too short, or others may read it.
        """
        file = self.oidc_client_secret_file
        return "" if file is None else read_secret(file, name=_OIDC_SECRET)

    def mail_server(self) -> MailServer | None:
        """Return where notices go out; None where no mail server is set.

        Raises:
            InvalidInput: What is set does not suffice, or mail would leave this machine readable.
            SecretUnusable: The file of the password can't be used.
        """
        server = MailServer(
            host=self.smtp_host,
            port=self.smtp_port,
            security=self.smtp_security,
            sender=self.smtp_from,
            user=self.smtp_user,
            ca_file=self.smtp_ca_file,
        )
        return complete_server(
            server,
            password_file=self.smtp_password_file,
            is_plain_allowed=self.smtp_plain_elsewhere,
        )

    def touch_ready_file(self) -> None:
        """Report to the supervisor, if one asks for it, that this process does its work now."""
        if self.ready_file is not None:
            self.ready_file.parent.mkdir(parents=True, exist_ok=True)
            self.ready_file.touch()

    def masked(self) -> dict[str, str]:
        """Return the settings for people to read, with every secret hidden."""
        shown = {name: str(value) for name, value in self.model_dump().items()}
        for name in sorted(_SECRET_FIELDS):
            value = getattr(self, name)
            is_set = value is not None and bool(value.get_secret_value())
            shown[name] = _MASK if is_set else "(not set)"
        return shown


def load_settings(*, data_dir: Path | None = None, **overrides: Any) -> Settings:
    """Return the settings of this process.

    A variable of the environment wins over the running embedded stack's, which wins over the default.

    Args:
        data_dir: Folder of the embedded stack; PLANSWITCH_DATA_DIR or the default when None.
        overrides: Values that win over everything, by field name.

    Raises:
        InvalidInput: A value is not allowed, or nothing reads it; the message names its variable.
        UnacceptableText: A text has a control character.
    """
    _require_no_unread_secret()
    folder = data_dir or Path(os.environ.get(f"{ENVIRONMENT_PREFIX}DATA_DIR") or default_data_dir())
    values = {**_of_running_stack(folder, os.environ), "data_dir": folder, **overrides}
    try:
        settings = Settings(**values)
    except ValidationError as error:
        raise _invalid(error) from error
    # Some go into the record, such as who acts here.
    texts = {name: value for name, value in settings.model_dump().items() if isinstance(value, str)}
    require_plain_text({_variable(name): text for name, text in texts.items()})
    _require_person(settings.local_actor)
    return settings


def unread_settings() -> list[str]:
    """Return variables of this process that begin as settings do and are none, such as misspelled ones."""
    known = {name.upper() for name in Settings.model_fields} | _OF_OTHERS
    begun = (name for name in os.environ if name.startswith(ENVIRONMENT_PREFIX))
    return sorted(name for name in begun if name.removeprefix(ENVIRONMENT_PREFIX).upper() not in known)


def _require_no_unread_secret() -> None:
    """Refuse a secret in a variable that nothing reads: another key would be worked with in silence."""
    for name in _SECRETS_OF_FILES:
        variable = f"{ENVIRONMENT_PREFIX}{name}"
        if variable in os.environ:
            raise InvalidInput(
                field=variable,
                value=Words("set, and nothing reads it"),
                allowed=f"{variable}_FILE, the path of a file that this account alone may read",
                remedy=f"Write it into such a file, name that in {variable}_FILE, and unset {variable}.",
            )


def _require_person(actor: str) -> None:
    """Refuse a name under which the product itself acts: the record could not tell them apart."""
    if actor.startswith(SYSTEM_PREFIX) or actor in _OWN_ACTORS:
        names = ", ".join(sorted(_OWN_ACTORS))
        raise InvalidInput(
            field=_variable("local_actor"),
            value=actor,
            allowed=f"a name of a person: not {names}, nor one that begins with {SYSTEM_PREFIX}",
        )


def _of_running_stack(folder: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """Return what the stack's state file says about settings that the environment leaves open."""
    try:
        recorded = json.loads((folder / STATE_FILE).read_text(encoding="utf-8"))["environment"]
    except (OSError, ValueError, KeyError):
        return {}
    # Who names a database means that one, whoever works in it; who names a Temporal, that one's settings.
    left_out = {*environment, *(DATABASE_ROLE_VARIABLES.values() if DATABASE_VARIABLE in environment else ())}
    if f"{ENVIRONMENT_PREFIX}TEMPORAL_ADDRESS" in environment:
        left_out.add(f"{ENVIRONMENT_PREFIX}TEMPORAL_ENVCONFIG")
    return {_field_name(variable): value for variable, value in recorded.items() if variable not in left_out}


def _field_name(variable: str) -> str:
    """Return the setting's field name for a variable of the environment."""
    return variable.removeprefix(ENVIRONMENT_PREFIX).lower()


def _variable(field: str) -> str:
    """Return the variable of the environment for a setting's field name."""
    variable = field.upper()
    return variable if variable in DATABASE_VARIABLES else f"{ENVIRONMENT_PREFIX}{variable}"


def _invalid(error: ValidationError) -> PlanSwitchError:
    """Return the first finding as a clear error, without the value where it may be secret."""
    finding = error.errors()[0]
    field = str(finding["loc"][0]).lower()
    variable = _variable(field)
    is_secret = field in _SECRET_FIELDS
    schema = Settings.model_json_schema(by_alias=False)
    return InvalidInput(
        field=variable,
        value=_MASK if is_secret else finding.get("input"),
        allowed=_own_words(finding) or allowed_words(schema, schema["properties"].get(field, {})),
        remedy=f"Correct {variable} in the environment and start again.",
    )


def _own_words(finding: Any) -> str:
    """Return what a setting's own check allows; "": its schema tells it."""
    return str(finding["msg"]) if finding["type"] in _OWN_FINDINGS else ""
