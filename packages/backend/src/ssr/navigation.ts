/** What kind of request asks for a page. */
import { type RequestLike, readHeader } from "../request.ts";

/** A web-standard `Request`, or `req` of node:http, Express and the like. */
export type PageRequest = RequestLike & {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  /** Express shortens `url` below a mounted router and keeps the whole here. */
  readonly originalUrl?: string | undefined;
};

const PREFETCH_HEADERS = ["sec-purpose", "purpose", "x-purpose", "x-moz"];
/** A framework's own fetch of a page's data, which must get its answer and no redirect. */
const FRAMEWORK_HEADERS = ["rsc", "next-router-prefetch", "x-middleware-prefetch", "x-nextjs-data"];

/** Whether a person goes to this page: only then may an answer lead elsewhere. */
export function isDocumentNavigation(request: PageRequest): boolean {
  if (request.method !== "GET") return false;
  const purpose = PREFETCH_HEADERS.map((name) => readHeader(request, name) ?? "").join();
  if (/prefetch|prerender|preview/i.test(purpose)) return false;
  if (FRAMEWORK_HEADERS.some((name) => readHeader(request, name) !== null)) return false;
  const mode = readHeader(request, "sec-fetch-mode");
  const destination = readHeader(request, "sec-fetch-dest");
  if (mode !== null || destination !== null) {
    return (mode ?? "navigate") === "navigate" && (destination ?? "document") === "document";
  }
  return (readHeader(request, "accept") ?? "").includes("text/html");
}

/** Whether Strict cookies may have been kept back: a link of another site led here. */
export function mayHideCookies(request: PageRequest): boolean {
  const site = readHeader(request, "sec-fetch-site");
  return site === null || site === "cross-site";
}
