// Recorded operations: many operations of TensorFlow as one. A graph is loaded with its inputs and
// outputs; running it looks to TensorFlow.js like any other operation, so its tensors go in and out
// without a copy, and the operations inside are not executed from JavaScript.
#pragma once

#include <node_api.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "arrays.h"
#include "tensorflow/c/c_api.h"
#include "tensors.h"

namespace opnas {

/** A graph with a session of its own. */
struct Graph {
  TF_Graph *graph = TF_NewGraph();
  TF_Session *session = nullptr;

  Graph() = default;
  Graph(const Graph &) = delete;
  Graph &operator=(const Graph &) = delete;
  ~Graph() {
    if (session) {
      TF_Status *status = TF_NewStatus();
      TF_CloseSession(session, status);
      TF_DeleteSession(session, status);
      TF_DeleteStatus(status);
    }
    TF_DeleteGraph(graph);
  }
};

/**
 * A part of a graph to run: its inputs, which may be inner values of the graph, and its outputs.
 */
struct Recording {
  std::shared_ptr<Graph> graph;
  std::vector<TF_Output> feeds, fetches;
};

/** The recordings of all threads by their numbers. */
class Recordings {
 public:
  int32_t add(Recording recording) {
    const std::lock_guard<std::mutex> lock(mutex_);
    recordings_[++last_] = std::make_shared<Recording>(std::move(recording));
    return last_;
  }
  void remove(int32_t id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    recordings_.erase(id);
  }
  std::shared_ptr<Recording> find(int32_t id) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = recordings_.find(id);
    return found == recordings_.end() ? nullptr : found->second;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<int32_t, std::shared_ptr<Recording>> recordings_;
  int32_t last_ = 0;
};

inline Recordings recordings;

/** The recordings that this thread's JavaScript loaded, which are freed when it ends. */
inline thread_local std::set<int32_t> loadedHere;

/** Registers a hook that frees a thread's recordings when its JavaScript ends. */
inline void freeRecordingsWith(napi_env env) {
  napi_add_env_cleanup_hook(
      env,
      [](void *) {
        for (const int32_t id : loadedHere) recordings.remove(id);
        loadedHere.clear();
      },
      nullptr);
}

inline void deleteAll(const std::vector<TF_Tensor *> &tensors) {
  for (TF_Tensor *tensor : tensors) {
    if (tensor) TF_DeleteTensor(tensor);
  }
}

/** Runs a recording on its inputs; writes a tensor to each place of `outputs`. */
inline void runSession(const Recording &recording, const std::vector<TF_Tensor *> &inputs,
                       std::vector<TF_Tensor *> &outputs, TF_Status *status) {
  TF_SessionRun(recording.graph->session, nullptr, recording.feeds.data(), inputs.data(),
                static_cast<int>(inputs.size()), recording.fetches.data(), outputs.data(),
                static_cast<int>(outputs.size()), nullptr, 0, nullptr, status);
}

/**
 * Computes the operation: runs the recording whose number is the first input on the other inputs.
 */
inline void runRecorded(TF_OpKernelContext *context) {
  TF_Status *status = TF_NewStatus();
  std::shared_ptr<Recording> recording;
  TF_Tensor *number = nullptr;
  TF_GetInput(context, 0, &number, status);
  if (number) {
    recording = recordings.find(*static_cast<int32_t *>(TF_TensorData(number)));
    TF_DeleteTensor(number);
  }
  std::vector<TF_Tensor *> inputs, outputs;
  if (recording) {
    inputs.resize(recording->feeds.size(), nullptr);
    outputs.resize(recording->fetches.size(), nullptr);
  } else {
    TF_SetStatus(status, TF_FAILED_PRECONDITION, "this recording was unloaded");
  }
  for (size_t i = 0; i < inputs.size() && TF_GetCode(status) == TF_OK; i++) {
    TF_GetInput(context, static_cast<int>(i) + 1, &inputs[i], status);
  }
  if (TF_GetCode(status) == TF_OK) runSession(*recording, inputs, outputs, status);
  for (size_t i = 0; i < outputs.size() && TF_GetCode(status) == TF_OK; i++) {
    TF_SetOutput(context, static_cast<int>(i), outputs[i], status);
  }
  deleteAll(inputs);
  deleteAll(outputs);
  if (TF_GetCode(status) != TF_OK) TF_OpKernelContext_Failure(context, status);
  TF_DeleteStatus(status);
}

/**
 * Returns the name of the operation for recordings with inputs and outputs of these types, and
 * registers it at its first use: TensorFlow.js cannot pass a list of types.
 */
inline std::string recordedOperation(const Recording &recording, TF_Status *status) {
  const auto letter = [](TF_Output port) {
    return TF_OperationOutputType(port) == TF_FLOAT ? 'F' : 'I';
  };
  std::string name = "OpnasRecorded";
  for (const TF_Output &feed : recording.feeds) name += letter(feed);
  name += "To";
  for (const TF_Output &fetch : recording.fetches) name += letter(fetch);

  static std::mutex mutex;
  static std::set<std::string> known;
  const std::lock_guard<std::mutex> lock(mutex);
  if (known.count(name)) return name;
  TF_OpDefinitionBuilder *definition = TF_NewOpDefinitionBuilder(name.c_str());
  TF_OpDefinitionBuilderAddInput(definition, "recording: int32");
  TF_OpDefinitionBuilderSetIsStateful(definition, true);
  const auto port = [](const char *kind, size_t index, char letter) {
    return kind + std::to_string(index) + (letter == 'F' ? ": float" : ": int32");
  };
  for (size_t i = 0; i < recording.feeds.size(); i++) {
    TF_OpDefinitionBuilderAddInput(definition, port("in", i, letter(recording.feeds[i])).c_str());
  }
  for (size_t i = 0; i < recording.fetches.size(); i++) {
    TF_OpDefinitionBuilderAddOutput(definition,
                                    port("out", i, letter(recording.fetches[i])).c_str());
  }
  TF_OpDefinitionBuilderSetShapeInferenceFunction(definition,
                                                  &TF_ShapeInferenceContextSetUnknownShape);
  TF_RegisterOpDefinition(definition, status);
  if (TF_GetCode(status) != TF_OK) return name;
  TF_KernelBuilder *kernel =
      TF_NewKernelBuilder(name.c_str(), "CPU", nullptr,
                          [](void *, TF_OpKernelContext *context) { runRecorded(context); }, nullptr);
  TF_RegisterKernelBuilder(name.c_str(), kernel, status);
  if (TF_GetCode(status) == TF_OK) known.insert(name);
  return name;
}

/** Returns the outputs of a graph that are named like "node:0", or sets an error status. */
inline std::vector<TF_Output> portsOf(TF_Graph *graph, const std::vector<std::string> &names,
                                      TF_Status *status) {
  std::vector<TF_Output> ports;
  for (const std::string &name : names) {
    const size_t colon = name.rfind(':');
    TF_Operation *operation = TF_GraphOperationByName(graph, name.substr(0, colon).c_str());
    if (!operation) {
      TF_SetStatus(status, TF_NOT_FOUND, ("the graph has no node " + name).c_str());
      return ports;
    }
    ports.push_back({operation, std::stoi(name.substr(colon + 1))});
  }
  return ports;
}

/** Returns the strings of a JavaScript array, cut at 63 bytes: names of nodes are shorter. */
inline std::vector<std::string> stringsOf(napi_env env, napi_value array) {
  std::vector<std::string> strings;
  for (const napi_value element : elementsOf(env, array)) {
    char text[64];
    size_t size = 0;
    napi_get_value_string_utf8(env, element, text, sizeof text, &size);
    strings.emplace_back(text, size);
  }
  return strings;
}

/**
 * JavaScript (GraphDef, ConfigProto, [[input names, output names], …]): loads a graph and returns
 * [{ recording, operation }, …], the number of each recording, which is the first input of the
 * operation that runs it, and that operation's name.
 */
inline napi_value loadRecordings(napi_env env, napi_callback_info info) {
  napi_value given[3];
  size_t count = 3;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  const ArrayView definition = viewOf(env, given[0]), config = viewOf(env, given[1]);

  auto graph = std::make_shared<Graph>();
  TF_Status *status = TF_NewStatus();
  TF_Buffer *buffer = TF_NewBufferFromString(definition.data, definition.count);
  TF_ImportGraphDefOptions *import = TF_NewImportGraphDefOptions();
  TF_SessionOptions *options = TF_NewSessionOptions();
  TF_GraphImportGraphDef(graph->graph, buffer, import, status);
  if (TF_GetCode(status) == TF_OK) TF_SetConfig(options, config.data, config.count, status);
  if (TF_GetCode(status) == TF_OK) graph->session = TF_NewSession(graph->graph, options, status);
  TF_DeleteSessionOptions(options);
  TF_DeleteImportGraphDefOptions(import);
  TF_DeleteBuffer(buffer);

  uint32_t parts = 0;
  napi_value results;
  napi_get_array_length(env, given[2], &parts);
  napi_create_array(env, &results);
  for (uint32_t i = 0; i < parts && TF_GetCode(status) == TF_OK; i++) {
    napi_value part, feeds, fetches;
    napi_get_element(env, given[2], i, &part);
    napi_get_element(env, part, 0, &feeds);
    napi_get_element(env, part, 1, &fetches);
    Recording recording{graph, portsOf(graph->graph, stringsOf(env, feeds), status), {}};
    if (TF_GetCode(status) == TF_OK)
      recording.fetches = portsOf(graph->graph, stringsOf(env, fetches), status);
    if (TF_GetCode(status) != TF_OK) break;
    const std::string operation = recordedOperation(recording, status);
    napi_value result, number, name;
    napi_create_object(env, &result);
    const int32_t id = recordings.add(std::move(recording));
    loadedHere.insert(id);
    napi_create_int32(env, id, &number);
    napi_create_string_utf8(env, operation.c_str(), operation.size(), &name);
    napi_set_named_property(env, result, "recording", number);
    napi_set_named_property(env, result, "operation", name);
    napi_set_element(env, results, i, result);
  }
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
  return results;
}

/** Makes a tensor on the memory of an array; TensorFlow copies it only if it is not aligned. */
inline TF_Tensor *tensorAround(const ArrayView &array, TF_DataType type, const Shape &shape) {
  const size_t size = static_cast<size_t>(sizeOf(shape)) * sizeof(float);
  if (size != array.bytes()) return nullptr;
  return TF_NewTensor(type, shape.data(), static_cast<int>(shape.size()), array.data, size,
                      [](void *, size_t, void *) {}, nullptr);
}

/**
 * JavaScript (recording, arrays, shapes, results): runs a recording on arrays of these shapes and
 * copies its outputs into the arrays `results`.
 */
inline napi_value runRecording(napi_env env, napi_callback_info info) {
  napi_value given[4];
  size_t count = 4;
  int32_t id = 0;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  napi_get_value_int32(env, given[0], &id);
  const auto arrays = elementsOf(env, given[1]), shapes = elementsOf(env, given[2]);
  const auto results = elementsOf(env, given[3]);
  const auto recording = recordings.find(id);
  TF_Status *status = TF_NewStatus();
  std::vector<TF_Tensor *> inputs, outputs(results.size(), nullptr);
  if (!recording || recording->feeds.size() != arrays.size() || shapes.size() != arrays.size() ||
      recording->fetches.size() != results.size()) {
    TF_SetStatus(status, TF_INVALID_ARGUMENT, "not what this recording takes and gives");
  }
  for (size_t i = 0; i < arrays.size() && TF_GetCode(status) == TF_OK; i++) {
    const ArrayView dimensions = viewOf(env, shapes[i]);
    const int32_t *first = static_cast<int32_t *>(dimensions.data);
    const TF_DataType type = TF_OperationOutputType(recording->feeds[i]);
    inputs.push_back(tensorAround(viewOf(env, arrays[i]), type,
                                  Shape(first, first + dimensions.count)));
    if (!inputs.back()) TF_SetStatus(status, TF_INVALID_ARGUMENT, "an array is not of its shape");
  }
  if (TF_GetCode(status) == TF_OK) runSession(*recording, inputs, outputs, status);
  for (size_t i = 0; i < outputs.size() && TF_GetCode(status) == TF_OK; i++) {
    const ArrayView to = viewOf(env, results[i]);
    if (to.isFloats && TF_TensorByteSize(outputs[i]) == to.bytes()) {
      std::memcpy(to.data, TF_TensorData(outputs[i]), to.bytes());
    } else {
      TF_SetStatus(status, TF_INVALID_ARGUMENT, "a result has no Float32Array of its size");
    }
  }
  deleteAll(inputs);
  deleteAll(outputs);
  if (TF_GetCode(status) != TF_OK) napi_throw_error(env, nullptr, TF_Message(status));
  TF_DeleteStatus(status);
  return nullptr;
}

/** JavaScript (recording): frees a recording, and its graph with the last of its recordings. */
inline napi_value unloadRecording(napi_env env, napi_callback_info info) {
  napi_value given[1];
  size_t count = 1;
  int32_t id = 0;
  napi_get_cb_info(env, info, &count, given, nullptr, nullptr);
  napi_get_value_int32(env, given[0], &id);
  recordings.remove(id);
  loadedHere.erase(id);
  return nullptr;
}

}  // namespace opnas
