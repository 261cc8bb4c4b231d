import { createSessionManager, readSessionEnvironment } from "@latchkey/backend/sealed";
import { notesApp } from "./notes-app.ts";

const sessions = createSessionManager(readSessionEnvironment(process.env));
const port = Number(process.env.PORT ?? 3000);
notesApp(sessions).listen(port, () => console.log(`Notes: http://localhost:${port}`));
