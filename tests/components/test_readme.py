"""The program in the library's README runs."""

import re
from pathlib import Path

import multicloud
from tests.recording import Recording

README = Path(multicloud.__file__).parent.parent / "README.md"


def test_the_program_in_the_readme_runs(recording: Recording) -> None:
    program = "".join(re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL))
    recording.run(lambda: exec(program, {}))
    assert recording.exports == {"url": "https://www.example.com"}
    assert [
        record.urn for record in recording.all() if record.custom and not record.type.startswith("pulumi:providers") and not record.provider
    ] == []


def test_the_readme_names_every_component() -> None:
    text = README.read_text()
    components = [name for name in multicloud.__all__ if f"{name}Args" in multicloud.__all__ and name != "WebTier"]
    assert [name for name in components if f"`{name}`" not in text] == []
