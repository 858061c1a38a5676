// Elementwise functions, each computed with its derivative in one pass.
#pragma once

#include "math.h"
#include "tensors.h"

namespace opnas {

/** Elementwise function: x [...] → f(x) and f'(x), both [...]. */
template <Sloped (*f)(float)>
void pointwise(Call &call) {
  Shape shape;
  const float *x = call.input(0, &shape);
  float *value = call.output(0, shape);
  float *slope = call.output(1, shape);
  if (!call.ok()) return;
  const int64_t size = sizeOf(shape);
  for (int64_t i = 0; i < size; i++) {
    const Sloped at = f(x[i]);
    value[i] = at.value;
    slope[i] = at.slope;
  }
}

/** Gated linear unit: x = [a, b] [..., 2c] → a · sigmoid(b) [..., c]. */
inline void glu(Call &call) {
  Shape shape;
  const float *x = call.input(0, &shape);
  if (!call.require(!shape.empty() && shape.back() % 2 == 0, "glu halves the last axis")) return;
  const int64_t rows = rowsOf(shape), width = shape.back() / 2;
  shape.back() = width;
  float *y = call.output(0, shape);
  if (!call.ok()) return;
  for (int64_t r = 0; r < rows; r++) {
    const float *a = x + r * 2 * width, *b = a + width;
    float *out = y + r * width;
    for (int64_t i = 0; i < width; i++) out[i] = a[i] * sigmoid(b[i]);
  }
}

/** Gradient of `glu`: dy [..., c], x [..., 2c] → dx [..., 2c]. */
inline void gluGradient(Call &call) {
  Shape shape;
  const float *dy = call.input(0);
  const float *x = call.input(1, &shape);
  float *dx = call.output(0, shape);
  if (!call.ok()) return;
  const int64_t rows = rowsOf(shape), width = shape.back() / 2;
  for (int64_t r = 0; r < rows; r++) {
    const float *a = x + r * 2 * width, *b = a + width, *g = dy + r * width;
    float *da = dx + r * 2 * width, *db = da + width;
    for (int64_t i = 0; i < width; i++) {
      const float gate = sigmoid(b[i]);
      da[i] = g[i] * gate;
      db[i] = g[i] * a[i] * gate * (1.0f - gate);
    }
  }
}

}  // namespace opnas
