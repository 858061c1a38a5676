import { hashHex } from "../hash.js";
import type { AttentionGraph, GraphInput, Operation, Reference } from "./schema.js";

/**
 * The canonical form of a value: ±core or ±coreᵀ, divided by √d_h `scales` times.
 *
 * Signs, transposes and scales are pulled out of every operation that commutes with them, so equal
 * values written differently end as the same term. Only exact identities are used:
 *
 * - −(−A) = A, (Aᵀ)ᵀ = A; neg, transpose and scale commute;
 * - f(Aᵀ) = f(A)ᵀ for logsigmoid and softsign, softsign(−A) = −softsign(A);
 * - sums are commutative and associative; signs, common scales and transposes leave them;
 * - (±A/√d) · B = ±(A · B)/√d, and (A · B)ᵀ = Bᵀ · Aᵀ;
 * - cosine(−A, B) = −cosine(A, B), cosine(A/√d, B) = cosine(A, B), cosine(A, B)ᵀ = cosine(B, A);
 * - euclidean(−A, −B) = euclidean(A, B), a common scale leaves it, euclidean(A, B)ᵀ =
 *   euclidean(B, A);
 * - a symmetric value (A · Aᵀ, cosine(A, A), A + Aᵀ, …) is its own transpose, an antisymmetric one
 *   (A − Aᵀ) the negative of it.
 *
 * Products are not re-associated: (Q · Kᵀ) · V and Q · (Kᵀ · V) are equal, but one costs n², the
 * other d², and a search must be able to tell them apart. Inputs are not renamed: each has weights
 * of its own in the super-net.
 */
export interface Term {
  readonly negated: boolean;
  readonly scales: number;
  readonly transposed: boolean;
  readonly core: Core;
}

/** An input, or an operation to which no more of the identities above apply. */
export interface Core {
  /** The input's name, or a hash of the operation and its arguments; equal for equal cores. */
  readonly key: string;
  readonly operation: Operation | "input";
  readonly args: readonly Term[];
  /** The factor of each argument of a sum; empty for other operations. */
  readonly coefficients: readonly number[];
  /** 1: equal to its transpose; −1: to the negative of its transpose; 0: not known to be either. */
  readonly symmetry: 1 | -1 | 0;
}

/** Returns a text that is equal for two terms if the identities above show that they are equal. */
export function termKey({ negated, scales, transposed, core }: Term): string {
  return `${negated ? "-" : "+"}${scales}${transposed ? "T" : "."}${core.key}`;
}

/** Returns the canonical form of the output of a legal graph. */
export function canonicalTerm(graph: AttentionGraph): Term {
  return termOf(graph.output, nodeTerms(graph));
}

/** Returns the canonical form of every node, in the graph's order. */
export function nodeTerms(graph: AttentionGraph): Term[] {
  const terms: Term[] = [];
  for (const { op, args } of graph.nodes) {
    const [a, b] = args.map((argument) => termOf(argument, terms));
    if (a) terms.push(b ? combineTwo(op, a, b) : applyOne(op, a));
  }
  return terms;
}

/** Returns the term of a reference, given the terms of the nodes before it. */
export function termOf(reference: Reference, terms: readonly Term[]): Term {
  const term = typeof reference === "number" ? terms[reference] : inputTerm(reference);
  if (!term) throw new RangeError(`No node ${reference}: check the graph first.`);
  return term;
}

function inputTerm(input: GraphInput): Term {
  return bare({ key: input, operation: "input", args: [], coefficients: [], symmetry: 0 });
}

function applyOne(operation: Operation, a: Term): Term {
  switch (operation) {
    case "neg":
      return negateIf(true, a);
    case "transpose":
      return transpose(a);
    case "scale":
      return { ...a, scales: a.scales + 1 };
    case "logsigmoid": {
      const symmetry = a.core.symmetry === 1 ? 1 : 0;
      const core = makeCore("logsigmoid", { args: [{ ...a, transposed: false }] }, symmetry);
      return { ...bare(core), transposed: a.transposed };
    }
    case "softsign": {
      const inner = { ...a, transposed: false, negated: false };
      const core = makeCore("softsign", { args: [inner] }, a.core.symmetry);
      return { ...bare(core), transposed: a.transposed, negated: a.negated };
    }
    default:
      return bare(makeCore(operation, { args: [a] }, 0));
  }
}

function combineTwo(operation: Operation, a: Term, b: Term): Term {
  switch (operation) {
    case "add":
      return sum(a, b);
    case "matmul":
      return product(a, b);
    case "cosine": {
      const pair = comparison("cosine", bare(a.core, a.transposed), bare(b.core, b.transposed));
      return negateIf(a.negated !== b.negated, pair);
    }
    default: {
      const scales = Math.min(a.scales, b.scales);
      const first = { ...a, negated: false, scales: a.scales - scales };
      const second = { ...b, negated: a.negated !== b.negated, scales: b.scales - scales };
      return { ...comparison(operation, first, second), scales };
    }
  }
}

/** Writes a product as A · B or as (Bᵀ · Aᵀ)ᵀ, whichever comes first in the order of keys. */
function product(a: Term, b: Term): Term {
  const [left, right] = [bare(a.core, a.transposed), bare(b.core, b.transposed)];
  const flipped = [transpose(right), transpose(left)];
  const flips = flipped.filter((term) => term.negated).length;
  const turned = oriented(
    "matmul",
    { args: [left, right], negated: false },
    { args: flipped.map((term) => ({ ...term, negated: false })), negated: flips === 1 },
  );
  return { ...negateIf(a.negated !== b.negated, turned), scales: a.scales + b.scales };
}

/** Writes cosine or euclidean with its pair in the order of keys; the other order is the transpose. */
function comparison(operation: Operation, a: Term, b: Term): Term {
  const swapped = [
    { ...b, negated: false },
    { ...a, negated: b.negated },
  ];
  return oriented(operation, { args: [a, b], negated: false }, { args: swapped, negated: false });
}

interface Addend {
  coefficient: number;
  term: Term;
}

/** Adds all addends of a and b, with like terms collected and in the order of keys. */
function sum(a: Term, b: Term): Term {
  const gathered = new Map<string, Addend>();
  for (const { coefficient, term } of [...addends(a), ...addends(b)]) {
    const key = termKey(term);
    const before = gathered.get(key)?.coefficient ?? 0;
    gathered.set(key, { coefficient: before + coefficient, term });
  }
  const all = [...gathered.values()];
  const scales = Math.min(...all.map(({ term }) => term.scales));
  const unscaled = all.map(({ coefficient, term }) => ({
    coefficient,
    term: { ...term, scales: term.scales - scales },
  }));
  const flipped = unscaled.map(({ coefficient, term }) => positive(coefficient, transpose(term)));
  return { ...oriented("add", sumForm(unscaled), sumForm(flipped)), scales };
}

/** Splits a term into addends that are neither negated nor sums. */
function addends(outer: Term): Addend[] {
  if (outer.core.operation !== "add") return [positive(1, outer)];
  return outer.core.args.map((inner, index) => {
    const turned = outer.transposed ? transpose(inner) : inner;
    const scaled = { ...turned, scales: turned.scales + outer.scales };
    return positive(outer.core.coefficients[index] ?? 0, negateIf(outer.negated, scaled));
  });
}

function positive(coefficient: number, term: Term): Addend {
  if (!term.negated) return { coefficient, term };
  return { coefficient: -coefficient, term: { ...term, negated: false } };
}

/** Sorts addends by key and takes out the sign that makes the first coefficient positive. */
function sumForm(unordered: readonly Addend[]): Form {
  const ordered = [...unordered].sort((x, y) => (termKey(x.term) < termKey(y.term) ? -1 : 1));
  const negated = (ordered.find(({ coefficient }) => coefficient !== 0)?.coefficient ?? 0) < 0;
  return {
    args: ordered.map(({ term }) => term),
    coefficients: ordered.map(({ coefficient }) => (negated ? -coefficient : coefficient)),
    negated,
  };
}

/** A way to write a value: ± operation(args). */
interface Form {
  args: readonly Term[];
  coefficients?: readonly number[];
  negated: boolean;
}

/** Chooses between the forms of a value and of its transpose the one whose text comes first. */
function oriented(operation: Operation, straight: Form, flipped: Form): Term {
  const straightText = coreText(operation, straight);
  const flippedText = coreText(operation, flipped);
  const transposed = flippedText < straightText;
  const form = transposed ? flipped : straight;
  const alike = straightText === flippedText;
  const symmetry = alike ? (straight.negated === flipped.negated ? 1 : -1) : 0;
  return { ...bare(makeCore(operation, form, symmetry), transposed), negated: form.negated };
}

function makeCore(
  operation: Operation,
  { args, coefficients = [] }: Omit<Form, "negated">,
  symmetry: Core["symmetry"],
): Core {
  const key = hashHex(coreText(operation, { args, coefficients }));
  return { key, operation, args, coefficients, symmetry };
}

function coreText(
  operation: Operation,
  { args, coefficients = [] }: Omit<Form, "negated">,
): string {
  return `${operation}(${args.map(termKey).join()};${coefficients.join()})`;
}

function bare(core: Core, transposed = false): Term {
  return { negated: false, scales: 0, transposed, core };
}

function negateIf(condition: boolean, term: Term): Term {
  return condition ? { ...term, negated: !term.negated } : term;
}

function transpose(term: Term): Term {
  const { symmetry } = term.core;
  if (symmetry !== 0) return negateIf(symmetry === -1, term);
  return { ...term, transposed: !term.transposed };
}
