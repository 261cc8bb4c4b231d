import { connect, type TLSSocket } from "node:tls";
import { eventually } from "../support/eventually.ts";

export interface Handshake {
  readonly servername: string;
  readonly port: number;
  /** PEM of the root that is trusted. */
  readonly ca: string;
}

/** Serial number of the certificate that is answered with, once it is trusted for the name. */
export function handshake({ servername, port, ca }: Handshake): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ host: "127.0.0.1", port, servername, ca }, () => {
      const { serialNumber } = socket.getPeerCertificate();
      socket.end();
      resolve(serialNumber);
    });
    socket.on("error", reject);
  });
}

export const eventualHandshake = (wanted: Handshake, limitMs = 40_000): Promise<string> =>
  eventually(() => handshake(wanted), limitMs);
