"""The settings of a task: those of the file, with the secrets of an Airflow connection over them."""

import os
from typing import Final

import sqlalchemy as sa
from airflow.sdk import Connection

from phoneseg.settings import Settings, load_settings

CONNECTION_VARIABLE: Final = "PHONESEG_AIRFLOW_CONN_ID"
_DRIVERS: Final = {"postgres": "postgresql"}  # where Airflow calls a database otherwise than SQLAlchemy


def read_settings() -> Settings:
    """Read the settings; the connection that PHONESEG_AIRFLOW_CONN_ID names gives the URL of the warehouse.

    Its extra may hold the key of the tokens as `token_key`, former ones as the list `old_token_keys`, and libpq's
    `ssl...` parameters. It is read by tasks, not when the DAG file is: that happens every few seconds, and a secrets
    backend may be far away.

    Raises:
        SettingsError: The settings are wrong.
    """
    conn_id = os.environ.get(CONNECTION_VARIABLE)
    if not conn_id:
        return load_settings()
    connection = Connection.get(conn_id)
    extra = connection.extra_dejson
    url = sa.URL.create(
        _DRIVERS.get(connection.conn_type, connection.conn_type),
        username=connection.login,
        password=connection.password,
        host=connection.host,
        port=connection.port,
        database=connection.schema,
        query={name: str(value) for name, value in extra.items() if name.startswith("ssl")},
    )
    return load_settings(
        warehouse_url=url.render_as_string(hide_password=False),
        token_key=extra.get("token_key"),
        old_token_keys=extra.get("old_token_keys", ()),
    )
