"""Connected components of accounts and what they share."""

import numpy as np
import polars as pl


def connect(edges: pl.DataFrame) -> pl.DataFrame:
    """Return the edges with `ring`, the smallest contact_id of their component, whatever the order of rows.

    Args:
        edges: `contact_id`, `link_kind` and `link`, unique.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if edges.is_empty():
        return edges.with_columns(ring=pl.col("contact_id"))
    account = edges["contact_id"].rank("dense").to_numpy().astype(np.int64) - 1
    link = edges.select(pl.struct("link_kind", "link").rank("dense")).to_series().to_numpy().astype(np.int64) - 1
    account_count = int(account.max()) + 1
    size = account_count + int(link.max()) + 1
    graph = coo_array((np.ones(len(edges), np.int8), (account, account_count + link)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    return edges.with_columns(label=pl.Series(labels[account])).select(
        pl.all().exclude("label"), ring=pl.col("contact_id").min().over("label")
    )
