/** What a subscriber asks of the hub; its callback has to confirm it. */
export type HubAsking = HubSubscribing | HubUnsubscribing;

export interface HubUnsubscribing {
  mode: "unsubscribe";
  callback: string;
  /** As the subscriber wrote it. */
  topic: string;
}

export interface HubSubscribing {
  mode: "subscribe";
  callback: string;
  /** As the subscriber wrote it. */
  topic: string;
  /** The feed that the topic names. */
  feed: { listing: "events" | "articles"; canonical: string; query: string | undefined };
  /** In seconds. */
  lease: number;
  secret: string | undefined;
  /** Origin of the links in what is sent. */
  origin: string;
  /** The subscription sees the log entries after this one. */
  since: number;
  /** Tells this request from others for the same subscription. */
  nonce: string;
}
