"""The id that all tries of one event share."""

from __future__ import annotations

from langdao_video.delivery.port import make_webhook_id


def test_a_webhook_id_is_of_the_event_in_its_session() -> None:
    ids = {make_webhook_id(session, event) for session in ("a", "b") for event in ("1", "2")}

    assert len(ids) == 4
    assert make_webhook_id("a", "1") == make_webhook_id("a", "1")
    assert all(len(each) == 36 and each.startswith("evt_") for each in ids)


def test_an_id_that_is_no_text_has_a_webhook_id_all_the_same() -> None:
    assert make_webhook_id("a", "\ud800").startswith("evt_")
