"""The warehouse: connections, tables derived from the contracts, bulk load and read per backend."""

from phoneseg.settings import Settings
from phoneseg.warehouse.backend import Warehouse
from phoneseg.warehouse.duckdb import DuckDBWarehouse, is_duckdb
from phoneseg.warehouse.url import warehouse_url

__all__ = ["Warehouse", "is_duckdb", "open_warehouse"]


def open_warehouse(settings: Settings) -> Warehouse:
    """Return the warehouse of the settings; it connects when it is used.

    Raises:
        SettingsError: The URL is none, or its driver is not installed.
    """
    url = warehouse_url(settings)
    if url.get_backend_name() == "postgresql":
        from phoneseg.warehouse.postgresql import PostgreSQLWarehouse  # its drivers take a while to import

        return PostgreSQLWarehouse(url, settings)
    kind = DuckDBWarehouse if is_duckdb(settings) else Warehouse
    return kind(url, settings)
