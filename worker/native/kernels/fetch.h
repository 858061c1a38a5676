// Tensors' numbers into arrays that JavaScript already has. TensorFlow.js makes a new array for each
// tensor that it reads; megabytes of them with every training step keep its garbage collector busy.
#pragma once

#include <node_api.h>

#include <cstring>
#include <vector>

#include "tensors.h"

namespace opnas {

struct Destination {
  void *data;
  size_t bytes;
};

/** Where this thread's next OpnasFetch puts its inputs. */
inline thread_local std::vector<Destination> destinations;

/** (arrays): the arrays that the next OpnasFetch, which must follow at once, fills. */
inline napi_value fetchNextInto(napi_env env, napi_callback_info info) {
  napi_value given[1];
  size_t count = 1;
  uint32_t length = 0;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  napi_get_array_length(env, given[0], &length);
  destinations.clear();
  for (uint32_t i = 0; i < length; i++) {
    napi_value element;
    napi_typedarray_type type;
    size_t numbers = 0;
    void *data = nullptr;
    napi_get_element(env, given[0], i, &element);
    if (napi_get_typedarray_info(env, element, &type, &numbers, &data, nullptr, nullptr) !=
            napi_ok ||
        type != napi_float32_array) {
      napi_throw_type_error(env, nullptr, "Float32Arrays");
      return nullptr;
    }
    destinations.push_back({data, numbers * sizeof(float)});
  }
  return nullptr;
}

inline void fetch(TF_OpKernelContext *context) {
  TF_Status *status = TF_NewStatus();
  const int inputs = TF_NumInputs(context);
  if (destinations.size() != static_cast<size_t>(inputs)) {
    TF_SetStatus(status, TF_FAILED_PRECONDITION, "there is not one array for each tensor");
  }
  for (int i = 0; i < inputs && TF_GetCode(status) == TF_OK; i++) {
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context, i, &tensor, status);
    if (TF_GetCode(status) != TF_OK) break;
    const Destination &to = destinations[static_cast<size_t>(i)];
    if (TF_TensorByteSize(tensor) == to.bytes) {
      std::memcpy(to.data, TF_TensorData(tensor), to.bytes);
    } else {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "an array is not of its tensor's size");
    }
    TF_DeleteTensor(tensor);
  }
  destinations.clear();
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

inline bool registerFetch() {
  TF_Status *status = TF_NewStatus();
  TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder("OpnasFetch");
  TF_OpDefinitionBuilderAddAttr(definition, "N: int >= 1");
  TF_OpDefinitionBuilderAddInput(definition, "values: N * float");
  TF_OpDefinitionBuilderSetIsStateful(definition, true);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition,
                                                  &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder *kernel =
        TF_NewKernelBuilder("OpnasFetch", "CPU", nullptr,
                            [](void *, TF_OpKernelContext *context) { fetch(context); }, nullptr);
    TF_RegisterKernelBuilder("OpnasFetch", kernel, status);
  }
  const bool registered = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return registered;
}

}  // namespace opnas
