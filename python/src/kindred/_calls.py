"""Calls of the library: interruptible, with progress, and with its errors as exceptions."""

from __future__ import annotations

import os
import threading
from typing import Any, Callable

import numpy as np

from ._library import CallPointer, library

_DONE, _VALUE, _MEMORY, _STOPPED, _FILES = 0, 1, 2, 3, 4
_EXCEPTIONS: dict[int, type[Exception]] = {_VALUE: ValueError, _MEMORY: MemoryError, _FILES: OSError}

_PAUSE = 0.05
"""Seconds between two looks at the progress."""

_state = {"used": False, "forked": False}


def _after_fork() -> None:
    _state["forked"] = _state["used"]


os.register_at_fork(after_in_child=_after_fork)


class _Call:
    """A `kindred_call`."""

    def __init__(self) -> None:
        self._as_parameter_ = library().kindred_call_make()

    def stop(self) -> None:
        library().kindred_call_stop(self)

    def progress(self) -> float:
        return float(library().kindred_call_progress(self))

    def error(self) -> str:
        return str(library().kindred_call_error(self).decode())

    def __del__(self) -> None:
        if getattr(self, "_as_parameter_", None):
            library().kindred_call_free(self)


def run(name: str, *arguments: object, progress: str | None = None, is_short: bool = False) -> None:
    """Calls a function of the library, `kindred_` and the name; arrays are passed by their addresses.

    In the main thread a long call runs beside it, so that Ctrl-C stops it within a second; in other threads a call runs
    where it is. The interpreter's lock is free meanwhile.

    Args:
        arguments: those of the function without its `kindred_call`.
        progress: the label of a progress bar, or None for no bar.
        is_short: whether the call is not worth a thread.

    Raises:
        ValueError, MemoryError, OSError, RuntimeError: as the library says, with the remedy.
        KeyboardInterrupt: after the call has stopped.
    """
    if _state["forked"]:
        raise RuntimeError(
            "this process was forked after its parent had used kindred, whose threads do not survive that; "
            "start processes by multiprocessing.get_context('spawn') or 'forkserver', or by joblib's loky"
        )
    _state["used"] = True
    function = getattr(library(), f"kindred_{name}")
    # `ctypes` of an array keeps the array alive until the library has returned, whatever happens in the main thread.
    passed = [argument.ctypes if isinstance(argument, np.ndarray) else argument for argument in arguments]
    call = _Call()
    if CallPointer in function.argtypes:
        passed.insert(function.argtypes.index(CallPointer), call)
    else:
        is_short = True

    def work() -> int:
        return int(function(*passed))

    if progress is None and (is_short or threading.current_thread() is not threading.main_thread()):
        status = work()
    else:
        status = _beside(work, call, progress)
    if status == _STOPPED:
        raise KeyboardInterrupt
    if status != _DONE:
        raise _EXCEPTIONS.get(status, RuntimeError)(call.error() or f"the library refused the arguments of {name}")


def _beside(work: Callable[[], int], call: _Call, progress: str | None) -> int:
    """Works in a thread of its own and waits for it."""
    bar = _bar(progress) if progress is not None else None
    results: list[int] = []
    failures: list[BaseException] = []
    done = threading.Event()

    def run_work() -> None:
        try:
            results.append(work())
        except BaseException as error:
            failures.append(error)
        finally:
            done.set()

    threading.Thread(target=run_work, name="kindred").start()
    interruption: KeyboardInterrupt | None = None
    while True:
        try:
            while not done.wait(_PAUSE if bar is not None else None):
                if bar is not None:
                    bar.update(max(0, round(100 * call.progress()) - bar.n))
            break
        except KeyboardInterrupt as error:
            interruption = error
            call.stop()
    if bar is not None:
        bar.update(round(100 * call.progress()) - bar.n)
        bar.close()
    if interruption is not None:
        raise interruption
    if failures:
        raise failures[0]
    return results[0]


def _bar(label: str) -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("show_progress needs tqdm; install it by: pip install kindred[tqdm]") from error
    return tqdm(total=100, desc=label, unit="%", leave=False)


def options(**values: object) -> bytes:
    """Options as the library reads them; underscores of parameters stand for hyphens, and None for the default."""
    lines = []
    for name, value in values.items():
        if value is None:
            continue
        text = ("false", "true")[value] if isinstance(value, bool) else str(value)
        if "\n" in text or "\0" in text:
            raise ValueError(f"{name} is {text!r}; it has to be one line of text")
        model, dot, parameter = name.rpartition(".")
        lines.append(f"{model}{dot}{parameter.replace('_', '-')}={text}")
    return "\n".join(lines).encode()


def path_bytes(path: str | os.PathLike[str]) -> bytes:
    """A path for the library.

    Raises:
        ValueError: if a NUL would cut it.
    """
    encoded = os.fsencode(path)
    if b"\0" in encoded:
        raise ValueError(f"the path {path!r} has a NUL in it")
    return encoded
