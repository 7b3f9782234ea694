"""Records every write and sync that SQLite makes, by a VFS of our own.

It stands in front of the system's VFS in the very library that Python's ``sqlite3``
uses, so the server is recorded as it is; it needs no compiler and no rights. It can
also answer as a full or broken disk does. The shared memory file is left out: it means
nothing after a restart.
"""

import _sqlite3
import ctypes
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ctypes import POINTER, Structure, byref, c_char_p, c_int, c_int64, c_void_p, cast
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple

NAME = b"recorded"
OK = 0
FULL = 13  # SQLITE_FULL
WRITE_FAILED = 10 | (3 << 8)  # SQLITE_IOERR_WRITE
SYNC_FAILED = 10 | (4 << 8)  # SQLITE_IOERR_FSYNC
METHODS = 18  # function pointers of sqlite3_io_methods, version 3
CALLS = 15  # function pointers of sqlite3_vfs, version 3


class Event(NamedTuple):
    """What happened to a file, or an ``ack`` of the server; ``place`` is its offset."""

    kind: Literal["write", "truncate", "sync", "delete", "ack"]
    file: str
    place: int = 0
    content: bytes = b""


class _Methods(Structure):
    _fields_ = (("version", c_int), ("calls", c_void_p * METHODS))


class _File(Structure):
    _fields_ = (("methods", POINTER(_Methods)),)


class _Vfs(Structure):
    pass


_Vfs._fields_ = (
    ("version", c_int),
    ("file_bytes", c_int),
    ("path_bytes_max", c_int),
    ("next", c_void_p),
    ("name", c_char_p),
    ("own", c_void_p),
    ("calls", c_void_p * CALLS),
    ("_rest", c_void_p * 3),
)

_WRITE, _TRUNCATE, _SYNC = 2, 3, 4
_OPEN, _DELETE = 0, 1

# To the end of the process: a connection that is closed late still points into these.
_KEPT: list[Any] = []

_Write = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int, c_int64)
_Truncate = ctypes.CFUNCTYPE(c_int, c_void_p, c_int64)
_Sync = ctypes.CFUNCTYPE(c_int, c_void_p, c_int)
# Paths as pointers: SQLite keeps them as long as a file is open.
_Open = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_void_p, c_int, c_void_p)
_Delete = ctypes.CFUNCTYPE(c_int, c_void_p, c_void_p, c_int)


@dataclass
class Recorder:
    """What happened to the files of one folder, in order."""

    folder: Path
    forgets_syncs: bool = False  # a mistake that can be planted
    events: list[Event] = field(default_factory=list)
    fails: Callable[[Event], int] = lambda _event: OK  # SQLite's error code, or 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def acknowledge(self, number: int) -> None:
        """Note that the server answered the push of that number."""
        self._note(Event("ack", "", number))

    def _note(self, event: Event) -> int:
        with self._lock:
            failure = self.fails(event)
            if failure == OK and not (event.kind == "sync" and self.forgets_syncs):
                self.events.append(event)
            return failure

    def name_of(self, path: int | None) -> str | None:
        """Return the name of the file at a C text, if it is one of the recorded folder."""
        if path is None:
            return None
        file = Path(ctypes.string_at(path).decode())
        return file.name if file.parent == self.folder else None


@contextmanager
def recorded(recorder: Recorder) -> Iterator[Recorder]:
    """Let databases that are opened in the block be recorded."""
    library = ctypes.CDLL(_sqlite3.__file__)  # Finds SQLite's own symbols behind it.
    library.sqlite3_vfs_find.restype = POINTER(_Vfs)
    library.sqlite3_vfs_find.argtypes = (c_char_p,)
    system = library.sqlite3_vfs_find(None)
    vfs = _Vfs()
    ctypes.memmove(byref(vfs), system, ctypes.sizeof(_Vfs))
    vfs.name = NAME
    vfs.next = None
    files = _Files(recorder, system.contents)
    _KEPT.extend((vfs, files))
    vfs.calls[_OPEN] = cast(files.open_call, c_void_p)
    vfs.calls[_DELETE] = cast(files.delete_call, c_void_p)
    assert library.sqlite3_vfs_register(byref(vfs), 1) == OK
    try:
        yield recorder
    finally:
        assert library.sqlite3_vfs_register(system, 1) == OK
        assert library.sqlite3_vfs_unregister(byref(vfs)) == OK


class _Files:
    """Open files: each has the system's methods with three of ours in front."""

    def __init__(self, recorder: Recorder, system: Any) -> None:
        self._recorder = recorder
        self._real_open = _Open(system.calls[_OPEN])
        self._real_delete = _Delete(system.calls[_DELETE])
        self.open_call = _Open(self._open)
        self.delete_call = _Delete(self._delete)

    def _open(self, vfs: Any, path: Any, file: Any, flags: int, out: Any) -> int:
        status: int = self._real_open(vfs, path, file, flags, out)
        name = self._recorder.name_of(path)
        opened = cast(file, POINTER(_File)).contents
        if status != OK or name is None or not opened.methods:
            return status
        real = opened.methods.contents
        methods = _Methods(real.version, real.calls)
        calls = self._calls_for(name, real)
        for place, call in calls.items():
            methods.calls[place] = cast(call, c_void_p)
        _KEPT.extend((methods, calls))
        opened.methods = ctypes.pointer(methods)
        return OK

    def _calls_for(self, name: str, real: Any) -> dict[int, Any]:
        note = self._recorder._note
        real_write, real_truncate = _Write(real.calls[_WRITE]), _Truncate(real.calls[_TRUNCATE])
        real_sync = _Sync(real.calls[_SYNC])

        def write(at: Any, source: Any, count: int, place: int) -> int:
            event = Event("write", name, place, ctypes.string_at(source, count))
            return note(event) or real_write(at, source, count, place)

        def truncate(at: Any, size: int) -> int:
            return note(Event("truncate", name, size)) or real_truncate(at, size)

        def sync(at: Any, flags: int) -> int:
            return note(Event("sync", name)) or real_sync(at, flags)

        return {_WRITE: _Write(write), _TRUNCATE: _Truncate(truncate), _SYNC: _Sync(sync)}

    def _delete(self, vfs: Any, path: Any, is_durable: int) -> int:
        status: int = self._real_delete(vfs, path, is_durable)
        name = self._recorder.name_of(path)
        if status == OK and name is not None:
            self._recorder._note(Event("delete", name))
        return status
