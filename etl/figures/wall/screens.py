"""The wall screens and how each of them is: the page Pengaturan and the metrics read the same."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from data_access.records import reading
from data_access.records.access import Device, ScreenChoice, all_devices, screen_choices
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
class Screen(Device):
    """One screen as of a moment.

    `build`, `viewport` and `error_count` are what its page last told; None before it ever did.
    """

    as_of: int
    choice: ScreenChoice = field(default_factory=ScreenChoice)

    @property
    def seen_at(self) -> int | None:
        """When it was last heard of."""
        return max(filter(None, (self.last_seen_at, self.heartbeat_at)), default=None)

    @property
    def silent_seconds(self) -> int:
        """Since it was last heard of, or made if it never was."""
        return max(0, self.as_of - (self.seen_at or self.created_at))

    @property
    def state(self) -> ScreenState:
        """How it is."""
        if self.revoked_at is not None:
            return ScreenState.REVOKED
        if self.seen_at is None:
            return ScreenState.UNOPENED
        return ScreenState.SILENT if self.silent_seconds > SILENT_SECONDS else ScreenState.CONNECTED

    @property
    def is_silent(self) -> bool:
        """Whether somebody should look after it: it may show the wall and was not heard of for ten minutes."""
        return self.state is not ScreenState.REVOKED and self.silent_seconds > SILENT_SECONDS


def screens(office: Office, as_of: int) -> tuple[Screen, ...]:
    """Every screen, the newest first, revoked ones last."""
    with reading(office.records) as connection:
        devices, chosen = all_devices(connection), screen_choices(connection)
    return tuple(
        Screen(**vars(device), as_of=as_of, choice=chosen.get(device.id, ScreenChoice()))
        for device in sorted(devices, key=_order)
    )


def _order(device: Device) -> tuple[bool, int]:
    return device.revoked_at is not None, -device.id
