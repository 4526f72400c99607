"""What deploy/ holds is valid by the tools of its makers, and says of all processes what they need."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from ops.telemetry.probe_server import PROBE_PORTS
from tests.support.system.units import UNITS, read_unit
from tools.tidy_sources import ROOT

_DEPLOY = ROOT / "deploy"
_KUBERNETES_VERSION = "1.32"
_MANIFESTS = [
    (file.name, manifest)
    for file in sorted((_DEPLOY / "kubernetes").glob("*.yaml"))
    for manifest in yaml.safe_load_all(file.read_text(encoding="utf-8"))
]
_PODS = [
    manifest["spec"]["template"]["spec"]
    for _, manifest in _MANIFESTS
    if manifest["kind"] in {"Deployment", "Job"}
]
_COMPOSE: dict[str, Any] = yaml.safe_load((_DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
_OURS = {name: each for name, each in _COMPOSE["services"].items() if each["image"].startswith("planswitch:")}
_COMMANDS = {"worker", "serve", "project", "sealer", "migrate"}


@pytest.mark.parametrize(
    ("file", "manifest"), _MANIFESTS, ids=lambda each: each if isinstance(each, str) else ""
)
def test_kubernetes_takes_the_manifest(file: str, manifest: dict[str, Any]) -> None:
    """docs/operations.md#kubernetes: each manifest is one by the schema, without any field that is none."""
    assert file
    kubernetes_validate.validate(manifest, _KUBERNETES_VERSION, strict=True)


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    """The check of the manifests can fail: a misspelled probe is no probe."""
    (worker,) = (each for file, each in _MANIFESTS if file == "worker.yaml" and each["kind"] == "Deployment")
    container = worker["spec"]["template"]["spec"]["containers"][0]
    wrong = {**worker, "spec": {**worker["spec"], "livenessProb": container["livenessProbe"]}}

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(wrong, _KUBERNETES_VERSION, strict=True)


def test_pods_run_as_nobody_special_and_have_every_volume_that_they_mount() -> None:
    """docs/operations.md#kubernetes: no root, no writable root; probes where the process answers."""
    assert {pod["containers"][0]["args"][0] for pod in _PODS} == _COMMANDS
    for pod in _PODS:
        (container,) = pod["containers"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert container["securityContext"]["readOnlyRootFilesystem"] is True
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        mounted = {each["name"] for each in container["volumeMounts"]}
        assert mounted == {each["name"] for each in pod["volumes"]}
        command = container["args"][0]
        ports = {each["containerPort"] for each in container.get("ports", [])}
        assert command == "migrate" or PROBE_PORTS[command] in ports


def test_the_image_is_one_that_hadolint_lets_pass() -> None:
    """docs/operations.md#by-containers: the Containerfile keeps every rule of hadolint, without exception."""
    hadolint = Path(sys.executable).with_name("hadolint")
    ran = subprocess.run(
        [hadolint, _DEPLOY / "Containerfile"], capture_output=True, text=True, check=False, timeout=60
    )

    assert ran.returncode == 0, ran.stdout


def test_compose_names_nothing_that_it_does_not_have() -> None:
    """docs/operations.md#by-containers: every process, no root, a tag each, and no open reference."""
    assert {each["command"][0] for each in _OURS.values()} == _COMMANDS
    services = _COMPOSE["services"]
    for name, service in services.items():
        tag = service["image"].partition(":")[2]
        assert tag, name
        assert tag != "latest"
        assert set(service.get("depends_on", ())) <= set(services)
        assert set(service.get("secrets", ())) <= set(_COMPOSE["secrets"])
        assert set(service.get("networks", ())) <= set(_COMPOSE["networks"])
        named = {each.split(":")[0] for each in service.get("volumes", ()) if not each.startswith(".")}
        assert named <= set(_COMPOSE["volumes"])
    for service in _OURS.values():
        assert service["read_only"] is True
        assert service["user"] == "10001:10001"
        assert service["cap_drop"] == ["ALL"]


@pytest.mark.parametrize("name", sorted(file.name for file in UNITS.glob("*.service")))
def test_a_unit_starts_one_process_as_no_root(name: str) -> None:
    """docs/operations.md#systemd: a command of its own, no root, and files of variables that deploy/ has."""
    unit = read_unit(UNITS / name, instance="8533")

    assert unit.arguments[0] in _COMMANDS
    assert unit.service["User"] == ("planswitch",)
    assert {file.name for file in unit.files} <= {file.name for file in UNITS.glob("*.env")}
