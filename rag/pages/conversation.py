"""A whole conversation as the messages of a chat, made from its address alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from index.errors import QueryError
from rag.pages.address import Address
from rag.pages.around import look_around
from rag.pages.desk import Desk
from rag.pages.hit import Frame
from rag.pages.markup import Html
from rag.pages.turn import Beside, render_asked, render_problem, render_result


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the chat, drawn."""

    role: Literal["user", "assistant"]
    html: Html


@dataclass(frozen=True, slots=True)
class Conversation:
    """Draws conversations in one language.

    Attributes
    ----------
    desk : Desk
    frame : Frame
    beside : callable, optional
        Draws the page of the letter beside a hit.
    """

    desk: Desk
    frame: Frame
    beside: Beside | None = None

    def messages(self, address: Address) -> list[Message]:
        """Return the messages of every turn; a turn that cannot be searched says why."""
        drawn: list[Message] = []
        for position, turn in enumerate(address.turns):
            drawn.append(Message("user", render_asked(turn.question)))
            drawn.append(Message("assistant", self._reply(address, position)))
        return drawn

    def ask(self, question: str, address: Address) -> tuple[list[Message], Address]:
        """Return the messages after one more question, and the address that holds them.

        A question that cannot be searched is shown with the reason and is not kept in the address.
        """
        asked = address.follow(question)
        messages = self.messages(address)
        try:
            self.desk.ask(asked, len(asked.turns) - 1)
        except QueryError as exc:
            problem = render_problem(exc, question, self.desk.limit, self.frame.texts)
            return [*messages, *self._problem_messages(question, problem)], address
        return self.messages(asked), asked

    def _problem_messages(self, question: str, problem: Html) -> list[Message]:
        said = [Message("user", render_asked(question))] if question.strip() else []
        return [*said, Message("assistant", problem)]

    def _reply(self, address: Address, position: int) -> Html:
        question = address.turns[position].question
        try:
            result = self.desk.ask(address, position)
        except QueryError as exc:
            return render_problem(exc, question, self.desk.limit, self.frame.texts)
        around = look_around(self.desk.assistant, result)
        return render_result(result, address.up_to(position), self.frame, around, self.beside)
