// The row of the captions, once it is loaded.

import { signal } from '@preact/signals';
import type { ComponentType } from 'preact';

export const captionBar = signal<ComponentType | null>(null);
