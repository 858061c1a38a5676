// Fused operations for training small Transformers on the CPU: TensorFlow's eager mode would
// need five to fifteen passes over memory for each. Loaded as an addon of Node, after which the
// operations can be run by name like TensorFlow's own. Exports the loops of hostLoops.h and the
// functions of fetch.h and recorded.h.
#include <node_api.h>

#include "fetch.h"
#include "hostLoops.h"
#include "pointwise.h"
#include "recorded.h"
#include "rows.h"

using namespace opnas;

static bool registerAll() {
  return registerOperation<pointwise<gelu>>("OpnasGelu", {"x: float"},
                                            {"y: float", "slope: float"}) &&
         registerOperation<pointwise<logSigmoid>>("OpnasLogSigmoid", {"x: float"},
                                                  {"y: float", "slope: float"}) &&
         registerOperation<pointwise<softplus>>("OpnasSoftplus", {"x: float"},
                                                {"y: float", "slope: float"}) &&
         registerOperation<pointwise<softsign>>("OpnasSoftsign", {"x: float"},
                                                {"y: float", "slope: float"}) &&
         registerOperation<glu>("OpnasGlu", {"x: float"}, {"y: float"}) &&
         registerOperation<gluGradient>("OpnasGluGradient", {"dy: float", "x: float"},
                                        {"dx: float"}) &&
         registerOperation<layerNorm>("OpnasLayerNorm",
                                      {"x: float", "gain: float", "shift: float", "epsilon: float"},
                                      {"y: float", "mean: float", "inverse: float"}) &&
         registerOperation<layerNormGradient>(
             "OpnasLayerNormGradient",
             {"dy: float", "x: float", "gain: float", "mean: float", "inverse: float"},
             {"dx: float", "dgain: float", "dshift: float"}) &&
         registerOperation<softmax>("OpnasSoftmax", {"x: float", "mask: float"}, {"y: float"}) &&
         registerOperation<softmaxGradient>("OpnasSoftmaxGradient", {"dy: float", "y: float"},
                                            {"dx: float"}) &&
         registerOperation<crossEntropy>("OpnasCrossEntropy",
                                         {"logits: float", "labels: int32", "shares: float"},
                                         {"loss: float", "logsums: float"}) &&
         registerOperation<crossEntropyGradient>(
             "OpnasCrossEntropyGradient",
             {"dy: float", "logits: float", "labels: int32", "shares: float", "logsums: float"},
             {"dx: float"}) &&
         registerFetch();
}

static void exportFunction(napi_env env, napi_value exports, const char *name,
                           napi_callback function) {
  napi_value value;
  napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
  napi_set_named_property(env, exports, name, value);
}

NAPI_MODULE_INIT() {
  static const bool registered = registerAll();
  if (!registered) napi_throw_error(env, nullptr, "TensorFlow refused the operations");
  freeRecordingsWith(env);
  exportFunction(env, exports, "sumOfSquares", sumOfSquares);
  exportFunction(env, exports, "scale", scale);
  exportFunction(env, exports, "add", add);
  exportFunction(env, exports, "adam", adam);
  exportFunction(env, exports, "fetchNextInto", fetchNextInto);
  exportFunction(env, exports, "loadRecordings", loadRecordings);
  exportFunction(env, exports, "runRecording", runRecording);
  exportFunction(env, exports, "unloadRecording", unloadRecording);
  return exports;
}
