"""The assets that a run changes, named as lineage tools name them."""

import sqlalchemy as sa
from airflow.sdk import Asset

from phoneseg.contracts import TABLES, Area, Pipeline
from phoneseg.errors import PhonesegError
from phoneseg.settings import load_settings
from phoneseg.warehouse.url import warehouse_url


def published_assets(pipeline: Pipeline) -> list[Asset]:
    """Return an asset for each table that a pipeline publishes; its name is the same in every warehouse."""
    base = _base_uri()
    return [
        Asset(name=f"phoneseg.{table.name}", uri=f"{base}/{table.name}", group="phoneseg")
        for table in TABLES
        if table.area is Area.PUBLISHED and table.pipeline is pipeline
    ]


def _base_uri() -> str:
    """Return the URI of the schema of the published tables.

    For PostgreSQL it has the form that Airflow's provider asks of assets, and turns into OpenLineage's names:
    namespace `postgres://host:port`, name `database.schema.table`. For a database file OpenLineage has no name, and
    its path would be another on every machine.
    """
    try:
        settings = load_settings()
        url, schema = warehouse_url(settings), settings.warehouse.output_schema
    except PhonesegError:  # the DAG should still show; its first task says what is wrong
        return "phoneseg://warehouse/phoneseg"
    if url.get_backend_name() == "postgresql" and url.database:
        return f"postgres://{_host(url)}:{url.port or 5432}/{url.database}/{schema}"
    return f"phoneseg://warehouse/{schema}"


def _host(url: sa.URL) -> str:
    host = url.host or "localhost"  # or a socket of this machine
    return f"[{host}]" if ":" in host else host
