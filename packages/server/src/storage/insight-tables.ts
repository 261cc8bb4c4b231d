export interface InsightBucketTable {
  app_id: string;
  /** How long the bucket is, in milliseconds */
  step: number;
  /** When it begins: a multiple of step */
  at: number;
  /** sign_in, refresh, failure or request_time */
  metric: string;
  /** Method, outcome, error code, or number of a bucket of the histogram */
  label: string;
  n: number;
}

export interface InsightCountTable {
  app_id: string;
  /** live_sessions, signed_in_users, … */
  name: string;
  n: number;
  counted_at: number;
}

export interface InsightTables {
  insight_buckets: InsightBucketTable;
  insight_counts: InsightCountTable;
}
