//! Every operation of the API: what is reachable at all is what stands here (found by `index`), and the document is made of it. What an operation does
//! stands in its route's module.

/// Where an account's paths begin.
pub const ACCOUNT: &str = "/api/v1/accounts/{account_id}";

/// What is not there yet: the first segments below an account, and its name with its verb. All of it answers 501.
pub const LATER: &[(&[&str], &str)] = &[
    (&["automation_rules"], "Automation rules are"),
    (&["portals", "articles", "categories"], "The help center is"),
    (&["csat_survey_responses"], "Satisfaction surveys are"),
    (&["integrations"], "Integrations are"),
    (&["campaigns"], "Campaigns are"),
    (&["dashboard_apps"], "Dashboard apps are"),
    (&["audit_logs"], "Audit logs are"),
    (&["sla_policies", "applied_slas"], "SLA policies are"),
    (&["custom_roles"], "Custom roles are"),
    (&["working_hours"], "Working hours are"),
    (&["captain"], "Assistants are"),
    (&["upload"], "Uploads without a message are"),
];

/// The same outside an account, by the beginning of the whole path; `*` stands for any one segment.
pub const LATER_OUTSIDE: &[(&[&str], &str)] = &[
    (&["api", "v1", "widget"], "The calls of the ecosystem's own widget are"),
    (&["api", "v1", "integrations"], "Integrations are"),
    (&["api", "v2", "accounts", "*", "summary_reports"], "Summary reports are"),
    (&["api", "v2", "accounts", "*", "live_reports"], "Live reports are"),
    (&["api", "v2", "accounts", "*", "conversation_traffic"], "Reports of traffic are"),
    (&["auth"], "Signing in by the API instead of a token is"),
];

/// What an operation answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// JSON of this type.
    Json(&'static str),
    /// 204, or JSON of this type where there is one.
    Maybe(&'static str),
    /// Nothing, with 204.
    Nothing,
    /// A table as CSV.
    Csv,
    /// A stream of server-sent events.
    Stream,
    /// 501 by name.
    Later,
}

/// One method of a path.
#[derive(Clone, Copy, Debug)]
pub struct Deed {
    /// In lower case.
    pub method: &'static str,
    /// What it does.
    pub words: &'static str,
    /// Fields of the query.
    pub asks: &'static [&'static str],
    /// The shape of the body.
    pub takes: Option<&'static str>,
    /// What comes back.
    pub answers: Answers,
}

impl Deed {
    const fn of(method: &'static str, words: &'static str) -> Self {
        Self { method, words, asks: &[], takes: None, answers: Answers::Json("Done") }
    }

    const fn asks(mut self, asks: &'static [&'static str]) -> Self {
        self.asks = asks;
        self
    }

    const fn takes(mut self, shape: &'static str) -> Self {
        self.takes = Some(shape);
        self
    }

    const fn answers(mut self, kind: &'static str) -> Self {
        self.answers = Answers::Json(kind);
        self
    }

    const fn gives(mut self, answers: Answers) -> Self {
        self.answers = answers;
        self
    }
}

const fn get(words: &'static str) -> Deed {
    Deed::of("get", words)
}

const fn post(words: &'static str) -> Deed {
    Deed::of("post", words)
}

const fn patch(words: &'static str) -> Deed {
    Deed::of("patch", words)
}

const fn delete(words: &'static str) -> Deed {
    Deed::of("delete", words)
}

/// A path with its tag and methods. One that begins with none of the roots is one of an account's.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    /// The group it is shown in.
    pub tag: &'static str,
    /// Without root, or whole.
    pub path: &'static str,
    /// What can be done there.
    pub deeds: &'static [Deed],
}

const fn at(tag: &'static str, path: &'static str, deeds: &'static [Deed]) -> Path {
    Path { tag, path, deeds }
}

impl Path {
    /// Whether it is no account's.
    pub fn rooted(&self) -> bool {
        ["/api/", "/public/", "/platform/", "/survey/"].iter().any(|root| self.path.starts_with(root))
    }

    /// From the root on.
    pub fn whole(&self) -> String {
        if self.rooted() { self.path.to_owned() } else { format!("{ACCOUNT}{}", self.path) }
    }
}

/// Groups in the order they are shown, with what they are.
pub const TAGS: &[(&str, &str)] = &[
    ("Profile", "The caller themselves"),
    ("Account", "The account and its live events"),
    ("Contacts", "Whom the account knows"),
    ("Conversations", "Threads with contacts; their `id` is the number people see"),
    ("Messages", "What was said"),
    ("Inboxes", "Channels, and who works in them"),
    ("Agents", "Colleagues"),
    ("Teams", "Groups of colleagues"),
    ("Agent bots", "Programs that answer; `webhooks` says what they hear"),
    ("Webhooks", "Where events go, signed, with a log"),
    ("Saved", "Canned responses, labels, macros, attributes and filters"),
    ("Desk", "Search, notifications and work on many conversations"),
    ("Reports", "Figures"),
    ("Client", "For apps, by an API inbox's identifier and a contact's source id; no token"),
    ("Platform", "For an operator's own program, with a platform app's token"),
    ("Not there yet", "Named, and answered with 501"),
];

const PAGE: &str = "page: int = 1 -- from 1";
const STATUS: &str = "status: 'open' | 'resolved' | 'pending' | 'snoozed' | 'all' | '0' | '1' | '2' | '3' = open -- open where absent";
const TABS: &[&str] = &[
    STATUS,
    "assignee_type: 'me' | 'unassigned' | 'assigned' | 'all' = all",
    "inbox_id: id",
    "team_id: id",
    "labels: [text] = [\"vip\"] -- all of them",
    "q: text = order -- words of a message",
    "sort_by: 'latest' | 'last_activity_at_desc' | 'last_activity_at_asc' | 'created_at' | 'created_at_desc' | 'created_at_asc' | 'priority' | 'priority_desc' | 'priority_asc' | 'waiting_since' | 'waiting_since_asc' | 'waiting_since_desc' | 'sort_on_created_at' | 'sort_on_priority' | 'sort_on_waiting_since' = latest",
    PAGE,
];
const SORT: &str = "sort: 'name' | '-name' | 'last_activity_at' | '-last_activity_at' | 'created_at' | '-created_at' | 'email' | '-email' | 'phone_number' | '-phone_number' | 'company_name' | '-company_name' | 'city' | '-city' | 'country' | '-country' = name -- by name or by activity; else the newest first";
const SPAN: &[&str] = &[
    "metric: 'conversations_count' | 'incoming_messages_count' | 'outgoing_messages_count' | 'resolutions_count' | 'avg_first_response_time' | 'avg_resolution_time' = conversations_count",
    "type: 'account' | 'agent' | 'inbox' | 'label' | 'team' = account -- only the account's are counted so far",
    "since: text = 1772323200 -- seconds or RFC 3339; thirty days ago where absent",
    "until: text = 1774915200",
];
const CHANNELS: &str = "Makes an inbox; administrators only. Credentials are tried at once";

/// All of them.
pub static PATHS: &[Path] = &[
    at(
        "Profile",
        "/api/v1/profile",
        &[get("The caller").answers("Profile"), patch("Changes the caller").takes("ProfileChange").answers("Profile")],
    ),
    at(
        "Profile",
        "/api/v1/profile/availability",
        &[post("Sets the caller's availability in an account").takes("AvailabilityChange").answers("Profile")],
    ),
    at(
        "Profile",
        "/api/v1/profile/reset_access_token",
        &[post("Gives the caller another token; every one before is refused from now on").answers("Profile")],
    ),
    at(
        "Profile",
        "/api/v1/profile/set_active_account",
        &[patch("Taken, and nothing is kept: every path names its account").answers("Profile")],
    ),
    at(
        "Account",
        "",
        &[
            get("The account").answers("Account"),
            patch("Changes the account; administrators only").takes("AccountChange").answers("Account"),
        ],
    ),
    at(
        "Account",
        "/events",
        &[get("Live events as server-sent events; the header Last-Event-ID, or `after`, goes on where a stream broke off")
            .asks(&["after: int = 0"])
            .gives(Answers::Stream)],
    ),
    at(
        "Account",
        "/profile",
        &[
            get("The caller; one client asks here").answers("Profile"),
            patch("Changes the caller").takes("ProfileChange").answers("Profile"),
        ],
    ),
    at("Account", "/update_active_at", &[post("Taken, and nothing is kept"), patch("Taken, and nothing is kept")]),
    at("Account", "/cache_keys", &[get("Nothing is cached by these keys").answers("object")]),
    at("Account", "/integrations/apps", &[get("Integrations that are connected; none yet").answers("{payload: [any]}")]),
    at(
        "Contacts",
        "/contacts",
        &[
            get("Contacts, fifteen a page").asks(&[PAGE, SORT, "labels: [text] = [\"vip\"]"]).answers("ContactList"),
            post("Makes a contact").takes("ContactDraft").answers("ContactMade"),
        ],
    ),
    at("Contacts", "/contacts/active", &[get("The same").asks(&[PAGE, SORT]).answers("ContactList")]),
    at(
        "Contacts",
        "/contacts/search",
        &[get("Contacts in whose name, e-mail, phone or identifier the words stand")
            .asks(&["q!: text = ana", PAGE, SORT])
            .answers("ContactList")],
    ),
    at(
        "Contacts",
        "/contacts/filter",
        &[post("Contacts for which all rows hold").asks(&[PAGE, SORT]).takes("ContactFilterDraft").answers("ContactList")],
    ),
    at("Contacts", "/contacts/import", &[post("Contacts from a CSV file; administrators only").takes("ContactImport")]),
    at(
        "Contacts",
        "/contacts/export",
        &[get("All contacts; administrators only").gives(Answers::Csv), post("The same").gives(Answers::Csv)],
    ),
    at(
        "Contacts",
        "/contacts/{id}",
        &[
            get("One contact").answers("{payload: Contact}"),
            patch("Changes a contact").takes("ContactChange").answers("{payload: Contact}"),
            delete("Erases a contact with all that was said; administrators only"),
        ],
    ),
    at("Contacts", "/contacts/{id}/avatar", &[delete("Contacts have no pictures yet").answers("{payload: Contact}")]),
    at("Contacts", "/contacts/{id}/conversations", &[get("The last twenty conversations").answers("{payload: [Conversation]}")]),
    at(
        "Contacts",
        "/contacts/{id}/labels",
        &[get("A contact's labels").answers("{payload: [text]}"), post("Replaces them").takes("LabelTitles").answers("{payload: [text]}")],
    ),
    at(
        "Contacts",
        "/contacts/{id}/contact_inboxes",
        &[post("Gives a contact an address in an inbox").takes("ContactInboxDraft").answers("ContactInbox")],
    ),
    at(
        "Contacts",
        "/contacts/{id}/contactable_inboxes",
        &[get("Inboxes through which a contact can be written to").answers("{payload: [ContactInbox]}")],
    ),
    at(
        "Contacts",
        "/contacts/{id}/destroy_custom_attributes",
        &[post("Removes attributes of a contact").takes("AttributeNames").answers("{payload: Contact}")],
    ),
    at(
        "Contacts",
        "/contacts/{id}/notes",
        &[get("Lines kept about a contact").answers("[Note]"), post("Adds one").takes("NoteDraft").answers("Note")],
    ),
    at("Contacts", "/contacts/{id}/notes/{note_id}", &[get("One line").answers("Note"), delete("Removes it")]),
    at("Contacts", "/actions/contact_merge", &[post("Merges one contact into another").takes("ContactMerge").answers("Contact")]),
    at(
        "Conversations",
        "/conversations",
        &[
            get("Conversations, twenty-five a page").asks(TABS).answers("{data: {meta: Counts; payload: [Conversation]}}"),
            post("Begins a conversation").takes("ConversationDraft").answers("Conversation"),
        ],
    ),
    at("Conversations", "/conversations/meta", &[get("How many conversations stand where").asks(TABS).answers("{meta: Counts}")]),
    at(
        "Conversations",
        "/conversations/search",
        &[get("Conversations in which the words of `q` stand").asks(TABS).answers("{meta: Counts; payload: [Conversation]}")],
    ),
    at(
        "Conversations",
        "/conversations/filter",
        &[post("Conversations for which the rows hold")
            .asks(&[PAGE])
            .takes("FilterDraft")
            .answers("{meta: Counts; payload: [Conversation]}")],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}",
        &[
            get("One conversation").answers("Conversation"),
            patch("Changes its priority or status").takes("ConversationChange").answers("Conversation"),
            delete("Deletes it with all that was said; administrators only"),
        ],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/toggle_status",
        &[post("Opens, resolves, snoozes or gives to the bot").takes("StatusChange").answers("Toggled")],
    ),
    at("Conversations", "/conversations/{conversation_id}/toggle_priority", &[post("Sets the priority").takes("PriorityChange")]),
    at("Conversations", "/conversations/{conversation_id}/toggle_typing_status", &[post("Shows that the caller types").takes("Typing")]),
    at(
        "Conversations",
        "/conversations/{conversation_id}/custom_attributes",
        &[post("Replaces its attributes").takes("AttributesDraft").answers("{custom_attributes: object}")],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/assignments",
        &[post("Gives it to a colleague or a team").takes("AssignmentDraft").answers("Agent | Team | null")],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/labels",
        &[get("Its labels").answers("{payload: [text]}"), post("Replaces them").takes("LabelTitles").answers("{payload: [text]}")],
    ),
    at("Conversations", "/conversations/{conversation_id}/mute", &[post("Mutes it")]),
    at("Conversations", "/conversations/{conversation_id}/unmute", &[post("Unmutes it")]),
    at(
        "Conversations",
        "/conversations/{conversation_id}/update_last_seen",
        &[post("Marks it as read by the caller").answers("Conversation")],
    ),
    at("Conversations", "/conversations/{conversation_id}/unread", &[post("Marks it as unread for the caller").answers("Conversation")]),
    at(
        "Conversations",
        "/conversations/{conversation_id}/transcript",
        &[get("Its public messages as text").answers("{payload: text}"), post("Mails them").takes("TranscriptDraft")],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/attachments",
        &[get("Its files, newest first").answers("{meta: {total_count: int}; payload: [Attachment]}")],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/participants",
        &[
            get("Colleagues who follow it").answers("[Agent]"),
            post("Adds some").takes("UserIds").answers("[Agent]"),
            patch("Sets them").takes("UserIds").answers("[Agent]"),
            delete("Removes some").takes("UserIds").answers("[Agent]"),
        ],
    ),
    at(
        "Conversations",
        "/conversations/{conversation_id}/draft_messages",
        &[
            get("The caller's unsent text").answers("{has_draft: bool; message: text}"),
            patch("Keeps it").takes("UnsentText"),
            post("The same").takes("UnsentText"),
            delete("Throws it away"),
        ],
    ),
    at(
        "Messages",
        "/conversations/{conversation_id}/messages",
        &[
            get("Messages, twenty a page, oldest first")
                .asks(&["before: id -- older than this one", "after: id -- newer than this one, a hundred a page"])
                .answers("Thread"),
            post("Writes a message").takes("MessageDraft").answers("Message"),
        ],
    ),
    at(
        "Messages",
        "/conversations/{conversation_id}/messages/{message_id}",
        &[
            get("One message").answers("Message"),
            patch("In API inboxes: how far it got").takes("MessageChange").answers("Message"),
            delete("Takes it back, as far as its channel can").answers("Message"),
        ],
    ),
    at(
        "Messages",
        "/conversations/{conversation_id}/messages/{message_id}/retry",
        &[post("Sends a failed message again").answers("Message")],
    ),
    at("Messages", "/conversations/{conversation_id}/messages/{message_id}/translate", &[post("Not there yet").gives(Answers::Later)]),
    at("Messages", "/messages/{message_id}", &[delete("Takes a message back; one client asks here")]),
    at(
        "Inboxes",
        "/inboxes",
        &[get("The inboxes the caller sees").answers("{payload: [Inbox]}"), post(CHANNELS).takes("InboxDraft").answers("Inbox")],
    ),
    at(
        "Inboxes",
        "/inboxes/{id}",
        &[
            get("One inbox").answers("Inbox"),
            patch("Changes it; administrators only").takes("InboxChange").answers("Inbox"),
            delete("Deletes it with its conversations; administrators only").answers("{message: text}"),
        ],
    ),
    at("Inboxes", "/inboxes/{id}/agent_bot", &[get("The bot that answers in it").gives(Answers::Maybe("{agent_bot: Bot}"))]),
    at(
        "Inboxes",
        "/inboxes/{id}/set_agent_bot",
        &[post("Lets a bot answer in it, or none; administrators only").takes("BotChoice").gives(Answers::Nothing)],
    ),
    at("Inboxes", "/inboxes/{id}/rotate_hmac_token", &[post("Another key for identities; administrators only").answers("Inbox")]),
    at(
        "Inboxes",
        "/inboxes/{id}/reset_secret",
        &[post("Another secret for the callback of an API inbox; for a day the one before signs, too; administrators only")
            .answers("Inbox")],
    ),
    at("Inboxes", "/inboxes/{id}/assignable_agents", &[get("Who is in it").answers("{payload: [Agent]}")]),
    at("Inboxes", "/inboxes/{id}/campaigns", &[get("Not there yet").gives(Answers::Later)]),
    at("Inboxes", "/inboxes/{id}/avatar", &[delete("Inboxes have no pictures yet")]),
    at(
        "Inboxes",
        "/inbox_members/{inbox_id}",
        &[get("Who is in an inbox").answers("{payload: [Agent]}"), delete("Removes members").takes("MemberChange")],
    ),
    at(
        "Inboxes",
        "/inbox_members",
        &[
            post("Adds members; administrators only").takes("MemberChange").answers("{payload: [Agent]}"),
            patch("Sets members").takes("MemberChange").answers("{payload: [Agent]}"),
            delete("Removes members").takes("MemberChange"),
        ],
    ),
    at(
        "Inboxes",
        "/assignable_agents",
        &[get("Who can be given conversations of all these inboxes").asks(&["inbox_ids: [id] = [1]"]).answers("{payload: [Agent]}")],
    ),
    at(
        "Agents",
        "/agents",
        &[get("Colleagues").answers("[Agent]"), post("Invites one by mail; administrators only").takes("AgentDraft").answers("Agent")],
    ),
    at(
        "Agents",
        "/agents/{id}",
        &[
            get("One colleague").answers("Agent"),
            patch("Changes one").takes("AgentChange").answers("Agent"),
            delete("Takes one off the account; administrators only"),
        ],
    ),
    at("Teams", "/teams", &[get("Teams").answers("[Team]"), post("Makes one; administrators only").takes("TeamDraft").answers("Team")]),
    at(
        "Teams",
        "/teams/{team_id}",
        &[get("One team").answers("Team"), patch("Changes it").takes("TeamChange").answers("Team"), delete("Deletes it")],
    ),
    at(
        "Teams",
        "/teams/{team_id}/team_members",
        &[
            get("Who is in a team").answers("[Agent]"),
            post("Adds some").takes("UserIds").answers("[Agent]"),
            patch("Sets them").takes("UserIds").answers("[Agent]"),
            delete("Removes some").takes("UserIds"),
        ],
    ),
    at(
        "Agent bots",
        "/agent_bots",
        &[get("Bots").answers("[Bot]"), post("Makes one; administrators only").takes("BotDraft").answers("Bot")],
    ),
    at(
        "Agent bots",
        "/agent_bots/{id}",
        &[get("One bot").answers("Bot"), patch("Changes it").takes("BotChange").answers("Bot"), delete("Deletes it")],
    ),
    at("Agent bots", "/agent_bots/{id}/reset_access_token", &[post("Gives it another token").answers("Bot")]),
    at(
        "Agent bots",
        "/agent_bots/{id}/reset_secret",
        &[post("Gives it another secret to sign with; for a day the one before signs, too").answers("Bot")],
    ),
    at("Agent bots", "/agent_bots/{id}/avatar", &[delete("Bots have no pictures yet")]),
    at(
        "Webhooks",
        "/webhooks",
        &[
            get("Webhooks with their secrets; administrators only").answers("{payload: {webhooks: [Webhook]}}"),
            post("Makes one").takes("WebhookDraft").answers("{payload: {webhook: Webhook}}"),
        ],
    ),
    at(
        "Webhooks",
        "/webhooks/{webhook_id}",
        &[
            get("One webhook").answers("{payload: {webhook: Webhook}}"),
            patch("Changes it, which switches it on again").takes("WebhookChange").answers("{payload: {webhook: Webhook}}"),
            delete("Deletes it"),
        ],
    ),
    at(
        "Webhooks",
        "/webhooks/{webhook_id}/reset_secret",
        &[post("Gives it another secret to sign with; for a day the one before signs, too").answers("{payload: {webhook: Webhook}}")],
    ),
    at(
        "Webhooks",
        "/webhooks/{webhook_id}/deliveries",
        &[get("The last hundred deliveries, with request and answer").answers("{payload: [Delivery]}")],
    ),
    at(
        "Webhooks",
        "/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver",
        &[post("Sends one again under its id").answers("Delivery")],
    ),
    at(
        "Saved",
        "/canned_responses",
        &[
            get("Canned responses").asks(&["search: text = hello"]).answers("[CannedResponse]"),
            post("Makes one").takes("CannedDraft").answers("CannedResponse"),
        ],
    ),
    at(
        "Saved",
        "/canned_responses/{id}",
        &[get("One").answers("CannedResponse"), patch("Changes it").takes("CannedChange").answers("CannedResponse"), delete("Deletes it")],
    ),
    at("Saved", "/labels", &[get("Labels").answers("{payload: [Label]}"), post("Makes one").takes("LabelDraft").answers("Label")]),
    at(
        "Saved",
        "/labels/{id}",
        &[get("One").answers("Label"), patch("Changes it").takes("LabelChange").answers("Label"), delete("Deletes it")],
    ),
    at(
        "Saved",
        "/macros",
        &[get("Macros").answers("{payload: [Macro]}"), post("Makes one").takes("MacroDraft").answers("{payload: Macro}")],
    ),
    at(
        "Saved",
        "/macros/{id}",
        &[
            get("One").answers("{payload: Macro}"),
            patch("Changes it").takes("MacroChange").answers("{payload: Macro}"),
            delete("Deletes it"),
        ],
    ),
    at("Saved", "/macros/{id}/execute", &[post("Runs it on conversations").takes("MacroRun")]),
    at(
        "Saved",
        "/custom_attribute_definitions",
        &[
            get("Definitions of attributes")
                .asks(&["attribute_model: 'conversation_attribute' | 'contact_attribute' | '0' | '1' = contact_attribute"])
                .answers("[Attribute]"),
            post("Makes one; administrators only").takes("AttributeDraft").answers("Attribute"),
        ],
    ),
    at(
        "Saved",
        "/custom_attribute_definitions/{id}",
        &[get("One").answers("Attribute"), patch("Changes it").takes("AttributeChange").answers("Attribute"), delete("Deletes it")],
    ),
    at(
        "Saved",
        "/custom_filters",
        &[
            get("Saved filters of the caller")
                .asks(&["filter_type: 'conversation' | 'contact' | 'report' | '0' | '1' | '2' = conversation -- of reports: 501"])
                .answers("[CustomFilter]"),
            post("Makes one").takes("CustomFilterDraft").answers("CustomFilter"),
        ],
    ),
    at(
        "Saved",
        "/custom_filters/{custom_filter_id}",
        &[
            get("One").answers("CustomFilter"),
            patch("Changes it").takes("CustomFilterChange").answers("CustomFilter"),
            delete("Deletes it"),
        ],
    ),
    at("Desk", "/search", &[get("Messages, contacts and conversations").asks(&["q: text = order", PAGE]).answers("Found")]),
    at("Desk", "/search/{what}", &[get("Only one kind").asks(&["q: text = order", PAGE]).answers("Found")]),
    at("Desk", "/notifications", &[get("What the caller was told").asks(&[PAGE]).answers("NotificationList")]),
    at("Desk", "/notifications/unread_count", &[get("How much of it is unread").answers("int")]),
    at("Desk", "/notifications/read_all", &[post("Marks all as read")]),
    at("Desk", "/notifications/{id}", &[patch("Marks one as read"), delete("Not there yet").gives(Answers::Later)]),
    at("Desk", "/notifications/{id}/unread", &[post("Marks one as unread")]),
    at("Desk", "/notifications/{id}/snooze", &[post("Not there yet").gives(Answers::Later)]),
    at(
        "Desk",
        "/notification_settings",
        &[
            get("What the caller wants to be told").answers("NotificationSettings"),
            patch("Changes it").takes("SettingsChange").answers("NotificationSettings"),
        ],
    ),
    at("Desk", "/bulk_actions", &[post("The same to many conversations").takes("BulkDraft")]),
    at("Reports", "/api/v2/accounts/{account_id}/reports", &[get("One figure by day; administrators only").asks(SPAN).answers("[Figure]")]),
    at(
        "Reports",
        "/api/v2/accounts/{account_id}/reports/summary",
        &[get("All figures of a time; administrators only").asks(SPAN).answers("Figures")],
    ),
    at(
        "Reports",
        "/api/v2/accounts/{account_id}/reports/bot_metrics",
        &[get("What bots did, of the conversations in which their part began in a time; administrators only")
            .asks(SPAN)
            .answers("BotMetrics")],
    ),
    at(
        "Reports",
        "/api/v2/accounts/{account_id}/reports/bot_summary",
        &[get("How bots' conversations ended, and before that time; administrators only").asks(SPAN).answers("BotSummary")],
    ),
    at(
        "Reports",
        "/api/v2/accounts/{account_id}/reports/conversations",
        &[get("What is open now, of the account or by agent")
            .asks(&["type!: 'account' | 'agent' = account", "user_id: id -- only this agent"])
            .answers("OpenNow | [AgentLoad]")],
    ),
    at("Client", "/public/api/v1/inboxes/{inbox_identifier}", &[get("What an app may know of an API inbox").answers("ClientInbox")]),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts",
        &[post("Makes the contact of an app's user, or finds the one of a signed identifier")
            .takes("ClientContactDraft")
            .answers("ClientContact")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}",
        &[get("That contact").answers("ClientContact"), patch("Changes it").takes("ClientContactChange").answers("ClientContact")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations",
        &[
            get("Its conversations").answers("[ClientConversation]"),
            post("Begins one").takes("ClientConversationDraft").answers("ClientConversation"),
        ],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}",
        &[get("One of them").answers("ClientConversation")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_status",
        &[post("Resolves it").answers("ClientConversation")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/toggle_typing",
        &[post("Shows that the user types").takes("Typing")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/update_last_seen",
        &[post("Marks all as read by the user")],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages",
        &[
            get("Its public messages, twenty a page, oldest first").asks(&["before: id -- older than this one"]).answers("[ClientMessage]"),
            post("Writes one").takes("ClientMessageDraft").answers("ClientMessage"),
        ],
    ),
    at(
        "Client",
        "/public/api/v1/inboxes/{inbox_identifier}/contacts/{contact_identifier}/conversations/{conversation_id}/messages/{message_id}",
        &[patch("What the user chose in a rich message").takes("Submitted").answers("ClientMessage")],
    ),
    at("Platform", "/platform/api/v1/accounts", &[post("Makes an account").takes("PlatformAccountDraft").answers("PlatformAccount")]),
    at(
        "Platform",
        "/platform/api/v1/accounts/{account_id}",
        &[
            get("An account the app made").answers("PlatformAccount"),
            patch("Changes it").takes("PlatformAccountChange").answers("PlatformAccount"),
            delete("Deletes it with all that is in it"),
        ],
    ),
    at(
        "Platform",
        "/platform/api/v1/accounts/{account_id}/account_users",
        &[
            get("Who is in it").answers("[AccountUser]"),
            post("Puts somebody into it").takes("AccountUserDraft").answers("AccountUser"),
            delete("Takes somebody out of it").takes("AccountUserChoice"),
        ],
    ),
    at("Platform", "/platform/api/v1/accounts/{account_id}/account_users/{user_id}", &[delete("Takes somebody out of it")]),
    at(
        "Platform",
        "/platform/api/v1/users",
        &[get("The people the app made").answers("[Profile]"), post("Makes a person").takes("PersonDraft").answers("Profile")],
    ),
    at(
        "Platform",
        "/platform/api/v1/users/{id}",
        &[
            get("A person the app made").answers("Profile"),
            patch("Changes them").takes("PersonChange").answers("Profile"),
            delete("Deletes them"),
        ],
    ),
    at("Platform", "/platform/api/v1/users/{id}/login", &[get("A link by which they get in, once").answers("{url: text}")]),
    at(
        "Platform",
        "/platform/api/v1/agent_bots",
        &[get("Bots the app made").answers("[Bot]"), post("Makes one").takes("PlatformBotDraft").answers("Bot")],
    ),
    at(
        "Platform",
        "/platform/api/v1/agent_bots/{id}",
        &[get("One of them").answers("Bot"), patch("Changes it").takes("BotChange").answers("Bot"), delete("Deletes it")],
    ),
    at("Not there yet", "/api/v1/accounts", &[post("Making accounts here instead of by the platform API").gives(Answers::Later)]),
    at("Not there yet", "/survey/responses/{uuid}", &[get("Satisfaction surveys").gives(Answers::Later)]),
    at("Not there yet", "/conversations/{conversation_id}/direct_uploads", &[post("Uploads without a message").gives(Answers::Later)]),
    at("Not there yet", "/conversations/{conversation_id}/reporting_events", &[get("A conversation's figures").gives(Answers::Later)]),
    at("Not there yet", "/conversations/{conversation_id}/inbox_assistant", &[get("Assistants").gives(Answers::Later)]),
    at(
        "Not there yet",
        "/automation_rules",
        &[get("Automation rules").gives(Answers::Later), post("Automation rules").gives(Answers::Later)],
    ),
    at(
        "Not there yet",
        "/automation_rules/{id}",
        &[
            get("Automation rules").gives(Answers::Later),
            patch("Automation rules").gives(Answers::Later),
            delete("Automation rules").gives(Answers::Later),
        ],
    ),
    // Older clients change a portal without its id.
    at(
        "Not there yet",
        "/portals",
        &[
            get("The help center").gives(Answers::Later),
            post("The help center").gives(Answers::Later),
            patch("The help center").gives(Answers::Later),
        ],
    ),
    at("Not there yet", "/portals/{id}", &[patch("The help center").gives(Answers::Later)]),
    at("Not there yet", "/portals/{id}/categories", &[post("The help center").gives(Answers::Later)]),
    at("Not there yet", "/portals/{id}/articles", &[post("The help center").gives(Answers::Later)]),
    at("Not there yet", "/csat_survey_responses", &[get("Satisfaction surveys").gives(Answers::Later)]),
    at("Not there yet", "/integrations/hooks", &[post("Integrations").gives(Answers::Later)]),
    at(
        "Not there yet",
        "/integrations/hooks/{hook_id}",
        &[patch("Integrations").gives(Answers::Later), delete("Integrations").gives(Answers::Later)],
    ),
    at("Not there yet", "/campaigns", &[get("Campaigns").gives(Answers::Later), post("Campaigns").gives(Answers::Later)]),
    at("Not there yet", "/dashboard_apps", &[get("Dashboard apps").gives(Answers::Later), post("Dashboard apps").gives(Answers::Later)]),
    at("Not there yet", "/audit_logs", &[get("Audit logs").gives(Answers::Later)]),
    at("Not there yet", "/sla_policies", &[get("SLA policies").gives(Answers::Later), post("SLA policies").gives(Answers::Later)]),
    at("Not there yet", "/custom_roles", &[get("Custom roles").gives(Answers::Later), post("Custom roles").gives(Answers::Later)]),
    at("Not there yet", "/working_hours", &[get("Working hours").gives(Answers::Later), patch("Working hours").gives(Answers::Later)]),
    at("Not there yet", "/upload", &[post("Uploads without a message").gives(Answers::Later)]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_has_a_known_tag_and_stands_once() {
        for (n, entry) in PATHS.iter().enumerate() {
            assert!(TAGS.iter().any(|(tag, _)| *tag == entry.tag), "{}", entry.path);
            assert!(PATHS[n + 1..].iter().all(|other| other.whole() != entry.whole()), "{}", entry.path);
        }
    }
}
