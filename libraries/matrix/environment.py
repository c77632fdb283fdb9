"""The environment of the libraries, ``.venv-libraries``: made when it is missing or out of date."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
import sys
import time
from collections.abc import Iterable

from chaos.host import HOME

FOLDER = HOME / ".venv-libraries"
PYTHON = FOLDER / "bin" / "python"
PINS = HOME / "libraries" / "requirements.txt"
STAMP = FOLDER / "snakepit.made"
LOGS = HOME / "target" / "libraries"
LOG = LOGS / "install.log"

TELL_AFTER_S = 10.0


class InstallFailed(Exception):
    """The libraries could not be installed; the message has what pip said last."""


def ensure(packages: Iterable[str]) -> None:
    """Has these packages in the environment, in the versions of ``requirements.txt``.

    Raises:
        InstallFailed: pip could not.
    """
    wanted = set(packages)
    made = _made()
    if made is not None and wanted <= made:
        return
    LOG.parent.mkdir(parents=True, exist_ok=True)
    if made is None:
        _step("making .venv-libraries", [sys.executable, "-m", "venv", "--clear", str(FOLDER)])
    pip = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-c", str(PINS)]
    if wanted:
        _step(f"installing {', '.join(sorted(wanted))}", [*pip, *sorted(wanted)])
    STAMP.write_text(json.dumps([_identity(), sorted(wanted | (made or set()))]))


def _made() -> set[str] | None:
    """Returns what is in it already; None if it has to be made anew."""
    try:
        identity, packages = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return None
    return set(packages) if identity == _identity() and PYTHON.exists() else None


def _identity() -> list[str]:
    """All that it is made from: a virtual environment holds its own path, too."""
    return [hashlib.sha256(PINS.read_bytes()).hexdigest(), platform.python_version(), str(FOLDER)]


def _step(label: str, command: list[str]) -> None:
    """Runs a command with its output in the log, and tells every ten seconds that it works on."""
    begun = time.monotonic()
    _say(f"{label} ...")
    with LOG.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as child:
        try:
            while True:
                try:
                    status = child.wait(TELL_AFTER_S)
                    break
                except subprocess.TimeoutExpired:
                    _say(f"{label[:40]} ... {time.monotonic() - begun:.0f} s")
        except BaseException:
            child.kill()
            raise
    if status != 0:
        said = LOG.read_text("utf-8", "replace")[-2000:]
        raise InstallFailed(f"{label}: exit code {status}: {said}")
    _say(f"{label[:40]}: done in {time.monotonic() - begun:.0f} s")


def _say(text: str) -> None:
    print(f"libraries: {text}", file=sys.stderr, flush=True)
