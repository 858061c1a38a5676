/**
 * The lowest number of single precision. Added to the logits of padding before a softmax it leaves nothing of
 * them, however large they are: evolved attention multiplies what it likes, and −1e9 is lost in a score of 1e12.
 */
export const lowestLogit = -3.4028234663852886e38;
