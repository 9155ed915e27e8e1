"""Microphones and cameras are changed, switched off, unplugged and plugged in during a call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.people import Person
from tests.browser.tab import wait_until
from tests.browser.test_noise import OFFERS

if TYPE_CHECKING:
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson
    from tests.browser.standing import Pair

NOTICES: Final = "document.querySelector('.notices').innerText"
CAMERA: Final = "fake_device_2"
MICROPHONE: Final = "Fake Audio Input 2"

# The browser's own fake microphone beeps once a second, and a page takes most such beeps for noise.
TALKS: Final = """
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
        const stream = await open(constraints);
        const [microphone] = stream.getAudioTracks();
        if (!microphone) return stream;
        const sound = new AudioContext();
        const out = sound.createMediaStreamDestination();
        const voice = new OscillatorNode(sound, { frequency: 200 });
        voice.connect(new GainNode(sound, { gain: 0.5 })).connect(out);
        voice.start();
        const [speech] = out.stream.getAudioTracks();
        const [settings, label] = [microphone.getSettings(), microphone.label];
        Object.defineProperty(speech, "label", { value: label });
        speech.getSettings = () => settings;
        microphone.stop();
        return new MediaStream([speech, ...stream.getVideoTracks()]);
    };
"""
"""A person who talks without a pause, to a microphone with the name and settings of the browser's own."""

LINES: Final = """__probe.connections.map((connection) =>
    connection.getTransceivers().map(({ mid, direction }) => mid + direction))"""

COUNTS_NOTES: Final = """
    // Whatever a test evaluates counts as a gesture of the person's: only real input does here.
    Object.defineProperty(Navigator.prototype, "userActivation", { get: () => undefined });
    window.notes = 0;
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...at) { window.notes += 1; return start.apply(this, at); };
"""

PULL: Final = """(async (kind) => {
    const devices = navigator.mediaDevices;
    const { track } = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === kind);
    const { deviceId } = track.getSettings();
    window.pulled = deviceId;
    if (!window.enumerate) {
        window.enumerate = devices.enumerateDevices.bind(devices);
        window.ask = devices.getUserMedia.bind(devices);
    }
    const find = async () => (await window.enumerate()).filter(({ deviceId }) => deviceId !== window.pulled);
    devices.enumerateDevices = find;
    devices.getUserMedia = async (wanted) => {
        const there = (await find()).filter((device) => device.kind === `${kind}input`);
        if (wanted[kind] && there.length === 0) throw new DOMException("gone", "NotFoundError");
        if (wanted[kind]) wanted = { ...wanted, [kind]: { ...wanted[kind], deviceId: { exact: there[0].deviceId } } };
        return window.ask(wanted);
    };
    track.stop();
    track.dispatchEvent(new Event("ended"));
    devices.dispatchEvent(new Event("devicechange"));
})"""
"""A fake device cannot be unplugged, so the page loses it as it would a real one: from the list, and by `ended`."""

PLUG_IN: Final = """(() => {
    window.pulled = null;
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
})()"""


async def test_another_camera_takes_over_without_a_negotiation(standing_call: Pair) -> None:
    student, tutor = standing_call
    lines = await student.tab.evaluate(LINES)
    offers = await student.tab.evaluate(OFFERS)
    usual = await student.sends("camera")
    assert usual is not None
    assert usual != CAMERA

    await student.choose("camera", CAMERA)

    await student.wait_until_sends("camera", CAMERA)
    await tutor.wait_for_more(await tutor.wait_for_picture())
    assert await student.tab.evaluate(LINES) == lines
    assert await student.tab.evaluate(OFFERS) == offers
    await student.choose("camera", usual)
    await student.wait_until_sends("camera", usual)


@pytest.mark.requirement("R9", "R12")
async def test_who_is_muted_stays_muted_with_another_microphone(people: People, lesson: Lesson) -> None:
    student, tutor = await people.meet(lesson)
    await student.switch("microphone")

    await student.choose("microphone", MICROPHONE)

    await student.wait_until_sends("microphone", MICROPHONE)
    assert await student.tab.evaluate(
        "__probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === 'audio').track.enabled === false"
    )
    await tutor.wait_for_frame("user-status")
    assert all(status["audio"] is False for status in await tutor.frames("user-status"))


@pytest.mark.requirement("R12")
@pytest.mark.usefixtures("tutors_browser")
async def test_a_camera_that_is_off_is_let_go(standing_call: Pair) -> None:
    _student, tutor = standing_call
    await tutor.tab.evaluate(
        """(() => {
            window.camera = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === "video").track;
        })()"""
    )

    await tutor.switch("camera")

    await tutor.wait_until_sends("camera", None)
    await wait_until(tutor.tab, "window.camera.readyState === 'ended'")
    await tutor.switch("camera")


async def test_what_was_chosen_is_used_in_the_next_lesson(whole_people: People, lesson: Lesson) -> None:
    student, _tutor = await whole_people.meet(lesson)
    await student.choose("microphone", MICROPHONE)
    await student.wait_until_sends("microphone", MICROPHONE)

    await student.tab.evaluate("sessionStorage.clear()")
    await student.tab.reload()

    await student.wait_for_picture()
    await student.wait_until_sends("microphone", MICROPHONE)


async def test_when_the_microphone_is_pulled_another_takes_over_and_it_is_said(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    await student.choose("microphone", MICROPHONE)
    await student.wait_until_sends("microphone", MICROPHONE)

    await student.tab.evaluate(f"{PULL}('audio')")

    await student.wait_for_text("The microphone is now")
    await student.wait_until_sends_another("microphone", MICROPHONE)
    await tutor.wait_for_more(await tutor.wait_for_picture())


async def test_when_the_only_camera_is_pulled_it_is_said_and_it_is_back_once_it_is_plugged_in(
    people: People, lesson: Lesson
) -> None:
    one_camera = """
        const real = navigator.mediaDevices.enumerateDevices.bind(navigator.mediaDevices);
        navigator.mediaDevices.enumerateDevices = async () =>
            (await real()).filter(({ label }) => !/^fake_device_[12]/.test(label));
    """
    student = Person(await people.open_tab(scripts=(one_camera,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await tutor.enter()
    await tutor.wait_for_picture()
    await student.wait_for_picture()
    camera = await student.sends("camera")

    await student.tab.evaluate(f"{PULL}('video')")

    await student.wait_for_text("Without camera: ")
    await student.wait_until_sends("camera", None)

    await student.tab.evaluate(PLUG_IN)

    await student.wait_until_sends("camera", camera)
    await tutor.wait_for_more(await tutor.wait_for_picture())
    await wait_until(student.tab, f"!{NOTICES}.includes('Without camera')")


async def test_a_camera_that_another_program_has_stays_as_it_was_and_it_is_said(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await people.meet(lesson)
    before = await student.sends("camera")
    await student.tab.evaluate(
        f"""(() => {{
            const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
            navigator.mediaDevices.getUserMedia = async (wanted) => {{
                const stream = await real(wanted);
                if (stream.getVideoTracks()[0]?.label === "{CAMERA}") {{
                    for (const track of stream.getTracks()) track.stop();
                    throw new DOMException("busy", "NotReadableError");
                }}
                return stream;
            }};
        }})()"""
    )

    await student.choose("camera", CAMERA)

    await student.wait_for_text("another program uses it")
    assert await student.sends("camera") == before
    await tutor.wait_for_more(await tutor.wait_for_picture())


async def test_music_is_sent_as_it_is_and_with_more_room(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(real_media=True), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await tutor.enter()
    await tutor.wait_for_picture()
    await student.wait_for_state("live")
    cleaned = """(() => {
        const sender = __probe.connections.at(-1).getSenders().find(({ track }) => track?.kind === "audio");
        const { echoCancellation, noiseSuppression, autoGainControl } = sender.track.getSettings();
        return [echoCancellation, noiseSuppression, autoGainControl, sender.getParameters().encodings[0].maxBitrate];
    })()"""
    assert (await student.tab.evaluate(cleaned))[:3] == [True, True, True]

    await student.switch_music_mode()

    await wait_until(student.tab, f"{cleaned}.join() === 'false,false,false,128000'")
    await tutor.wait_for_more(await tutor.wait_for_picture())


async def test_who_speaks_while_muted_is_told_so_and_can_unmute_there(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(TALKS,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_state("live")

    await student.switch("microphone")  # they talk on

    await student.wait_for_text("You are speaking, but your microphone is off.")
    await student.tab.press("Turn the microphone on")
    await wait_until(student.tab, "!document.body.innerText.includes('You are speaking')")


async def test_who_came_muted_and_speaks_is_told_so(people: People, lesson: Lesson) -> None:
    tab, tutor = await people.open_tab(scripts=(TALKS,)), await people.bring("tutor", lesson)
    student = Person(tab, lesson, "student")
    await tab.page.context.grant_permissions(["camera", "microphone"])
    await tutor.enter()
    await student.enter_lobby()
    await student.wait_for_lobby_to_show("picture")
    await student.switch("microphone")
    await student.tab.open(f"{lesson.link('student')}&again")

    await student.wait_for_text("You are speaking, but your microphone is off.")
    await tutor.wait_for_frame("peer-joined")
    assert all(joined["peer"]["audio"] is False for joined in await tutor.frames("peer-joined"))
    assert await student.tab.evaluate(
        "__probe.connections.at(-1).getSenders().every(({ track }) => track?.kind !== 'audio' || !track.enabled)"
    )


async def test_the_tab_says_who_is_there_and_how_much_is_unread(standing_call: Pair) -> None:
    student, tutor = standing_call

    await wait_until(student.tab, "document.title.startsWith('● Tutor')")
    await wait_until(tutor.tab, "document.title.startsWith('● Student')")

    await student.switch_panel()
    await tutor.write_chat("hola")

    await wait_until(student.tab, "document.title.startsWith('(1) ● Tutor')")
    await student.switch_panel()


async def test_before_the_first_gesture_there_is_no_sound_and_after_it_there_is(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(scripts=(COUNTS_NOTES,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await tutor.enter()
    await student.wait_for_picture()
    assert await student.tab.evaluate("window.notes") == 0

    await student.switch("camera")
    await tutor.write_chat("hola")

    await wait_until(student.tab, "window.notes > 0")
    assert not [line for line in student.tab.console if line.startswith("uncaught")]


async def test_one_hears_who_comes_and_who_goes(people: People, lesson: Lesson) -> None:
    student = Person(await people.open_tab(scripts=(COUNTS_NOTES,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await student.wait_for_state("waiting")
    await wait_until(student.tab, "document.title.includes(' – ')")  # the code for sounds is loaded
    await student.switch("camera")

    await tutor.enter()
    await wait_until(student.tab, "window.notes === 2")
    await tutor.tab.close()

    await wait_until(student.tab, "window.notes === 4")


async def test_the_other_is_taken_along_in_a_small_window_and_brought_back(standing_call: Pair) -> None:
    student, _tutor = standing_call

    await student.choose_in_menu("Picture in picture")
    await wait_until(student.tab, "document.pictureInPictureElement?.dataset.part === 'remote-video'")
    await student.choose_in_menu("Picture in picture")

    await wait_until(student.tab, "document.pictureInPictureElement === null")


async def test_the_call_fills_the_screen_and_leaves_it_again(people: People, lesson: Lesson) -> None:
    student = await people.bring("student", lesson)
    await student.enter()
    await student.wait_for_state("waiting")

    await student.choose_in_menu("Full screen")
    await wait_until(student.tab, "document.fullscreenElement !== null")
    await student.choose_in_menu("Full screen")

    await wait_until(student.tab, "document.fullscreenElement === null")


async def test_what_a_browser_cannot_do_is_not_offered(people: People, lesson: Lesson) -> None:
    without = """
        delete MediaDevices.prototype.getDisplayMedia;
        Object.defineProperty(Document.prototype, "fullscreenEnabled", { get: () => false });
        delete Element.prototype.webkitRequestFullscreen;
        Object.defineProperty(Document.prototype, "pictureInPictureEnabled", { get: () => false });
    """
    student = Person(await people.open_tab(scripts=(without,)), lesson, "student")
    tutor = await people.bring("tutor", lesson)
    await student.enter()
    await tutor.enter()
    for person in (student, tutor):
        await person.wait_for_picture()
        await person.wait_for_state("live")

    menu = await student.open_menu()
    others = await tutor.open_menu()

    wishes = {"Full screen", "Picture in picture"}
    assert wishes & menu == set()
    assert wishes <= others
    share = "document.querySelectorAll('[data-part=share]').length"
    assert [await person.tab.evaluate(share) for person in (student, tutor)] == [0, 1]


async def test_the_other_is_heard_from_the_speaker_one_chose_also_after_a_reload(
    whole_people: People, lesson: Lesson
) -> None:
    student, _tutor = await whole_people.meet(lesson)
    speaker = "document.querySelector('[data-part=remote-video]')?.sinkId"
    assert await student.tab.evaluate(speaker) == ""

    await student.choose("speaker", "Fake Audio Output 2")

    chosen = await wait_until(student.tab, speaker)
    await student.tab.reload()
    await wait_until(student.tab, f"{speaker} === '{chosen}'")
