// The part of TensorFlow's C interface for kernels that the kernels here need.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <vector>

#include "tensorflow/c/kernels.h"
#include "tensorflow/c/ops.h"
#include "tensorflow/c/tf_status.h"
#include "tensorflow/c/tf_tensor.h"

namespace opnas {

using Shape = std::vector<int64_t>;

/** Returns the product of all axes. */
inline int64_t sizeOf(const Shape &shape) {
  int64_t size = 1;
  for (const int64_t length : shape) size *= length;
  return size;
}

/** Returns the product of all axes but the last. */
inline int64_t rowsOf(const Shape &shape) {
  return shape.back() == 0 ? 0 : sizeOf(shape) / shape.back();
}

/** A call of a kernel: its inputs, its outputs and its status. */
class Call {
 public:
  explicit Call(TF_OpKernelContext *context) : context_(context), status_(TF_NewStatus()) {}

  ~Call() {
    for (TF_Tensor *tensor : tensors_) TF_DeleteTensor(tensor);
    if (TF_GetCode(status_) != TF_OK) TF_OpKernelContext_Failure(context_, status_);
    TF_DeleteStatus(status_);
  }

  Call(const Call &) = delete;
  Call &operator=(const Call &) = delete;

  /** Returns the numbers of an input and, if asked, its shape; null after an error. */
  template <typename T = float>
  const T *input(int index, Shape *shape = nullptr) {
    TF_Tensor *tensor = nullptr;
    TF_GetInput(context_, index, &tensor, status_);
    if (TF_GetCode(status_) != TF_OK) return nullptr;
    tensors_.push_back(tensor);
    if (shape) {
      shape->clear();
      for (int i = 0; i < TF_NumDims(tensor); i++) shape->push_back(TF_Dim(tensor, i));
    }
    return static_cast<const T *>(TF_TensorData(tensor));
  }

  /** Allocates an output of this shape and returns its numbers; null after an error. */
  float *output(int index, const Shape &shape) {
    if (TF_GetCode(status_) != TF_OK) return nullptr;
    TF_Tensor *tensor =
        TF_AllocateOutput(context_, index, TF_FLOAT, shape.data(), static_cast<int>(shape.size()),
                          static_cast<size_t>(sizeOf(shape)) * sizeof(float), status_);
    if (TF_GetCode(status_) != TF_OK) return nullptr;
    tensors_.push_back(tensor);
    return static_cast<float *>(TF_TensorData(tensor));
  }

  bool ok() const { return TF_GetCode(status_) == TF_OK; }

  /** Fails the operation with this sentence unless `condition` holds. */
  bool require(bool condition, const char *sentence) {
    if (ok() && !condition) TF_SetStatus(status_, TF_INVALID_ARGUMENT, sentence);
    return ok();
  }

 private:
  TF_OpKernelContext *context_;
  TF_Status *status_;
  std::vector<TF_Tensor *> tensors_;
};

/** Registers an operation with TensorFlow, with its kernel for the CPU; returns true on success. */
template <void (*compute)(Call &)>
bool registerOperation(const char *name, std::initializer_list<const char *> inputs,
                       std::initializer_list<const char *> outputs) {
  TF_Status *status = TF_NewStatus();
  TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder(name);
  for (const char *input : inputs) TF_OpDefinitionBuilderAddInput(definition, input);
  for (const char *output : outputs) TF_OpDefinitionBuilderAddOutput(definition, output);
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition,
                                                  &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) == TF_OK) {
    TF_KernelBuilder *kernel = TF_NewKernelBuilder(
        name, "CPU", nullptr,
        [](void *, TF_OpKernelContext *context) {
          Call call(context);
          compute(call);
        },
        nullptr);
    TF_RegisterKernelBuilder(name, kernel, status);
  }
  const bool registered = TF_GetCode(status) == TF_OK;
  TF_DeleteStatus(status);
  return registered;
}

}  // namespace opnas
