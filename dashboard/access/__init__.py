"""Who comes in and what each may: everything is refused unless it is allowed here."""

from dashboard.access.accounts import account
from dashboard.access.doors import Door, door
from dashboard.access.guard import guarded
from dashboard.access.roles import May, Page, is_allowed
