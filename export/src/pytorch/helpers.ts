/** The functions that attention classes call; a file has those that its layers need. */
const helpers = {
  split_heads: `
def split_heads(x: Tensor, heads: int) -> Tensor:
    """Splits the channels by head: [b, n, heads * d] -> [b, heads, n, d]."""
    batch, length, _ = x.shape
    return x.view(batch, length, heads, -1).transpose(1, 2)
`,
  join_heads: `
def join_heads(x: Tensor) -> Tensor:
    """Joins the heads: [b, heads, n, d] -> [b, n, heads * d]."""
    batch, _, length, _ = x.shape
    return x.transpose(1, 2).reshape(batch, length, -1)
`,
  softmax_over_tokens: `
def softmax_over_tokens(scores: Tensor, keep: Optional[Tensor]) -> Tensor:
    """Softmax over the last axis, without padding: scores [b, heads, m, n], keep [b, n]."""
    if keep is not None:
        scores = scores.masked_fill(keep[:, None, None, :] == 0, torch.finfo(scores.dtype).min)
    return scores.softmax(-1)
`,
  zero_rows: `
def zero_rows(x: Tensor, keep: Optional[Tensor]) -> Tensor:
    """Zeroes the rows of padding: x [b, heads, n, m], keep [b, n]."""
    return x if keep is None else x * keep[:, None, :, None]
`,
  zero_columns: `
def zero_columns(x: Tensor, keep: Optional[Tensor]) -> Tensor:
    """Zeroes the columns of padding: x [b, heads, m, n], keep [b, n]."""
    return x if keep is None else x * keep[:, None, None, :]
`,
  cosine_similarity: `
def cosine_similarity(a: Tensor, b: Tensor) -> Tensor:
    """Cosine of each row of a [..., m, c] and each row of b [..., k, c] -> [..., m, k]."""

    def unit(x: Tensor) -> Tensor:
        # At least in single precision, since the small number would vanish in half of it.
        precise = x.to(torch.promote_types(x.dtype, torch.float32))
        lengths = precise.square().sum(-1, keepdim=True).add(1e-12).rsqrt()
        return (precise * lengths).to(x.dtype)

    return unit(a) @ unit(b).transpose(-1, -2)
`,
  euclidean_distance: `
def euclidean_distance(a: Tensor, b: Tensor) -> Tensor:
    """Distance of each row of a [..., m, c] and each row of b [..., k, c] -> [..., m, k]."""
    # From differences: the shorter |a|² + |b|² - 2ab would cancel where rows are nearly equal.
    precise = torch.promote_types(a.dtype, torch.float32)
    mode = "donot_use_mm_for_euclid_dist"
    distance = torch.cdist(a.to(precise), b.to(precise), compute_mode=mode)
    return distance.square().add(1e-6).sqrt().to(a.dtype)
`,
} as const;

/** The name of a function that attention classes call. */
export type HelperName = keyof typeof helpers;

/** Returns the sources of the named functions, in the order of their definitions. */
export function helperSources(names: ReadonlySet<HelperName>): string[] {
  return Object.entries(helpers)
    .filter(([name]) => [...names].some((wanted) => wanted === name))
    .map(([, source]) => source.trim());
}
