// JavaScript's arrays as C++ sees them.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace opnas {

/** The elements of a JavaScript array. */
inline std::vector<napi_value> elementsOf(napi_env env, napi_value array) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  std::vector<napi_value> elements(length);
  for (uint32_t i = 0; i < length; i++) napi_get_element(env, array, i, &elements[i]);
  return elements;
}

/** A typed array's numbers, in its own memory; none if it is no typed array. */
struct Numbers {
  void *data = nullptr;
  size_t count = 0;
  bool isFloats = false;

  /** Of numbers of four bytes each. */
  size_t bytes() const { return count * sizeof(float); }
};

inline Numbers numbersOf(napi_env env, napi_value array) {
  Numbers numbers;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, array, &type, &numbers.count, &numbers.data, nullptr,
                               nullptr) == napi_ok) {
    numbers.isFloats = type == napi_float32_array;
  }
  return numbers;
}

}  // namespace opnas
