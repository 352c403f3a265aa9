from __future__ import annotations

import mmap
import resource

import pytest

from extractor.jobs import limits as module
from extractor.jobs.limits import Limits, address_space, processor_seconds, set_limits, within


def test_a_second_try_has_twice_of_everything() -> None:
    assert Limits(10, 2, 300, 40).raised() == Limits(20, 4, 600, 80)


@pytest.mark.parametrize(("hard", "allowed"), [(resource.RLIM_INFINITY, 50), (100, 50), (50, 50), (20, 20)])
def test_a_soft_limit_is_never_above_the_hard_one(hard: int, allowed: int) -> None:
    assert within(50, hard) == allowed


def test_processor_time_counts_from_what_is_used_already(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module.time, "process_time", lambda: 7.25)
    assert processor_seconds(Limits(seconds=10)) == 19  # rounded up, and one more


def test_limits_are_set_softly_so_that_the_next_document_can_have_others(monkeypatch: pytest.MonkeyPatch) -> None:
    hard = {resource.RLIMIT_CPU: resource.RLIM_INFINITY, resource.RLIMIT_FSIZE: 30, resource.RLIMIT_AS: 10_000}
    given: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(module.resource, "getrlimit", lambda kind: (0, hard[kind]))
    monkeypatch.setattr(module.resource, "setrlimit", given.__setitem__)
    monkeypatch.setattr(module.time, "process_time", lambda: 0.0)
    monkeypatch.setattr(module.sys, "platform", "linux")
    set_limits(Limits(seconds=10, memory=500, file=40), base=2_000)
    assert given == {
        resource.RLIMIT_CPU: (11, resource.RLIM_INFINITY),
        resource.RLIMIT_FSIZE: (30, 30),
        resource.RLIMIT_AS: (2_500, 10_000),
    }


def test_address_space_is_not_limited_where_the_system_would_not_hold_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[int, tuple[int, int]] = {}
    monkeypatch.setattr(module.resource, "setrlimit", given.__setitem__)
    monkeypatch.setattr(module.sys, "platform", "darwin")
    set_limits(Limits(), base=address_space())
    assert resource.RLIMIT_AS not in given
    assert address_space() == 0


def test_address_space_is_what_the_system_counts() -> None:
    before = address_space()
    block = mmap.mmap(-1, 64 << 20)
    assert address_space() - before >= len(block)
