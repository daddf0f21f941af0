"""The demo's DuckDB file: its tables and how they are filled."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import duckdb
import polars as pl

from phoneseg.demo.folder import replace_when_done

_DDL: Final = """
CREATE SCHEMA crm;
CREATE SCHEMA webshop;
CREATE SCHEMA support;
CREATE SCHEMA telephony;
CREATE SCHEMA messaging;
CREATE TABLE crm.customer (
    customer_id BIGINT PRIMARY KEY, first_name VARCHAR, last_name VARCHAR, email VARCHAR, mobile VARCHAR,
    home_phone VARCHAR, country VARCHAR, city VARCHAR, postal_code VARCHAR, birth_date DATE, gender VARCHAR,
    language VARCHAR, created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL);
CREATE TABLE webshop.account (
    account_id VARCHAR PRIMARY KEY, full_name VARCHAR, email VARCHAR, phone VARCHAR, billing_country VARCHAR,
    city VARCHAR, postal_code VARCHAR, date_of_birth DATE, newsletter BOOLEAN NOT NULL,
    registered_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL);
CREATE TABLE support.requester (
    requester_id BIGINT PRIMARY KEY, name VARCHAR, email VARCHAR, callback_number VARCHAR, country_code VARCHAR,
    preferred_language VARCHAR, first_seen_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL);
CREATE TABLE telephony.call (
    call_id BIGINT, phone_number VARCHAR, direction VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL,
    duration_s INTEGER NOT NULL, is_answered BOOLEAN NOT NULL, agent VARCHAR);
CREATE TABLE messaging.message (
    message_id BIGINT, customer_id BIGINT NOT NULL, direction VARCHAR NOT NULL, channel VARCHAR NOT NULL,
    sent_at TIMESTAMP NOT NULL, campaign VARCHAR, delivery_status VARCHAR NOT NULL);
CREATE TABLE webshop.purchase (
    purchase_id BIGINT, account_id VARCHAR NOT NULL, purchased_at TIMESTAMP NOT NULL, amount DECIMAL(12, 2) NOT NULL,
    currency VARCHAR NOT NULL, campaign VARCHAR);
"""


def write_warehouse(path: Path, tables: Mapping[str, pl.DataFrame]) -> None:
    """Write the source tables into a new DuckDB file.

    Args:
        path: The file; an existing one is replaced when the new one is complete.
        tables: Rows by table name (`crm.customer`, ...), their columns in the order of the table.
    """
    with replace_when_done(path) as temporary:
        with duckdb.connect(str(temporary)) as connection:
            connection.execute(_DDL)
            for name, rows in tables.items():
                connection.from_arrow(rows.to_arrow()).insert_into(name)
            connection.execute("CHECKPOINT")
        # A log that a crash left beside the old file would be replayed into the new one.
        path.with_name(f"{path.name}.wal").unlink(missing_ok=True)
