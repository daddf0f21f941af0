"""`phoneseg keys`: which keys made the tokens, and a new one for all of them."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from phoneseg.cli.options import Config
from phoneseg.governance import list_keys, rotate_keys
from phoneseg.privacy import load_key_file, load_key_ring
from phoneseg.settings import load_settings

app = typer.Typer(help="The keys that make tokens.", no_args_is_help=True)


@app.command("list")
def show(config: Config = None) -> None:
    """Show the id of each key, and how many numbers and tombstones have it."""
    settings = load_settings(config)
    console = Console(soft_wrap=True, highlight=False)
    console.print(f"{'key':<10}{'role':<10}{'numbers':>12}{'tombstones':>12}")
    for each in list_keys(settings, load_key_ring(settings)):
        console.print(f"{each.key_id:<10}{each.role:<10}{each.number_count:>12,}{each.tombstone_count:>12,}")


@app.command()
def rotate(
    new_key_file: Annotated[Path, typer.Option(help="File with the new key, readable by its owner alone.")],
    config: Config = None,
) -> None:
    """Give every token in the warehouse a new key, in one transaction.

    Tables of phoneseg go on joining with each other. Tokens that somebody has kept elsewhere do not. Tombstones keep
    the key that made them: name it among the old ones.
    """
    settings = load_settings(config)
    new_key, ring = load_key_file(settings, new_key_file.absolute()), load_key_ring(settings)
    rows = rotate_keys(settings, new_key)
    console = Console(soft_wrap=True, highlight=False)
    for name, count in rows.items():
        console.print(f"{count:>12,}  {name}")
    if ring.current.key_id == new_key.key_id:
        console.print(f"All tokens are of key {new_key.key_id}, and the settings say so already.")
        return
    console.print(f"All tokens are of key {new_key.key_id}. Before the next run, let the settings say so:")
    if settings.token_key is not None:
        console.print(
            "PHONESEG_TOKEN_KEY (or the connection's token_key): the new key; PHONESEG_OLD_TOKEN_KEYS "
            "(or old_token_keys): a JSON list, the former key among it"
        )
    else:
        former = [*settings.privacy.old_key_files, settings.privacy.token_key_file]
        files = ", ".join(f'"{each}"' for each in former)
        console.print(f'\\[privacy]\ntoken_key_file = "{new_key_file.absolute()}"\nold_key_files = \\[{files}]')
