import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addonHome } from "./build.mjs";
import { zipOf } from "./testing/zipOf.mjs";
import { cudaLibraries, cudaRequirements } from "./wheel.mjs";

let folder;
let downloads;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "opnas-wheel-"));
  downloads = path.join(folder, "downloads");
  mkdirSync(downloads);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const metadata = [
  "Name: tensorflow",
  "Requires-Dist: numpy<2.1,>=1.26",
  "Requires-Dist: nvidia-cublas-cu12 ==12.5.3.2 ; extra == 'and-cuda'",
  'Requires-Dist: nvidia-cuda-nvcc-cu12 (<13.0,>=12.5.82) ; extra == "and-cuda"',
  "Requires-Dist: nvidia-other ==1 ; extra == 'else'",
].join("\n");

function tensorflowWheel() {
  const wheel = path.join(downloads, "tensorflow-2.18.0-cp311-cp311-manylinux2014_x86_64.whl");
  writeFileSync(wheel, zipOf({ "tensorflow-2.18.0.dist-info/METADATA": metadata }));
  return wheel;
}

test("the CUDA libraries are those that TensorFlow's wheel names for and-cuda", async () => {
  await expect(cudaRequirements(tensorflowWheel(), downloads)).resolves.toEqual([
    "nvidia-cublas-cu12==12.5.3.2",
    "nvidia-cuda-nvcc-cu12<13.0,>=12.5.82",
  ]);
});

test("a wheel without them is told", async () => {
  const wheel = path.join(downloads, "other.whl");
  writeFileSync(wheel, zipOf({ "other-1.dist-info/METADATA": "Name: other" }));
  await expect(cudaRequirements(wheel, downloads)).rejects.toThrow("names no CUDA libraries");
});

test("pip brings them to the folder where the library looks for them", async () => {
  const arch = process.arch === "arm64" ? "aarch64" : "x86_64";
  const index = await packageIndex({
    [`nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_${arch}.whl`]: {
      "nvidia/cublas/lib/libcublas.so.12": "library",
      "nvidia/cublas/include/cublas.h": "header",
      ...distInfo("nvidia-cublas-cu12", "12.5.3.2"),
    },
    [`nvidia_cuda_nvcc_cu12-12.6.0-py3-none-manylinux2014_${arch}.whl`]: {
      "nvidia/cuda_nvcc/bin/ptxas": "#!/bin/sh\n",
      "nvidia/cuda_nvcc/bin/nvcc": "not needed",
      "nvidia/cuda_nvcc/nvvm/libdevice/libdevice.10.bc": "bitcode",
      ...distInfo("nvidia-cuda-nvcc-cu12", "12.6.0"),
    },
  });
  const pip = ["env", `PIP_INDEX_URL=${index.address}`, "PIP_CONFIG_FILE=", "python3", "-m", "pip"];
  try {
    const step = { log: path.join(folder, "log") };
    await cudaLibraries(folder, "tensorflow-gpu", tensorflowWheel(), pip, downloads, step);
  } finally {
    index.close();
  }
  const nvidia = path.join(addonHome(folder, "tensorflow-gpu"), "deps", "nvidia");
  expect(existsSync(path.join(nvidia, "cublas/lib/libcublas.so.12"))).toBe(true);
  expect(existsSync(path.join(nvidia, "cuda_nvcc/nvvm/libdevice/libdevice.10.bc"))).toBe(true);
  expect(statSync(path.join(nvidia, "cuda_nvcc/bin/ptxas")).mode & 0o111).toBe(0o111);
  expect(existsSync(path.join(nvidia, "cublas/include/cublas.h"))).toBe(false);
  expect(existsSync(path.join(nvidia, "cuda_nvcc/bin/nvcc"))).toBe(false);
}, 60_000);

/** Makes the two files by which pip knows a wheel. @param {string} name @param {string} version */
function distInfo(name, version) {
  const home = `${name.replaceAll("-", "_")}-${version}.dist-info`;
  return {
    [`${home}/METADATA`]: `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
    [`${home}/WHEEL`]: "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
  };
}

/**
 * Serves wheels as PyPI's simple index does.
 * @param {Record<string, Record<string, string>>} wheels
 */
async function packageIndex(wheels) {
  const server = createServer((request, response) => {
    const [, kind, name = ""] = decodeURIComponent(request.url ?? "").split("/");
    const wheel = wheels[name];
    if (kind === "files" && wheel !== undefined) return response.end(zipOf(wheel));
    const mine = Object.keys(wheels).filter((file) => file.startsWith(name.replaceAll("-", "_")));
    const links = mine.map((file) => `<a href="/files/${file}">${file}</a>`).join("\n");
    return response.setHeader("content-type", "text/html").end(`<!DOCTYPE html>${links}`);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = `http://127.0.0.1:${server.address().port}/simple/`;
  return { address, close: () => server.close() };
}
