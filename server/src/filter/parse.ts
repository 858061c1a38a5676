import { all, any, type Condition, not, test } from "./condition.js";
import { FilterError, type FilterFault } from "./error.js";
import type { Asker, FilterField, WrittenComparison } from "./field.js";
import { nearest } from "./nearest.js";
import { type Token, tokensOf } from "./tokens.js";

/** The most levels of parentheses and of `not`, and the most comparisons of a filter. */
const maxDepth = 20;
const maxTests = 100;

/** The fields of a filter, and the one in which a text by itself is looked for. */
export interface FilterFields {
  fields: readonly FilterField[];
  text: FilterField;
}

const comparisons: Readonly<Record<string, WrittenComparison>> = {
  "=": "=",
  "==": "=",
  "!=": "!=",
  "<": "<",
  "<=": "<=",
  ">": ">",
  ">=": ">=",
  "~": "~",
  "!~": "!~",
};

/**
 * Reads the text of a filter (docs/filter-language.md). A blank one holds always.
 * @param path of the argument, for errors
 * @throws FilterError with the place of the fault and what was expected there
 */
export function parseFilter(
  text: string,
  known: FilterFields,
  asker: Asker,
  path: readonly string[],
): Condition {
  return new Parser(tokensOf(text, path), known, asker, path).whole();
}

/** A parser by recursive descent: one method for each rule of the grammar. */
class Parser {
  private index = 0;
  private depth = 0;
  private tests = 0;

  constructor(
    private readonly tokens: readonly Token[],
    private readonly known: FilterFields,
    private readonly asker: Asker,
    private readonly path: readonly string[],
  ) {}

  /** Reads the whole text: one condition, or nothing. */
  whole(): Condition {
    if (this.isAtEnd()) return all([]);
    const condition = this.alternatives();
    if (this.isAtEnd()) return condition;
    throw this.unexpected(["and", "or", "the end"]);
  }

  /** Reads conditions joined by `or`, which binds less than `and`. */
  private alternatives(): Condition {
    const parts = [this.conjunction()];
    while (this.takes("or")) parts.push(this.conjunction());
    return any(parts);
  }

  private conjunction(): Condition {
    const parts = [this.negation()];
    while (this.takes("and")) parts.push(this.negation());
    return all(parts);
  }

  private negation(): Condition {
    const token = this.token;
    if (!this.takes("not")) return this.primary();
    return this.within(token, () => not(this.negation()));
  }

  private primary(): Condition {
    const token = this.token;
    if (this.takesSymbol("(")) {
      const condition = this.within(token, () => this.alternatives());
      if (!this.takesSymbol(")")) throw this.unexpected(["and", "or", ")"]);
      return condition;
    }
    this.countTest(token);
    if (token.kind === "text") {
      this.index += 1;
      return this.valueOf(this.known.text, "~", token);
    }
    if (token.kind !== "word" || isKeyword(token)) {
      throw this.unexpected(["a field", "a text in quotes", "not", "("]);
    }
    this.index += 1;
    return this.comparison(this.fieldOf(token));
  }

  private comparison(field: FilterField): Condition {
    const operator = this.token;
    const isNegated =
      this.isWord("not", operator) && this.isWord("in", this.tokens[this.index + 1]);
    if (isNegated) this.index += 1;
    if (this.takes("in")) {
      const condition = this.list(field, operator);
      return isNegated ? not(condition) : condition;
    }
    const written = operator.kind === "symbol" ? comparisons[operator.value] : undefined;
    if (written === undefined) {
      if (field.kind.alone) return test(field, "known");
      throw this.unexpected([...field.kind.comparisons, "in"], `${field.name} needs a comparison`);
    }
    if (!field.kind.comparisons.includes(written)) {
      const allowed = field.kind.comparisons.join(" ");
      const reason = `${field.name} cannot be compared by ${operator.value}, but by ${allowed}`;
      throw this.error(operator, reason, { expected: field.kind.comparisons });
    }
    this.index += 1;
    const value = this.takeValue(field);
    if (written === "!=") return not(this.valueOf(field, "=", value));
    if (written === "!~") return not(this.valueOf(field, "~", value));
    return this.valueOf(field, written, value);
  }

  /** Reads the values of `in`: the field equals one of them. */
  private list(field: FilterField, operator: Token): Condition {
    if (!field.kind.comparisons.includes("=")) {
      const reason = `${field.name} has no list of values`;
      throw this.error(operator, reason, { expected: field.kind.comparisons });
    }
    if (!this.takesSymbol("(")) throw this.unexpected(["("]);
    const parts: Condition[] = [];
    do {
      this.countTest(this.token);
      parts.push(this.valueOf(field, "=", this.takeValue(field)));
    } while (this.takesSymbol(","));
    if (!this.takesSymbol(")")) throw this.unexpected(["a comma", ")"]);
    return any(parts);
  }

  private takeValue(field: FilterField): Token {
    const token = this.token;
    if (token.kind !== "word" && token.kind !== "text") throw this.unexpected([field.kind.label]);
    this.index += 1;
    return token;
  }

  private valueOf(
    field: FilterField,
    comparison: "=" | "<" | "<=" | ">" | ">=" | "~",
    token: Token,
  ): Condition {
    const condition = field.kind.condition(field, comparison, token, this.asker);
    if (!("reason" in condition)) return condition;
    const { reason, expected, nearest: near = [] } = condition;
    const said = `${shown(token)} ${reason}${suggestion(near)}`;
    throw this.error(token, `the value of ${field.name} ${said}`, { expected, nearest: near });
  }

  private fieldOf(token: Token): FilterField {
    const { fields } = this.known;
    const wanted = token.value.toLowerCase();
    const found = fields.find(({ name, aliases }) =>
      [name, ...aliases].some((each) => each.toLowerCase() === wanted),
    );
    if (found !== undefined) return found;
    const names = fields.map(({ name }) => name);
    const near = nearest(token.value, names);
    const reason = `${shown(token)} is no field${suggestion(near) || `; there are ${names.join(", ")}`}`;
    throw this.error(token, reason, { expected: names, nearest: near });
  }

  /** Reads a part one level further down. */
  private within(token: Token, read: () => Condition): Condition {
    this.depth += 1;
    if (this.depth > maxDepth) {
      throw this.error(token, `it is nested more than ${maxDepth} levels deep`, { expected: [] });
    }
    const condition = read();
    this.depth -= 1;
    return condition;
  }

  private countTest(token: Token): void {
    this.tests += 1;
    if (this.tests <= maxTests) return;
    throw this.error(token, `it has more than ${maxTests} comparisons`, { expected: [] });
  }

  private get token(): Token {
    const token = this.tokens[this.index];
    if (token === undefined) throw new Error("The tokens of a filter have no end.");
    return token;
  }

  private isAtEnd(): boolean {
    return this.token.kind === "end";
  }

  private isWord(word: string, token: Token | undefined): boolean {
    return token?.kind === "word" && token.value.toLowerCase() === word;
  }

  private takes(word: string): boolean {
    const isThere = this.isWord(word, this.token);
    if (isThere) this.index += 1;
    return isThere;
  }

  private takesSymbol(symbol: string): boolean {
    const isThere = this.token.kind === "symbol" && this.token.value === symbol;
    if (isThere) this.index += 1;
    return isThere;
  }

  private unexpected(expected: readonly string[], before = ""): FilterError {
    const { token } = this;
    const found = token.kind === "end" ? "" : `, not ${shown(token)}`;
    const needed = before === "" ? "" : `${before}: `;
    const reason = `${needed}${listed(expected)} was expected${found}`;
    return this.error(token, reason, { expected });
  }

  private error(
    { position, length }: Token,
    reason: string,
    { expected, nearest: near = [] }: Pick<FilterFault, "expected"> & Partial<FilterFault>,
  ): FilterError {
    return new FilterError(this.path, reason, { position, length, expected, nearest: near });
  }
}

function isKeyword({ value }: Token): boolean {
  return ["and", "or", "not", "in"].includes(value.toLowerCase());
}

/** The most characters of a filter's text that an error repeats. */
const maxShown = 50;

function shown({ value }: Token): string {
  return value.length <= maxShown ? value : `${value.slice(0, maxShown).toWellFormed()}…`;
}

function suggestion(near: readonly string[]): string {
  return near.length === 0 ? "" : `; did you mean ${listed(near)}?`.replace(/\?$/, "");
}

function listed(words: readonly string[]): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}
