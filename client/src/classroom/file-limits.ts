// How many files, and how large.

/** The largest file. */
export const FILE_BYTES_MAX = 200 * 1_048_576;

/** So many files of each person are in the list of a lesson. Another one has no place. */
export const FILES_MAX = 100;

/** So many files are chosen at once. */
export const CHOSEN_MAX = 10;
