"""The namespace `phone` of Polars expressions: `pl.col("raw").phone.e164(region="DE")`.

It is there once `phoneseg.numbers` is imported.
"""

from collections.abc import Callable, Sequence

import polars as pl
from polars._typing import PolarsDataType

from phoneseg.numbers.fields import schema_of
from phoneseg.numbers.languages import ENGLISH
from phoneseg.numbers.normalize import check_dtype, choose_fields, describe

Region = str | pl.Expr | None


@pl.api.register_expr_namespace("phone")
class PhoneExpressions:
    """What libphonenumber says of the numbers in a column of strings.

    Wherever a `region` is asked for, it is the region that a number without a calling code is read in, ISO 3166
    alpha-2 in any case: a code for all rows, such as "DE", or an expression, such as `pl.col("country")`; without, only
    numbers with a plus can be read. A null or an unparseable number gives null.

    Args:
        expression: The numbers as they were written.
    """

    def __init__(self, expression: pl.Expr) -> None:
        self._expression = expression

    def parse(self, region: Region = None, fields: Sequence[str] | None = None) -> pl.Expr:
        """Return a struct of fields: the nine `DEFAULT_FIELDS`, or those named.

        Raises:
            ValueError: A field or its language is unknown, or there is none.
        """
        wanted = choose_fields(fields)
        if not wanted:
            raise ValueError("a struct needs a field")
        return self._read(region, wanted, pl.DataFrame.to_struct, pl.Struct(schema_of(wanted)))

    def field(self, name: str, region: Region = None) -> pl.Expr:
        """Return one field by its name.

        Raises:
            ValueError: The field or its language is unknown.
        """
        wanted = choose_fields([name])
        return self._read(region, wanted, lambda described: described.get_column(name), schema_of(wanted)[name])

    def e164(self, region: Region = None) -> pl.Expr:
        """Return the number in E.164, such as "+493012345678"."""
        return self.field("phone_e164", region)

    def international(self, region: Region = None) -> pl.Expr:
        """Return the number in INTERNATIONAL, such as "+49 30 12345678"."""
        return self.field("phone_international", region)

    def national(self, region: Region = None) -> pl.Expr:
        """Return the number in NATIONAL, such as "030 12345678"."""
        return self.field("phone_national", region)

    def rfc3966(self, region: Region = None) -> pl.Expr:
        """Return the number as a URI, such as "tel:+49-30-12345678"."""
        return self.field("phone_rfc3966", region)

    def is_possible(self, region: Region = None) -> pl.Expr:
        """Return whether the length is possible."""
        return self.field("is_possible", region)

    def is_valid(self, region: Region = None) -> pl.Expr:
        """Return whether the number is valid."""
        return self.field("is_valid", region)

    def validation_result(self, region: Region = None) -> pl.Expr:
        """Return whether and why the length is possible; the parse error of what is no number."""
        return self.field("validation_result", region)

    def number_type(self, region: Region = None) -> pl.Expr:
        """Return the type, such as "MOBILE"."""
        return self.field("number_type", region)

    def region_code(self, region: Region = None) -> pl.Expr:
        """Return the region of a number."""
        return self.field("region_code", region)

    def country_calling_code(self, region: Region = None) -> pl.Expr:
        """Return the calling code."""
        return self.field("country_calling_code", region)

    def national_significant_number(self, region: Region = None) -> pl.Expr:
        """Return the national digits."""
        return self.field("national_significant_number", region)

    def national_destination_code(self, region: Region = None) -> pl.Expr:
        """Return the first national digits where they are an area code or the like."""
        return self.field("national_destination_code", region)

    def extension(self, region: Region = None) -> pl.Expr:
        """Return the extension."""
        return self.field("extension", region)

    def is_geographic(self, region: Region = None) -> pl.Expr:
        """Return whether the number belongs to a place."""
        return self.field("is_geographic", region)

    def time_zones(self, region: Region = None) -> pl.Expr:
        """Return the time zones, a list."""
        return self.field("time_zones", region)

    def is_carrier_portable(self, region: Region = None) -> pl.Expr:
        """Return whether the number may have another carrier by now."""
        return self.field("is_carrier_portable", region)

    def location_name(self, region: Region = None, language: str = ENGLISH) -> pl.Expr:
        """Return the name of the area, or of the country where the area has none.

        Raises:
            ValueError: There are no names in the language.
        """
        return self.field(f"location_name_{language}", region)

    def original_carrier_name(self, region: Region = None, language: str = ENGLISH) -> pl.Expr:
        """Return the name of the carrier that the number was first given to.

        Raises:
            ValueError: There are no names in the language.
        """
        return self.field(f"original_carrier_name_{language}", region)

    def _read(
        self,
        region: Region,
        fields: Sequence[str],
        choose: Callable[[pl.DataFrame], pl.Series],
        dtype: PolarsDataType,
    ) -> pl.Expr:
        """Return what is chosen of the fields of each number."""
        hint = region if isinstance(region, pl.Expr) else pl.lit(region, pl.String)

        def read(columns: Sequence[pl.Series]) -> pl.Series:
            phones, regions = columns
            check_dtype(phones.name, phones.dtype)
            if len(phones) == 1:
                phones = phones.new_from_index(0, len(regions))
            # A worker of Polars that waited for other threads of ours would keep them from working.
            return choose(describe(phones.cast(pl.String), regions.cast(pl.String), fields, thread_count=1))

        return pl.map_batches([self._expression, hint], read, dtype, is_elementwise=True)
