import type { AdminMailTemplate } from "@latchkey/core/protocol/admin";
import { Button, Code, Group, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import { useChange } from "../../api/queries.ts";
import { Confirm } from "../../parts/confirm.tsx";
import { Failure } from "../../parts/failure.tsx";
import { Takes } from "../../parts/takes.tsx";
import { MailPreview } from "./mail-preview.tsx";
import { SendTest } from "./send-test.tsx";

const MONOSPACE = { input: { fontFamily: "var(--mantine-font-family-monospace)" } };

export function MailEditor({ appId, template }: { appId: string; template: AdminMailTemplate }) {
  const [subject, setSubject] = useState(template.subject);
  const [text, setText] = useState(template.text);
  const [html, setHtml] = useState<string | null>(template.html);
  const save = useChange("PUT /apps/{appId}/mail-templates/{kind}");
  const reset = useChange("DELETE /apps/{appId}/mail-templates/{kind}");
  const params = { appId, kind: template.kind };
  const words = { subject, text, html };
  const { error } = save;
  const isChanged =
    subject !== template.subject || text !== template.text || html !== template.html;

  return (
    <>
      <Stack>
        <Text size="sm" c="dimmed">
          {template.description}
        </Text>
        <TextInput
          label="Subject"
          maxLength={200}
          value={subject}
          onChange={(event) => setSubject(event.currentTarget.value)}
          error={error?.fields.subject}
        />
        <Textarea
          label="Text"
          description="Paragraphs, with an empty line between."
          autosize
          minRows={8}
          maxRows={24}
          maxLength={10_000}
          styles={MONOSPACE}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={error?.fields.text}
        />
        <Switch
          label="HTML of your own"
          description="Off: it is made from the text, with the app's logo and colour."
          checked={html !== null}
          onChange={(event) => setHtml(event.currentTarget.checked ? htmlOf(text) : null)}
        />
        {html !== null && (
          <Textarea
            label="HTML"
            description="What goes into the usual frame; or a whole page, with <html>."
            autosize
            minRows={8}
            maxRows={24}
            maxLength={50_000}
            spellCheck={false}
            styles={MONOSPACE}
            value={html}
            onChange={(event) => setHtml(event.currentTarget.value)}
            error={error?.fields.html}
          />
        )}
        <Placeholders template={template} />
        {error && Object.keys(error.fields).length === 0 && <Failure error={error} />}
        <Group>
          <Takes call="PUT /apps/{appId}/mail-templates/{kind}">
            <Button
              loading={save.isPending}
              disabled={!isChanged}
              onClick={() => save.mutate({ params, body: { ...words, version: template.version } })}
            >
              Save
            </Button>
          </Takes>
          <SendTest {...params} words={words} />
          {!template.isUsual && (
            <Confirm
              label="Use the usual words"
              title="Use the usual words again?"
              action="Use them"
              size="sm"
              work={reset}
              run={(done) => reset.mutate({ params }, { onSuccess: done })}
            >
              Your own words for this mail are gone then.
            </Confirm>
          )}
        </Group>
      </Stack>
      <MailPreview {...params} words={words} />
    </>
  );
}

function Placeholders({ template }: { template: AdminMailTemplate }) {
  return (
    <Stack gap={4} component="section" aria-label="Placeholders">
      <Text size="sm" fw={600}>
        Filled in for each mail
      </Text>
      {template.placeholders.map(({ name, description, isRequired, inSubject }) => (
        <Text key={name} size="xs">
          <Code>{`{{${name}}}`}</Code> {description}
          {isRequired && ". Every body must hold it"}
          {!inSubject && ". Not in the subject"}
        </Text>
      ))}
    </Stack>
  );
}

/** To begin with: the text's paragraphs. */
const htmlOf = (text: string): string =>
  text
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const escaped = paragraph
        .trim()
        .replaceAll("&", "&amp;")
        .replaceAll("<", "&lt;")
        .replaceAll(">", "&gt;");
      return escaped === "{{link}}"
        ? '<p><a href="{{link}}">{{link}}</a></p>'
        : `<p>${escaped}</p>`;
    })
    .join("\n");
