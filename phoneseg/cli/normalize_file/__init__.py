"""`phoneseg normalize IN OUT`: a CSV or Parquet file of any size in, the same rows with what their numbers say out."""

from phoneseg.cli.normalize_file.command import normalize
from phoneseg.cli.normalize_file.files import FileJob, normalize_file

__all__ = ["FileJob", "normalize", "normalize_file"]
