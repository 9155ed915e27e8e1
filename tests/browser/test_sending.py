"""How sound and picture are sent: the sound twice, the picture by the line, the codec by what both do well."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.tab import wait_until

if TYPE_CHECKING:
    from playwright.async_api import Browser

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair
    from tests.browser.tab import Tab

STATS: Final = "__probe.connections.at(-1).getStats().then((report) => [...report.values()])"
LINE: Final = """((bitsPerSecond) => {
    const { prototype } = RTCPeerConnection;
    prototype.nativeStats ??= prototype.getStats;
    prototype.getStats = async function () {
        const report = await this.nativeStats();
        return new Map([...report].map(([id, stat]) =>
            [id, "availableOutgoingBitrate" in stat ? { ...stat, availableOutgoingBitrate: bitsPerSecond } : stat]));
    };
})"""
"""Tells the page another estimate of its line than the browser's."""
CHOKED: Final = """(() => {
    const { prototype } = RTCPeerConnection;
    const [stats, set] = [prototype.getStats, RTCRtpSender.prototype.setParameters];
    let repeated = 0;
    prototype.getStats = async function () {
        const report = await stats.call(this);
        repeated += 100;
        const isOfPicture = ({ type, kind }) => type === "outbound-rtp" && kind === "video";
        const counts = ({ packetsSent }) =>
            ({ packetsSent: packetsSent + repeated, retransmittedPacketsSent: repeated });
        return new Map([...report].map(([id, stat]) =>
            [id, isOfPicture(stat) ? { ...stat, ...counts(stat) } : stat]));
    };
    window.told = [];
    RTCRtpSender.prototype.setParameters = async function (parameters) {
        const [encoding] = parameters.encodings;
        if (!encoding.active) prototype.getStats = stats;
        if (this.track?.kind === "video" && prototype.getStats === stats) window.told.push({ ...encoding });
        return set.call(this, parameters);
    };
})()"""
"""Tells the page that it sends mostly repetitions, until it pauses its picture. *told*: the encodings from then on."""


async def codec_of(tab: Tab) -> str:
    """Return the codec of the picture that is sent, once there is one."""
    name: str = await wait_until(
        tab,
        f"""{STATS}.then((all) => {{
            const sent = all.find(({{ type, kind }}) => type === "outbound-rtp" && kind === "video");
            return all.find(({{ id }}) => id === sent?.codecId)?.mimeType;
        }})""",
    )
    return name


@pytest.mark.requirement("R6")
async def test_each_sends_its_sound_twice_and_before_its_picture(standing_call: Pair) -> None:
    student, tutor = standing_call

    for person in (student, tutor):
        await person.wait_for_picture()
        # On a line that loses nothing the second copy of everything is thrown away.
        copies = "all.find(({ packetsDiscarded, kind }) => kind === 'audio' && packetsDiscarded > 50)"
        await wait_until(person.tab, f"{STATS}.then((all) => {copies})")
        parameters = await wait_until(
            person.tab,
            """(([audio, video]) => audio.priority === "high" && { audio, video })(
                __probe.connections.at(-1).getSenders().slice(0, 2).map((one) => one.getParameters().encodings[0]))""",
        )
        assert parameters["audio"]["networkPriority"] == "high"
        assert (parameters["video"]["priority"], parameters["video"]["maxBitrate"]) == ("low", 1_500_000)


@pytest.mark.slow
@pytest.mark.requirement("R6")
async def test_a_picture_that_the_line_does_not_carry_is_paused_said_to_both_and_comes_back(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    await student.wait_for_picture()
    sent = "document.querySelector('[data-part=notice]')?.innerText"

    await tutor.tab.evaluate(f"{LINE}(60_000)")

    await wait_until(student.tab, "document.querySelector('[data-part=remote-paused]')?.checkVisibility()")
    await wait_until(tutor.tab, f"{sent}?.includes('paused')")
    assert await student.tab.evaluate("__probe.received().then(({ audioEnergy }) => audioEnergy > 0)")
    await wait_until(
        tutor.tab, "!__probe.connections.at(-1).getSenders()[1].getParameters().encodings[0].active"
    )

    await tutor.tab.evaluate(f"{LINE}(4_000_000)")

    await wait_until(student.tab, "!document.querySelector('[data-part=remote-paused]')")
    seen = await student.wait_for_picture()
    await student.wait_for_more(seen)
    await wait_until(tutor.tab, f"!{sent}")


@pytest.mark.requirement("R6")
async def test_a_choked_line_is_cleared_and_carries_the_smallest_picture(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)

    await tutor.tab.evaluate(CHOKED)
    paused, sent = await wait_until(tutor.tab, "told.length > 1 && told.slice(0, 2)")

    assert (paused["active"], sent["active"], sent["maxBitrate"]) == (False, True, 100_000)
    assert paused["codec"]["mimeType"] != "video/VP8"
    assert "codec" not in sent
    await wait_until(
        student.tab, f"{STATS}.then((all) => all.some(({{ frameHeight }}) => frameHeight <= 120))"
    )
    await student.wait_for_more(await student.wait_for_picture())


@pytest.mark.requirement("R6")
async def test_a_codec_that_both_do_in_hardware_is_used_from_the_first_picture_on(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.bring("student", lesson), await people.bring("tutor", lesson)
    for person in (student, tutor):
        await person.tab.open(f"{lesson.base}/health")
        kept = 'JSON.stringify({ browser: navigator.userAgent, codecs: ["VP9"] })'
        await person.tab.evaluate(f"void localStorage.setItem('langdao:codecs', {kept})")
        await person.enter()

    for person in (student, tutor):
        await person.wait_for_picture()
        assert await codec_of(person.tab) == "video/VP9"


@pytest.mark.requirement("R18")
async def test_little_data_halves_what_is_sent_and_what_the_other_side_sends(
    people: People, lesson: Lesson, tutors_browser: Browser | Bidi
) -> None:
    student, tutor = (
        await people.bring("student", lesson),
        await people.bring("tutor", lesson, tutors_browser),
    )
    await student.tab.open(f"{lesson.base}/health")
    kept = json.dumps({"isLowData": True})
    await student.tab.evaluate(f"void localStorage.setItem('langdao:devices', {json.dumps(kept)})")
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_picture()

    sent = "__probe.connections.at(-1).getSenders()[1].getParameters().encodings[0].maxBitrate"
    assert await wait_until(student.tab, f"{sent} < 1_000_000 && {sent}") == 750_000
    described = "__probe.connections.at(-1).remoteDescription.sdp.match(/^b=TIAS:(.*)$/m)?.[1].trim()"
    assert await wait_until(tutor.tab, described) == "750000"
