"""A wire that goes dead without a word: no packet comes through, and none says so."""

import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import sqlalchemy as sa
from runs import edit_settings

from .conftest import MakeScene
from .programs import BEGINS, TRY_AGAIN, Program, is_one_clear_line
from .proxy import Proxy
from .scenes import check_made_good, check_old_tables

_HERE, _THERE = "10.251.7.1", "10.251.7.2"
_LONGEST_S = 200.0  # a minute for what is under way, and one for the last word
_NEVER_SAID = b"DROP DATABASE"


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True)


@dataclass(frozen=True)
class Wire:
    """A network of two ends; programs run at the far one."""

    namespace: str
    near: str

    @property
    def before(self) -> list[str]:
        """What runs a program at the far end."""
        return ["ip", "netns", "exec", self.namespace]

    def die(self) -> None:
        """Let no packet arrive any more."""
        _ip("addr", "del", f"{_HERE}/30", "dev", self.near)


@contextmanager
def laid_wire() -> Iterator[Wire]:
    """Lay a wire, whose far end believes for good that there is a near one."""
    tag = secrets.token_hex(3)
    namespace, near, far = f"phoneseg{tag}", f"n{tag}", f"f{tag}"
    with ExitStack() as undo:
        _ip("netns", "add", namespace)
        undo.callback(_ip, "netns", "del", namespace)  # and with it both ends
        _ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", namespace)
        _ip("addr", "add", f"{_HERE}/30", "dev", near)
        _ip("link", "set", near, "up")
        shown = subprocess.run(["ip", "-br", "link", "show", near], check=True, capture_output=True, text=True)
        address = shown.stdout.split()[2]
        for command in (
            ["addr", "add", f"{_THERE}/30", "dev", far],
            ["link", "set", far, "up"],
            ["neigh", "replace", _HERE, "lladdr", address, "nud", "permanent", "dev", far],
        ):
            _ip("-n", namespace, *command)
        yield Wire(namespace, near)


def can_lay_wires() -> bool:
    """Return whether this user may make networks."""
    if shutil.which("ip") is None:
        return False
    try:
        with laid_wire():
            return True
    except subprocess.CalledProcessError:
        return False


@pytest.mark.skipif(not can_lay_wires(), reason="only who may make networks can let one die")
@pytest.mark.slow
@pytest.mark.parametrize("verb", ["extract", "load", "audit"])
def test_a_dead_wire_is_noticed_within_minutes(make_scene: MakeScene, verb: str) -> None:
    scene = make_scene("postgresql", "incremental")
    url = sa.make_url(scene.settings.warehouse.url.get_secret_value())
    with laid_wire() as wire, Proxy((str(url.host), int(url.port or 0)), _NEVER_SAID, print, host=_HERE) as proxy:
        wired = edit_settings(scene.settings, f"{url.host}:{url.port}/", f"{_HERE}:{proxy.port}/")
        program = Program(*scene.arguments, before=wire.before)
        program.wait_for(BEGINS[verb])
        wire.die()
        died = time.monotonic()
        assert program.finish() == TRY_AGAIN, program.said
        took_s = time.monotonic() - died
        edit_settings(wired, f"{_HERE}:{proxy.port}/", f"{url.host}:{url.port}/")
    assert is_one_clear_line(program), program.said
    assert took_s < _LONGEST_S
    check_old_tables(scene)
    check_made_good(scene)
