"""Say that again: what the other said last is played once more, in order, at its pitch, and slower."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Final

from tests.browser import stage
from tests.browser.people import Person
from tests.browser.tab import ChromiumTab, wait_until

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.browser.bidi import Bidi
    from tests.browser.conftest import People
    from tests.browser.lesson import Lesson

TONES_HZ: Final = (420, 560, 700, 840, 980)
"""What the tutor "says", over and over, each for TONE_SECONDS."""
TONE_SECONDS: Final = 0.6

SAYS_TONES: Final = f"""(() => {{
    const open = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => {{
        const stream = await open(wanted);
        if (stream.getAudioTracks().length === 0) return stream;
        const sound = new AudioContext();
        const into = sound.createMediaStreamDestination();
        const [tones, seconds] = [{list(TONES_HZ)}, {TONE_SECONDS}];
        const words = sound.createBuffer(1, tones.length * seconds * sound.sampleRate, sound.sampleRate);
        const samples = words.getChannelData(0);
        for (let at = 0; at < samples.length; at += 1) {{
            const hertz = tones[Math.floor(at / sound.sampleRate / seconds)];
            samples[at] = 0.3 * Math.sin((2 * Math.PI * hertz * at) / sound.sampleRate);
        }}
        const voice = new AudioBufferSourceNode(sound, {{ buffer: words, loop: true }});
        voice.connect(into);
        voice.start();
        window.voice = voice;
        return new MediaStream([...into.stream.getAudioTracks(), ...stream.getVideoTracks()]);
    }};
}})()"""

KEEPS_WHAT_IS_PLAYED: Final = """(() => {
    window.played = [];
    const start = AudioBufferSourceNode.prototype.start;
    AudioBufferSourceNode.prototype.start = function (...at) {
        const { sampleRate } = this.buffer;
        window.played.push({ rateHz: sampleRate, samples: this.buffer.getChannelData(0) });
        return start.apply(this, at);
    };
})()"""

PIECE_SECONDS: Final = 0.05
STEP_SECONDS: Final = 0.01
"""How far apart two pieces begin."""
STRENGTHS: Final = """(([tones, seconds, step]) => {
    const { samples, rateHz } = window.played.at(-1);
    const length = Math.floor(seconds * rateHz);
    const share = (from, hertz) => {
        const turn = 2 * Math.cos((2 * Math.PI * hertz) / rateHz);
        let [before, last, energy] = [0, 0, 1e-9];
        for (const sample of samples.subarray(from, from + length)) {
            [before, last] = [last, sample + turn * last - before];
            energy += sample * sample;
        }
        return (2 * (last * last + before * before - turn * last * before)) / (length * energy);
    };
    const apart = Math.floor(step * rateHz);
    const pieces = Array.from({ length: Math.floor((samples.length - length) / apart) }, (_, piece) =>
        tones.map((hertz) => share(piece * apart, hertz)));
    return { pieces, seconds: samples.length / rateHz };
})"""
"""How much of each piece of what was played last is each tone (Goertzel): 1 is all of it."""

LAST_END: Final = "document.querySelector('[data-part=again-to]')"
BAR: Final = "document.querySelector('[data-part=again-bar]')"
VOLUME: Final = "document.querySelector('[data-part=remote-video]').volume"
SIGN: Final = "document.querySelector('[data-part=listening-sign]')"


async def meet_a_tutor_who_says_tones(people: People, lesson: Lesson) -> tuple[Person, Person]:
    student = await people.bring("student", lesson, scripts=(KEEPS_WHAT_IS_PLAYED,))
    tutor = await people.bring("tutor", lesson, scripts=(SAYS_TONES,))
    await meet(student, tutor)
    return student, tutor


async def meet(*both: Person) -> None:
    for person in both:
        await person.enter()
    for person in both:
        await person.wait_for_state("live")
        await wait_until(person.tab, "document.querySelector('[data-part=again]')?.disabled === false")


async def count_played(person: Person) -> int:
    count: int = await person.tab.evaluate("window.played.length")
    return count


async def hear_again(student: Person, since: int = 0) -> tuple[list[tuple[int, float]], float]:
    """Return the tones of what was played last, each with its seconds, and how long all of it was.

    A tone goes over into the next one halfway between the last piece of the one and the first of the other.
    The page opens its speaker before it plays, so this waits until more than *since* were played.
    """
    await wait_until(student.tab, f"window.played.length > {since}")
    asked = [list(TONES_HZ), PIECE_SECONDS, STEP_SECONDS]
    heard = await student.tab.evaluate(f"{STRENGTHS}({asked})")
    spans: list[tuple[int, int, int]] = []
    for number, piece in enumerate(heard["pieces"]):
        share, hertz = max(zip(piece, TONES_HZ, strict=True))
        if share < 0.6:
            continue
        first = number
        if spans and spans[-1][0] == hertz:
            first = spans.pop()[1]
        spans.append((hertz, first, number))
    edges = [(last + first) / 2 for (_, _, last), (_, first, _) in pairwise(spans)]
    edges = [*(first for _, first, _ in spans[:1]), *edges, *(last for _, _, last in spans[-1:])]
    lengths = [(end - start) * STEP_SECONDS for start, end in pairwise(edges)]
    tones = [hertz for hertz, _, _ in spans]
    return list(zip(tones, lengths, strict=True)), heard["seconds"]


def follow_each_other(runs: Sequence[tuple[int, float]]) -> bool:
    """Tell whether each tone of *runs* is followed by the one that the tutor says next."""
    after = dict(zip(TONES_HZ, (*TONES_HZ[1:], TONES_HZ[0]), strict=True))
    return all(after[one] == other for (one, _), (other, _) in pairwise(runs))


def find_whole(
    runs: Sequence[tuple[int, float]], slow: Sequence[tuple[int, float]]
) -> Sequence[tuple[int, float]]:
    """Return of *slow* what are the whole tones of *runs*. Of what is cut off at an end, one may have too little."""
    whole = [hertz for hertz, _ in runs[1:-1]]
    tones = [hertz for hertz, _ in slow]
    assert abs(len(runs) - len(slow)) <= 2
    starts = [start for start in range(3) if tones[start : start + len(whole)] == whole]
    assert starts, f"{runs}, slower {slow}"
    return slow[starts[0] : starts[0] + len(whole)]


async def press(student: Person) -> None:
    """Press the button, and wait for what comes of it."""
    await wait_until(student.tab, "document.querySelector('[data-part=again]').click() ?? true")
    await wait_until(student.tab, f"['playing', 'empty'].includes({BAR}?.dataset.state)")


async def press_until_five_seconds_are_heard(student: Person) -> list[tuple[int, float]]:
    """Press the button until it plays five seconds without a gap, as a busy machine makes them; return the tones."""
    runs: list[tuple[int, float]] = []
    for _ in range(20):
        await press(student)
        if await student.tab.evaluate("window.played.length"):
            runs, seconds = await hear_again(student)
            if abs(seconds - 5) < 0.1 and len(runs) >= len(TONES_HZ) and follow_each_other(runs):
                return runs
        await student.tab.evaluate("new Promise((wake) => setTimeout(wake, 1000))")
    raise AssertionError(f"the tones were never heard in their order: {runs}")


async def keep_playing(person: Person) -> None:
    """Play it over and over: a busy machine may look later than at its end, and then there is nothing to stop."""
    await person.tab.press_part("again-loop")
    await wait_until(
        person.tab,
        f"""(() => {{
            document.querySelector("[data-part=again-play]")?.click();
            const isLooping = document.querySelector("[data-part=again-loop]").ariaPressed === "true";
            return isLooping && {BAR}.dataset.state === "playing";
        }})()""",
    )


async def drag(tab: ChromiumTab, start: tuple[float, float], by_px: float) -> None:
    await tab.page.mouse.move(*start)
    await tab.page.mouse.down()
    await tab.page.mouse.move(start[0] + by_px, start[1], steps=4)
    await tab.page.mouse.up()


async def choose_a_part(student: Person) -> None:
    """Draw over two fifths of the wave, then take the part's last end a tenth back: that is what is played."""
    tab = student.tab
    assert isinstance(tab, ChromiumTab)
    wave = await stage.find_box(tab, "[data-part=again-wave]")
    length_seconds = float(await tab.evaluate(f"{LAST_END}.ariaValueMax")) / 1_000

    played = await count_played(student)
    await drag(tab, (wave.x + wave.width * 0.2, wave.centre[1]), wave.width * 0.4)
    _, seconds = await hear_again(student, played)
    assert abs(seconds - 0.4 * length_seconds) < length_seconds / 50

    played = await count_played(student)
    await drag(tab, (await stage.find_box(tab, "[data-part=again-to]")).centre, -wave.width * 0.1)
    _, seconds = await hear_again(student, played)
    assert abs(seconds - 0.3 * length_seconds) < length_seconds / 50


async def expect_half_the_speed(person: Person, runs: Sequence[tuple[int, float]]) -> None:
    """Play what was *runs* at half the speed: the same tones, each twice as long."""
    played = await count_played(person)
    await person.tab.press_part("again-speed-50")
    slow, slow_seconds = await hear_again(person, played)
    for (_, seconds), (_, longer) in zip(runs[1:-1], find_whole(runs, slow), strict=True):
        assert abs(longer - 2 * seconds) < PIECE_SECONDS, (runs, slow)
    assert abs(slow_seconds - 10) < 0.2


async def test_what_the_tutor_said_comes_again_in_order_at_its_pitch_and_slower(
    people: People, lesson: Lesson
) -> None:
    student, tutor = await meet_a_tutor_who_says_tones(people, lesson)

    runs = await press_until_five_seconds_are_heard(student)
    await keep_playing(student)
    await wait_until(student.tab, f"{VOLUME} < 0.5")
    await wait_until(tutor.tab, SIGN)

    await expect_half_the_speed(student, runs)

    await student.tab.press_part("again-speed-100")
    await choose_a_part(student)

    await student.tab.press_part("again-stop")
    await wait_until(student.tab, f"{VOLUME} === 1")
    await wait_until(tutor.tab, f"!{SIGN}")

    await student.tab.press_part("again-forget")
    await wait_until(student.tab, "document.querySelector('[data-part=again-empty]')")
    await student.tab.press_part("again-close")
    await wait_until(student.tab, f"!{BAR}")
    for person in (student, tutor):
        await person.wait_for_state("live")
        assert await person.frames("connection-warning") == []
        assert (await person.frames("bill"))[-1]["state"] == "live"


async def test_chromium_and_firefox_play_each_others_words_again_in_order_at_their_pitch_and_slower(
    people: People, lesson: Lesson, firefox: Bidi
) -> None:
    both = SAYS_TONES, KEEPS_WHAT_IS_PLAYED
    student = await people.bring("student", lesson, scripts=both)
    tutor = await people.bring("tutor", lesson, firefox, scripts=both)
    await meet(student, tutor)

    for person in (student, tutor):
        runs = await press_until_five_seconds_are_heard(person)
        await keep_playing(person)
        await expect_half_the_speed(person, runs)
        await person.tab.press_part("again-close")
