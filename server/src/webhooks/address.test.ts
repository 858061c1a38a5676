import { once } from "node:events";
import { createServer, get, IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { z } from "zod";
import { checkedAddresses, isPublic, lookupOf } from "./address.js";

test.each(["93.184.215.14", "8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])(
  "%s belongs to the public internet",
  (address) => {
    expect(isPublic(address)).toBe(true);
  },
);

test.each([
  "127.0.0.1",
  "127.255.0.3",
  "0.0.0.0",
  "10.1.2.3",
  "172.16.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "198.18.0.1",
  "224.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "fe80::1",
  "fc00::1",
  "fd00:ec2::254",
  "ff02::1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:a9fe:a9fe",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "2001:db8::1",
  "localhost",
  "",
])("%j does not", (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each([
  "http://127.0.0.1/",
  "http://localhost/",
  "http://[::1]/",
  "http://[::ffff:127.0.0.1]/",
  "http://[::ffff:a9fe:a9fe]/",
  "http://0x7f000001/",
  "http://2130706433/",
  "http://0177.0.0.1/",
  "http://127.1/",
  "http://0/",
  "http://169.254.169.254/latest/meta-data",
])("%s is refused, unless private addresses are allowed", async (target) => {
  const url = new URL(target);
  await expect(checkedAddresses(url, false)).rejects.toThrow("OPNAS_WEBHOOKS_PRIVATE");
  await expect(checkedAddresses(url, true)).resolves.not.toHaveLength(0);
});

test("a connection goes to the address that was checked, whatever the name stands for by then", async () => {
  const server = createServer((_request, response) => response.end("here")).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = z.object({ port: z.int() }).parse(server.address());
  const lookup = lookupOf([{ address: "127.0.0.1", family: 4 }]);
  const asking = get({ host: "changed.invalid", port, lookup, agent: false });
  const [answer] = z.tuple([z.instanceof(IncomingMessage)]).parse(await once(asking, "response"));
  expect(answer.statusCode).toBe(200);
  asking.destroy();
  server.close();
});
