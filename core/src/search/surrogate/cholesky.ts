/** The least part of a diagonal entry that rounding leaves. */
const least = 1e-10;

/**
 * The lower Cholesky factor L of a symmetric, positive definite matrix, L Lᵀ. It grows by a row at
 * a time, so that one more observation costs O(n²) instead of O(n³).
 */
export class Cholesky {
  private readonly rows: Float64Array[] = [];

  /** Returns the number of rows. */
  get size(): number {
    return this.rows.length;
  }

  /**
   * Appends a row of the matrix.
   *
   * @param row its entries in the columns of the earlier rows
   * @param diagonal its entry on the diagonal, above 0
   */
  append(row: ArrayLike<number>, diagonal: number): void {
    const solved = new Float64Array(this.size + 1);
    solved.set(this.forward(row));
    const rest = diagonal - dot(solved, solved, this.size);
    solved[this.size] = Math.sqrt(Math.max(rest, least * diagonal));
    this.rows.push(solved);
  }

  /** Returns L⁻¹ b. */
  forward(b: ArrayLike<number>): Float64Array {
    const solved = new Float64Array(this.size);
    for (let at = 0; at < this.size; at++) {
      const row = this.rows[at] ?? solved;
      solved[at] = ((b[at] ?? 0) - dot(row, solved, at)) / (row[at] ?? 1);
    }
    return solved;
  }

  /** Returns L⁻ᵀ b. */
  backward(b: ArrayLike<number>): Float64Array {
    const solved = Float64Array.from(b);
    for (let at = this.size - 1; at >= 0; at--) {
      const row = this.rows[at] ?? solved;
      const value = (solved[at] ?? 0) / (row[at] ?? 1);
      solved[at] = value;
      for (let column = 0; column < at; column++) {
        solved[column] = (solved[column] ?? 0) - value * (row[column] ?? 0);
      }
    }
    return solved;
  }

  /** Returns the logarithm of the matrix's determinant. */
  logDeterminant(): number {
    return this.rows.reduce((sum, row, at) => sum + 2 * Math.log(row[at] ?? 1), 0);
  }
}

/** Returns the inner product of the first `count` entries. */
export function dot(a: Float64Array, b: Float64Array, count = a.length): number {
  let sum = 0;
  for (let at = 0; at < count; at++) sum += (a[at] ?? 0) * (b[at] ?? 0);
  return sum;
}
