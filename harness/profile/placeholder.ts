/** A text that holds a placeholder of a matrix: `{threads}`, `{times}x cores`. */
export const placeholder = /\{[A-Za-z]\w*\}/;
