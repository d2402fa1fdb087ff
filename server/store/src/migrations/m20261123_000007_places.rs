//! Where files lie can be looked up, so that those nobody's are found. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] =
    &["CREATE INDEX attachment_path ON attachment (path) WHERE path <> ''", "CREATE INDEX inbound_mail_path ON inbound_mail (path)"];
