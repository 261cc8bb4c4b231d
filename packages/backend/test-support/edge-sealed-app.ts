import { createFakeAppServer, createJar, signIn } from "./fake-app-server.ts";

const server = await createFakeAppServer();
const statuses: string[] = [];
for (const seal of ["compact", "iron"] as const) {
  const manager = server.manager({ seal });
  const jar = await signIn(server, manager);
  statuses.push((await manager.getSession(jar.request())).status);
  server.pass(1_000);
  statuses.push(jar.keep(await manager.getSession(jar.request())).status);
  jar.keep(await manager.signOut(jar.request()));
  statuses.push((await manager.getSession(jar.request())).status);
  statuses.push((await manager.getSession(createJar().request())).status);
}
console.log(JSON.stringify({ statuses, hasBuffer: "Buffer" in globalThis }));
