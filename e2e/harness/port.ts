// Ports of this machine that were free just now: for who has to be found where it was, or is told by others.

import { type AddressInfo, createServer } from 'node:net';

/** As many as are wanted, free at the same moment. */
export async function freePorts(many: number): Promise<number[]> {
  const servers = Array.from({ length: many }, () => createServer());
  const ports = await Promise.all(servers.map((server) => new Promise<number>((go) => server.listen(0, '127.0.0.1', () => go((server.address() as AddressInfo).port)))));
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}

export const freePort = async (): Promise<number> => (await freePorts(1))[0]!;
