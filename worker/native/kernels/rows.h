// Operations that work row by row: layer norm, softmax, cross-entropy.
#pragma once

#include "math.h"
#include "tensors.h"

namespace opnas {

/** Finds the maximum in vector lanes, because a compiler may not reorder a plain search for it. */
inline float largest(const float *x, int64_t width) {
  constexpr int64_t lanes = 16;
  float tops[lanes];
  for (int64_t lane = 0; lane < lanes; lane++) tops[lane] = x[lane < width ? lane : 0];
  int64_t i = lanes;
  for (; i + lanes <= width; i += lanes) {
    for (int64_t lane = 0; lane < lanes; lane++) {
      tops[lane] = x[i + lane] > tops[lane] ? x[i + lane] : tops[lane];
    }
  }
  for (; i < width; i++) tops[0] = x[i] > tops[0] ? x[i] : tops[0];
  for (const float top : tops) tops[0] = top > tops[0] ? top : tops[0];
  return tops[0];
}

/**
 * Layer norm: x [..., d], gain [d], shift [d], epsilon [] → y [..., d], mean [r], 1 / deviation
 * [r].
 */
inline void layerNorm(Call &call) {
  Shape shape;
  const float *x = call.input(0, &shape);
  const float *gain = call.input(1), *shift = call.input(2), *epsilon = call.input(3);
  if (!call.require(!shape.empty(), "layer norm needs a last axis")) return;
  const int64_t rows = rowsOf(shape), width = shape.back();
  float *y = call.output(0, shape);
  float *means = call.output(1, {rows}), *inverses = call.output(2, {rows});
  if (!call.ok()) return;
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * width;
    float *out = y + r * width;
    float sum = 0.0f, squares = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) sum += in[i];
    const float mean = sum / static_cast<float>(width);
#pragma omp simd reduction(+ : squares)
    for (int64_t i = 0; i < width; i++) squares += (in[i] - mean) * (in[i] - mean);
    const float inverse = 1.0f / std::sqrt(squares / static_cast<float>(width) + *epsilon);
    for (int64_t i = 0; i < width; i++) out[i] = (in[i] - mean) * inverse * gain[i] + shift[i];
    means[r] = mean;
    inverses[r] = inverse;
  }
}

/**
 * Gradient of `layerNorm`: dy, x [..., d], gain [d], mean, 1 / deviation [r] → dx [..., d], dgain
 * [d], dshift [d].
 */
inline void layerNormGradient(Call &call) {
  Shape shape;
  const float *dy = call.input(0), *x = call.input(1, &shape), *gain = call.input(2);
  const float *means = call.input(3), *inverses = call.input(4);
  if (!call.require(!shape.empty(), "layer norm needs a last axis")) return;
  const int64_t rows = rowsOf(shape), width = shape.back();
  float *dx = call.output(0, shape);
  float *dGain = call.output(1, {width}), *dShift = call.output(2, {width});
  if (!call.ok()) return;
  for (int64_t i = 0; i < width; i++) dGain[i] = dShift[i] = 0.0f;
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * width, *g = dy + r * width;
    float *out = dx + r * width;
    const float mean = means[r], inverse = inverses[r];
    float sum = 0.0f, along = 0.0f;
#pragma omp simd reduction(+ : sum, along)
    for (int64_t i = 0; i < width; i++) {
      const float normal = (in[i] - mean) * inverse;
      sum += g[i] * gain[i];
      along += g[i] * gain[i] * normal;
      dGain[i] += g[i] * normal;
      dShift[i] += g[i];
    }
    sum /= static_cast<float>(width);
    along /= static_cast<float>(width);
    for (int64_t i = 0; i < width; i++) {
      const float normal = (in[i] - mean) * inverse;
      out[i] = (g[i] * gain[i] - sum - normal * along) * inverse;
    }
  }
}

/**
 * Softmax of x + mask: x [..., m], mask [b, m], each row of which serves 1/b of the rows of x, or
 * no mask [0] → [..., m].
 */
inline void softmax(Call &call) {
  Shape shape, maskShape;
  const float *x = call.input(0, &shape);
  const float *mask = call.input(1, &maskShape);
  if (!call.require(!shape.empty() && shape.back() > 0, "softmax needs a last axis")) return;
  const int64_t rows = rowsOf(shape), width = shape.back();
  const int64_t masks = sizeOf(maskShape) / width;
  if (!call.require(masks == 0 || rows % masks == 0, "the mask does not fit the rows")) return;
  float *y = call.output(0, shape);
  if (!call.ok()) return;
  for (int64_t r = 0; r < rows; r++) {
    const float *in = x + r * width;
    float *out = y + r * width;
    if (masks > 0) {
      const float *add = mask + r / (rows / masks) * width;
      for (int64_t i = 0; i < width; i++) out[i] = in[i] + add[i];
      in = out;
    }
    const float top = largest(in, width);
    float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < width; i++) {
      out[i] = exponential(in[i] - top);
      sum += out[i];
    }
    const float inverse = 1.0f / sum;
    for (int64_t i = 0; i < width; i++) out[i] *= inverse;
  }
}

/** Gradient of `softmax`: dy, y [..., m] → dx [..., m]. */
inline void softmaxGradient(Call &call) {
  Shape shape;
  const float *dy = call.input(0), *y = call.input(1, &shape);
  float *dx = call.output(0, shape);
  if (!call.ok()) return;
  const int64_t rows = rowsOf(shape), width = shape.back();
  for (int64_t r = 0; r < rows; r++) {
    const float *g = dy + r * width, *p = y + r * width;
    float *out = dx + r * width;
    float along = 0.0f;
#pragma omp simd reduction(+ : along)
    for (int64_t i = 0; i < width; i++) along += g[i] * p[i];
    for (int64_t i = 0; i < width; i++) out[i] = p[i] * (g[i] - along);
  }
}

/**
 * Cross-entropy: logits [p, v], labels [p], shares [p] → Σ share · −log softmax(logits)[label] [],
 * and log Σ e^logits of each row [p].
 */
inline void crossEntropy(Call &call) {
  Shape shape;
  const float *logits = call.input(0, &shape);
  const int32_t *labels = call.input<int32_t>(1);
  const float *shares = call.input(2);
  if (!call.require(shape.size() == 2 && shape[1] > 0, "cross-entropy needs [p, v]")) return;
  const int64_t rows = shape[0], classes = shape[1];
  float *loss = call.output(0, {}), *logSums = call.output(1, {rows});
  if (!call.ok()) return;
  double total = 0.0;
  for (int64_t r = 0; r < rows; r++) {
    const float *in = logits + r * classes;
    if (!call.require(labels[r] >= 0 && labels[r] < classes, "a label is no class")) return;
    const float top = largest(in, classes);
    float sum = 0.0f;
#pragma omp simd reduction(+ : sum)
    for (int64_t i = 0; i < classes; i++) sum += exponential(in[i] - top);
    logSums[r] = top + std::log(sum);
    total += static_cast<double>(shares[r]) * (logSums[r] - in[labels[r]]);
  }
  *loss = static_cast<float>(total);
}

/**
 * Gradient of `crossEntropy`: dy [], logits [p, v], labels, shares, log sums [p] → dlogits [p, v].
 */
inline void crossEntropyGradient(Call &call) {
  Shape shape;
  const float *dy = call.input(0), *logits = call.input(1, &shape);
  const int32_t *labels = call.input<int32_t>(2);
  const float *shares = call.input(3), *logSums = call.input(4);
  float *dx = call.output(0, shape);
  if (!call.ok()) return;
  const int64_t rows = shape[0], classes = shape[1];
  for (int64_t r = 0; r < rows; r++) {
    const float *in = logits + r * classes;
    float *out = dx + r * classes;
    const float scale = *dy * shares[r], logSum = logSums[r];
    for (int64_t i = 0; i < classes; i++) out[i] = exponential(in[i] - logSum) * scale;
    out[labels[r]] -= scale;
  }
}

}  // namespace opnas
