"""The demo's source tables, in words that DuckDB and PostgreSQL share."""

from __future__ import annotations

from typing import Final

SOURCE_TABLES: Final = """
CREATE SCHEMA crm;
CREATE SCHEMA webshop;
CREATE SCHEMA support;
CREATE SCHEMA telephony;
CREATE SCHEMA messaging;
CREATE SCHEMA fraud;
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
    sent_at TIMESTAMP NOT NULL, campaign VARCHAR, delivery_status VARCHAR NOT NULL, failure_reason VARCHAR);
CREATE TABLE webshop.purchase (
    purchase_id BIGINT, account_id VARCHAR NOT NULL, purchased_at TIMESTAMP NOT NULL, amount DECIMAL(12, 2) NOT NULL,
    currency VARCHAR NOT NULL, campaign VARCHAR);
CREATE TABLE crm.consent (
    customer_id BIGINT NOT NULL, channel VARCHAR NOT NULL, purpose VARCHAR NOT NULL, status VARCHAR NOT NULL,
    decided_at TIMESTAMP NOT NULL);
CREATE TABLE crm.objection (customer_id BIGINT NOT NULL, status VARCHAR NOT NULL, decided_at TIMESTAMP NOT NULL);
CREATE TABLE telephony.do_not_call (
    phone_number VARCHAR NOT NULL, listed_at TIMESTAMP NOT NULL, delisted_at TIMESTAMP);
CREATE TABLE telephony.number_status (
    phone_number VARCHAR NOT NULL, status VARCHAR NOT NULL, status_at TIMESTAMP NOT NULL);
CREATE TABLE telephony.call_record (
    record_id BIGINT, kind VARCHAR NOT NULL, phone_number VARCHAR NOT NULL, direction VARCHAR NOT NULL,
    other_number VARCHAR NOT NULL, started_at TIMESTAMP NOT NULL, duration_s INTEGER, is_answered BOOLEAN,
    cell VARCHAR, device VARCHAR, campaign VARCHAR);
CREATE TABLE fraud.known_cause (
    starts_at TIMESTAMP NOT NULL, ends_at TIMESTAMP NOT NULL, cause VARCHAR NOT NULL, campaign VARCHAR,
    prefix_level VARCHAR, prefix VARCHAR, activity_kind VARCHAR, region VARCHAR);
CREATE TABLE fraud.prefix_list (
    prefix VARCHAR, region_code VARCHAR, list_level VARCHAR NOT NULL, source VARCHAR NOT NULL,
    valid_from TIMESTAMP NOT NULL, valid_to TIMESTAMP, reason VARCHAR);
CREATE TABLE fraud.termination_rate (
    origin_country VARCHAR NOT NULL, destination_country VARCHAR NOT NULL, rate_per_min DOUBLE PRECISION NOT NULL,
    currency VARCHAR NOT NULL);
"""

INDEXES: Final = "CREATE INDEX ON telephony.call_record (started_at)"
"""For databases that need one to find an hour among weeks; DuckDB keeps the bounds of each part of a column."""
