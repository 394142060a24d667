"""Joining a Ray cluster, or starting one on this machine, without its chatter."""

from __future__ import annotations

import logging
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from extractor.errors import SettingsError

_ANSWER_SECONDS = 5.0
_GONE_SECONDS = "20"  # until a cluster of our own whose head does not answer is given up
_ADDRESS = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:]+)\]|(?P<host>[^\s:/]+)):(?P<port>\d{1,5})")


@contextmanager
def joined(address: str | None, jobs: int | None) -> Iterator[None]:
    """Join the cluster at ``address``, or start one of ``jobs`` processors on this machine, until the block ends.

    Raises:
        SettingsError: the address is none, or no cluster answers there, or none can be started.
    """
    if address is not None:
        _try(address)
    # Without "local" Ray joins a cluster that happens to run on this machine.
    own = {"address": "local", "num_cpus": jobs, "include_dashboard": False}
    where = own if address is None else {"address": address}
    before = dict(os.environ)
    _quieten(is_own=address is None)
    import ray

    try:
        ray.init(logging_level=logging.ERROR, log_to_driver=False, configure_logging=False, **where)
    except (ConnectionError, ValueError, RuntimeError, OSError) as error:
        raise SettingsError(_refusal(address, error)) from error
    try:
        yield
    finally:
        ray.shutdown()
        for name in set(os.environ) - set(before):
            if name.startswith("RAY_"):
                del os.environ[name]


def _try(address: str) -> None:
    """See that something listens at an address: Ray itself takes minutes to find that nothing does.

    Raises:
        SettingsError: it is no address, or nothing answers there.
    """
    if address == "auto":
        return
    found = _ADDRESS.fullmatch(address)
    if found is None:
        raise SettingsError(
            f"--ray-address {address}: is no address of a Ray cluster that this machine is part of; start the job on a "
            "machine of the cluster, and give HOST:6379, or auto for what runs on this machine"
        )
    try:
        socket.create_connection((found["six"] or found["host"], int(found["port"])), _ANSWER_SECONDS).close()
    except (OSError, OverflowError) as error:
        raise SettingsError(_refusal(address, error)) from error


def _refusal(address: str | None, error: BaseException) -> str:
    why = str(getattr(error, "strerror", None) or error or type(error).__name__).splitlines()[0][:200]
    if address is None:
        return f"Ray cannot be started on this machine ({why})"
    remedy = "check --ray-address, or leave it out to start one here"
    if address == "auto":
        return f"no Ray cluster answers on this machine ({why}); {remedy}"
    return f"no Ray cluster answers at {address} ({why}); {remedy}"


def _quieten(*, is_own: bool) -> None:
    """Have Ray tell of errors alone; a cluster of our own takes a token that nobody else knows."""
    quiet = {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0"}
    if is_own:
        quiet |= {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}
        quiet |= {"RAY_gcs_rpc_server_reconnect_timeout_s": _GONE_SECONDS}  # nobody starts its head again
    for name, value in quiet.items():
        os.environ.setdefault(name, value)
    logging.getLogger("ray._private.authentication.authentication_token_setup").setLevel(logging.ERROR)
