"""Running whole processes, and what they cost."""

import dataclasses
import os
import pathlib
import statistics
import subprocess
import sys
import time


@dataclasses.dataclass(frozen=True)
class Cost:
    """Of one process: seconds from start to exit, seconds of processors, most memory in MB (millions of bytes)."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def run(
    command: list[str], environment: dict[str, str] | None = None, good: tuple[int, ...] = (0,), processors: int | None = None
) -> tuple[bytes, Cost]:
    """Standard output and cost. `processors` restricts the process to so many of this machine's."""

    def restrict() -> None:
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:processors])

    began = time.monotonic()
    child = subprocess.Popen(
        command, stdout=subprocess.PIPE, env=environment, preexec_fn=restrict if processors else None
    )
    output = child.stdout.read()
    _, status, usage = os.wait4(child.pid, 0)
    wall = time.monotonic() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    child.stdout.close()
    if child.returncode not in good:
        sys.exit(f"error: {' '.join(map(str, command))} ended with {child.returncode}")
    return output, Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6)


def median(costs: list[Cost]) -> Cost:
    return Cost(*(statistics.median(getattr(cost, field.name) for cost in costs) for field in dataclasses.fields(Cost)))


def python_with_peers(folder: pathlib.Path, packages: list[str]) -> tuple[str, set[str]]:
    """An interpreter of a virtual environment, and which of the packages it has after trying to install them."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    have = {package for package in packages if importable(python, package)}
    if missing := sorted(set(packages) - have):
        print(f"installing {', '.join(missing)} into {folder}", file=sys.stderr)
        for package in missing:
            subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", package], check=False)
        have = {package for package in packages if importable(python, package)}
        for package in sorted(set(packages) - have):
            print(f"warning: {package} can't be installed here; going on without it", file=sys.stderr)
    return str(python), have


def importable(python: pathlib.Path, package: str) -> bool:
    return subprocess.run([python, "-c", f"import {package}"], stderr=subprocess.DEVNULL, check=False).returncode == 0
