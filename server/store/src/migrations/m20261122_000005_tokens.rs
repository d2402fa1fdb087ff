//! What a provider wants back of one message: LINE quotes and marks as read by tokens of that very message. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &["ALTER TABLE message ADD COLUMN tokens TEXT"];
