"""PostgreSQL restarted, or the connection to it cut, at a statement of a verb."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa
from runs import edit_settings, query

from phoneseg.demo.postgresql import PostgreSQLServer
from phoneseg.demo.postgresql.server import StopMode

from .conftest import MakeScene
from .programs import BEGINS, TRY_AGAIN, Program, is_one_clear_line
from .proxy import Act, Link, Proxy
from .scenes import Scene, check_made_good, check_old_tables, seen, states

# What the run says to the server in a verb, after what on the same connection.
STATEMENTS = {
    "extract": (b"webshop.account", b"COPY (SELECT"),
    "load": (b'__contact_profile" (', b"COPY"),
    "audit": (b"__contact_profile", b"default_transaction_read_only"),
    "swap": (b"INSERT INTO phoneseg.segment_membership", b"DELETE FROM phoneseg.contact_phone"),
}
COMMIT = (b"COMMIT\0", STATEMENTS["swap"][0])
KINDS = ("first", "incremental")


@contextmanager
def disturbed(scene: Scene, statement: tuple[bytes, bytes], act: Act) -> Iterator[Program]:
    """Start a run through a wire where `act` takes the place of the server for a statement, and see that it did."""
    url = sa.engine.make_url(scene.settings.warehouse.url.get_secret_value())
    words, after = statement
    with Proxy((str(url.host), int(url.port or 0)), words, act, after=after) as proxy:
        wired = replace(scene, settings=edit_settings(scene.settings, f":{url.port}/", f":{proxy.port}/"))
        yield wired.start()
        edit_settings(wired.settings, f":{proxy.port}/", f":{url.port}/")
        assert proxy.acted.is_set()


def check_failed_for_a_while(program: Program) -> None:
    """Check that the run told, in one line, that it is worth another try."""
    assert program.finish() == TRY_AGAIN, program.said
    assert is_one_clear_line(program), program.said


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("mode", ["fast", "immediate"])
@pytest.mark.parametrize("verb", STATEMENTS)
def test_a_server_restarted_in_a_statement_fails_the_run_for_a_while(
    make_scene: MakeScene, postgresql_server: PostgreSQLServer, verb: str, mode: StopMode, kind: str
) -> None:
    def restart(link: Link, words: bytes) -> None:
        link.pass_on(words)
        postgresql_server.restart(mode)

    scene = make_scene("postgresql", kind)
    with disturbed(scene, STATEMENTS[verb], restart) as program:
        check_failed_for_a_while(program)
    check_old_tables(scene)
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_restarted_while_the_run_needs_none_of_it_disturbs_nobody(
    make_scene: MakeScene, postgresql_server: PostgreSQLServer, mode: StopMode
) -> None:
    scene = make_scene("postgresql", "first")
    program = scene.start()
    program.wait_for(BEGINS["normalize"])
    postgresql_server.restart(mode)
    assert program.finish() in (0, TRY_AGAIN), program.said
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("verb", ["normalize", "audit"])
def test_a_run_that_lost_its_hold_to_another_does_no_harm(
    make_scene: MakeScene, postgresql_server: PostgreSQLServer, verb: str
) -> None:
    scene = make_scene("postgresql", "first")
    first = scene.start()
    first.wait_for(BEGINS[verb])
    postgresql_server.restart("fast")
    second = scene.start()
    ended = first.finish(), second.finish()
    assert 0 in ended, first.said + second.said
    assert ended[0] == 0 or is_one_clear_line(first), first.said
    assert seen(scene.settings) == scene.after
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_a_server_restarted_while_the_swap_waits_for_a_lock_changes_nothing(
    make_scene: MakeScene, postgresql_server: PostgreSQLServer, mode: StopMode
) -> None:
    scene = make_scene("postgresql", "incremental")
    engine = sa.create_engine(scene.settings.warehouse.url.get_secret_value(), poolclass=sa.NullPool)
    waiting = "SELECT count(*) AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ '^DELETE'"
    with engine.connect() as holder:
        program = scene.start()
        program.wait_for(BEGINS["audit"])  # `load` analyzes the table, and would wait
        holder.execute(sa.text("LOCK TABLE phoneseg.segment_membership IN SHARE MODE"))
        program.wait_for(BEGINS["swap"])
        deadline = time.monotonic() + 30
        while query(scene.settings, waiting)["n"].item() == 0:
            assert time.monotonic() < deadline, program.said
            time.sleep(0.05)
        postgresql_server.restart(mode)
        holder.invalidate()
    check_failed_for_a_while(program)
    check_old_tables(scene)
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("verb", STATEMENTS)
def test_a_connection_cut_in_a_statement_fails_the_run_for_a_while(make_scene: MakeScene, verb: str, kind: str) -> None:
    scene = make_scene("postgresql", kind)
    with disturbed(scene, STATEMENTS[verb], lambda link, _words: link.cut()) as program:
        check_failed_for_a_while(program)
    check_old_tables(scene)
    assert states(scene) == ["failed"]  # told on a connection that works
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("verb", STATEMENTS)
def test_a_connection_that_stands_still_for_a_while_disturbs_nobody(make_scene: MakeScene, verb: str) -> None:
    def wait(link: Link, words: bytes) -> None:
        time.sleep(3)
        link.pass_on(words)

    scene = make_scene("postgresql", "incremental")
    with disturbed(scene, STATEMENTS[verb], wait) as program:
        assert program.finish() == 0, program.said
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("verb", STATEMENTS)
def test_a_connection_that_stands_still_and_then_breaks_fails_the_run_for_a_while(
    make_scene: MakeScene, verb: str
) -> None:
    def freeze(link: Link, words: bytes) -> None:
        link.is_mute = True
        link.pass_on(words)
        time.sleep(3)
        link.cut()

    scene = make_scene("postgresql", "incremental")
    with disturbed(scene, STATEMENTS[verb], freeze) as program:
        check_failed_for_a_while(program)
    check_old_tables(scene)
    check_made_good(scene)


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_cut_after_the_commit_leaves_the_run_published(make_scene: MakeScene, kind: str) -> None:
    def lose_the_answer(link: Link, words: bytes) -> None:
        link.is_mute = True
        link.pass_on(words)
        time.sleep(1)
        link.cut()

    scene = make_scene("postgresql", kind)
    with disturbed(scene, COMMIT, lose_the_answer) as program:
        check_failed_for_a_while(program)
    assert states(scene) == ["published"]
    check_made_good(scene)
