"""The process that serves a model: ``python -m extractor.local_model.model_server_main``.

Module ``model_server`` starts it. The first line of its standard input is a JSON object: ``gguf``, ``name``, ``port``,
``context`` (tokens of one call), ``parallel`` (calls at once) and ``threads`` (null: as llama.cpp chooses). It answers
with one line, the server's address, and serves until its standard input is closed. The system closes it however the
parent ends, so no server outlives its parent.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from xllamacpp import CommonParams

HOST = "127.0.0.1"
_ERRORS_ALONE = 1  # of llama.cpp's levels of messages
_PROMPT_CACHE = 1024  # MiB of memory for the beginnings of prompts; llama.cpp itself would take 8192


def main() -> None:
    """Serve as the first line of standard input says, until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches this process, too; its parent ends it
    wanted = json.loads(sys.stdin.readline())
    try:
        from xllamacpp import Server

        server = Server(_parameters(wanted))
    except ImportError as error:  # its wheel for Linux takes libgomp from the system
        sys.exit(f"llama.cpp cannot be loaded: {error}")
    except RuntimeError:
        sys.exit(1)  # llama.cpp has written the reason on standard error
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # an answer that is being written is not waited for


def _parameters(wanted: dict[str, Any]) -> CommonParams:
    from xllamacpp import CommonParams

    parameters = CommonParams()
    parameters.model.path = wanted["gguf"]
    parameters.model_alias = {wanted["name"]}
    parameters.hostnames = [HOST]
    parameters.port = wanted["port"]
    parameters.n_ctx = wanted["context"] * wanted["parallel"]  # llama.cpp shares it out evenly
    parameters.n_parallel = wanted["parallel"]
    if wanted["threads"] is not None:
        parameters.cpuparams.n_threads = parameters.cpuparams_batch.n_threads = wanted["threads"]
    parameters.cache_ram_mib = _PROMPT_CACHE
    # Web pages that are open on this machine may not read answers, nor its other users the prompts.
    parameters.cors_origins, parameters.cors_origins_explicit = "localhost", True
    parameters.endpoint_slots = parameters.ui = False
    parameters.offline = True
    parameters.verbosity = _ERRORS_ALONE
    return parameters


if __name__ == "__main__":
    main()
