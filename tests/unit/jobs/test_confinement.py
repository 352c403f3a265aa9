"""Which system calls the filter of a worker lets through, on machines that are not this one too."""

from __future__ import annotations

import struct
from pathlib import Path
from types import SimpleNamespace

import pytest

from extractor.jobs import confinement
from extractor.jobs.confinement import unconfined

ALLOWED = 0x7FFF0000
OFFSETS = {"call": 0, "architecture": 4, "argument": 16}
PACKAGE = Path(confinement.__file__).parent.parent
MACHINES = {"x86_64": (0xC000003E, 41, 42, 53), "aarch64": (0xC00000B7, 198, 203, 199)}


def allows(program: bytes, **data: int) -> bool:
    """Run a program of BPF over a system call; return whether it lets the call through."""
    values, loaded, place = {OFFSETS[name]: value for name, value in data.items()}, 0, 0
    while True:
        code, yes, no, value = struct.unpack_from("=HBBI", program, 8 * place)
        if code == 0x06:
            return bool(value == ALLOWED)
        if code == 0x20:
            loaded, taken = values[value], 0
        else:
            taken = yes if (loaded == value if code == 0x15 else loaded >= value) else no
        place += 1 + taken


@pytest.mark.parametrize("machine", MACHINES)
def test_no_child_leaves_the_group_that_is_killed(machine: str) -> None:
    architecture, calls = MACHINES[machine][0], {"x86_64": (109, 112), "aarch64": (154, 157)}[machine]
    strict, office = (confinement._socket_filter(machine, office=office) for office in (False, True))
    for call in calls:
        assert not allows(strict, architecture=architecture, call=call, argument=0)
        assert allows(office, architecture=architecture, call=call, argument=0)
    assert not [p for p in PACKAGE.rglob("*.py") if "start_new_session" in p.read_text(encoding="utf-8")]


@pytest.mark.parametrize("machine", MACHINES)
def test_no_process_sets_limits_but_its_own(machine: str) -> None:
    architecture, call = MACHINES[machine][0], {"x86_64": 302, "aarch64": 261}[machine]
    for office in (False, True):
        program = confinement._socket_filter(machine, office=office)
        assert allows(program, architecture=architecture, call=call, argument=0)
        assert not allows(program, architecture=architecture, call=call, argument=1)


@pytest.mark.parametrize("machine", MACHINES)
def test_no_socket_is_made_on_any_machine(machine: str) -> None:
    architecture, socket, connect, pair = MACHINES[machine]
    strict = confinement._socket_filter(machine, office=False)  # no other machine is at hand
    office = confinement._socket_filter(machine, office=True)
    for family in (1, 2, 10, 16):
        assert not allows(strict, architecture=architecture, call=socket, argument=family)
        assert allows(office, architecture=architecture, call=socket, argument=family) == (family == 1)
    for call, program in ((connect, office), (pair, office), (0, strict), (socket + 1000, strict)):
        assert allows(program, architecture=architecture, call=call, argument=0)
    for call, program in ((connect, strict), (pair, strict), (425, strict), (425, office), (0x40000000 + 41, strict)):
        assert not allows(program, architecture=architecture, call=call, argument=1)
    assert not allows(strict, architecture=0x40000003, call=0, argument=0)  # i386 on a machine of 64 bits


@pytest.mark.parametrize(
    ("replaced", "by", "said"),
    [("_landlock", lambda: 2, "version 2 of Landlock"), ("_has_seccomp", lambda: False, "no seccomp")],
)
def test_what_the_kernel_lacks_is_said(monkeypatch: pytest.MonkeyPatch, replaced: str, by: object, said: str) -> None:
    monkeypatch.setattr(confinement, "sys", SimpleNamespace(platform="linux"))
    monkeypatch.setattr(confinement, "_landlock", lambda: 7)
    monkeypatch.setattr(confinement, replaced, by)
    assert said in unconfined()
    monkeypatch.setattr(confinement, "sys", SimpleNamespace(platform="darwin"))
    assert "neither" in unconfined()
