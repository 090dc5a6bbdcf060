from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rag.pages.address import MAX_TURNS, Address, Turn, read_address

questions = st.text(min_size=1).filter(lambda text: text.strip() and text.isprintable())


@given(st.lists(questions, min_size=1, max_size=MAX_TURNS))
def test_an_address_gives_back_the_conversation_that_made_it(asked: list[str]) -> None:
    address = Address((), (("partij", "SP & co"), ("van", "2022-01-01")))
    for question in asked:
        address = address.follow(question)
    assert read_address(address.query()) == address


def test_a_follow_up_knows_the_questions_before_it() -> None:
    address = read_address("?q=a&v=b&v=c&q=d&v=e")
    assert [address.previous(place) for place in range(5)] == [(), ("a",), ("a", "b"), (), ("d",)]


def test_a_follow_up_can_be_asked_on_its_own() -> None:
    address = read_address("q=a&v=b").literally()
    assert address.turns == (Turn("q", "a"), Turn("q", "b"))
    assert address.previous(1) == ()


def test_of_a_long_conversation_the_first_turns_are_let_go() -> None:
    address = Address()
    for number in range(MAX_TURNS + 3):
        address = address.follow(f"vraag {number}")
    assert len(address.turns) == MAX_TURNS
    assert address.turns[0] == Turn("q", "vraag 3")


def test_what_an_address_should_not_hold_is_left_out() -> None:
    assert read_address("?x=1&q=&q=+&__theme=dark&partij=&fbclid=3") == Address()
    assert read_address("&".join(["q=a"] * 500)) == Address()
    assert read_address("").query() == ""


def test_a_first_follow_up_starts_the_conversation() -> None:
    assert read_address("?v=a").turns == (Turn("q", "a"),)


def test_filters_stand_in_a_fixed_order_each_once() -> None:
    address = read_address("?partij=SP&q=a&ministerie=X&partij=VVD&kamerlid=")
    assert address.filters == (("ministerie", "X"), ("partij", "VVD"))
    assert address.value("partij") == "VVD"
    assert address.value("kamerlid") == ""
    assert address.start("b").query() == "?q=b&ministerie=X&partij=VVD"
