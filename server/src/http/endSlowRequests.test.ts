import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import express from "express";
import { afterAll, beforeAll, expect, test } from "vitest";
import { endSlowRequests } from "./endSlowRequests.js";

const milliseconds = 200;
const sockets: Socket[] = [];
let server: Server;
beforeAll(async () => {
  const app = express();
  app.use(endSlowRequests(milliseconds), express.json(), (request, response) => {
    request.resume().once("end", () => response.end("all is there"));
    if (request.readableEnded) response.end("all is there");
  });
  server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

/** Begins a request with a body of ten bytes, of which some are sent. */
function begin(path: string, type: string, sent: string): Socket {
  const { port } = server.address() as AddressInfo;
  const socket = connect(port, "127.0.0.1");
  sockets.push(socket);
  const head = ["POST " + path + " HTTP/1.1", "Host: here", `Content-Type: ${type}`];
  socket.write([...head, "Content-Length: 10", "", sent].join("\r\n"));
  socket.on("error", () => undefined);
  return socket;
}
const closed = (socket: Socket) => once(socket.resume(), "close").then(() => "closed");
const later = () => new Promise((resolve) => setTimeout(() => resolve("open"), 5 * milliseconds));

test("the connection of a body that stops is ended, but not that of a file", async () => {
  const slow = begin("/graphql", "application/json", '{"a"');
  const file = begin("/import/runs", "application/gzip", "1234");
  expect(await Promise.race([closed(slow), later()])).toBe("closed");
  expect(await Promise.race([closed(file), later()])).toBe("open");
});

test("a request that is whole in time is answered", async () => {
  const whole = begin("/graphql", "application/json", '{"a":1234}');
  const [answer] = (await once(whole, "data")) as [Buffer];
  expect(answer.toString()).toContain("200 OK");
  expect(await Promise.race([closed(whole), later()])).toBe("open");
});
