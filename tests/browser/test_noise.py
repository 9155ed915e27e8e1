"""Strong noise suppression: the other hears the voice without the noise, and always hears something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

SPEAKS_IN_NOISE: Final = """(() => {
    const contexts = window.contexts = [];
    const Native = AudioContext;
    window.AudioContext = class extends Native {
        constructor(...options) { super(...options); contexts.push(this); }
    };
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    const makeSpeech = (rate) => {
        const resonances = [600, 1200, 2500].map((hertz) => ({ hertz, last: 0, before: 0 }));
        let phase = 0;
        return Float32Array.from({ length: 4 * rate }, (_, at) => {
            const second = at / rate;
            phase += (130 + 30 * Math.sin(2 * Math.PI * second)) / rate;
            const pulse = phase >= 1 ? 1 : 0;
            phase %= 1;
            const width = Math.exp((-Math.PI * 90) / rate);
            const voice = resonances.reduce((sum, each) => {
                const next = pulse + 2 * width * Math.cos((2 * Math.PI * each.hertz) / rate) * each.last
                    - width * width * each.before;
                [each.before, each.last] = [each.last, next];
                return sum + next;
            }, 0);
            const syllable = Math.max(0, Math.sin(2 * Math.PI * 1.5 * second));
            return 0.03 * voice * syllable + 0.06 * (Math.random() - 0.5);
        });
    };
    navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await open(wanted);
        if (stream.getAudioTracks().length === 0) return stream;
        const sound = new Native();
        const into = sound.createMediaStreamDestination();
        const samples = makeSpeech(sound.sampleRate);
        const buffer = sound.createBuffer(1, samples.length, sound.sampleRate);
        buffer.copyToChannel(samples, 0);
        const voice = new AudioBufferSourceNode(sound, { buffer, loop: true });
        voice.connect(into);
        voice.start();
        const [speech] = into.stream.getAudioTracks();
        const settings = { ...stream.getAudioTracks()[0].getSettings() };
        Object.defineProperty(speech, "label", { value: "Noisy microphone" });
        speech.getSettings = () => settings;
        speech.applyConstraints = async (wanted) => { Object.assign(settings, wanted); };
        window.microphone = speech;
        return new MediaStream([speech, ...stream.getVideoTracks()]);
    };
})()"""
"""A person who says vowels without end, in white noise, to a microphone that knows what it is asked for."""

HEARD: Final = """(async () => {
    if (!window.ear) {
        const sound = new AudioContext();
        window.ear = sound.createAnalyser();
        window.ear.fftSize = 2048;
        sound.createMediaStreamSource(document.querySelector("[data-part=remote-video]").srcObject).connect(window.ear);
    }
    const { ear } = window;
    const [bins, sums] = [new Float32Array(ear.frequencyBinCount), [0, 0]];
    const place = (hertz) => Math.round((hertz * ear.fftSize) / ear.context.sampleRate);
    const BANDS = [[400, 1500], [5000, 8000]];
    for (let reading = 0; reading < 30; reading += 1) {
        await new Promise((wake) => setTimeout(wake, 50));
        ear.getFloatFrequencyData(bins);
        BANDS.forEach(([low, high], band) => {
            const part = bins.subarray(place(low), place(high));
            sums[band] += part.reduce((sum, decibel) => sum + 10 ** (decibel / 10), 0) / part.length;
        });
    }
    return sums.map((sum) => 10 * Math.log10(sum / 30 + 1e-15));
})()"""
"""How loud the voice's band is on average, and the band in which there is nothing but noise, in decibels."""

SENT: Final = "__probe.connections.at(-1)?.getSenders().find(({ track }) => track?.kind === 'audio')?.track"
OWN: Final = f"{SENT} === window.microphone"
CLEANED: Final = f"{SENT} && {SENT} !== window.microphone"
SWITCH: Final = "document.querySelector('[data-part=noise]')"
LEVEL: Final = "document.querySelector('[data-part=sent-level]')"
NOTE_PAUSED: Final = """void new MutationObserver(() => {
    window.wasPaused ||= document.querySelector(".notices")?.innerText.includes("paused") ?? false;
}).observe(document.body, { childList: true, subtree: true, characterData: true })"""
"""A notice stands for eight seconds. This notes whether it ever did."""
OFFERS: Final = """(() => {
    const told = __probe.frames.filter(({ type }) => type === "offer" || type === "answer").map(({ direction, text }) =>
        `${direction} ${/a=ice-ufrag:(\\S+)/.exec(JSON.parse(text).sdp)?.[1]}`);
    return told.length - new Set(told).size;
})()"""
"""How often the two have negotiated anew. A new path does not count, which a machine that stands still may bring."""


async def open_settings(person: Person) -> None:
    await person.tab.press("More")
    await person.tab.press("Sound and picture")
    await wait_until(person.tab, SWITCH)


async def set_switch(person: Person, part: str) -> None:
    assert isinstance(person.tab, ChromiumTab)
    await person.tab.page.click(f"[data-part={part}]")


async def wait_to_hear(person: Person, before: Sequence[float], condition: str) -> None:
    """Wait until *condition* is true of the voice and the noise that are heard, against those before."""
    await wait_until(
        person.tab,
        f"{HEARD}.then(([voice, noise]) => {{ const [voiceBefore, noiseBefore] = [{before[0]}, {before[1]}];"
        f" return {condition}; }})",
    )


async def stop_the_sound_and_let_it_go_on(student: Person, tutor: Person, before: Sequence[float]) -> None:
    """Stop it as a browser does: the microphone's own is sent at once, and the cleaned one when it goes on."""
    await student.tab.evaluate(NOTE_PAUSED)
    await student.tab.evaluate(
        "window.contexts.filter(({ sampleRate }) => sampleRate === 48000).at(-1).suspend()"
    )
    await wait_until(student.tab, OWN)
    await wait_until(student.tab, "window.wasPaused")
    await wait_to_hear(tutor, before, "noise > noiseBefore - 5")
    await student.tab.evaluate(
        "window.contexts.filter(({ sampleRate }) => sampleRate === 48000).at(-1).resume()"
    )
    await wait_until(student.tab, CLEANED)
    await wait_to_hear(tutor, before, "noise < noiseBefore - 15")


async def test_the_other_hears_the_voice_without_the_noise_and_at_each_moment_something(
    people: People, lesson: Lesson
) -> None:
    student = Person(await people.open_tab(scripts=(SPEAKS_IN_NOISE,)), lesson, "student")
    tutor = Person(await people.open_tab(), lesson, "tutor")
    for person in (student, tutor):
        await person.enter()
    for person in (student, tutor):
        await person.wait_for_state("live")
    await tutor.wait_for_picture()  # and sound, which the state alone does not bring
    await wait_until(tutor.tab, f"{HEARD}.then(([voice, noise]) => voice > -80 && noise > -110)")
    before = await tutor.tab.evaluate(HEARD)
    offers = await student.tab.evaluate(OFFERS)

    await open_settings(student)
    assert await student.tab.evaluate(f"{SWITCH}.checked") is False
    await set_switch(student, "noise")
    await wait_until(student.tab, CLEANED)
    await wait_until(student.tab, f"{LEVEL}?.value > 0")
    await wait_to_hear(tutor, before, "noise < noiseBefore - 15 && voice > voiceBefore - 6")
    await wait_until(student.tab, "window.microphone.getSettings().noiseSuppression === false")
    assert await student.tab.evaluate("window.microphone.getSettings().echoCancellation") is True

    assert await student.tab.evaluate(OFFERS) == offers

    # Music mode takes it out, and its end brings it back.
    await set_switch(student, "music")
    await wait_until(student.tab, f"{OWN} && {SWITCH}.disabled")
    await wait_to_hear(tutor, before, "noise > noiseBefore - 5")
    await set_switch(student, "music")
    await wait_until(student.tab, CLEANED)
    await student.tab.press("Close")

    # Muted is muted, also behind it.
    offers = await student.tab.evaluate(OFFERS)
    await student.switch("microphone")
    await wait_until(student.tab, f"{SENT}?.enabled === false && !window.microphone.enabled")
    await student.switch("microphone")
    await wait_until(student.tab, f"{SENT}?.enabled && window.microphone.enabled")

    await stop_the_sound_and_let_it_go_on(student, tutor, before)

    assert await student.tab.evaluate(OFFERS) == offers
    await wait_until(
        student.tab,
        "JSON.parse(__probe.frames.findLast(({ type }) => type === 'bill').text).state === 'live'",
    )

    # It is remembered: the reloaded page sends no noise, without a press.
    await student.tab.reload()
    await student.wait_for_state("live")
    await wait_until(student.tab, CLEANED)
