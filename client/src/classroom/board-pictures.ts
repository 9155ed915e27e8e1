// The pictures on the board: the own ones made small before they are shared, the other's measured before they are decoded. Law: only a
// JPEG of a bounded size is ever decoded, and no more than some dozen at a time.

import { PICTURE_BYTES_MAX, type Shape } from './board-shapes';
import { isJpeg } from './jpeg-size';

/** The longer side of a picture that is shared, pixels. */
export const SIDE_MAX = 1_280;

/** Each is 6 MB once it is decoded. */
export const PICTURES_MAX = 30;

/** A file that is larger is no picture that anybody took. */
const FILE_BYTES_MAX = 50 * 1_048_576;

const QUALITIES = [0.85, 0.7, 0.5, 0.3] as const;

export interface SmallPicture {
  readonly jpeg: Uint8Array;
  readonly across: number;
  readonly down: number;
}

/** Find how large a picture of these pixels becomes. */
export function shrink(across: number, down: number): { readonly across: number; readonly down: number } {
  const factor = Math.min(1, SIDE_MAX / Math.max(across, down));
  const small = (side: number) => Math.max(1, Math.round(side * factor));
  return { across: small(across), down: small(down) };
}

/** Make a small JPEG of *file*; null where this browser reads no picture in it. */
export async function makeSmall(file: Blob): Promise<SmallPicture | null> {
  if (file.size > FILE_BYTES_MAX) return null;
  try {
    const decoded = await createImageBitmap(file);
    const { across, down } = shrink(decoded.width, decoded.height);
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [across, down];
    const paint = canvas.getContext('2d');
    if (!paint) return null;
    // A JPEG has no holes: paper shows through them.
    paint.fillStyle = '#ffffff';
    paint.fillRect(0, 0, across, down);
    paint.drawImage(decoded, 0, 0, across, down);
    decoded.close();
    for (const quality of QUALITIES) {
      const blob = await toBlob(canvas, quality);
      if (blob && blob.size <= PICTURE_BYTES_MAX)
        return { jpeg: new Uint8Array(await blob.arrayBuffer()), across, down };
    }
  } catch {
    // No picture, or one that this browser cannot read.
  }
  return null;
}

function toBlob(canvas: HTMLCanvasElement, quality: number): Promise<Blob | null> {
  return new Promise((resolve) => {
    canvas.toBlob(resolve, 'image/jpeg', quality);
  });
}

/** Decodes what is on the board when it is first drawn. */
export class PictureCache {
  /** By their bytes: a picture that is moved keeps them. Null while it is decoded. */
  private readonly decoded = new Map<Uint8Array, ImageBitmap | null>();
  /** Bytes that are no picture take no place from one that is. */
  private readonly broken = new WeakSet<Uint8Array>();

  /** *onDone* hears when a picture can be drawn, or never can and makes room for one that waits. */
  constructor(private readonly onDone: (shape: Shape) => void) {}

  /** Give the pixels of *shape*; null while they are not there, and for what is no picture. */
  get(shape: Shape): ImageBitmap | null {
    if (shape.kind !== 'picture' || !shape.jpeg) return null;
    const { jpeg } = shape;
    const known = this.decoded.get(jpeg);
    if (known) return known;
    if (known === null || this.broken.has(jpeg) || this.decoded.size >= PICTURES_MAX) return null;
    if (isJpeg(jpeg)) void this.decode(shape, jpeg);
    else this.broken.add(jpeg);
    return null;
  }

  /** Forget the pixels of what is gone. */
  forget(shape: Shape): void {
    if (shape.kind !== 'picture' || !shape.jpeg) return;
    this.decoded.get(shape.jpeg)?.close();
    this.decoded.delete(shape.jpeg);
  }

  private async decode(shape: Shape, jpeg: Uint8Array): Promise<void> {
    this.decoded.set(jpeg, null);
    try {
      const bitmap = await createImageBitmap(new Blob([jpeg.slice()], { type: 'image/jpeg' }));
      if (!this.decoded.has(jpeg)) {
        bitmap.close();
        return;
      }
      this.decoded.set(jpeg, bitmap);
    } catch {
      // Such a picture stays a grey place.
      this.broken.add(jpeg);
      this.decoded.delete(jpeg);
    }
    this.onDone(shape);
  }
}
