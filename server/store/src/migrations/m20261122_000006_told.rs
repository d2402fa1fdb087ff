//! Being told beside the screen, and work that is handed out: browsers to push to, news that is not for the inbox of notifications, whose turn it
//! is, files of saved replies and the order of all, and a person's own habits. One text for both databases.

/// The statements, in order.
pub const UP: &[&str] = &[
    "CREATE TABLE push_subscription (id {id}, user_id BIGINT NOT NULL REFERENCES person(id), session_id BIGINT NOT NULL, endpoint TEXT NOT NULL UNIQUE, \
     p256dh TEXT NOT NULL, auth TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX push_subscription_user ON push_subscription (user_id)",
    "CREATE INDEX push_subscription_session ON push_subscription (session_id)",
    "ALTER TABLE notification ADD COLUMN silent BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE inbox ADD COLUMN auto_assign BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE inbox ADD COLUMN most_open BIGINT",
    "ALTER TABLE inbox_member ADD COLUMN picked_at BIGINT NOT NULL DEFAULT 0",
    "CREATE INDEX conversation_allot ON conversation (account_id, inbox_id) WHERE team_id IS NOT NULL AND assignee_id IS NULL AND status = 0",
    "ALTER TABLE attachment ADD COLUMN canned_id BIGINT",
    "CREATE INDEX attachment_canned ON attachment (canned_id) WHERE canned_id IS NOT NULL",
    "ALTER TABLE attachment ADD COLUMN place BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE person ADD COLUMN habits TEXT NOT NULL DEFAULT ''",
];
