//! Indexes that every message paid for and nearly none needed: a page each, in the log and again in the file. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    // Only what sleeps is looked for by the hour it wakes.
    "DROP INDEX conversation_snoozed",
    "CREATE INDEX conversation_snoozed ON conversation (snoozed_until) WHERE snoozed_until IS NOT NULL",
    // Only what a provider named can come a second time under that name.
    "DROP INDEX message_source",
    "CREATE UNIQUE INDEX message_source ON message (inbox_id, source_id) WHERE source_id IS NOT NULL",
    // The journal is forgotten from each account's beginning, which its key already orders.
    "DROP INDEX event_at",
];
