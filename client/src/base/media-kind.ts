// The two kinds of media that a person sends: sound and picture.

export type MediaKind = 'audio' | 'video';

export const MEDIA_KINDS: readonly MediaKind[] = ['audio', 'video'];
