"""The environment in which Pulumi runs."""

from pathlib import Path

from tools.project import Project, find


def test_nothing_of_the_users_own_is_in_reach(checkout: Project) -> None:
    """A backend, a passphrase and a home that the user has set for real clouds are all replaced."""
    given = {
        "PATH": "/usr/bin",
        "PULUMI_HOME": "/home/user/.pulumi",
        "PULUMI_BACKEND_URL": "s3://production",
        "PULUMI_CONFIG_PASSPHRASE": "real",
        "PULUMI_CONFIG_PASSPHRASE_FILE": "/home/user/passphrase",
    }
    environment = checkout.environment(given)
    assert environment["PULUMI_HOME"] == str(checkout.root / ".multicloud" / "pulumi")
    assert environment["PULUMI_BACKEND_URL"] == f"file://{checkout.root}/.multicloud/state?metadata=skip"
    assert environment["PULUMI_CONFIG_PASSPHRASE"] == "sandbox"
    assert "PULUMI_CONFIG_PASSPHRASE_FILE" not in environment


def test_our_commands_come_first_and_once(checkout: Project) -> None:
    """Entering the environment twice leaves PATH as entering it once."""
    once = checkout.environment({"PATH": "/usr/bin:/bin"})
    assert once["PATH"].split(":") == [str(checkout.bin), str(checkout.venv / "bin"), "/usr/bin", "/bin"]
    assert checkout.environment(once)["PATH"] == once["PATH"]


def test_an_experiment_has_its_own_state_and_the_same_engine(tmp_path: Path) -> None:
    """MULTICLOUD_STATE moves the backend and the sandbox, and nothing else."""
    project = find(tmp_path, {"MULTICLOUD_STATE": str(tmp_path / "experiment")})
    settings = project.settings()
    assert settings["MULTICLOUD_SANDBOX"] == str(tmp_path / "experiment" / "sandbox.db")
    assert settings["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/experiment/state?metadata=skip"
    assert settings["PULUMI_HOME"] == str(tmp_path / ".multicloud" / "pulumi")


def test_a_path_may_have_what_an_address_may_not(tmp_path: Path) -> None:
    """The backend is an address: what stands for something else there is written as a percentage."""
    settings = find(tmp_path / "50% #1? it's", {}).settings()
    assert settings["PULUMI_BACKEND_URL"] == f"file://{tmp_path}/50%25%20%231%3F%20it%27s/.multicloud/state?metadata=skip"
