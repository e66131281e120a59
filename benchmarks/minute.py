"""Ten thousand criteria read every minute: how late, at what cost, beside Prometheus with as many targets.

`python -m benchmarks.minute CRITERIA PORT MINUTES` is one run of the bot's own clock in a process of its own; it
prints one line of JSON. Each waits a minute first, so that connections and caches are as they stay.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import uvloop
from sqlalchemy import select
from sqlmodel import Session

from benchmarks.fleet import metric_server, open_fleet, utc_now
from bot.app import make_clock, make_queues
from bot.db.models import Table

EVERY = timedelta(minutes=1)
CONCURRENT = 100
READY_LIMIT_S = 60.0


@dataclass(frozen=True, slots=True)
class Minutes:
    """What reading for some minutes came to.

    Attributes:
        reads: How many.
        cpu_s: Processor time for 10,000 of them, in seconds.
        core: Share of one core.
        memory_mb: Resident memory at the end (Loopmark: at its peak), in megabytes.
        late_p50_s: How late a read was, median, in seconds; None where it is not known.
        late_p99_s: 99th percentile.
    """

    reads: int
    cpu_s: float
    core: float
    memory_mb: float
    late_p50_s: float | None = None
    late_p99_s: float | None = None


def measure_loopmark(*, criteria: int, minutes: int) -> Minutes:
    """Return what the bot's clock needs to read so many criteria every minute."""
    with metric_server() as port:
        ran = subprocess.run(
            [sys.executable, "-m", "benchmarks.minute", str(criteria), str(port), str(minutes)],
            stdout=subprocess.PIPE,
            check=True,
            text=True,
            timeout=60 * (minutes + 1) + 120,
        )
    return Minutes(**json.loads(ran.stdout))


def measure_prometheus(*, targets: int, minutes: int) -> Minutes | None:
    """Return what Debian's Prometheus needs to scrape so many targets every minute; None where it isn't installed."""
    program = shutil.which("prometheus")
    if program is None:
        return None
    with metric_server() as port, tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "prometheus.yml"
        config.write_text(json.dumps(_scraping(port, targets)))  # JSON is YAML
        with _prometheus(program, config, Path(folder)) as (process, address):
            time.sleep(EVERY.total_seconds())
            before_s, scraped = _cpu_s(process.pid), _scrapes(address)
            time.sleep(EVERY.total_seconds() * minutes)
            cpu_s, reads = _cpu_s(process.pid) - before_s, _scrapes(address) - scraped
            status = Path(f"/proc/{process.pid}/status").read_text()
            resident_kb = int(status.split("VmRSS:")[1].split()[0])
    return Minutes(
        reads=reads,
        cpu_s=cpu_s / reads * 10_000,
        core=cpu_s / (60 * minutes),
        memory_mb=resident_kb / 1000,
    )


async def _run(criteria: int, port: int, minutes: int) -> Minutes:
    async with open_fleet(port, criteria=criteria, every=EVERY, concurrent=CONCURRENT, spread=True) as deps:
        polls, others = make_queues(deps)
        clock = make_clock(deps, polls, others)
        clock.start()
        await asyncio.sleep(EVERY.total_seconds())
        began, before_s = utc_now(), time.process_time()
        await asyncio.sleep(EVERY.total_seconds() * minutes)
        cpu_s = time.process_time() - before_s
        await clock.stop()
        await polls.drain(patience_s=5)
        late = sorted(await deps.database.read(_lateness, began))
    return Minutes(
        reads=len(late),
        cpu_s=cpu_s / len(late) * 10_000,
        core=cpu_s / (60 * minutes),
        memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
        late_p50_s=late[len(late) // 2],
        late_p99_s=late[len(late) * 99 // 100],
    )


def _lateness(session: Session, began: datetime) -> list[float]:
    """Return how long after its planned moment each value came, in seconds."""
    reading, criterion = (Table.metadata.tables[name].c for name in ("reading", "criterion"))
    rows = session.execute(
        select(reading.at, criterion.created_at)
        .join_from(
            Table.metadata.tables["reading"],
            Table.metadata.tables["criterion"],
            criterion.id == reading.criterion_id,
        )
        .where(reading.at >= began)
    )
    return [(at - created_at) % EVERY / timedelta(seconds=1) for at, created_at in rows]


def _scraping(port: int, targets: int) -> dict[str, object]:
    return {
        "global": {"scrape_interval": "60s", "scrape_timeout": "10s"},
        "scrape_configs": [
            {
                "job_name": "fleet",
                "static_configs": [
                    {
                        "targets": [f"127.0.0.1:{port}"],
                        "labels": {"__metrics_path__": f"/metrics/{number}", "number": str(number)},
                    }
                    for number in range(targets)
                ],
            }
        ],
    }


@contextmanager
def _prometheus(program: str, config: Path, folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    with metric_server() as free_port:  # a port that was free a moment ago
        port = free_port
    address = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            program,
            f"--config.file={config}",
            f"--storage.tsdb.path={folder / 'data'}",
            f"--web.listen-address=127.0.0.1:{port}",
            "--log.level=error",
        ]
    )
    try:
        _wait_until_ready(process, address)
        yield process, address
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str) -> None:
    ends_at = time.monotonic() + READY_LIMIT_S
    while time.monotonic() < ends_at and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/-/ready", timeout=1):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise RuntimeError("Prometheus did not get ready")


def _scrapes(address: str) -> int:
    with urllib.request.urlopen(f"{address}/metrics", timeout=10) as answer:
        lines = answer.read().decode().splitlines()
    counts = [line for line in lines if line.startswith("prometheus_target_interval_length_seconds_count")]
    return int(sum(float(line.rpartition(" ")[2]) for line in counts))


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Run the clock and print what it came to."""
    criteria, port, minutes = map(int, sys.argv[1:])
    came_to = uvloop.run(_run(criteria, port, minutes))
    sys.stdout.write(json.dumps({name: getattr(came_to, name) for name in Minutes.__slots__}) + "\n")


if __name__ == "__main__":
    main()
