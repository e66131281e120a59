"""The nursery: starts `loopmark run` as processes that have done their imports already.

A process takes seconds to import everything, and two hundred of them would take a quarter of an hour. This one
imports once, and makes each `loopmark run` by a fork; from there on it is the real program in a process of its own.
Orders come as lines of JSON on standard input: its settings, its directory, and where its log goes; each is
answered by the process's id.
"""

from __future__ import annotations

import json
import os
import signal
import sys

from bot.cli import main

# Ended children need no one to wait for them.
signal.signal(signal.SIGCHLD, signal.SIG_IGN)

for line in sys.stdin:
    order = json.loads(line)
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.environ.clear()
        os.environ.update(order["environment"])
        os.chdir(order["directory"])
        sys.argv = ["loopmark", "run"]
        main()
        os._exit(0)
    sys.stdout.write(f"{pid}\n")
    sys.stdout.flush()
