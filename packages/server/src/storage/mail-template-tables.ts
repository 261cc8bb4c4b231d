export interface MailTemplateTable {
  app_id: string;
  /** A key of the mail kinds */
  kind: string;
  subject: string;
  text_body: string;
  /** Null: made from the text */
  html_body: string | null;
  version: number;
  updated_at: number;
}

export interface MailTemplateTables {
  mail_templates: MailTemplateTable;
}
