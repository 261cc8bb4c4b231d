import { type NextRequest, NextResponse } from "next/server";

/** For a page that needs the user while nothing can be said of them: nobody is signed out (R5). */
export function unavailablePage(request: NextRequest, retryAfter: number): NextResponse {
  const isPage = request.headers.get("accept")?.includes("text/html") ?? false;
  const words =
    "Whether you are signed in cannot be found out at the moment. You are not signed out.";
  const body = isPage
    ? `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>This is not possible just now</title>
<h1>This is not possible just now</h1>
<p>${words}</p>
<p><a href="">Try again</a></p>
<p><small>Code: session_server_unavailable</small></p>
</html>
`
    : words;
  const answer = new NextResponse(body, { status: 503 });
  answer.headers.set("content-type", isPage ? "text/html; charset=utf-8" : "text/plain");
  answer.headers.set("retry-after", String(retryAfter));
  return answer;
}
