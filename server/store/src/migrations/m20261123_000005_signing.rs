//! Secrets that sign can be given anew, and the log of webhooks keeps what each call was signed with. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "ALTER TABLE webhook ADD COLUMN signing TEXT",
    "ALTER TABLE inbox ADD COLUMN signing TEXT",
    "ALTER TABLE bot ADD COLUMN signing TEXT",
    "ALTER TABLE webhook_delivery ADD COLUMN sent TEXT",
];
