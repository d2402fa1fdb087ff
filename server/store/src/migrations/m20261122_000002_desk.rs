//! The desk: what a day's work needs beside plain messages, and where providers' calls wait until they are understood.
//! One text for both databases; bytes are BYTEA, which SQLite stores as it is given.

/// The statements, in order.
pub const UP: &[&str] = &[
    // Messages, their parts at the provider, and their files.
    "ALTER TABLE message ADD COLUMN extra TEXT",
    "ALTER TABLE message ADD COLUMN quote_id BIGINT",
    "ALTER TABLE message ADD COLUMN send_at BIGINT",
    "ALTER TABLE message ADD COLUMN unless_answered BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE message ADD COLUMN reason TEXT",
    "CREATE INDEX message_held ON message (conversation_id) WHERE send_at IS NOT NULL",
    "CREATE INDEX message_quote ON message (conversation_id, quote_id) WHERE quote_id IS NOT NULL",
    "CREATE TABLE message_part (account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, source_id TEXT NOT NULL, message_id BIGINT NOT NULL, \
     PRIMARY KEY (inbox_id, source_id))",
    "CREATE INDEX message_part_message ON message_part (message_id)",
    "CREATE TABLE message_html (message_id BIGINT PRIMARY KEY, account_id BIGINT NOT NULL, html TEXT NOT NULL)",
    "ALTER TABLE attachment ADD COLUMN voice BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE attachment ADD COLUMN duration BIGINT",
    "ALTER TABLE attachment ADD COLUMN peaks TEXT",
    "ALTER TABLE attachment ADD COLUMN state TEXT NOT NULL DEFAULT 'ready'",
    "ALTER TABLE attachment ADD COLUMN content_id TEXT",
    "ALTER TABLE attachment ADD COLUMN remote TEXT",
    // Conversations.
    "ALTER TABLE conversation ADD COLUMN priority BIGINT",
    "ALTER TABLE conversation ADD COLUMN labels TEXT",
    "ALTER TABLE conversation ADD COLUMN team_id BIGINT",
    "ALTER TABLE conversation ADD COLUMN muted BIGINT NOT NULL DEFAULT 0",
    "ALTER TABLE conversation ADD COLUMN subject TEXT",
    "ALTER TABLE conversation ADD COLUMN starter_id BIGINT",
    "ALTER TABLE conversation ADD COLUMN start_key TEXT",
    "ALTER TABLE conversation ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'",
    "CREATE UNIQUE INDEX conversation_start ON conversation (account_id, start_key)",
    "CREATE UNIQUE INDEX conversation_uuid ON conversation (uuid)",
    "CREATE INDEX conversation_team ON conversation (account_id, team_id, status, last_message_at DESC, id DESC) WHERE team_id IS NOT NULL",
    "ALTER TABLE contact ADD COLUMN labels TEXT",
    "CREATE TABLE label (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), title TEXT NOT NULL, colour TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', \
     sidebar BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX label_title ON label (account_id, title)",
    "CREATE TABLE conversation_label (account_id BIGINT NOT NULL, label_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL, PRIMARY KEY (account_id, label_id, conversation_id))",
    "CREATE TABLE participant (account_id BIGINT NOT NULL, conversation_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (account_id, conversation_id, user_id))",
    "CREATE INDEX participant_user ON participant (account_id, user_id)",
    // Teams and saved things.
    "CREATE TABLE team (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), name TEXT NOT NULL, description TEXT NOT NULL DEFAULT '', \
     auto_assign BIGINT NOT NULL DEFAULT 1, created_at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX team_name ON team (account_id, name)",
    "CREATE TABLE team_member (account_id BIGINT NOT NULL, team_id BIGINT NOT NULL, user_id BIGINT NOT NULL, PRIMARY KEY (account_id, team_id, user_id))",
    "CREATE INDEX team_member_user ON team_member (account_id, user_id)",
    "CREATE TABLE canned (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), short_code TEXT NOT NULL, text TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX canned_code ON canned (account_id, short_code)",
    "CREATE TABLE attribute (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), entity TEXT NOT NULL, key TEXT NOT NULL, label TEXT NOT NULL, \
     kind TEXT NOT NULL, options TEXT NOT NULL DEFAULT '[]', description TEXT NOT NULL DEFAULT '', created_at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX attribute_key ON attribute (account_id, entity, key)",
    "CREATE TABLE macro (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), name TEXT NOT NULL, shared BIGINT NOT NULL, created_by BIGINT NOT NULL, \
     actions TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX macro_account ON macro (account_id, name)",
    "CREATE TABLE folder (id {id}, account_id BIGINT NOT NULL REFERENCES account(id), entity TEXT NOT NULL, name TEXT NOT NULL, shared BIGINT NOT NULL, \
     created_by BIGINT NOT NULL, filter TEXT NOT NULL, created_at BIGINT NOT NULL)",
    "CREATE INDEX folder_account ON folder (account_id, entity, name)",
    // Contacts.
    "CREATE TABLE contact_label (account_id BIGINT NOT NULL, label_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, PRIMARY KEY (account_id, label_id, contact_id))",
    "CREATE INDEX contact_label_contact ON contact_label (account_id, contact_id)",
    "CREATE INDEX conversation_label_conversation ON conversation_label (account_id, conversation_id)",
    "CREATE TABLE contact_note (id {id}, account_id BIGINT NOT NULL, contact_id BIGINT NOT NULL, user_id BIGINT NOT NULL, text TEXT NOT NULL, at BIGINT NOT NULL)",
    "CREATE INDEX contact_note_contact ON contact_note (account_id, contact_id, id)",
    "ALTER TABLE contact_inbox ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}'",
    "CREATE TABLE contact_alias (account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, source_id TEXT NOT NULL, contact_inbox_id BIGINT NOT NULL, \
     PRIMARY KEY (inbox_id, source_id))",
    "CREATE INDEX contact_alias_address ON contact_alias (contact_inbox_id)",
    "CREATE INDEX contact_name ON contact (account_id, substr(words, 1, 60), id)",
    "CREATE INDEX contact_recent ON contact (account_id, COALESCE(last_activity_at, 0) DESC, id DESC)",
    // Inboxes and what providers tell them.
    "ALTER TABLE inbox ADD COLUMN account_key TEXT",
    "ALTER TABLE inbox ADD COLUMN state TEXT",
    "ALTER TABLE inbox ADD COLUMN last_in BIGINT",
    "ALTER TABLE inbox ADD COLUMN last_out BIGINT",
    "ALTER TABLE inbox ADD COLUMN last_error TEXT",
    "ALTER TABLE inbox ADD COLUMN last_error_at BIGINT",
    "CREATE UNIQUE INDEX inbox_account_key ON inbox (kind, account_key)",
    "CREATE TABLE inbound_call (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, headers TEXT NOT NULL, \
     body BYTEA NOT NULL, state TEXT NOT NULL, error TEXT, at BIGINT NOT NULL)",
    "CREATE UNIQUE INDEX inbound_call_key ON inbound_call (inbox_id, key)",
    "CREATE INDEX inbound_call_state ON inbound_call (state, at)",
    "CREATE INDEX inbound_call_waiting ON inbound_call (inbox_id, id) WHERE state = 'waiting'",
    "CREATE TABLE pending_receipt (id {id}, account_id BIGINT NOT NULL, inbox_id BIGINT NOT NULL, source_id TEXT NOT NULL, state TEXT NOT NULL, at BIGINT NOT NULL)",
    "CREATE INDEX pending_receipt_source ON pending_receipt (inbox_id, source_id)",
    "CREATE INDEX pending_receipt_at ON pending_receipt (at)",
    // People of ours: what they are told, and long work they watch.
    "ALTER TABLE membership ADD COLUMN preferences TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE membership ADD COLUMN auto_offline BIGINT NOT NULL DEFAULT 1",
    "ALTER TABLE account ADD COLUMN settings TEXT NOT NULL DEFAULT '{}'",
    "CREATE TABLE notification (id {id}, account_id BIGINT NOT NULL, user_id BIGINT NOT NULL, kind TEXT NOT NULL, conversation_id BIGINT NOT NULL, message_id BIGINT, \
     by_id BIGINT, text TEXT NOT NULL DEFAULT '', count BIGINT NOT NULL DEFAULT 1, at BIGINT NOT NULL, read_at BIGINT)",
    "CREATE INDEX notification_user ON notification (account_id, user_id, id)",
    "CREATE INDEX notification_conversation ON notification (account_id, conversation_id)",
    "CREATE TABLE operation (id {id}, account_id BIGINT NOT NULL, user_id BIGINT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, total BIGINT NOT NULL DEFAULT 0, \
     done BIGINT NOT NULL DEFAULT 0, failed BIGINT NOT NULL DEFAULT 0, report TEXT NOT NULL DEFAULT '[]', undo TEXT, created_at BIGINT NOT NULL, finished_at BIGINT)",
    "CREATE INDEX operation_user ON operation (account_id, user_id, id)",
    // Whom an event concerns, where a reader sees less than an inbox.
    "ALTER TABLE event ADD COLUMN assignee_id BIGINT",
    "ALTER TABLE event ADD COLUMN team_id BIGINT",
];

/// Contacts' words in a search index of their own on SQLite: names are looked up inside words too, which trigrams do.
pub const UP_SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE contact_fts USING fts5(words, content='', contentless_delete=1, tokenize='trigram')",
    "INSERT INTO contact_fts (rowid, words) SELECT id, words FROM contact",
];

/// Nothing further on PostgreSQL.
pub const UP_POSTGRES: &[&str] = &[];
