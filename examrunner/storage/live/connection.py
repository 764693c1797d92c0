"""One connection to Canvas through canvasapi: patient where Canvas is slow or asks for less haste.

This module needs the optional packages and is imported only once Canvas is asked. What is asked
again is safe to ask again: reading always, handing scores over only where they did not arrive.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from time import sleep
from typing import TYPE_CHECKING, Any, Self, cast

from canvasapi import exceptions as told_by_canvas
from canvasapi.requester import Requester
from requests import exceptions as on_the_way
from requests.adapters import HTTPAdapter
from urllib3.exceptions import MaxRetryError, NewConnectionError

from examrunner.domain.errors import Environment, ExamError, Refused, WrongUsage
from examrunner.domain.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from requests import PreparedRequest, Response

    from examrunner.storage.live.access import Access

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two bytes of an answer."""
WAITS = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Seconds before an answer is asked for again."""
LONGEST = 30.0
"""Canvas may ask for a longer wait than ours, up to so many seconds."""
LOW = 50.0
"""With less than this left of what Canvas grants, requests go slowly."""
BREATH = 1.0
RATE_LIMIT = "rate limit exceeded"
_FORBIDDEN, _TOO_MANY, _SERVER = 403, 429, 500
_SHOWN = 200


class Unreached(Environment):
    """Canvas was not reached: nothing has left this machine."""


class Throttled(Environment):
    """Canvas asked for less haste for longer than anybody waits: nothing was taken."""


class Connection(Requester):  # type: ignore[misc]  # canvasapi carries no types
    """What canvasapi asks through."""

    told: Callable[[str], None]
    """Is given words on what is read or waited for."""

    def __init__(self, access: Access) -> None:
        super().__init__(access.url, access.token)
        logging.getLogger("canvasapi.requester").disabled = True  # it would log names and scores
        self.access = access
        self.told = lambda _: None
        self._session.auth = lambda request: request  # else a netrc would replace the token
        patient = _Patient(self._say)
        self._session.mount("https://", patient)
        self._session.mount("http://", patient)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def _say(self, words: str) -> None:
        self.told(words)

    @contextmanager
    def asking(self, what: str) -> Iterator[None]:
        """Turn whatever goes wrong into one message; `what` is asked for, as in `the course 42`."""
        try:
            yield
        except told_by_canvas.CanvasException as fault:
            raise self._refused(fault, what) from None
        except on_the_way.RequestException as fault:
            raise self._unreached(fault) from None
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise self._strange() from None

    def _refused(self, fault: Exception, what: str) -> ExamError:
        """Return what to say where Canvas answers with an error."""
        canvas = told_by_canvas
        if isinstance(fault, canvas.InvalidAccessToken):
            hint = f"It may have expired, or belong to another Canvas than {self.access.host}."
            return Refused("Canvas does not know this token.", hint)
        if isinstance(fault, canvas.RateLimitExceeded) or RATE_LIMIT in str(fault).casefold():
            return Throttled("Canvas asks for less haste.", "Try again in some minutes.")
        if isinstance(fault, (canvas.Unauthorized, canvas.Forbidden)):
            hint = "The token has the rights of the person who made it, and some schools limit it."
            return Refused(f"Canvas does not let this token use {what}.", hint)
        if isinstance(fault, canvas.ResourceDoesNotExist):
            hint = "`examrunner canvas courses` lists the courses; with --course their assignments."
            return WrongUsage(
                f"Canvas has no {what.removeprefix('the ')}, or does not show it.", hint
            )
        if isinstance(fault, (canvas.BadRequest, canvas.Conflict, canvas.UnprocessableEntity)):
            return Refused(f"Canvas refuses this for {what}: {self._words(fault)}")
        return Environment(
            f"Canvas has trouble of its own: {self._words(fault)}", "Try again later."
        )

    def _words(self, fault: Exception) -> str:
        """Return what Canvas says, without the token should it be repeated there."""
        return clean(str(fault).replace(self.access.token, "***"))[:_SHOWN]

    def _unreached(self, fault: on_the_way.RequestException) -> ExamError:
        """Return what to say where there is no answer, or none of Canvas."""
        host = self.access.host
        if isinstance(fault, on_the_way.SSLError):
            return Unreached(f"{host} has no certificate that this machine trusts.")
        if is_unconnected(fault):
            hint = "Check the network and the address. Everything else works without it."
            return Unreached(f"Canvas cannot be reached at {host}.", hint)
        if isinstance(fault, on_the_way.Timeout):
            return Environment(f"{host} gave no answer in {TIMEOUT[1]:.0f} seconds.")
        if isinstance(fault, (on_the_way.ConnectionError, on_the_way.ChunkedEncodingError)):
            return Environment(f"The connection to {host} was lost.", "Try again.")
        return self._strange()

    def _strange(self) -> ExamError:
        hint = "The address is that of Canvas itself, as in https://canvas.example.edu"
        return Environment(f"{self.access.host} does not answer as Canvas does.", hint)


def is_unconnected(fault: Exception) -> bool:
    """Say whether a request has never left this machine."""
    if isinstance(fault, on_the_way.ConnectTimeout | on_the_way.ProxyError):
        return True
    inner = fault.args[0] if fault.args else None
    return isinstance(inner, MaxRetryError) and isinstance(inner.reason, NewConnectionError)


class _Patient(HTTPAdapter):
    """Sends requests with a time limit, and again after a while where that is safe."""

    def __init__(self, told: Callable[[str], None]) -> None:
        super().__init__()
        self._told = told
        self._has_answered = False

    def send(self, request: PreparedRequest, *rest: Any, **options: Any) -> Response:
        """Send a request; the last answer, or the last fault, is the caller's."""
        options["timeout"] = TIMEOUT
        for wait in WAITS:
            pause = self._tried(request, wait, rest, options)
            if not isinstance(pause, float):
                return pause
            self._told(f"Canvas lets us wait, {pause:.0f} s")
            sleep(pause)
        return self._sent(request, rest, options)

    def _sent(self, request: PreparedRequest, rest: Any, options: Any) -> Response:
        response = super().send(request, *rest, **options)
        _ = response.content  # an answer that breaks off is noticed here
        self._has_answered = True
        if _remaining(response) < LOW:
            sleep(BREATH)
        return response

    def _tried(
        self, request: PreparedRequest, wait: float, rest: Any, options: Any
    ) -> Response | float:
        """Return an answer, or how many seconds to wait before the next try."""
        is_safe = request.method == "GET"
        try:
            response = self._sent(request, rest, options)
        except (on_the_way.ConnectionError, on_the_way.ChunkedEncodingError) as fault:
            if isinstance(fault, on_the_way.SSLError):
                raise
            never_left = is_unconnected(fault)
            if never_left and self._has_answered:
                return wait
            if is_safe and not never_left:
                return wait
            raise
        if _is_throttled(response):
            return max(wait, _asked_for(response))
        if is_safe and response.status_code >= _SERVER:
            return max(wait, _asked_for(response))
        return response


def _is_throttled(response: Response) -> bool:
    """Say whether Canvas took nothing, since too much was asked of it at once."""
    if response.status_code == _TOO_MANY:
        return True
    return response.status_code == _FORBIDDEN and RATE_LIMIT in response.text.casefold()


def _asked_for(response: Response) -> float:
    """Return how many seconds Canvas asks to wait; 0 where it does not say."""
    return min(LONGEST, _number(response, "Retry-After", 0.0))


def _remaining(response: Response) -> float:
    """Return what is left of what Canvas grants."""
    return _number(response, "X-Rate-Limit-Remaining", LOW)


def _number(response: Response, header: str, default: float) -> float:
    try:
        number = float(cast("str", response.headers.get(header, default)))
    except ValueError:
        return default
    return number if number >= 0 else default
