// Blurs the background of a camera's frames beside the page's thread. Law: no frame leaves it as it came; its policy allows it no
// address (web/assets.py), so what the camera sees goes nowhere else.

import { BlurPace } from './blur-pace';
import { BlurPainter } from './blur-painter';
import type { BlurNews, BlurRequest } from './blur-rules';
import kernels from './kernels.wat';
import { type Kernels, Segmenter } from './segmenter';

/** The page takes a longer silence for the end of this thread. */
const BEAT_MS = 1_000;

let painter: BlurPainter;
let sent: WritableStreamDefaultWriter<VideoFrame>;
let reader: ReadableStreamDefaultReader<VideoFrame> | null = null;
const pace = new BlurPace();

/** Blur what *camera* gives from now on; null: nothing. */
async function follow(camera: ReadableStream<VideoFrame> | null): Promise<void> {
  void reader?.cancel().catch(() => undefined);
  const own = camera?.getReader() ?? null;
  reader = own;
  painter.forget();
  while (own && own === reader) {
    const { value: frame } = await own.read();
    if (!frame) return;
    try {
      await pass(frame);
    } finally {
      frame.close();
    }
  }
}

async function pass(frame: VideoFrame): Promise<void> {
  const fromMs = performance.now();
  const blurred = painter.paint(frame, pace.isDue, pace.widthMax);
  // A writer closes what it is given.
  await sent.write(blurred);
  const isJudged = painter.segmenter !== null;
  if (isJudged && pace.judge(fromMs, performance.now()) === 'slow') tell('slow');
}

function startKernels(memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(kernels), { page: { memory } });
  return exports as unknown as Kernels;
}

function tell(news: BlurNews): void {
  postMessage(news);
}

async function perform(request: BlurRequest): Promise<void> {
  switch (request.kind) {
    case 'begin':
      painter = new BlurPainter();
      sent = request.sent.getWriter();
      setInterval(() => tell('alive'), BEAT_MS);
      return;
    case 'camera':
      return follow(request.camera);
    case 'model':
      painter.segmenter = new Segmenter(request.model, startKernels);
  }
}

addEventListener('message', ({ data }: MessageEvent<BlurRequest>) => {
  perform(data).catch(() => tell('failed'));
});
