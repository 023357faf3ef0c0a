/** The library's texts in other words, for readers who write no program: of a policy file, and of the command line. */

/** What the library's texts say, and what stands in their place for another reader. */
export type Phrases = readonly (readonly [phrase: RegExp, words: string])[];

/** A text of the library with other words for each phrase in it. */
export const rephrased = (text: string, phrases: Phrases): string =>
  phrases.reduce((told, [phrase, words]) => told.replace(phrase, words), text);
