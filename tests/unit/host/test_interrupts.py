"""An interrupt that comes in the middle of a step takes effect after it."""

import contextlib
import os
import signal
import threading

import pytest

from electionlab.host.interrupts import held_back


def test_an_interrupt_takes_effect_at_the_end_of_the_block():
    done = []
    with pytest.raises(KeyboardInterrupt), held_back():
        os.kill(os.getpid(), signal.SIGINT)
        done.append("the rest of the block")
    assert done
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_blocks_in_blocks_wait_for_the_outer_one():
    done = []
    with pytest.raises(KeyboardInterrupt), held_back():
        with held_back():
            os.kill(os.getpid(), signal.SIGINT)
        done.append("the rest of the outer block")
    assert done


def test_an_error_in_the_block_is_told_and_the_handler_is_put_back():
    with pytest.raises(ZeroDivisionError), held_back():
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_an_interrupt_is_not_lost_where_the_block_fails_and_somebody_catches_that():
    with pytest.raises(KeyboardInterrupt), contextlib.suppress(ZeroDivisionError), held_back():
        os.kill(os.getpid(), signal.SIGINT)
        raise ZeroDivisionError
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_other_threads_need_no_holding_back():
    seen = []

    def work():
        with held_back():
            seen.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [signal.default_int_handler]
