"""Endpoints are added, changed and removed by the rules; those of the settings only there."""

from __future__ import annotations

from dataclasses import replace

import pytest

from langdao_video.delivery.endpoint_book import EndpointBook
from langdao_video.errors import BadRequest, Conflict, NotFound
from langdao_video.store.delivery_port import Endpoint
from langdao_video.store.memory import MemoryStore

URL = "https://platform.example/hook"
KEY = b"k" * 32


@pytest.fixture
def book() -> EndpointBook:
    return EndpointBook(MemoryStore().deliveries, needs_https=True)


async def add(book: EndpointBook, id_: str = "ep_1", url: str = URL) -> Endpoint:
    return await book.add(id_, url, None, None, made_key=KEY, now_ms=1)


async def test_an_endpoint_gets_a_secret_unless_it_brings_one(book: EndpointBook) -> None:
    own = await book.add("ep_2", URL + "/2", ["bill-final"], "whsec_" + "QUJD" * 8, made_key=KEY, now_ms=1)
    made = await add(book)

    assert own.secrets == ("whsec_" + "QUJD" * 8,)
    assert own.types == ("bill-final",)
    assert made.secrets[0].startswith("whsec_")
    assert await book.find("ep_2") == own


async def test_two_endpoints_of_one_url_are_refused(book: EndpointBook) -> None:
    await add(book)

    with pytest.raises(Conflict) as refused:
        await add(book, "ep_2")

    assert refused.value.code == "endpoint-known"


async def test_an_endpoint_that_is_added_again_is_the_same(book: EndpointBook) -> None:
    assert await add(book) == await add(book)
    assert len(await book.store.load_endpoints()) == 1


async def test_an_unknown_endpoint_is_refused_with_the_known_ones(book: EndpointBook) -> None:
    await add(book)

    with pytest.raises(NotFound, match="There is: ep_1"):
        await book.find("ep_2")


async def test_a_change_keeps_the_rest(book: EndpointBook) -> None:
    made = await add(book)

    await book.change("ep_1", types=["bill-final"])
    changed = await book.change("ep_1", url=URL + "/new")

    assert changed == replace(made, url=URL + "/new", types=("bill-final",))
    assert (await book.change("ep_1", types=None)).types is None
    with pytest.raises(BadRequest, match="https"):
        await book.change("ep_1", url="http://platform.example/")


async def test_a_rotation_keeps_the_old_secret_until_it_is_dropped(book: EndpointBook) -> None:
    [old] = (await add(book)).secrets

    rotated = await book.rotate("ep_1", None, made_key=b"n" * 32)
    dropped = await book.drop_old_secrets("ep_1")

    assert rotated.secrets == (rotated.secrets[0], old)
    assert dropped.secrets == rotated.secrets[:1]


async def overtake(book: EndpointBook, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let another admin rotate the secret each time after the book has read the endpoint, *times* times."""
    load, left = book.store.load_endpoints, iter(range(times))

    async def load_and_be_overtaken() -> list[Endpoint]:
        found = await load()
        if (number := next(left, None)) is not None:
            [known] = found
            await book.store.save_endpoint(replace(known, secrets=(f"whsec_{number}", *known.secrets)))
        return found

    monkeypatch.setattr(book.store, "load_endpoints", load_and_be_overtaken)


async def test_of_two_rotations_at_once_both_secrets_sign(
    book: EndpointBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    [old] = (await add(book)).secrets
    await overtake(book, monkeypatch, 1)

    rotated = await book.rotate("ep_1", None, made_key=b"n" * 32)

    assert rotated.secrets == (rotated.secrets[0], "whsec_0", old)
    assert await book.find("ep_1") == rotated


async def test_a_change_that_is_overtaken_twice_is_refused(
    book: EndpointBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    await add(book)
    await overtake(book, monkeypatch, 2)

    with pytest.raises(Conflict) as refused:
        await book.change("ep_1", types=["bill-final"])

    assert refused.value.code == "endpoint-changed"
    assert (await book.find("ep_1")).types is None


async def test_a_disabled_endpoint_is_enabled_again(book: EndpointBook) -> None:
    await book.store.save_endpoint(replace(await add(book), disabled="it answered 410"))

    assert (await book.enable("ep_1")).disabled is None


async def test_an_endpoint_of_the_settings_is_changed_only_there(book: EndpointBook) -> None:
    await book.store.save_endpoint(Endpoint(id="backend", url=URL, is_from_settings=True))

    for change in (
        book.change("backend", types=None),
        book.rotate("backend", None, made_key=KEY),
        book.drop_old_secrets("backend"),
        book.remove("backend"),
    ):
        with pytest.raises(Conflict, match="BACKEND_URL") as refused:
            await change
        assert refused.value.code == "endpoint-from-settings"
    assert (await book.enable("backend")).disabled is None


async def test_an_endpoint_whose_setting_is_gone_may_be_removed_and_its_url_given_to_another(
    book: EndpointBook,
) -> None:
    await book.store.save_endpoint(
        Endpoint(id="backend", url=URL, is_from_settings=True, disabled="Its URL is not set any more.")
    )

    await book.remove("backend")

    assert (await add(book)).url == URL


async def test_a_removed_endpoint_is_gone(book: EndpointBook) -> None:
    await add(book)

    await book.remove("ep_1")

    assert await book.store.load_endpoints() == []
