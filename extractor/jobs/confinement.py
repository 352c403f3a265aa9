"""Take from this process, and from all that it starts, the network and every place to write to but one folder.

By Landlock (files) and seccomp (sockets), which the kernel of Linux offers to every user, called through ctypes: no package
that is kept up does both. Other systems have neither: there nothing is taken, and `unconfined` says so.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_EXPECTED = 3  # version of Landlock (Linux 6.2) since which a file cannot be emptied without the right to write
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls, the same on every machine
_VERSION, _PATH_BENEATH = 1, 1
_WRITE_FILE, _REMOVE_FILE, _MAKE_SOCK, _TRUNCATE = 1 << 1, 1 << 5, 1 << 9, 1 << 14
_DEVICES = 1 << 6 | 1 << 11  # to make device files
# The rights to write by the version of Landlock that brought them: to write, remove and make (1), move between folders (2),
# truncate (3), control devices (5).
_RIGHTS = {1: 0b1_1111_1111 << 4 | _WRITE_FILE, 2: 1 << 13, 3: _TRUNCATE, 5: 1 << 15}
_SCOPES = {6: 0b11}  # no abstract Unix sockets and no signals to processes outside
_PR_SET_NO_NEW_PRIVS, _PR_GET_SECCOMP, _PR_SET_SECCOMP, _FILTER = 38, 21, 22, 2
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SOCKET = {"x86_64": 41, "aarch64": 198}
_SOCKETPAIR, _CONNECT = {"x86_64": 53, "aarch64": 199}, {"x86_64": 42, "aarch64": 203}
_SETSID, _SETPGID = {"x86_64": 112, "aarch64": 157}, {"x86_64": 109, "aarch64": 154}
_PRLIMIT = {"x86_64": 302, "aarch64": 261}
_IO_URING_SETUP = 425  # makes sockets, too
_X32 = 0x40000000  # calls of x86-64 with pointers of 32 bits, which have numbers of their own
_AF_UNIX = 1
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # instructions of BPF
_CALL, _ARCHITECTURE, _FIRST_ARGUMENT = 0, 4, 16  # places in `seccomp_data`
_ALLOW, _DENY = 0x7FFF0000, 0x00050000 | errno.EACCES
_OFFICE_SOCKETS = ("/tmp", "/var/tmp")  # where LibreOffice makes a socket, whatever TMPDIR says


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def unconfined() -> str:
    """Return what this system lacks for `confine` to take all that it can, in one line; nothing where it lacks nothing."""
    if sys.platform != "linux":
        return "this system has neither Landlock nor seccomp"
    if (version := _landlock()) < _EXPECTED:
        return f"the kernel offers version {version} of Landlock; expected {_EXPECTED} or later (Linux 6.2)"
    if not _has_seccomp():
        return f"the kernel offers no seccomp, or none that is known for {platform.machine()}"
    return ""


def confine(folder: str, *, online: bool, office: bool) -> None:
    """Confine the calling thread and all that it starts from now on, as far as the kernel can.

    Args:
        folder: Where files may still be written.
        online: Whether it keeps the network.
        office: Whether it can start LibreOffice, which makes a Unix socket in /tmp and removes it: it may then remove
            whatever is there, and use Unix sockets.

    Raises:
        OSError: The kernel refuses what it offers.
    """
    if sys.platform != "linux":
        return
    _call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if version := _landlock():
        _confine_writing(version, folder, _OFFICE_SOCKETS if office else ())
    if not online and _has_seccomp():
        program = _socket_filter(platform.machine(), office)
        _call("prctl", _PR_SET_SECCOMP, _FILTER, ctypes.byref(_Program(len(program) // 8, program)))


def _confine_writing(version: int, folder: str, sockets: tuple[str, ...]) -> None:
    rights, scopes = (sum(bits for since, bits in known.items() if since <= version) for known in (_RIGHTS, _SCOPES))
    attributes = struct.pack("=QQQ", rights, 0, scopes)
    rules = _call("syscall", _CREATE_RULESET, attributes, len(attributes), 0)
    places = {folder: rights & ~_DEVICES, os.devnull: rights & (_WRITE_FILE | _TRUNCATE)}
    places |= {place: _MAKE_SOCK | _REMOVE_FILE for place in sockets if Path(place).is_dir()}
    try:
        for place, allowed in places.items():
            with _opened(place) as number:
                _call("syscall", _ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, number), 0)
        _call("syscall", _RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


@contextmanager
def _opened(place: str) -> Iterator[int]:
    number = os.open(place, os.O_RDONLY | os.O_CLOEXEC)
    try:
        yield number
    finally:
        os.close(number)


def _socket_filter(machine: str, office: bool) -> bytes:
    """Return a program that denies calls that make sockets, that take a child out of the group, or limit other processes.

    A process is killed with its group, and sets its own limits. Denied are also all calls of other machines that this one can imitate.
    """
    denied = [_IO_URING_SETUP]
    if not office:
        denied += [table[machine] for table in (_SOCKETPAIR, _CONNECT, _SOCKET, _SETSID, _SETPGID)]
    steps = [
        (_LOAD, _ARCHITECTURE, ""),
        (_EQUAL, _AUDIT_ARCH[machine], "!deny"),
        (_LOAD, _CALL, ""),
        (_AT_LEAST, _X32, "deny"),
    ]
    steps += [(_EQUAL, number, "deny") for number in denied]
    steps += [(_EQUAL, _PRLIMIT[machine], "!rest"), (_LOAD, _FIRST_ARGUMENT, ""), (_EQUAL, 0, "!deny")]
    rest = len(steps)
    if office:
        steps += [(_LOAD, _CALL, ""), (_EQUAL, _SOCKET[machine], "!allow")]
        steps += [(_LOAD, _FIRST_ARGUMENT, ""), (_EQUAL, _AF_UNIX, "!deny")]
    ends = {"rest": rest, "allow": len(steps), "deny": len(steps) + 1}
    program = [*(_instruction(step, place, ends) for place, step in enumerate(steps))]
    return b"".join((*program, struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW), struct.pack("=HBBI", _RETURN, 0, 0, _DENY)))


def _instruction(step: tuple[int, int, str], place: int, ends: dict[str, int]) -> bytes:
    """Return an instruction that goes on with the next, or to a place: if the comparison holds, or does not (`!`)."""
    code, value, target = step
    distance = ends[target.lstrip("!")] - place - 1 if target else 0
    yes, no = (0, distance) if target.startswith("!") else (distance, 0)
    return struct.pack("=HBBI", code, yes, no, value)


def _landlock() -> int:
    """Return the version of Landlock; 0 where there is none, or a container forbids to ask."""
    try:
        return _call("syscall", _CREATE_RULESET, None, 0, _VERSION)
    except OSError:
        return 0


def _has_seccomp() -> bool:
    try:
        _call("prctl", _PR_GET_SECCOMP, 0, 0, 0, 0)
    except OSError:
        return False
    return platform.machine() in _AUDIT_ARCH and sys.maxsize > 1 << 32


def _call(function: str, *arguments: Any) -> int:
    """Call a function of the C library.

    Raises:
        OSError: It fails.
    """
    called = getattr(ctypes.CDLL(None, use_errno=True), function)
    called.restype = ctypes.c_long
    result: int = called(*(ctypes.c_ulong(a) if isinstance(a, int) else a for a in arguments))
    if function == "prctl":
        result = ctypes.c_int(result).value
    if result < 0:
        raise OSError(ctypes.get_errno(), f"{function}: {os.strerror(ctypes.get_errno())}")
    return result
