"""The mart: judged facts in one DuckDB file, derived from the records and disposable."""

from __future__ import annotations

from data_access.mart.files import MartError
from data_access.mart.publish import Basis, Change, MartMeta, Questions
from data_access.mart.read import Mart, Snapshot
from data_access.mart.schema import People
