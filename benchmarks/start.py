"""How long until the demo serves: cold (everything to be made), warm (made before), beside the floor in the same run.

Floor: starting the same PostgreSQL on an initialised folder and importing Flask, SQLAlchemy and nothing of ours.

    python benchmarks/start.py
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from outcomes.store.embedded import EmbeddedPostgres

COMMAND = Path(sys.executable).parent / "outcomes"
ROUNDS = 3


def free_port() -> int:
    """A port that nothing uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_served(home: Path) -> float:
    """Seconds from the command to the first connection that is answered; then the demo is stopped."""
    port = free_port()
    begun = time.perf_counter()
    process = subprocess.Popen(
        [COMMAND, "demo", "--port", str(port)],
        env={**os.environ, "OUTCOMES_HOME": str(home)},
        stdout=subprocess.DEVNULL,
    )
    while True:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.02)
    seconds = time.perf_counter() - begun
    process.send_signal(signal.SIGTERM)
    process.wait()
    return seconds


def floor(home: Path) -> float:
    """Seconds for the parts that no program of this kind can do without."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", "import flask, sqlalchemy.orm, psycopg"], check=True)
    with EmbeddedPostgres(home / "postgresql"):
        return time.perf_counter() - begun


def main() -> None:
    """Print a row per kind of start: seconds (median), and its ratio to the floor."""
    cold, warm, least = [], [], []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            cold.append(until_served(home))
            warm.append(until_served(home))
            least.append(floor(home))
    base = sorted(least)[ROUNDS // 2]
    for name, values in (("floor", least), ("warm", warm), ("cold", cold)):
        median = sorted(values)[ROUNDS // 2]
        print(f"{name:6} {median:6.2f} s   {median / base:5.1f} x floor")


if __name__ == "__main__":
    main()
