// Copies tensors into existing JavaScript arrays. TensorFlow.js makes a new array for each tensor
// that it reads; megabytes of them with every training step keep its garbage collector busy.
#pragma once

#include <node_api.h>

#include <cstring>
#include <vector>

#include "arrays.h"
#include "tensors.h"

namespace opnas {

/** The arrays that this thread's next OpnasFetch copies its inputs into. */
inline thread_local std::vector<ArrayView> destinations;

/**
 * JavaScript (arrays): sets the arrays that the next OpnasFetch, which must follow at once, fills.
 */
inline napi_value fetchNextInto(napi_env env, napi_callback_info info) {
  napi_value given[1];
  size_t count = 1;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  destinations.clear();
  for (const napi_value element : elementsOf(env, given[0])) {
    destinations.push_back(viewOf(env, element));
    if (!destinations.back().isFloats) napi_throw_type_error(env, nullptr, "Float32Arrays");
  }
  return nullptr;
}

/** Copies each input into its destination. */
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
    const ArrayView &to = destinations[static_cast<size_t>(i)];
    if (to.isFloats && TF_TensorByteSize(tensor) == to.bytes()) {
      std::memcpy(to.data, TF_TensorData(tensor), to.bytes());
    } else {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "an array is not of its tensor's size");
    }
    TF_DeleteTensor(tensor);
  }
  destinations.clear();
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

/** Registers OpnasFetch with TensorFlow: any number of float tensors and no output. */
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
