//! Mail: every mail that came in with what became of it, how far each mailbox was read and by whom, and who took part in a conversation by mail.
//! One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE inbound_mail (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, fingerprint TEXT NOT NULL, path TEXT NOT NULL, size BIGINT NOT NULL, \
     envelope TEXT NOT NULL DEFAULT '[]', whole BIGINT NOT NULL DEFAULT 1, state TEXT NOT NULL, reason TEXT, conversation_id BIGINT, message_id BIGINT, facts TEXT, \
     at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX inbound_mail_fingerprint ON inbound_mail (inbox_id, fingerprint)",
    "CREATE INDEX inbound_mail_message ON inbound_mail (message_id) WHERE message_id IS NOT NULL",
    "CREATE TABLE mailbox (inbox_id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL, validity BIGINT, last_uid BIGINT, holder TEXT, held_until BIGINT NOT NULL DEFAULT 0)",
    "CREATE TABLE mail_participant (account_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL, email TEXT NOT NULL, PRIMARY KEY (conversation_id, email))",
];
