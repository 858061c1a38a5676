// Access to JavaScript's arrays from C++.
#pragma once

#include <node_api.h>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace opnas {

/** Returns the elements of a JavaScript array. */
inline std::vector<napi_value> elementsOf(napi_env env, napi_value array) {
  uint32_t length = 0;
  napi_get_array_length(env, array, &length);
  std::vector<napi_value> elements(length);
  for (uint32_t i = 0; i < length; i++) napi_get_element(env, array, i, &elements[i]);
  return elements;
}

/** A view of a typed array's numbers in its own memory; empty for any other value. */
struct ArrayView {
  void *data = nullptr;
  size_t count = 0;
  bool isFloats = false;

  /** Returns the size in bytes of numbers of four bytes each. */
  size_t bytes() const { return count * sizeof(float); }
};

/** Returns a view of a typed array. */
inline ArrayView viewOf(napi_env env, napi_value array) {
  ArrayView view;
  napi_typedarray_type type;
  if (napi_get_typedarray_info(env, array, &type, &view.count, &view.data, nullptr,
                               nullptr) == napi_ok) {
    view.isFloats = type == napi_float32_array;
  }
  return view;
}

}  // namespace opnas
