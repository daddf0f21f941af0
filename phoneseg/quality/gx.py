"""The one place that knows Great Expectations."""

import logging
import os
import shutil
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import polars as pl
import sqlalchemy as sa

from phoneseg.errors import SettingsError
from phoneseg.quality.suites import Suite
from phoneseg.warehouse.failures import clear_failures

# BASIC with no unexpected values at all: even SUMMARY and COMPLETE would print numbers of failing rows.
_RESULT_FORMAT: Final = {"result_format": "BASIC", "partial_unexpected_count": 0}
# It names the dialect and nothing else: a URL with a password in it could show up in results and logs.
_URL: Final = "postgresql+psycopg://phoneseg@warehouse/staging"


@dataclass(frozen=True)
class Outcome:
    """Whether one expectation was met; `label` names it and its columns, and no value."""

    label: str
    is_met: bool


class GreatExpectations:
    """A context for one audit, with a Data Docs site in a folder of its own."""

    def __init__(self, data_docs_folder: Path, connect: Callable[[], Any] | None = None) -> None:
        """Prepare the context; the folder is emptied, it holds the newest audit of its interval.

        Args:
            data_docs_folder: The folder.
            connect: Returns a new connection to PostgreSQL that can only read, to check what is there.
        """
        os.environ["GX_ANALYTICS_ENABLED"] = "false"  # before the import, which takes seconds
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the libraries that it imports
            import great_expectations as gx
            from great_expectations.data_context.types.base import ProgressBarsConfig
        for name in ("great_expectations", "great_expectations.data_context.types.base"):  # the latter sets its own
            logging.getLogger(name).setLevel(logging.CRITICAL)  # an error that it logs may quote a row
        self._folder = data_docs_folder
        shutil.rmtree(data_docs_folder, ignore_errors=True)
        self._context = gx.get_context(mode="ephemeral")
        self._context.variables.progress_bars = ProgressBarsConfig(globally=False)
        for site in list(self._context.variables.data_docs_sites or {}):
            self._context.delete_data_docs_site(site)
        self._context.add_data_docs_site("audit", _site(data_docs_folder))
        self._connect = connect

    def validate(self, suite: Suite, rows: pl.DataFrame | sa.Select[*tuple[Any, ...]]) -> list[Outcome]:
        """Check rows against a suite.

        Args:
            suite: The suite; each call has to have one of another name.
            rows: A frame with the columns that the suite reads; or a SELECT, which stays in PostgreSQL.

        Returns:
            An outcome per expectation; one that could not be computed is not met.

        Raises:
            SettingsError: The suite has an expectation that Great Expectations does not know, and would leave out.
            PhonesegError: The database failed, or refuses what the suite asks.
        """
        import great_expectations as gx

        with self._batch(suite.name, rows) as (batch, parameters):
            added = self._context.suites.add(
                gx.ExpectationSuite(name=suite.name, expectations=suite.expectations, meta=suite.meta)
            )
            if lost := {each["type"] for each in suite.expectations} - {
                each.expectation_type for each in added.expectations
            }:
                raise SettingsError(f"suite {suite.name}: Great Expectations has no {', '.join(sorted(lost))}")
            definition = self._context.validation_definitions.add(
                gx.ValidationDefinition(name=suite.name, data=batch, suite=added)
            )
            checkpoint = self._context.checkpoints.add(
                gx.Checkpoint(
                    name=suite.name,
                    validation_definitions=[definition],
                    result_format=_RESULT_FORMAT,
                )
            )
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of pandas, about Great Expectations' use of it
                result = checkpoint.run(batch_parameters=parameters)
        (validation,) = result.run_results.values()
        return [_outcome(each) for each in validation.results]

    @contextmanager
    def _batch(
        self, name: str, rows: pl.DataFrame | sa.Select[*tuple[Any, ...]]
    ) -> Iterator[tuple[Any, dict[str, Any] | None]]:
        """Yield the batch definition of rows, and its parameters."""
        if isinstance(rows, pl.DataFrame):
            source = self._context.data_sources.add_pandas(name)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of pandas
                frame = rows.to_pandas(use_pyarrow_extension_array=True)
            asset = source.add_dataframe_asset(name)
            yield asset.add_batch_definition_whole_dataframe("staging"), {"dataframe": frame}
            return
        from phoneseg.warehouse.postgresql import sql_of  # its drivers take a while to import

        with self._sql_source(name) as source:
            query = source.add_query_asset(name, query=sql_of(rows))
            yield query.add_batch_definition_whole_table("staging"), None

    @contextmanager
    def _sql_source(self, name: str) -> Iterator[Any]:
        """Yield a data source that closes its connections; what its database complained of is raised at the end.

        Great Expectations would make a broken connection a failed expectation, and write down what the database said.
        """
        options = {"creator": self._connect, "hide_parameters": True}
        source = self._context.data_sources.add_postgres(
            name, connection_string=_URL, create_temp_table=False, kwargs=options
        )
        engines = (source.get_engine(), source.get_execution_engine().engine)
        failures: list[BaseException] = []
        for engine in engines:
            sa.event.listen(engine, "handle_error", lambda context: failures.append(context.sqlalchemy_exception))
        try:
            with clear_failures(f"audit of {name}"):
                try:
                    yield source
                finally:
                    if failures:
                        raise failures[0]
        finally:
            for engine in engines:
                engine.dispose()

    def write_data_docs(self) -> Path:
        """Write the Data Docs of all that was validated; return their first page."""
        self._context.build_data_docs()
        return self._folder / "index.html"


def _site(folder: Path) -> dict[str, Any]:
    return {
        "class_name": "SiteBuilder",
        "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
        "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
    }


def _outcome(result: Any) -> Outcome:  # noqa: ANN401  # a class that only the lazy import could name
    config = result.expectation_config
    columns = config.kwargs.get("column") or ", ".join(config.kwargs.get("column_list", ()))
    return Outcome(f"{config.type} ({columns})" if columns else config.type, bool(result.success))
