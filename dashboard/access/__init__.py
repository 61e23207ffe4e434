"""Who comes in and what each may: everything is refused unless it is allowed here."""

from dashboard.access.accounts import Account, account, current_account, current_device
from dashboard.access.doors import Door, door
from dashboard.access.guard import guarded
from dashboard.access.roles import May, Page, Role, is_allowed

__all__ = [
    "Account",
    "Door",
    "May",
    "Page",
    "Role",
    "account",
    "current_account",
    "current_device",
    "door",
    "guarded",
    "is_allowed",
]
