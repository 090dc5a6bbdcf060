"""A load on a real server in a process of its own: what is answered, and what is counted as an error."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from eval.load import Load, load_questions, put, report
from eval.serving import HOST, AnswerError, Connection, Server, serving


def test_no_two_questions_are_alike_however_many_are_wanted() -> None:
    questions = load_questions(20_000)
    assert len(questions) == len(set(questions)) == 20_000
    assert load_questions(50) == questions[:50]


@pytest.fixture(scope="module")
def load(real_index: Path) -> Load:
    with serving(real_index) as server:
        first = put(server, [*load_questions(8), "?"], clients=3)
        second = put(server, load_questions(12)[8:], clients=3)
        assert server.megabytes() > 50
    return first + second


def test_every_question_is_answered_or_counted_as_an_error(load: Load) -> None:
    assert len(load.waits) == 12
    [(error, count)] = load.errors.items()
    assert error.startswith("AnswerError: HTTP 422, ")
    assert count == 1


def test_times_are_taken_on_both_sides(load: Load) -> None:
    assert 0 < max(load.waits) <= load.seconds
    assert load.server_seconds > load.client_seconds >= 0


def test_the_report_says_errors_by_their_kind(load: Load, capsys: pytest.CaptureFixture[str]) -> None:
    report(load, [300.0, 301.0, 302.0], clients=3)
    said = capsys.readouterr().out
    assert said.startswith("13 questions from 3 clients")
    assert "memory of the server, at the end (MB)              302.0" in said
    assert "1 times AnswerError: HTTP 422" in said


def test_a_server_that_is_gone_is_an_error_for_every_question() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))  # nobody listens there, and nobody else can
        load = put(Server(os.getpid(), taken.getsockname()[1]), ["Wie betaalt het?"] * 5, clients=2)
    assert load.waits == ()
    assert [(error.partition(":")[0], count) for error, count in load.errors.items()] == [("ConnectionRefusedError", 5)]


def test_an_answer_to_another_question_is_an_error() -> None:
    with socket.create_server((HOST, 0)) as server, Connection(server.getsockname()[1]) as connection:
        other, _ = server.accept()
        body = b'{"query":"Wat kost het?","hits":[]}'
        with other:
            other.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body))
            with pytest.raises(AnswerError, match="another question"):
                connection.ask("Wie betaalt het?")


def test_a_connection_that_ends_before_the_answer_is_an_error() -> None:
    with socket.create_server((HOST, 0)) as server, Connection(server.getsockname()[1]) as connection:
        other, _ = server.accept()
        other.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"query":')
        other.shutdown(socket.SHUT_WR)
        with other, pytest.raises(AnswerError, match="9 of 100 bytes"):
            connection.ask("Wie betaalt het?")
