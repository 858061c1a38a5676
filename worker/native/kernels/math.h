// Single-precision functions that a compiler can put into vector loops. NaN gives NaN, so that
// divergence of a training is noticed.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

namespace opnas {

/** Computes e^x with a relative error of about 1e-7; 0 for x < -87. */
inline float exponential(float x) {
  const bool vanishes = x < -87.0f;
  x = vanishes ? 0.0f : x;
  x = x > 88.0f ? 88.0f : x;
  const float n = std::nearbyint(x * 1.44269504f);
  const float r = (x - n * 0.693359375f) + n * 2.12194440e-4f;
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const int32_t bits = (static_cast<int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &bits, sizeof power);
  return vanishes ? 0.0f : p * power;
}

/** Computes log(1 + z) for 0 ≤ z ≤ 1, without loss of precision for small z. */
inline float logOnePlus(float z) {
  const bool large = z > 0.41421356f;
  const float f = large ? 0.5f * z - 0.5f : z;  // 1 + z = (1 + f) · (large ? 2 : 1)
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const float square = f * f;
  const float log = p * square * f - 0.5f * square + f;
  return large ? log + 0.693147181f : log;
}

/** Computes 1 / (1 + e^-x). */
inline float sigmoid(float x) { return 1.0f / (1.0f + exponential(-x)); }

/** A value and its derivative. */
struct Sloped {
  float value;
  float slope;
};

/** GELU: x · Φ(x); erf by Abramowitz & Stegun 7.1.26, whose error is below 1.5e-7. */
inline Sloped gelu(float x) {
  const float a = std::fabs(x) * 0.707106781f;
  const float t = 1.0f / (1.0f + 0.3275911f * a);
  float p = 1.061405429f;
  p = p * t - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const float bell = exponential(-a * a);
  const float tail = 0.5f * p * t * bell;
  const float cdf = x >= 0.0f ? 1.0f - tail : tail;
  return {x * cdf, cdf + x * bell * 0.398942280f};
}

/** Log of the sigmoid: log(1 / (1 + e^-x)). */
inline Sloped logSigmoid(float x) {
  const float e = exponential(-std::fabs(x));
  const float low = x < 0.0f ? x : 0.0f;
  return {low - logOnePlus(e), (x < 0.0f ? 1.0f : e) / (1.0f + e)};
}

/** Softplus: log(1 + e^x). */
inline Sloped softplus(float x) {
  const Sloped mirrored = logSigmoid(-x);
  return {-mirrored.value, mirrored.slope};
}

/** Softsign: x / (1 + |x|). */
inline Sloped softsign(float x) {
  const float inverse = 1.0f / (1.0f + std::fabs(x));
  return {x * inverse, inverse * inverse};
}

}  // namespace opnas
