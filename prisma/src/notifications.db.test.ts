import { expect, test } from "vitest";
import { runChannel } from "./channels.js";
import { createClient } from "./client.js";
import { Notifications } from "./notifications.js";
import { testDatabase } from "./testing/index.js";
import { startProxy } from "./testing/proxy.js";

const url = await testDatabase();

test("after the network was gone, listeners are told to read again and hear new notifications", async () => {
  const proxy = await startProxy(url);
  const lines: string[] = [];
  const notifications = new Notifications(proxy.url, [runChannel], (line) => lines.push(line), 200);
  const db = createClient(url, 1);
  const heard: (string | null)[] = [];
  const until = async (isMet: () => boolean) => {
    while (!isMet()) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  try {
    await notifications.start();
    notifications.listen(runChannel, (payload) => heard.push(payload));
    proxy.cut();
    await db.$executeRaw`SELECT pg_notify(${runChannel}, 'missed')`;
    await until(() => lines.length > 0); // The probe got no answer.
    proxy.mend();
    await until(() => heard.length > 0);
    await db.$executeRaw`SELECT pg_notify(${runChannel}, 'heard')`;
    await until(() => heard.length > 1);
    expect(heard).toEqual([null, "heard"]);
    expect(lines.at(-1)).toBe("The database's notifications are back.");
  } finally {
    await notifications.stop();
    await db.$disconnect();
    await proxy.stop();
  }
});
