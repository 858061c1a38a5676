// Loops over Node's Float32Arrays, which the optimiser runs between two steps of training.
#pragma once

#include <node_api.h>

#include <cmath>
#include <cstddef>

namespace opnas {

/** The arguments of a call from JavaScript: first arrays of one length, then numbers. */
template <size_t arrays, size_t numbers>
struct Arguments {
  float *array[arrays];
  double number[numbers > 0 ? numbers : 1];
  size_t length = 0;
  bool valid = true;

  Arguments(napi_env env, napi_callback_info info) {
    napi_value given[arrays + numbers];
    size_t count = arrays + numbers;
    napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
    valid = count == arrays + numbers;
    for (size_t i = 0; valid && i < arrays; i++) {
      napi_typedarray_type type;
      size_t length = 0;
      void *data = nullptr;
      valid = napi_get_typedarray_info(env, given[i], &type, &length, &data, nullptr, nullptr) ==
                  napi_ok &&
              type == napi_float32_array && (i == 0 || length == this->length);
      array[i] = static_cast<float *>(data);
      this->length = length;
    }
    for (size_t i = 0; valid && i < numbers; i++) {
      valid = napi_get_value_double(env, given[arrays + i], &number[i]) == napi_ok;
    }
    if (!valid) napi_throw_type_error(env, nullptr, "Float32Arrays of one length, then numbers");
  }
};

/** JavaScript (x): returns Σ x². */
inline napi_value sumOfSquares(napi_env env, napi_callback_info info) {
  const Arguments<1, 0> given(env, info);
  if (!given.valid) return nullptr;
  const float *x = given.array[0];
  double sum = 0.0;
#pragma omp simd reduction(+ : sum)
  for (size_t i = 0; i < given.length; i++) sum += static_cast<double>(x[i]) * x[i];
  napi_value result;
  napi_create_double(env, sum, &result);
  return result;
}

/** JavaScript (x, factor): x ← x · factor. */
inline napi_value scale(napi_env env, napi_callback_info info) {
  const Arguments<1, 1> given(env, info);
  if (!given.valid) return nullptr;
  float *x = given.array[0];
  const float factor = static_cast<float>(given.number[0]);
  for (size_t i = 0; i < given.length; i++) x[i] *= factor;
  return nullptr;
}

/** JavaScript (x, more): x ← x + more. */
inline napi_value add(napi_env env, napi_callback_info info) {
  const Arguments<2, 0> given(env, info);
  if (!given.valid) return nullptr;
  float *x = given.array[0];
  const float *more = given.array[1];
  for (size_t i = 0; i < given.length; i++) x[i] += more[i];
  return nullptr;
}

/**
 * JavaScript (weight, gradient, mean, meanSquare, decay, squareDecay, rate, epsilon): a step of
 * Adam.
 */
inline napi_value adam(napi_env env, napi_callback_info info) {
  const Arguments<4, 4> given(env, info);
  if (!given.valid) return nullptr;
  float *weight = given.array[0], *mean = given.array[2], *meanSquare = given.array[3];
  const float *gradient = given.array[1];
  const float decay = static_cast<float>(given.number[0]);
  const float squareDecay = static_cast<float>(given.number[1]);
  const float rate = static_cast<float>(given.number[2]);
  const float epsilon = static_cast<float>(given.number[3]);
  for (size_t i = 0; i < given.length; i++) {
    const float g = gradient[i];
    const float m = mean[i] * decay + g * (1.0f - decay);
    const float v = meanSquare[i] * squareDecay + g * g * (1.0f - squareDecay);
    mean[i] = m;
    meanSquare[i] = v;
    weight[i] -= rate * m / (std::sqrt(v) + epsilon);
  }
  return nullptr;
}

}  // namespace opnas
