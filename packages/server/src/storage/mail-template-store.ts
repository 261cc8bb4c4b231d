/** An app's own words for one kind of mail. */
export interface MailTemplateRecord {
  readonly kind: string;
  readonly subject: string;
  readonly text: string;
  /** Null: made from the text. */
  readonly html: string | null;
  /** Grows with every change. */
  readonly version: number;
  readonly updatedAt: number;
}

export type MailTemplateWords = Pick<MailTemplateRecord, "kind" | "subject" | "text" | "html">;

export interface MailTemplateStore {
  /** Those kinds that the app has its own words for. */
  ofApp(appId: string): Promise<MailTemplateRecord[]>;
  /** `version` is the one that the change was made on; 0: there was none. */
  put(
    appId: string,
    words: MailTemplateWords,
    version: number,
  ): Promise<MailTemplateRecord | "changed">;
  /** Back to the usual words. Null when the app had none of its own. */
  remove(appId: string, kind: string): Promise<MailTemplateRecord | null>;
}
