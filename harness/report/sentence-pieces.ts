/** A sentence in pieces. The strong one carries the answer: a number if one was shown, else that none was. */
export type Sentence = readonly { readonly text: string; readonly strong: boolean }[];

export const plain = (text: string): Sentence => (text === '' ? [] : [{ text, strong: false }]);
export const strong = (text: string): Sentence[number] => ({ text, strong: true });

export const sentenceText = (sentence: Sentence): string => sentence.map((piece) => piece.text).join('');
