"""The wall screens and how each of them is: the page Pengaturan and the metrics read the same."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from data_access.records import reading
from data_access.records.access import all_devices

if TYPE_CHECKING:
    from data_access.records.access import Device
    from etl.office import Office

SILENT_SECONDS = 600
"""A screen that has not been heard of for so long hangs dark, or its network is down."""


class ScreenState(StrEnum):
    """How a screen is."""

    CONNECTED = "connected"
    SILENT = "silent"
    UNOPENED = "unopened"
    REVOKED = "revoked"


@dataclass(frozen=True)
class Screen:
    """One screen as of a moment; `silent_seconds` since it was last heard of, or made if it never was.

    `build`, `viewport` and `error_count` are what its page last told; None before it ever did.
    """

    id: int
    label: str
    state: ScreenState
    silent_seconds: int
    created_at: int
    created_by: str | None
    revoked_at: int | None
    seen_at: int | None
    heartbeat_at: int | None
    build: str | None
    viewport: str | None
    error_count: int
    last_error: str | None
    last_error_at: int | None

    @property
    def is_silent(self) -> bool:
        """Whether somebody should look after it: it may show the wall and was not heard of for ten minutes."""
        return self.state is not ScreenState.REVOKED and self.silent_seconds > SILENT_SECONDS


def screens(office: Office, as_of: int) -> tuple[Screen, ...]:
    """Every screen, the newest first, revoked ones last."""
    with reading(office.records) as connection:
        devices = all_devices(connection)
    return tuple(screen_of(device, as_of) for device in sorted(devices, key=_order))


def _order(device: Device) -> tuple[bool, int]:
    return device.revoked_at is not None, -device.id


def screen_of(device: Device, as_of: int) -> Screen:
    """A screen as of a moment."""
    seen_at = max(filter(None, (device.last_seen_at, device.heartbeat_at)), default=None)
    silent = max(0, as_of - (seen_at or device.created_at))
    return Screen(
        id=device.id,
        label=device.label,
        state=_state(device, seen_at, silent),
        silent_seconds=silent,
        created_at=device.created_at,
        created_by=device.created_by,
        revoked_at=device.revoked_at,
        seen_at=seen_at,
        heartbeat_at=device.heartbeat_at,
        build=device.build,
        viewport=device.viewport,
        error_count=device.error_count,
        last_error=device.last_error,
        last_error_at=device.last_error_at,
    )


def _state(device: Device, seen_at: int | None, silent_seconds: int) -> ScreenState:
    if device.revoked_at is not None:
        return ScreenState.REVOKED
    if seen_at is None:
        return ScreenState.UNOPENED
    return ScreenState.SILENT if silent_seconds > SILENT_SECONDS else ScreenState.CONNECTED
