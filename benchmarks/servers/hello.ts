/** The floor under every server here: node:http answering five bytes. */
import { createServer } from "node:http";

createServer((_request, response) => response.end("hello")).listen(
  Number(process.env.PORT),
  "127.0.0.1",
);
