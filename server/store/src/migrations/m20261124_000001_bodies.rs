//! The text of an event is kept once for all endpoints that hear of it, beside the contact it tells of.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE webhook_body (id {id}, account_id BIGINT NOT NULL, contact_id BIGINT, body TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX webhook_body_contact ON webhook_body (contact_id)",
    "ALTER TABLE webhook_delivery ADD COLUMN body_id BIGINT",
    "INSERT INTO webhook_body (id, account_id, contact_id, body, created_at) SELECT d.id, d.account_id, c.contact_id, d.body, d.created_at \
     FROM webhook_delivery d LEFT JOIN conversation c ON c.id = d.conversation_id",
    "UPDATE webhook_delivery SET body_id = id",
    "ALTER TABLE webhook_delivery DROP COLUMN body",
];

/// What PostgreSQL needs beside it: ids go on after those taken over.
pub const UP_POSTGRES: &[&str] =
    &["SELECT setval(pg_get_serial_sequence('webhook_body', 'id'), (SELECT COALESCE(max(id), 0) + 1 FROM webhook_body), false)"];
